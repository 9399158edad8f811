import { normalQuantile } from '../kernel/math.ts';
import { betaI, invert } from '../kernel/special.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

function check(successes: number, n: number, level: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || n < 0 || successes > n)
    throw new RangeError(`a proportion wants whole 0 <= successes <= n, got ${successes} of ${n}`);
  if (!(level > 0 && level < 1)) throw new RangeError(`confidence level must lie between 0 and 1, got ${level}`);
}

/**
 * Exact interval for a proportion (C. J. Clopper & E. S. Pearson 1934): covers at least `level` of the time for every n
 * and every true proportion, at the price of some width. Domain: independent trials. n = 0 gives [0, 1].
 */
export function clopperPearson(successes: number, n: number, level: number): Interval {
  check(successes, n, level);
  const tail = (1 - level) / 2;
  // At p = 0 and 1 nothing is left to invert; the closed ends are the interval's own.
  const low = successes === 0 ? 0 : invert((p) => betaI(successes, n - successes + 1, p), tail, 0, 1);
  const high = successes === n ? 1 : invert((p) => betaI(successes + 1, n - successes, p), 1 - tail, 0, 1);
  return { low, high };
}

/**
 * Score interval (E. B. Wilson 1927): narrower, covers `level` on average over proportions, less for some.
 * Domain: independent trials, n >= 10 or so. n = 0 gives [0, 1].
 */
export function wilson(successes: number, n: number, level: number): Interval {
  check(successes, n, level);
  if (n === 0) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - level) / 2);
  const p = successes / n;
  const shrink = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / shrink;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / shrink;
  return { low: successes === 0 ? 0 : Math.max(0, centre - half), high: successes === n ? 1 : Math.min(1, centre + half) };
}
