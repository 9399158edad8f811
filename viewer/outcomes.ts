import type { OutcomeSpec } from '../sim/model/result.ts';
import { OUTCOMES } from '../sim/world/outcomes.ts';
import { sayer, stepBetween, stepOf } from './amounts.ts';

/** Outcomes as people read them. */
const SPECS = new Map(OUTCOMES.map((outcome) => [outcome.id, outcome]));

/** Not an outcome of a run, but drawn and told like one: was the goal reached? */
export const SUCCESS = 'succeeded';

export const specOf = (id: string): OutcomeSpec | undefined => SPECS.get(id);

/** Every figure of an outcome that says something about a patient carries the caveat. */
export const isClinical = (id: string): boolean => specOf(id)?.clinical === true;
export const CAVEAT = 'modelled, not clinically validated';

/** Where taking the unit off the id would leave no title. */
const TITLES = new Map([
  ['patientMinutes', 'patient’s time'],
  ['nurseMinutes', 'nurses’ time'],
  ['physicianMinutes', 'physicians’ time'],
  ['pharmacistMinutes', 'pharmacists’ time'],
  ['itMinutes', 'IT staff’s time'],
  ['analystMinutes', 'analysts’ time'],
  ['alertsPerDay', 'alerts'],
  ['missedCheckIns', 'missed check-ins'],
  ['phiBytesExposed', 'patient data exposed'],
  ['rescuesMissed30Min', 'rescues later than 30 minutes'],
  [SUCCESS, 'goal reached'],
]);

/** 'undetectedDeteriorationMinutes' → 'undetected deterioration'; the unit is said apart. */
export function titleOf(id: string): string {
  const words = id
    .replace(/(Minutes|Hours|Seconds)$/, '')
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase();
  return TITLES.get(id) ?? words;
}

/** Unit of an outcome that happens or does not; its mean is a share of runs. */
const YES = 'yes = 1';
const BYTES = 'B';
/** Units of measure. Every other unit is a noun, counted: it may stand in the title, and has a singular. */
const MEASURES = new Map([
  ['s', 's'],
  ['min', 'min'],
  ['h', 'h'],
  ['1/day', 'a day'],
]);

export const isShare = (id: string): boolean => id === SUCCESS || specOf(id)?.unit === YES;

/** The unit to say beside the title; '' where the title says it already ("records exposed") or each figure does (bytes, shares). */
export function unitOf(id: string): string {
  const unit = specOf(id)?.unit ?? '';
  if (unit === BYTES || isShare(id)) return '';
  const measure = MEASURES.get(unit);
  if (measure !== undefined) return measure;
  return ` ${titleOf(id)} `.includes(` ${unit} `) ? '' : unit;
}

/**
 * Says figures of one outcome that stand together; "%" and the unit of bytes go with each.
 * @param apart how far they lie apart, so that rounding does not join them; null for a figure alone
 */
export function figuresOf(id: string, values: readonly number[], apart: number | null): (value: number) => string {
  const times = isShare(id) ? 100 : 1;
  const largest = Math.max(0, ...values.map(Math.abs)) * times;
  const step = apart === null ? stepOf(largest) : stepBetween(apart * times);
  const bytes = specOf(id)?.unit === BYTES;
  const say = sayer(largest, step, bytes);
  return (value) => `${say(value * times)}${isShare(id) ? ' %' : bytes ? 'B' : ''}`;
}

/** One value with as many digits as anyone reads, and its unit; null did not happen. */
export function figure(id: string, value: number | null): string {
  if (value === null) return 'none';
  if (specOf(id)?.unit === YES) return value === 1 ? 'yes' : 'no';
  const said = figuresOf(id, [value], null)(value);
  const unit = unitOf(id);
  if (unit === '') return said;
  const counted = said === '1' && ![...MEASURES.values()].includes(unit);
  return `${said} ${counted ? unit.replace(/s$/, '') : unit}`;
}
