import type { OutcomeSpec } from '../model/result.ts';
import {
  estimate,
  estimateProportion,
  estimateRestricted,
  pairedDifference,
  restrict,
  type Confidence,
  type Estimate,
  type PairedEstimate,
} from '../stats/index.ts';

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

/** An estimate, and for values that are not always there how often they are, and what the others count as. */
export interface OutcomeEstimate extends Estimate {
  readonly happened?: Estimate;
  readonly restrictedTo?: number;
}

/** Has an outcome a meaning in runs with this threat event, null = without any? A time since the attack wants one. */
export const applies = (spec: OutcomeSpec, threat: string | null): boolean => spec.sinceAttack !== true || threat !== null;

/** Of an outcome that has no meaning here. */
export const undefinedHere = ({ level }: Confidence): PairedEstimate => ({
  mean: null,
  low: null,
  high: null,
  level,
  n: 0,
  method: 'none',
  varianceRatio: null,
});

const missing = (value: number): boolean => value !== value;

/** What a time that never came counts as; null when the outcome is no such time. */
export const never = (spec: OutcomeSpec, hours: number): number | null => (spec.absent === 'untimed' ? null : horizonOf(spec, hours));

/**
 * Estimate of one outcome; NaN means that there is no value. Times that never came then give a restricted mean and the
 * proportion; where there was nothing to time, the mean of the others and the proportion; other outcomes that mean, marked.
 */
export function estimateOutcome(values: readonly number[], spec: OutcomeSpec, hours: number, confidence: Confidence): OutcomeEstimate {
  const present = values.filter((value) => !missing(value));
  const bounds = boundsOf(spec, hours);
  if (present.length === values.length) return guarded(present, spec, bounds, confidence);
  const horizon = never(spec, hours);
  if (horizon !== null) {
    const times = values.map((value) => (missing(value) ? null : value));
    const stray = strayOf(present, [0, null]);
    if (stray === null) return estimateRestricted(times, horizon, confidence);
  }
  const result = guarded(present, spec, bounds, confidence);
  if (spec.absent === 'untimed') return { ...result, happened: estimateProportion(present.length, values.length, confidence) };
  return {
    ...result,
    warn: result.warn ?? `${values.length - present.length} of ${values.length} runs have no value; mean over the others`,
  };
}

/** Mean of first − second over pairs; a time that never came counts as the horizon on either side. */
export function estimateDifference(
  first: readonly number[],
  second: readonly number[],
  spec: OutcomeSpec,
  hours: number,
  confidence: Confidence,
): PairedEstimate {
  if (!first.some(missing) && !second.some(missing)) return guardedPairs(first, second, boundsOf(spec, hours), confidence, null);
  const horizon = never(spec, hours);
  if (horizon !== null) {
    const timed = (value: number): number => restrict(missing(value) ? null : value, horizon);
    return guardedPairs(first.map(timed), second.map(timed), [0, horizon], confidence, null);
  }
  const kept = first.map((_, i) => i).filter((i) => !missing(first[i]!) && !missing(second[i]!));
  const note = `${first.length - kept.length} of ${first.length} pairs lack a value; mean over the others`;
  return guardedPairs(
    kept.map((i) => first[i]!),
    kept.map((i) => second[i]!),
    boundsOf(spec, hours),
    confidence,
    note,
  );
}

/** A value outside its declared bounds must not pass silently, nor may it stop the study: no bounds then, and a warning. */
function guarded(values: readonly number[], spec: OutcomeSpec, bounds: OutcomeSpec['bounds'], confidence: Confidence): Estimate {
  const stray = strayOf(values, bounds);
  if (stray === null) return estimate(values, { ...confidence, bounds });
  return { ...estimate(values, confidence), warn: `value ${stray} lies outside the bounds declared for ${spec.id}` };
}

function guardedPairs(
  first: readonly number[],
  second: readonly number[],
  bounds: OutcomeSpec['bounds'],
  confidence: Confidence,
  note: string | null,
): PairedEstimate {
  const stray = strayOf(first, bounds) ?? strayOf(second, bounds);
  const result = pairedDifference(first, second, stray === null ? { ...confidence, bounds } : confidence);
  const warn = stray === null ? note : `value ${stray} lies outside the declared bounds`;
  return warn === null ? result : { ...result, warn };
}

function strayOf(values: readonly number[], bounds: OutcomeSpec['bounds']): number | null {
  const [floor, ceiling] = bounds;
  return values.find((value) => value < floor || (ceiling !== null && value > ceiling)) ?? null;
}
