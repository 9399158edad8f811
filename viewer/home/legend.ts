import { el } from '../dom.ts';
import { mark, type Packets } from '../map/packets.ts';
import { TRAFFIC, TRAFFIC_TITLES, type TrafficClass } from '../story/traffic.ts';

/** Classes of messages with shape, colour, count; the boxes choose which are drawn. */
export class Legend {
  private readonly host: HTMLElement;
  private readonly counts = new Map<TrafficClass, HTMLElement>();
  private readonly canvases = new Map<TrafficClass, HTMLCanvasElement>();

  constructor(host: HTMLElement, packets: Packets) {
    this.host = host;
    for (const name of TRAFFIC) {
      const box = el('input', { type: 'checkbox', checked: true, id: `show-${name}` });
      box.addEventListener('change', () => packets.show(name, box.checked));
      const canvas = el('canvas', { width: 32, height: 32, 'aria-hidden': 'true' });
      const count = el('span', { class: 'count' }, '0');
      this.canvases.set(name, canvas);
      this.counts.set(name, count);
      host.append(el('label', {}, box, canvas, el('span', {}, `${TRAFFIC_TITLES[name]} `, count)));
    }
    host.append(
      el('span', { class: 'note' }, 'figures: hops so far · hollow = encrypted · lines: dashed guest, dotted Bluetooth, thick access line'),
    );
    this.paint();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.paint());
  }

  update(hops: Readonly<Record<TrafficClass, number>>): void {
    for (const [name, count] of this.counts) count.textContent = hops[name].toLocaleString('en');
  }

  clear(): void {
    for (const count of this.counts.values()) count.textContent = '0';
  }

  private paint(): void {
    const style = getComputedStyle(this.host);
    for (const [name, canvas] of this.canvases) {
      const context = canvas.getContext('2d')!;
      context.setTransform(2, 0, 0, 2, 0, 0);
      context.clearRect(0, 0, 16, 16);
      context.fillStyle = style.getPropertyValue(`--${name}`);
      mark(context, name, false, { x: 8, y: 8 });
    }
  }
}
