import { exp, expm1, lgamma, log, log1p, logs, normalCdf, normalQuantile, pow } from './math.ts';
import { betaI, gammaP, invert } from './special.ts';

/**
 * A distribution is plain data, so that it can lie in the calendar and in a scenario. All sampling is by inversion:
 * one draw gives one value, and a larger draw a larger value, which keeps counterfactual runs aligned (design section 3).
 * Units are those of the value it stands for.
 */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'weibull'; readonly shape: number; readonly scale: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  /** mu and sigma of the logarithm */
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'gamma'; readonly shape: number; readonly mean: number }
  | { readonly kind: 'beta'; readonly a: number; readonly b: number }
  | { readonly kind: 'bernoulli'; readonly p: number }
  | { readonly kind: 'poisson'; readonly mean: number }
  /** mean, and dispersion k (variance = mean + mean²/k) */
  | { readonly kind: 'negative-binomial'; readonly mean: number; readonly k: number }
  /** Equally spaced quantiles from 0 to 1, linear between them */
  | { readonly kind: 'quantiles'; readonly values: readonly number[] };

/**
 * The same distribution with the fields of all kinds, those of others at 0: distributions that share one layout in memory
 * are read without a search for the field. Means the same everywhere.
 */
export function laidOut(d: Distribution): Distribution {
  const given: Partial<Record<string, unknown>> = d;
  const number = (name: string): number => (given[name] as number | undefined) ?? 0;
  return {
    kind: d.kind,
    value: number('value'),
    low: number('low'),
    high: number('high'),
    mean: number('mean'),
    shape: number('shape'),
    scale: number('scale'),
    sd: number('sd'),
    mu: number('mu'),
    sigma: number('sigma'),
    a: number('a'),
    b: number('b'),
    p: number('p'),
    k: number('k'),
    values: (given['values'] as readonly number[] | undefined) ?? [],
  } as Distribution;
}

/** Value below which the share u of the distribution lies, 0 < u < 1. Increasing in u. */
export function quantile(d: Distribution, u: number): number {
  switch (d.kind) {
    case 'constant':
      return d.value;
    case 'uniform':
      return d.low + (d.high - d.low) * u;
    case 'exponential':
      return -d.mean * log1p(-u);
    case 'weibull':
      return d.scale * pow(-log1p(-u), 1 / d.shape);
    case 'normal':
      return d.mean + d.sd * normalQuantile(u);
    case 'lognormal':
      return exp(d.mu + d.sigma * normalQuantile(u));
    case 'bernoulli':
      return u > 1 - d.p ? 1 : 0;
    case 'quantiles': {
      const last = d.values.length - 1;
      const x = u * last;
      const i = Math.min(last - 1, Math.floor(x));
      return d.values[i]! + (x - i) * (d.values[i + 1]! - d.values[i]!);
    }
    default:
      return searchedQuantile(d, u);
  }
}

/** `quantile` of every draw (see `openUniform`) in the table, in place. The law that queues ask for most has a way of its own. */
export function quantiles(d: Distribution, table: Float64Array): void {
  if (d.kind !== 'exponential') {
    for (let i = 0; i < table.length; i++) table[i] = quantile(d, table[i]!);
    return;
  }
  // 1 − u is exact for a draw u, and log1p(−u) is its logarithm.
  for (let i = 0; i < table.length; i++) table[i] = 1 - table[i]!;
  logs(table);
  for (let i = 0; i < table.length; i++) table[i] = -d.mean * table[i]!;
}

/** Of the laws whose quantile has no formula. Apart from the others, which should not pay for the functions made here. */
function searchedQuantile(d: Extract<Distribution, { kind: 'gamma' | 'beta' | 'poisson' | 'negative-binomial' }>, u: number): number {
  switch (d.kind) {
    case 'gamma': {
      const scale = d.mean / d.shape;
      let high = d.shape + 1;
      while (gammaP(d.shape, high) < u) high *= 2;
      return scale * invert((x) => gammaP(d.shape, x), u, 0, high);
    }
    case 'beta':
      return invert((x) => betaI(d.a, d.b, x), u, 0, 1);
    case 'poisson':
      return discreteQuantile(d, u, exp(-d.mean), (n, p) => (p * d.mean) / (n + 1));
    case 'negative-binomial': {
      const success = d.k / (d.k + d.mean);
      return discreteQuantile(d, u, pow(success, d.k), (n, p) => (p * (n + d.k) * (1 - success)) / (n + 1));
    }
  }
}

/** Longest tail that a discrete quantile walks; beyond it the value is capped (probability below 1e-12 for means up to 10 000). */
const DISCRETE_CAP = 1_000_000;
/** Below this the probability of 0 has lost digits (or is 0), and a sum that starts from it is wrong. */
const SMALLEST_START = 1e-290;

/** Least n whose distribution function reaches u: by summing from 0 where that is exact and short, else by bisection. */
function discreteQuantile(
  d: Distribution & { readonly mean: number },
  u: number,
  p0: number,
  next: (n: number, p: number) => number,
): number {
  if (p0 < SMALLEST_START) return leastWhole(d, u);
  let n = 0;
  let p = p0;
  let sum = p0;
  while (sum < u && n < DISCRETE_CAP) {
    p = next(n, p);
    // Beyond the mean terms only shrink: one that no longer changes the sum says that rounding, not the tail, is what is missing.
    if (sum + p === sum && n > d.mean) break;
    n++;
    sum += p;
  }
  return n;
}

