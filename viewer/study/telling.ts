import type { StudySnapshot } from '../../sim/protocol/messages.ts';
import { warningLines } from '../../sim/stats/warnings.ts';
import { el } from '../dom.ts';
import { specOf, SUCCESS, titleOf } from '../outcomes.ts';
import { words } from '../story/incidents.ts';
import { axisTitle, estimateOf, sayEstimate, shortThreat, type Measure } from './estimates.ts';

/** So many failed replications are named; a study of which all fail has tens of thousands. */
const MOST_FAILURES = 20;

const columnsOf = ({ outcomes }: StudySnapshot): readonly string[] => [SUCCESS, ...outcomes];

/** What the figures are conditional on stands beside them. */
export function conditions(snapshot: StudySnapshot, measure: Measure): string {
  const { arms, outcomes, course, hours, seed, fingerprint } = snapshot;
  const attacked = arms.some(({ threat }) => threat !== null);
  const given = [
    ...(attacked ? ['that this adversary tries'] : []),
    ...(course === 'deteriorating' ? [`${attacked ? 'given ' : ''}a deterioration`] : []),
  ].join(', and ');
  const level = arms[0]?.succeeded.level ?? 0.95;
  const since = outcomes.filter((id) => specOf(id)?.sinceAttack === true).map(titleOf);
  return [
    ...(given === '' ? [] : [`Given ${given}.`]),
    `${hours} h a run, ${counts(snapshot)} an arm, seed ${seed}.`,
    ...(attacked && measure === 'attributable'
      ? ['Attributable: with the attack minus the same luck and mitigations without it.']
      : attacked
        ? ['With the attack: also what would have happened without it.']
        : []),
    ...(attacked && since.length > 0 ? [`Counted from the attack’s start: ${since.join(', ')}.`] : []),
    `Dot: mean; whisker: ${Math.round(level * 100)} % interval.`,
    ...(fingerprint === null ? [] : [`Fingerprint ${fingerprint}.`]),
  ].join(' ');
}

/** "up to" is for studies that decide themselves when they have run enough. */
function counts({ replications, atLeast = replications }: StudySnapshot): string {
  const most = replications.toLocaleString('en');
  const range = atLeast === replications ? most : `${atLeast.toLocaleString('en')} to ${most}`;
  return `${range} ${replications === 1 ? 'replication' : 'replications'}`;
}

/** Why what is marked should not be trusted yet, the same lines as in the terminal. */
export function doubts(snapshot: StudySnapshot, measure: Measure): HTMLElement[] {
  const estimates = snapshot.arms.flatMap((arm) => columnsOf(snapshot).map((outcome) => estimateOf(arm, outcome, measure)));
  const shown = estimates.filter((estimate) => estimate !== undefined).filter(({ mean }) => mean !== null);
  const lines = warningLines(shown);
  if (lines.length === 0) return [];
  return [
    el('h3', {}, 'Marked !, dashed and hollow: not to be trusted yet'),
    el('ul', { id: 'study-doubts' }, ...lines.map((line) => el('li', {}, line))),
  ];
}

export function numbers(snapshot: StudySnapshot, measure: Measure): HTMLElement {
  const { arms } = snapshot;
  const columns = columnsOf(snapshot);
  const titles = ['Threat event', 'Mitigation set', 'n', ...columns.map((outcome) => axisTitle(outcome, measure))];
  const rows = arms.map((arm, i) => {
    const first = i === 0 || arms[i - 1]!.threat !== arm.threat;
    const cells = columns.map((outcome) => {
      const estimate = estimateOf(arm, outcome, measure);
      return el('td', { title: estimate?.warn ?? null }, estimate === undefined ? '–' : sayEstimate(outcome, estimate, arm.n));
    });
    return el(
      'tr',
      { class: first ? 'first' : null },
      el('th', { scope: 'row' }, shortThreat(arm.threat)),
      el('td', { class: 'set' }, words(arm.set)),
      el('td', {}, String(arm.n)),
      ...cells,
    );
  });
  const head = el('tr', {}, ...titles.map((title) => el('th', { scope: 'col' }, title)));
  return el('table', { id: 'study-table' }, el('thead', {}, head), el('tbody', {}, ...rows));
}

export function failures({ failures: failed }: StudySnapshot): HTMLElement[] {
  if (failed.length === 0) return [];
  const items = failed
    .slice(0, MOST_FAILURES)
    .map(({ arm, replication, seed, error }) => el('li', {}, `${arm}, replication ${replication}, seed ${seed}: ${error}`));
  const more = failed.length - items.length;
  return [
    el('h3', {}, `${failed.length.toLocaleString('en')} replications failed and are in no average`),
    el('ul', {}, ...items, ...(more === 0 ? [] : [el('li', {}, `… and ${more.toLocaleString('en')} more`)])),
  ];
}
