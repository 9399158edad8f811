import { expect } from 'vitest';
import { normalLimit, normalTail } from './statistics.ts';

/**
 * Does what was simulated agree with a figure worked out on paper? The limit comes from the sampling distribution, never
 * from the result: a check of ours rejects a true model with probability ALARM (both sides together), and it must be able
 * to find an error of a stated size with probability POWER, or it fails for being blind. test/theory has about sixty checks: of
 * 170 new sets of seeds, one would raise some false alarm.
 */
export const ALARM = 1e-4;
export const POWER = 0.99;

export interface Agreement {
  readonly measured: number;
  readonly expected: number;
  /** Distance of the two in standard errors, without sign (see `sharesOf` for its own measure). */
  readonly off: number;
  /** `off` exceeds it with probability ALARM when the model is right. */
  readonly limit: number;
  /** Least error that is found with probability POWER, as a share of the expected figure (in its unit where that is 0). */
  readonly finds: number;
}

/**
 * Mean of independent replications against its expectation: Student's t with n − 1 degrees of freedom. The error found
 * with the given power is (t of the alarm + t of the power) standard errors. Autocorrelation within a replication does no
 * harm, since one replication gives one value; near-normal values are wanted (sums of many parts, 20 replications or more).
 * @throws RangeError for fewer than 10 replications.
 */
export function meanOf(replications: readonly number[], expected: number, alarm = ALARM, power = POWER): Agreement {
  const n = replications.length;
  if (n < 10) throw new RangeError(`${n} replications tell too little about their own spread`);
  const measured = replications.reduce((sum, x) => sum + x, 0) / n;
  const variance = replications.reduce((sum, x) => sum + (x - measured) ** 2, 0) / (n - 1);
  const error = Math.sqrt(variance / n);
  const limit = studentLimit(n - 1, alarm / 2);
  const finds = (limit + studentLimit(n - 1, 1 - power)) * error;
  return {
    measured,
    expected,
    off: Math.abs(measured - expected) / error,
    limit,
    finds: expected === 0 ? finds : finds / Math.abs(expected),
  };
}

/** How often something happened in n independent trials of probability p: normal limit of the binomial; wants n·p·(1 − p) of 50 or more. */
export function countOf(happened: number, n: number, p: number): Agreement {
  const spread = Math.sqrt(n * p * (1 - p));
  if (spread ** 2 < 50) throw new RangeError(`${n} trials of probability ${p} are too few for a normal limit`);
  const limit = normalLimit(ALARM / 2);
  // The spread under the error that must be found is that of its own probability; the larger one is nearer 1/2.
  const share = (limit + normalLimit(1 - POWER)) / Math.sqrt(n);
  const wrong = Math.min(0.5, p + share * Math.sqrt(p * (1 - p)));
  const finds =
    (limit * spread + normalLimit(1 - POWER) * Math.sqrt(n) * Math.max(spread / Math.sqrt(n), Math.sqrt(wrong * (1 - wrong)))) / n;
  return { measured: happened / n, expected: p, off: Math.abs(happened - n * p) / spread, limit, finds: finds / p };
}

/**
 * How often each of several things happened against their probabilities (which sum to 1): chi-square; wants 20 or more
 * expected of each. `off` and `limit` are chi-square values; `finds` is the distance Σ (p′ − p)²/p of other probabilities p′
 * that is found with the given power, the non-central chi-square taken as a scaled central one (Patnaik 1949).
 */
export function sharesOf(counts: readonly number[], chances: readonly number[]): Agreement {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (chances.some((p) => n * p < 20)) throw new RangeError(`${n} trials are too few for the rarest of the chances`);
  const freedom = counts.length - 1;
  const off = counts.reduce((sum, count, i) => sum + (count - n * chances[i]!) ** 2 / (n * chances[i]!), 0);
  const { limit, shift } = chiSquareLimits(freedom);
  return { measured: off, expected: freedom, off, limit, finds: shift / n };
}

/** Fails when model and theory disagree, and when the check could not have found an error of the share `finds`. */
export function expectAgreement(agreement: Agreement, finds: number): void {
  const { measured, expected, off, limit } = agreement;
  const told = `measured ${measured}, expected ${expected}, off by ${off} of ${limit}, finds ${agreement.finds}`;
  expect(off, told).toBeLessThanOrEqual(limit);
  expect(agreement.finds, told).toBeLessThanOrEqual(finds);
}

const limits = new Map<string, number>();

/** Value that Student's t with so many degrees of freedom exceeds with probability `tail`, freedom up to a few thousand. */
export function studentLimit(freedom: number, tail: number): number {
  const key = `${freedom} ${tail}`;
  const known = limits.get(key) ?? solveLimit(freedom, tail);
  limits.set(key, known);
  return known;
}

/** t = √ν tan θ has the density cos^(ν−1) θ, up to a factor: Simpson's rule and bisection. */
function solveLimit(freedom: number, tail: number): number {
  const mass = (from: number): number => {
    const steps = 400;
    const h = (Math.PI / 2 - from) / steps;
    const density = (angle: number): number => Math.max(0, Math.cos(angle)) ** (freedom - 1);
    let sum = density(from) + density(Math.PI / 2);
    for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(from + i * h);
    return (sum * h) / 3;
  };
  const whole = 2 * mass(0);
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (mass(middle) / whole > tail) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2);
}

const chiSquares = new Map<number, { readonly limit: number; readonly shift: number }>();

/** Limit of the alarm, and the non-centrality that is found with the power. */
function chiSquareLimits(freedom: number): { readonly limit: number; readonly shift: number } {
  const known = chiSquares.get(freedom);
  if (known !== undefined) return known;
  const limit = chiSquare(freedom, ALARM);
  const z = normalLimit(1 - POWER);
  let shift = 0;
  for (let lowest = 0; lowest < limit; shift += 0.1) {
    const degrees = (freedom + shift) ** 2 / (freedom + 2 * shift);
    const c = 2 / (9 * degrees);
    lowest = ((freedom + 2 * shift) / (freedom + shift)) * degrees * (1 - c - z * Math.sqrt(c)) ** 3;
  }
  chiSquares.set(freedom, { limit, shift });
  return { limit, shift };
}

/** Value that a chi-square exceeds with probability `tail`, freedom 2 or more and whole; the tail's recursion from two degrees to two more (odd ones from the normal's). */
function chiSquare(freedom: number, tail: number): number {
  const above = (x: number): number => {
    const odd = freedom % 2 === 1;
    let term = odd ? Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2) : Math.exp(-x / 2);
    let sum = odd ? normalTail(Math.sqrt(x)) * 2 : 0;
    for (let k = odd ? 3 : 2; k <= freedom; k += 2) {
      sum += term;
      term *= x / k;
    }
    return sum;
  };
  let low = 0;
  let high = 1000;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (above(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
