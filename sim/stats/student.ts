import { normalCdf, normalQuantile } from '../kernel/math.ts';
import { betaI } from '../kernel/special.ts';

/** Above this many degrees of freedom t and normal agree to about 1e-8 in the quantile, and the continued fraction gets slow. */
const NORMAL_FROM = 1e7;

/** Distribution function of Student's t. @param df degrees of freedom, > 0, need not be whole. */
export function studentCdf(t: number, df: number): number {
  if (df >= NORMAL_FROM) return normalCdf(t);
  if (t === 0) return 0.5;
  const tail = 0.5 * betaI(df / 2, 0.5, df / (df + t * t));
  return t > 0 ? 1 - tail : tail;
}

/** Studies ask for the same (level, n) for every outcome of every arm. Pure values, so the cache cannot change a result. */
const cache = new Map<string, number>();
const CACHE_SIZE = 512;

/**
 * Quantile of Student's t. @param p in (0, 1). @param df > 0. Bisection on the upper tail's probability, so that small
 * tails keep their precision; relative error below 1e-9 in the tails, absolute below 1e-8 near the centre.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1) || !(df > 0)) throw new RangeError(`t quantile wants 0 < p < 1 and df > 0, got ${p}, ${df}`);
  if (p === 0.5) return 0;
  if (df >= NORMAL_FROM) return normalQuantile(p);
  const key = `${p} ${df}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const upper = p < 0.5 ? p : 1 - p;
  const tail = (t: number): number => 0.5 * betaI(df / 2, 0.5, df / (df + t * t));
  let high = 1;
  while (tail(high) > upper) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (let i = 0; i < 100; i++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (tail(middle) > upper) low = middle;
    else high = middle;
  }
  const t = p < 0.5 ? -high : high;
  if (cache.size < CACHE_SIZE) cache.set(key, t);
  return t;
}
