import type { OutcomeSpec } from '../model/result.ts';
import { estimate, estimateRestricted, pairedDifference, restrict, type Estimate, type PairedEstimate } from '../stats/index.ts';

/** Units of time that outcomes come in, in hours. */
const HOURS_PER: Readonly<Record<string, number>> = {
  s: 1 / 3600,
  seconds: 1 / 3600,
  min: 1 / 60,
  minutes: 1 / 60,
  h: 1,
  hours: 1,
  d: 24,
  days: 24,
};

/** The end of the simulated time in the outcome's unit, or null when the outcome is no time. */
export function horizonOf(spec: OutcomeSpec, hours: number): number | null {
  const unit = HOURS_PER[spec.unit];
  return unit === undefined ? null : Math.round((hours / unit) * 1e6) / 1e6;
}

/** Limits of an outcome's values in a run of so many hours. */
function boundsOf(spec: OutcomeSpec, hours: number): OutcomeSpec['bounds'] {
  return spec.withinRun === true ? [spec.bounds[0], horizonOf(spec, hours) ?? spec.bounds[1]] : spec.bounds;
}

/** An estimate, and for times that did not always come how often they did and what the others count as. */
export interface OutcomeEstimate extends Estimate {
  readonly happened?: Estimate;
  readonly restrictedTo?: number;
}

/**
 * Estimate of one outcome; NaN means that it did not happen. Times then give a restricted mean and the proportion;
 * other outcomes the mean over the runs where there is a value, marked.
 */
export function estimateOutcome(values: readonly number[], spec: OutcomeSpec, hours: number, level: number): OutcomeEstimate {
  const present = values.filter((value) => value === value);
  const horizon = horizonOf(spec, hours);
  if (present.length < values.length && horizon !== null)
    return estimateRestricted(
      values.map((value) => (value === value ? value : null)),
      horizon,
      level,
    );
  const result = guarded(present, spec, boundsOf(spec, hours), level);
  return present.length === values.length
    ? result
    : { ...result, warn: `${values.length - present.length} of ${values.length} runs have no value; mean over the others` };
}

/** Mean of first − second over pairs; a time that did not happen counts as the horizon on either side. */
export function estimateDifference(
  first: readonly number[],
  second: readonly number[],
  spec: OutcomeSpec,
  hours: number,
  level: number,
): PairedEstimate {
  const horizon = horizonOf(spec, hours);
  const missing = (value: number): boolean => value !== value;
  const anyMissing = first.some(missing) || second.some(missing);
  if (!anyMissing) return guardedPairs(first, second, boundsOf(spec, hours), level, null);
  if (horizon !== null) {
    const timed = (value: number): number => restrict(missing(value) ? null : value, horizon);
    return guardedPairs(first.map(timed), second.map(timed), [0, horizon], level, null);
  }
  const kept = first.map((_, i) => i).filter((i) => !missing(first[i]!) && !missing(second[i]!));
  const note = `${first.length - kept.length} of ${first.length} pairs lack a value; mean over the others`;
  return guardedPairs(
    kept.map((i) => first[i]!),
    kept.map((i) => second[i]!),
    spec.bounds,
    level,
    note,
  );
}

/** A value outside its declared bounds must not pass silently, nor may it stop the study: no bounds then, and a warning. */
function guarded(values: readonly number[], spec: OutcomeSpec, bounds: OutcomeSpec['bounds'], level: number): Estimate {
  const stray = strayOf(values, bounds);
  if (stray === null) return estimate(values, { level, bounds });
  return { ...estimate(values, { level }), warn: `value ${stray} lies outside the bounds declared for ${spec.id}` };
}

function guardedPairs(
  first: readonly number[],
  second: readonly number[],
  bounds: OutcomeSpec['bounds'],
  level: number,
  note: string | null,
): PairedEstimate {
  const stray = strayOf(first, bounds) ?? strayOf(second, bounds);
  const result = pairedDifference(first, second, stray === null ? { level, bounds } : { level });
  const warn = stray === null ? note : `value ${stray} lies outside the declared bounds`;
  return warn === null ? result : { ...result, warn };
}

function strayOf(values: readonly number[], bounds: OutcomeSpec['bounds']): number | null {
  const [floor, ceiling] = bounds;
  return values.find((value) => value < floor || (ceiling !== null && value > ceiling)) ?? null;
}
