import type { DeviceSpec, WorldSpec } from '../../sim/model/spec.ts';
import { el } from '../dom.ts';
import type { KindView } from '../engine/messages.ts';
import { hostileHosts } from '../story/hostile.ts';
import type { Story } from '../story/story.ts';

/** What one device is, where it stands, how it is set, and how it is just now. */
export class Inspector {
  /** The device shown; '' = none. */
  device = '';
  private readonly host: HTMLElement;
  private readonly title = el('h3', { id: 'inspector-title' });
  private readonly facts = el('dl');
  private readonly alien = el('p', {}, 'A host of the adversary’s own. What it knows and does shows in its steps.');
  private readonly summary = el('summary');
  private readonly rows = el('tbody');
  private readonly settings = el('details', {}, this.summary, el('table', {}, this.rows));

  /** @param onClose called when the reader presses the cross */
  constructor(host: HTMLElement, onClose: () => void) {
    this.host = host;
    const close = el('button', { type: 'button', class: 'close', 'aria-label': 'Close the details' }, '×');
    close.addEventListener('click', onClose);
    host.append(this.title, close, this.facts, this.alien, this.settings);
  }

  open(device: string): void {
    this.device = device;
    this.host.hidden = false;
    this.settings.open = false;
  }

  /** Takes the focus, so that it is read out and Tab goes on from there. */
  focus(): void {
    this.host.focus({ preventScroll: true });
    this.host.scrollIntoView({ block: 'nearest' });
  }

  close(): void {
    this.device = '';
    this.host.hidden = true;
  }

  /** Says how the device is now. What the reader has opened stays open. @returns false when this home has no such device */
  update(spec: WorldSpec, kinds: Readonly<Record<string, KindView>>, story: Story): boolean {
    const device = spec.devices.find(({ id }) => id === this.device);
    const alien = hostileHosts(spec).find(({ id }) => id === this.device);
    if (device === undefined && alien === undefined) return false;
    this.alien.hidden = device !== undefined;
    this.facts.hidden = device === undefined;
    this.settings.hidden = device === undefined || Object.keys(device.settings).length === 0;
    write(this.title, device === undefined ? alien!.title : device.title || device.id);
    if (device === undefined) return true;
    this.list(factsOf(device, kinds, story));
    this.tabulate(device.settings);
    return true;
  }

  private list(facts: readonly (readonly [string, string])[]): void {
    if (this.facts.childElementCount !== facts.length * 2)
      this.facts.replaceChildren(...facts.flatMap(([term]) => [el('dt', {}, term), el('dd')]));
    this.facts.querySelectorAll('dd').forEach((place, i) => write(place, facts[i]![1]));
  }

  private tabulate(settings: DeviceSpec['settings']): void {
    const entries = Object.entries(settings).map(([name, value]) => [name, String(value)]);
    const shown = [...this.rows.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    if (JSON.stringify(shown) === JSON.stringify(entries)) return;
    this.summary.textContent = `Settings (${entries.length})`;
    this.rows.replaceChildren(...entries.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name!), el('td', {}, value!))));
  }
}

function factsOf({ id, kind, on, via, power }: DeviceSpec, kinds: Readonly<Record<string, KindView>>, story: Story): [string, string][] {
  const state = !power
    ? 'switched off'
    : story.dark.has(id)
      ? 'without power'
      : (story.states.get(id) ?? 'not started').replaceAll('-', ' ');
  return [
    ['Kind', kinds[kind]?.title ?? kind],
    ['Segments', on.join(', ') || (via === null ? 'none' : `through ${via}`)],
    ['State', state],
    ['Adversary', story.controlled.has(id) ? 'runs code here' : 'no code here'],
  ];
}

/** Leaves a text alone that is right already, and with it a reader's selection. */
function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
