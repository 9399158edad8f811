import type { RunResult, ThreatResult } from '../../sim/model/result.ts';
import { OUTCOMES } from '../../sim/world/outcomes.ts';
import { el } from '../dom.ts';
import type { Choices } from '../engine/messages.ts';
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

type Outcomes = RunResult['outcomes'];
/** This run; the same run without its adversary; the run before it, where only mitigations have changed since. */
type Column = 'now' | 'twin' | 'before';
const COLUMNS: readonly (readonly [Column, string])[] = [
  ['now', 'This run'],
  ['twin', 'Not attacked'],
  ['before', 'Before'],
];

/** How the run ends, beside the same run without its adversary and beside the mitigations before the last change. */
export class OutcomePanel {
  private readonly host: HTMLElement;
  private readonly verdict = el('p', { class: 'verdict', id: 'verdict', role: 'status' });
  private readonly figures = el('div');
  private readonly note = el('p', { class: 'note' });
  private readonly cells = new Map<string, HTMLElement>();
  private readonly heads: HTMLElement[] = [];
  private choices: Choices | null = null;
  private readonly outcomes: Record<Column, Outcomes | null> = { now: null, twin: null, before: null };
  private beforeChoices: Choices | null = null;

  constructor(host: HTMLElement) {
    this.host = host;
    const rest = OUTCOMES.map(({ id }) => id).filter((id) => !FIRST.includes(id));
    this.figures.append(this.table(FIRST), el('details', {}, el('summary', {}, 'All outcomes'), this.table(rest)));
    host.append(this.verdict, this.figures, this.note);
  }

  /** A new run begins; its result is being computed. */
  expect(choices: Choices): void {
    const { outcomes } = this;
    if (outcomes.now !== null) {
      outcomes.before = outcomes.now;
      this.beforeChoices = this.choices;
    }
    if (this.beforeChoices === null || !onlyMitigationsDiffer(this.beforeChoices, choices)) outcomes.before = null;
    if (outcomes.before === null) this.beforeChoices = null;
    outcomes.now = null;
    outcomes.twin = null;
    this.choices = choices;
    this.host.setAttribute('aria-busy', 'true');
    this.verdict.textContent = 'The end of this run is being computed …';
    this.render();
  }

  show(result: RunResult): void {
    this.outcomes.now = result.outcomes;
    this.render();
    this.verdict.textContent = verdict(result);
    this.host.setAttribute('aria-busy', 'false');
  }

  /** @param outcomes of the same run without its adversary */
  showTwin(outcomes: Outcomes): void {
    this.outcomes.twin = outcomes;
    this.render();
  }

  /** There is no run. */
  clear(): void {
    for (const [column] of COLUMNS) this.outcomes[column] = null;
    this.choices = null;
    this.beforeChoices = null;
    this.render();
    this.verdict.textContent = 'No run: see above.';
    this.host.setAttribute('aria-busy', 'false');
  }

  private table(ids: readonly string[]): HTMLElement {
    const heads = COLUMNS.map(([column, title]) => el('th', { scope: 'col', 'data-column': column }, title));
    this.heads.push(...heads);
    const rows = ids.map((id) => {
      const cells = COLUMNS.map(([column]) => {
        const cell = el('td', { 'data-column': column });
        this.cells.set(`${column}/${id}`, cell);
        return cell;
      });
      const caveat = isClinical(id) ? [el('small', {}, ` (${CAVEAT})`)] : [];
      return el('tr', { 'data-outcome': id }, el('th', { scope: 'row' }, titleOf(id), ...caveat), ...cells);
    });
    return el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Outcome'), ...heads)), el('tbody', {}, ...rows));
  }

  /** Brings figures up to date where they stand, so that what is open stays open. */
  private render(): void {
    const { outcomes, choices } = this;
    const shown: Record<Column, boolean> = {
      now: true,
      twin: choices !== null && choices.threat !== null,
      before: outcomes.before !== null,
    };
    for (const { id } of OUTCOMES) {
      const texts = COLUMNS.map(([column]) => {
        const of = outcomes[column];
        return of === null ? '' : figure(id, of[id] ?? null);
      });
      const changed = outcomes.now !== null && outcomes.before !== null && texts[0] !== texts[2];
      COLUMNS.forEach(([column], i) => {
        const cell = this.cells.get(`${column}/${id}`)!;
        cell.textContent = i === 0 && changed ? `${texts[i]} ◂` : texts[i]!;
        cell.hidden = !shown[column];
        if (i === 0) cell.closest('tr')!.classList.toggle('changed', changed);
      });
    }
    for (const head of this.heads) head.hidden = !shown[head.dataset['column'] as Column];
    this.figures.hidden = choices === null;
    this.note.textContent = choices === null ? '' : noteOn(choices, this.beforeChoices);
  }
}

function onlyMitigationsDiffer(a: Choices, b: Choices): boolean {
  return a.home === b.home && a.threat === b.threat && a.course === b.course && a.seed === b.seed;
}

/** On what condition the figures stand, and what they stand beside. */
function noteOn({ threat, course }: Choices, before: Choices | null): string {
  const given = [
    ...(threat === null ? [] : ['given that this adversary tries']),
    ...(course === 'deteriorating' ? ['given a deterioration'] : []),
  ];
  const parts = [
    `${['One replication', ...given].join(', ')}.`,
    ...(threat === null ? [] : ['Not attacked: the same day, seed and mitigations without the adversary.']),
    ...(before === null ? [] : [`Before: the same with ${nameOf(before.mitigations)}.`]),
    'How sure we are: see the study.',
  ];
  return parts.join(' ');
}

function nameOf(mitigations: Choices['mitigations']): string {
  if (typeof mitigations === 'string') return `the set “${words(mitigations)}”`;
  return mitigations.length === 1 ? `“${words(mitigations[0]!)}” alone` : `${mitigations.length} mitigations of your own choice`;
}

/** One sentence: did the adversary reach the goal, and if not, what stopped it. */
function verdict({ threat }: RunResult): string {
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
