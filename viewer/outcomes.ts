import { format } from 'd3';
import { OUTCOMES } from '../sim/world/outcomes.ts';

/** Outcomes as people read them. */
const SPECS = new Map(OUTCOMES.map((outcome) => [outcome.id, outcome]));

/** Outcomes that say something about a patient: every figure of them carries the caveat. */
const CLINICAL = new Set(
  [
    'undetectedDeteriorationMinutes',
    'alarmToResponseMinutes',
    'missedAlarms',
    'falseAlarms',
    'rescuesMissed30Min',
    'unplannedTransfers',
  ].concat(['lateOrMissedDoses', 'harmSeverity', 'wrongDoseExposures', 'missedCheckIns']),
);

export const isClinical = (id: string): boolean => CLINICAL.has(id);
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
  ['phiBytesExposed', 'patient data exposed'],
  ['rescuesMissed30Min', 'rescues later than 30 minutes'],
]);

/** 'undetectedDeteriorationMinutes' → 'undetected deterioration'; the unit is said apart. */
export function titleOf(id: string): string {
  const words = id
    .replace(/(Minutes|Hours|Seconds)$/, '')
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase();
  return TITLES.get(id) ?? words;
}

/** The unit to say beside the title; '' where the title says it already ("records exposed"). */
export function unitOf(id: string): string {
  const unit = SPECS.get(id)?.unit ?? '';
  return titleOf(id).includes(unit.replace(/s$/, '')) ? '' : unit;
}

/** Unit of an outcome that happens or does not. */
const YES = 'yes = 1';

const short = format('.3~s');

/** A value with as many digits as anyone reads, and its unit; null did not happen. */
export function figure(id: string, value: number | null): string {
  if (value === null) return 'none';
  const unit = unitOf(id);
  if (unit === YES) return value === 1 ? 'yes' : 'no';
  return unit === '' ? amount(value) : `${amount(value)} ${unit}`;
}

export function amount(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 10_000) return short(value);
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