function leastWhole(d: Distribution, u: number): number {
  let below = -1;
  let high = 1;
  while (high < DISCRETE_CAP && cdf(d, high) < u) high *= 2;
  while (high - below > 1) {
    const middle = Math.floor((below + high) / 2);
    if (cdf(d, middle) < u) below = middle;
    else high = middle;
  }
  return high;
}

/** Distribution function P(X ≤ x). */
export function cdf(d: Distribution, x: number): number {
  switch (d.kind) {
    case 'constant':
      return x >= d.value ? 1 : 0;
    case 'uniform':
      return x < d.low ? 0 : x >= d.high ? 1 : (x - d.low) / (d.high - d.low);
    case 'exponential':
      return x <= 0 ? 0 : -expm1(-x / d.mean);
    case 'weibull':
      return x <= 0 ? 0 : -expm1(-pow(x / d.scale, d.shape));
    case 'normal':
      return x === d.mean && d.sd === 0 ? 1 : normalCdf((x - d.mean) / d.sd);
    case 'lognormal':
      return x <= 0 ? 0 : d.sigma === 0 ? (x >= exp(d.mu) ? 1 : 0) : normalCdf((log(x) - d.mu) / d.sigma);
    case 'gamma':
      return x <= 0 ? 0 : gammaP(d.shape, (x * d.shape) / d.mean);
    case 'beta':
      return betaI(d.a, d.b, x);
    case 'bernoulli':
      return x < 0 ? 0 : x < 1 ? 1 - d.p : 1;
    case 'poisson':
      return x < 0 ? 0 : 1 - gammaP(Math.floor(x) + 1, d.mean);
    case 'negative-binomial':
      return x < 0 ? 0 : betaI(d.k, Math.floor(x) + 1, d.k / (d.k + d.mean));
    case 'quantiles': {
      const values = d.values;
      const last = values.length - 1;
      if (x < values[0]!) return 0;
      if (x >= values[last]!) return 1;
      let i = 0;
      while (values[i + 1]! <= x) i++;
      return (i + (x - values[i]!) / (values[i + 1]! - values[i]!)) / last;
    }
  }
}

export function mean(d: Distribution): number {
  switch (d.kind) {
    case 'constant':
      return d.value;
    case 'uniform':
      return (d.low + d.high) / 2;
    case 'exponential':
    case 'normal':
    case 'gamma':
    case 'poisson':
    case 'negative-binomial':
      return d.mean;
    case 'weibull':
      return d.scale * exp(lgamma(1 + 1 / d.shape));
    case 'lognormal':
      return exp(d.mu + (d.sigma * d.sigma) / 2);
    case 'beta':
      return d.a / (d.a + d.b);
    case 'bernoulli':
      return d.p;
    case 'quantiles': {
      const v = d.values;
      let sum = (v[0]! + v[v.length - 1]!) / 2;
      for (let i = 1; i < v.length - 1; i++) sum += v[i]!;
      return sum / (v.length - 1);
    }
  }
}

export function variance(d: Distribution): number {
  switch (d.kind) {
    case 'constant':
      return 0;
    case 'uniform':
      return ((d.high - d.low) * (d.high - d.low)) / 12;
    case 'exponential':
      return d.mean * d.mean;
    case 'normal':
      return d.sd * d.sd;
    case 'gamma':
      return (d.mean * d.mean) / d.shape;
    case 'poisson':
      return d.mean;
    case 'negative-binomial':
      return d.mean + (d.mean * d.mean) / d.k;
    case 'weibull': {
      const m = mean(d);
      return d.scale * d.scale * exp(lgamma(1 + 2 / d.shape)) - m * m;
    }
    case 'lognormal': {
      const m = mean(d);
      return expm1(d.sigma * d.sigma) * m * m;
    }
    case 'beta':
      return (d.a * d.b) / ((d.a + d.b) * (d.a + d.b) * (d.a + d.b + 1));
    case 'bernoulli':
      return d.p * (1 - d.p);
    case 'quantiles': {
      // A mixture of uniforms between neighbouring quantiles.
      const v = d.values;
      const m = mean(d);
      let second = 0;
      for (let i = 0; i < v.length - 1; i++) second += (v[i]! * v[i]! + v[i]! * v[i + 1]! + v[i + 1]! * v[i + 1]!) / 3;
      return second / (v.length - 1) - m * m;
    }
  }
}

/**
 * Value for draw u given that the value exceeds `elapsed`: the conditional law that a fresh fork re-draws from.
 * For the exponential this is elapsed + a new exponential.
 */
export function conditionalQuantile(d: Distribution, elapsed: number, u: number): number {
  if (elapsed <= 0) return quantile(d, u);
  if (d.kind === 'exponential') return elapsed + quantile(d, u);
  if (d.kind === 'weibull') return d.scale * pow(pow(elapsed / d.scale, d.shape) - log(1 - u), 1 / d.shape);
  const below = cdf(d, elapsed);
  if (below >= 1) return elapsed;
  return Math.max(elapsed, quantile(d, Math.min(below + (1 - below) * u, 1 - 1.1e-16)));
}
