import { normalCdf } from '../../sim/kernel/math.ts';
import { studentQuantile } from '../../sim/stats/student.ts';

/** Interval of the ratio of two means, from independent runs on both sides. */
export interface Ratio {
  readonly ours: number;
  readonly ns3: number;
  /** 90 % interval of ours ÷ ns-3, for equivalence. */
  readonly low: number;
  readonly high: number;
  /** 99 % interval, for what is documented. */
  readonly wideLow: number;
  readonly wideHigh: number;
  /** Standard error of the ratio's logarithm, and its degrees of freedom. */
  readonly error: number;
  readonly freedom: number;
}

export const BOUNDS = { low: 0.85, high: 1.15 } as const;
const LEVEL = 0.9;
const WIDE = 0.99;

/** Mean, and squared standard error of the mean relative to it. */
function summary(values: readonly number[]): { mean: number; square: number; freedom: number } {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return { mean, square: mean === 0 ? 0 : variance / n / mean ** 2, freedom: n - 1 };
}

/**
 * Intervals of ours ÷ ns-3 on the logarithm's scale (delta method: relative standard errors add in squares), with
 * Student's t at the degrees of freedom of Welch and Satterthwaite. Where one side is zero in every run the ratio is 0 or
 * Infinity; null where both are.
 */
export function ratio(ours: readonly number[], ns3: readonly number[]): Ratio | null {
  const x = summary(ours);
  const y = summary(ns3);
  if (x.mean === 0 && y.mean === 0) return null;
  const facts = { ours: x.mean, ns3: y.mean };
  if (x.mean === 0 || y.mean === 0) {
    const value = x.mean === 0 ? 0 : Infinity;
    return { ...facts, low: value, high: value, wideLow: value, wideHigh: value, error: 0, freedom: x.freedom + y.freedom };
  }
  const square = x.square + y.square;
  const freedom = square === 0 ? x.freedom + y.freedom : square ** 2 / (x.square ** 2 / x.freedom + y.square ** 2 / y.freedom);
  const error = Math.sqrt(square);
  const at = (level: number, side: number): number =>
    (x.mean / y.mean) * Math.exp(side * studentQuantile((1 + level) / 2, freedom) * error);
  return { ...facts, low: at(LEVEL, -1), high: at(LEVEL, 1), wideLow: at(WIDE, -1), wideHigh: at(WIDE, 1), error, freedom };
}

export const equivalent = (r: Ratio): boolean => r.low >= BOUNDS.low && r.high <= BOUNDS.high;

/**
 * Probability that equivalence is found when the true ratio is `truth`: that the interval lies within the bounds, with the
 * standard error taken as known.
 */
export function power({ error, freedom }: Pick<Ratio, 'error' | 'freedom'>, truth: number): number {
  const reach = studentQuantile((1 + LEVEL) / 2, freedom) * error;
  const low = (Math.log(BOUNDS.low) + reach - Math.log(truth)) / error;
  const high = (Math.log(BOUNDS.high) - reach - Math.log(truth)) / error;
  return high <= low ? 0 : normalCdf(high) - normalCdf(low);
}
