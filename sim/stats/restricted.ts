import { estimate, estimateProportion, type Estimate } from './estimate.ts';

export interface RestrictedEstimate extends Estimate {
  /** How often it happened at all. */
  readonly happened: Estimate;
  /** The horizon that a missing value counts as. */
  readonly restrictedTo: number;
}

/** A time that never came, or came later, counts as the horizon; so paired arms keep all their pairs. */
export function restrict(value: number | null, horizon: number): number {
  return value === null || value > horizon ? horizon : value;
}

/**
 * Times to something that may not happen before the end (null): the proportion that happened and the restricted mean time,
 * the mean of min(time, horizon) (J. O. Irwin 1949; P. Royston & M. K. B. Parmar 2013). Without censoring before the
 * horizon it is a plain mean of values in [0, horizon].
 */
export function estimateRestricted(values: readonly (number | null)[], horizon: number, level: number): RestrictedEstimate {
  let happened = 0;
  const times = new Float64Array(values.length);
  values.forEach((value, i) => {
    if (value !== null) happened++;
    times[i] = restrict(value, horizon);
  });
  return {
    ...estimate(times, { level, bounds: [0, horizon] }),
    happened: estimateProportion(happened, values.length, level),
    restrictedTo: horizon,
  };
}
