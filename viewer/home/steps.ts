import type { StepSpec, ThreatSpec } from '../../sim/model/spec.ts';
import { el } from '../dom.ts';
import { words } from '../story/incidents.ts';
import { clockText, type StepView, type Story } from '../story/story.ts';

/** Signs beside the words, so that neither colour nor sign stands alone. */
const SIGNS: Readonly<Record<string, string>> = { succeeded: '✓', blocked: '✕', failed: '✕', running: '…', waiting: '·', skipped: '–' };

/** The threat event's roads with the steps on each, and how far the adversary has come. */
export function renderSteps(host: HTMLElement, threat: ThreatSpec | null, story: Story): void {
  if (threat === null) {
    host.replaceChildren(el('p', { class: 'note' }, 'No threat event: an ordinary day.'));
    return;
  }
  const { roads, others } = assign(threat.alternatives, story.steps);
  const lists = roads.map((steps, i) =>
    el('div', {}, ...(roads.length > 1 ? [el('h3', {}, `Road ${i + 1}`)] : []), el('ol', { class: 'steps' }, ...steps.map(item))),
  );
  // What an adaptive adversary tries beside the roads that the event describes.
  const beside = others.length > 0 ? [el('h3', {}, 'Also tried'), el('ol', { class: 'steps' }, ...others.map(item))] : [];
  const goal = story.goalAt === null ? [] : [el('p', { class: 'goal' }, `Goal reached at ${clockText(story.goalAt)}`)];
  host.replaceChildren(el('p', { class: 'note' }, threat.title), ...goal, ...lists, ...beside);
}

interface RoadStep extends StepView {
  /** 'camera', 'hub, router': what the step is aimed at. */
  readonly target: string;
}

/** Finds for every step that was begun its place on a road: the next one on the present road, else on a later one. */
export function assign(alternatives: ThreatSpec['alternatives'], steps: readonly StepView[]): { roads: RoadStep[][]; others: RoadStep[] } {
  const waiting = { status: 'waiting', t: null, reason: '' };
  const roads = alternatives.map((road) =>
    road.map(({ technique, args }): RoadStep => ({ technique, ...waiting, target: targetOf(args) })),
  );
  const others: RoadStep[] = [];
  let road = 0;
  let index = 0;
  for (const step of steps) {
    const places = roads.flatMap((list, r) => list.map((planned, i) => ({ planned, r, i })));
    const place = places.find(
      ({ planned, r, i }) =>
        planned.technique === step.technique && planned.status === 'waiting' && (r > road || (r === road && i >= index)),
    );
    if (place === undefined) {
      others.push({ ...step, target: '' });
      continue;
    }
    roads[place.r]![place.i] = { ...step, target: place.planned.target };
    road = place.r;
    index = place.i + 1;
  }
  return { roads, others };
}

function targetOf(args: StepSpec['args']): string {
  const parts = [args['on'] ?? args['between'] ?? args['what'] ?? [], args['path'] ?? []];
  return parts.flat().map(String).join(', ');
}

function item(step: RoadStep): HTMLElement {
  const name = step.target === '' ? words(step.technique) : `${words(step.technique)} (${step.target})`;
  const children = [
    el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[step.status] ?? '?'),
    el('span', { class: 'technique' }, name),
    el('span', { class: 'status' }, step.status),
  ];
  if (step.t !== null) children.push(el('time', {}, clockText(step.t)));
  if (step.reason !== '') children.push(el('span', { class: 'reason' }, step.reason));
  return el('li', { class: `step ${step.status}` }, ...children);
}
