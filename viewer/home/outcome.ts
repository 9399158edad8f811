import type { RunResult, ThreatResult } from '../../sim/model/result.ts';
import { OUTCOMES } from '../../sim/world/outcomes.ts';
import { el } from '../dom.ts';
import { words } from '../story/incidents.ts';
import { CAVEAT, figure, isClinical, titleOf } from '../outcomes.ts';

/** What the person deciding looks at first; the rest is one click away. */
const FIRST = [
  'undetectedDeteriorationMinutes',
  'alteredObservationsAccepted',
  'alteredOrdersExecuted',
  'telemetryGapMinutes',
  'lostCalls',
  'recordsExposed',
  'patientMinutes',
];

/** How the run ends, beside how the run before it ended: what the last change of the choices changed. */
export class OutcomePanel {
  private readonly host: HTMLElement;
  private result: RunResult | null = null;
  private before: RunResult | null = null;

  constructor(host: HTMLElement) {
    this.host = host;
  }

  /** A new run began; its result is being computed. */
  expect(): void {
    this.before = this.result ?? this.before;
    this.result = null;
    this.host.setAttribute('aria-busy', 'true');
    this.host.querySelector('.verdict')?.classList.add('stale');
  }

  show(result: RunResult): void {
    this.result = result;
    this.host.setAttribute('aria-busy', 'false');
    const all = OUTCOMES.filter(({ id }) => id in result.outcomes).map(({ id }) => id);
    const rest = all.filter((id) => !FIRST.includes(id));
    this.host.replaceChildren(
      el('p', { class: 'verdict', id: 'verdict' }, verdict(result)),
      this.table(FIRST.filter((id) => all.includes(id))),
      el('details', {}, el('summary', {}, 'All outcomes'), this.table(rest)),
      el('p', { class: 'note' }, 'One replication, given that this adversary tries. How sure we are: see the study.'),
    );
  }

  private table(ids: readonly string[]): HTMLElement {
    const { result, before } = this;
    const rows = ids.map((id) => {
      const now = figure(id, result?.outcomes[id] ?? null);
      const then = before === null ? '' : figure(id, before.outcomes[id] ?? null);
      const changed = before !== null && now !== then;
      return el(
        'tr',
        { class: changed ? 'changed' : null },
        el('th', { scope: 'row' }, titleOf(id), ...(isClinical(id) ? [el('small', {}, ` (${CAVEAT})`)] : [])),
        el('td', {}, changed ? `${now} ◂` : now),
        ...(before === null ? [] : [el('td', {}, then)]),
      );
    });
    const head = el(
      'tr',
      {},
      el('th', { scope: 'col' }, 'Outcome'),
      el('th', { scope: 'col' }, 'This run'),
      ...(before === null ? [] : [el('th', { scope: 'col' }, 'Before')]),
    );
    return el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows));
  }
}

/** One sentence: did the adversary reach the goal, and if not, what stopped it. */
export function verdict({ threat }: RunResult): string {
  if (threat === null) return 'Nobody attacks.';
  if (threat.succeeded) return 'The adversary reaches its goal.';
  const stop = stopped(threat);
  return `The adversary does not reach its goal${stop === '' ? '' : `: ${stop}`}.`;
}

/** A rule or check that refused explains more than a road that was not open any more. */
function stopped({ steps }: ThreatResult): string {
  const step =
    steps.findLast(({ status, blockedBy }) => status === 'blocked' && blockedBy !== null) ??
    steps.findLast(({ status }) => status === 'failed');
  if (step === undefined) return '';
  const by = step.blockedBy;
  if (by === null) return `it fails at “${words(step.technique)}”`;
  return `it is stopped at “${words(step.technique)}” by ${by.device} (${by.rule ?? by.fact ?? 'no reason given'})`;
}
