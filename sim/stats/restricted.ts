import { estimate, estimateProportion, type Confidence, type Estimate } from './estimate.ts';

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
 * the mean of min(time, horizon) (J. O. Irwin 1949; P. Royston & M. K. B. Parmar 2013). Nothing is censored before the
 * horizon when times count from the run's start. A time that counts from something later, an attack's start, is followed up
 * for less: there "never" is a score, worse than any time that could have been seen, and the proportion says how often.
 */
export function estimateRestricted(values: readonly (number | null)[], horizon: number, confidence: Confidence): RestrictedEstimate {
  let happened = 0;
  const times = new Float64Array(values.length);
  values.forEach((value, i) => {
    if (value !== null) happened++;
    times[i] = restrict(value, horizon);
  });
  return {
    ...estimate(times, { ...confidence, bounds: [0, horizon] }),
    happened: estimateProportion(happened, values.length, confidence),
    restrictedTo: horizon,
  };
}
