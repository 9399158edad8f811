/**
 * Sample quantile by linear interpolation between order statistics (R. J. Hyndman & Y. Fan 1996, type 7).
 * @param sorted ascending, not empty. @param p in [0, 1].
 * @throws RangeError outside that domain.
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError('quantile of no values');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile wants p in [0, 1], got ${p}`);
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below]!;
  if (below + 1 >= sorted.length) return low;
  return low + (place - below) * (sorted[below + 1]! - low);
}

/** The same for values in any order; O(n log n). */
export function sampleQuantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p);
}
