import type { WorldSpec } from '../../sim/model/spec.ts';
import { el } from '../dom.ts';
import type { KindView } from '../engine/messages.ts';
import type { Story } from '../story/story.ts';

/** What one device is, where it stands, and how it is set. */
export function renderInspector(
  host: HTMLElement,
  id: string,
  spec: WorldSpec,
  kinds: Readonly<Record<string, KindView>>,
  story: Story,
  onClose: () => void,
): void {
  const device = spec.devices.find((candidate) => candidate.id === id);
  const close = el('button', { type: 'button', class: 'close', 'aria-label': 'Close the details' }, '×');
  close.addEventListener('click', onClose);
  host.hidden = false;
  if (device === undefined) {
    host.replaceChildren(close, el('h3', {}, id), el('p', {}, 'A host of the adversary’s own. What it knows and does shows in its steps.'));
    return;
  }
  const facts: [string, string][] = [
    ['Kind', kinds[device.kind]?.title ?? device.kind],
    ['Segments', device.on.join(', ') || (device.via === null ? 'none' : `through ${device.via}`)],
    ['State', story.states.get(id) ?? 'not started'],
    ['Adversary', story.controlled.has(id) ? 'runs code here' : 'no code here'],
  ];
  const settings = Object.entries(device.settings).map(([name, value]) =>
    el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, String(value))),
  );
  host.replaceChildren(
    close,
    el('h3', {}, device.title || id),
    el('dl', {}, ...facts.flatMap(([term, text]) => [el('dt', {}, term), el('dd', {}, text)])),
    ...(settings.length === 0
      ? []
      : [el('details', {}, el('summary', {}, `Settings (${settings.length})`), el('table', {}, el('tbody', {}, ...settings)))]),
  );
}
