import type { ThreatSpec } from '../../sim/model/spec.ts';
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
  const taken = [...story.steps];
  const roads = threat.alternatives.map((steps) => steps.map(({ technique }) => claim(taken, technique)));
  const lists = roads.map((steps, i) =>
    el('div', {}, ...(roads.length > 1 ? [el('h3', {}, `Road ${i + 1}`)] : []), el('ol', { class: 'steps' }, ...steps.map(item))),
  );
  // What an adaptive adversary tries beside the roads that the event describes.
  const others = taken.length > 0 ? [el('h3', {}, 'Also tried'), el('ol', { class: 'steps' }, ...taken.map(item))] : [];
  const goal = story.goalAt === null ? [] : [el('p', { class: 'goal' }, `Goal reached at ${clockText(story.goalAt)}`)];
  host.replaceChildren(el('p', { class: 'note' }, threat.title), ...goal, ...lists, ...others);
}

/** The first step of that technique that no other line shows yet. */
function claim(taken: StepView[], technique: string): StepView {
  const at = taken.findIndex((step) => step.technique === technique);
  if (at < 0) return { technique, status: 'waiting', t: null, reason: '' };
  return taken.splice(at, 1)[0]!;
}

function item(step: StepView): HTMLElement {
  const children = [
    el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[step.status] ?? '?'),
    el('span', { class: 'technique' }, words(step.technique)),
    ' ',
    el('span', { class: 'status' }, step.status),
  ];
  if (step.t !== null) children.push(' ', el('time', {}, clockText(step.t)));
  if (step.reason !== '') children.push(el('span', { class: 'reason' }, step.reason));
  return el('li', { class: `step ${step.status}` }, ...children);
}
