import { estimate, type Estimate, type EstimateOptions } from './estimate.ts';
import { Moments } from './moments.ts';

export interface PairedEstimate extends Estimate {
  /**
   * Variance of the paired difference over what independent runs would give (sum of the two variances): below 1, common
   * random numbers help; null when nothing varies.
   */
  readonly varianceRatio: number | null;
}

/**
 * Mean of first − second where values with the same index come from the same replication (common random numbers).
 * @param options.bounds bounds of the values, not of the difference. @throws RangeError when lengths differ.
 */
export function pairedDifference(first: ArrayLike<number>, second: ArrayLike<number>, options: EstimateOptions): PairedEstimate {
  if (first.length !== second.length) throw new RangeError(`pairs wanted: ${first.length} values against ${second.length}`);
  const difference = new Float64Array(first.length);
  for (let i = 0; i < first.length; i++) difference[i] = first[i]! - second[i]!;
  const independent = Moments.of(first).variance + Moments.of(second).variance;
  const ratio = independent > 0 ? Moments.of(difference).variance / independent : null;
  return { ...estimate(difference, { ...options, bounds: differenceBounds(options.bounds) }), varianceRatio: ratio };
}

/** Limits of a difference of two values that each keep to `bounds`. */
export function differenceBounds(bounds: EstimateOptions['bounds']): readonly [number | null, number | null] {
  const floor = bounds?.[0] ?? null;
  const ceiling = bounds?.[1] ?? null;
  if (floor === null || ceiling === null) return [null, null];
  return [floor - ceiling, ceiling - floor];
}
