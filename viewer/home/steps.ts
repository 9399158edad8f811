import type { ThreatResult } from '../../sim/model/result.ts';
import type { ThreatSpec } from '../../sim/model/spec.ts';
import { el } from '../dom.ts';
import { words } from '../story/incidents.ts';
import { roadsOf, type RoadStep } from '../story/roads.ts';
import { clockText, type Story } from '../story/story.ts';

/** Signs beside the words, so that neither colour nor sign stands alone. */
const SIGNS: Readonly<Record<RoadStep['status'], string>> = {
  succeeded: '✓',
  blocked: '✕',
  failed: '✕',
  running: '…',
  waiting: '·',
  skipped: '–',
  'not tried': '–',
  'done before': '✓',
};

/** The threat event's roads with the steps on each, and how far the adversary has come. */
export function renderSteps(host: HTMLElement, threat: ThreatSpec | null, story: Story, result: ThreatResult | null): void {
  if (threat === null) {
    host.replaceChildren(el('p', { class: 'note' }, 'No threat event: an ordinary day.'));
    return;
  }
  const roads = roadsOf(threat, story, result);
  const lists = roads.map((steps, i) =>
    el('div', {}, ...(roads.length > 1 ? [el('h3', {}, `Road ${i + 1}`)] : []), el('ol', { class: 'steps' }, ...steps.map(item))),
  );
  const goal = story.goalAt === null ? [] : [el('p', { class: 'goal' }, `Goal reached at ${clockText(story.goalAt)}`)];
  host.replaceChildren(el('p', { class: 'note' }, threat.title), ...goal, ...lists);
}

function item(step: RoadStep): HTMLElement {
  const name = step.target === '' ? words(step.technique) : `${words(step.technique)} (${step.target})`;
  const children = [
    el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[step.status]),
    el('span', { class: 'technique' }, name),
    el('span', { class: 'status' }, step.status),
  ];
  if (step.from !== null) children.push(el('span', { class: 'times' }, timesOf(step.from, step.to)));
  if (step.reason !== '') children.push(el('span', { class: 'reason' }, step.reason));
  return el('li', { class: `step ${step.status.replace(' ', '-')}` }, ...children);
}

/** '01:33:43 to 01:52:26' */
function timesOf(from: number, to: number | null): string {
  const [start, end] = [clockText(from), to === null ? null : clockText(to)];
  if (end === null) return `from ${start}`;
  return start === end ? start : `${start} to ${end}`;
}
