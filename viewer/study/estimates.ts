import type { ArmEstimates, Estimate } from '../../sim/protocol/messages.ts';
import { DOUBTFUL } from '../../sim/stats/warnings.ts';
import { CAVEAT, figuresOf, isClinical, isShare, specOf, SUCCESS, titleOf, unitOf } from '../outcomes.ts';
import { words } from '../story/incidents.ts';

/** What a study's estimates are of: what the attack adds, as in the terminal's table, or all that happens with the attack. */
export type Measure = 'attributable' | 'with-attack';

type Interval = NonNullable<Estimate['happened']>;

/** Without an attack there is nothing to subtract, nor from a time that counts from the attack's start. */
const itself = (arm: ArmEstimates, outcome: string): boolean => arm.threat === null || specOf(outcome)?.sinceAttack === true;

/** A frame's names are a server's: one that every object has, such as "toString", is no outcome. */
export function estimateOf(arm: ArmEstimates, outcome: string, measure: Measure): Estimate | undefined {
  if (outcome === SUCCESS) return arm.threat === null ? undefined : arm.succeeded;
  const all = measure === 'with-attack' || itself(arm, outcome) ? arm.outcomes : arm.attributable;
  return Object.hasOwn(all, outcome) ? all[outcome] : undefined;
}

/** 'undetected deterioration attributable to the attack, min (modelled, not clinically validated)' */
export function axisTitle(outcome: string, measure: Measure): string {
  const unit = isShare(outcome) ? 'share of replications' : unitOf(outcome);
  const added = measure === 'attributable' && outcome !== SUCCESS && specOf(outcome)?.sinceAttack !== true;
  const said = unit === 'a day' ? ` ${unit}` : '';
  const title = `${titleOf(outcome)}${said}${added ? ' attributable to the attack' : ''}${unit === '' || said !== '' ? '' : `, ${unit}`}`;
  return isClinical(outcome) ? `${title} (${CAVEAT})` : title;
}

/** It came in no run: its mean is what "never" counts as, and no time. */
export const never = ({ happened, restrictedTo }: Estimate): boolean => restrictedTo !== undefined && happened?.mean === 0;

/**
 * '42.1 (39.8 to 44.4)', marked where it should not be trusted yet, with what its mean cannot be read without.
 * @param n replications of the arm; an estimate that rests on fewer says so
 */
export function sayEstimate(outcome: string, estimate: Estimate, n: number): string {
  const { mean, restrictedTo, happened } = estimate;
  if (mean === null) return '–';
  const unit = unitOf(outcome);
  const counts =
    restrictedTo === undefined ? '' : `counts as ${[figuresOf(outcome, [restrictedTo], null)(restrictedTo), unit].join(' ').trim()}`;
  const share = happened === undefined ? '' : `happened ${interval(SUCCESS, happened)}`;
  const parts = [
    never(estimate) ? `never (${counts})` : interval(outcome, estimate),
    never(estimate) || counts === '' ? '' : `never ${counts}`,
    share,
    estimate.n === n ? '' : `n = ${estimate.n}`,
  ];
  const said = parts.filter((part) => part !== '').join('; ');
  return estimate.warn === undefined ? said : `${said} ${DOUBTFUL}`;
}

function interval(outcome: string, { mean, low, high }: Interval): string {
  const apart = low !== null && high !== null && high > low ? high - low : null;
  const figures = [mean, low, high].filter((value) => value !== null);
  // Alone or with one open side, as many digits as three figures say.
  const say = figuresOf(outcome, figures, apart ?? (mean === 0 || mean === null ? null : Math.abs(mean) / 10));
  const side = (value: number | null): string => (value === null ? '?' : say(value));
  return `${side(mean)} (${side(low)} to ${side(high)})`;
}

/** 'te2-reading-tamper' → 'TE2 reading tamper' */
export function shortThreat(id: string | null): string {
  return id === null ? 'no attack' : words(id).replace(/^te\d+/, (number) => number.toUpperCase());
}
