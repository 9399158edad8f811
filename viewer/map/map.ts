import { select, type Selection } from 'd3';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type { KindView } from '../engine/messages.ts';
import type { Story } from '../story/story.ts';
import { glyphOf, outlineOf } from './icons.ts';
import { layOut, type Layout, type Wire } from './layout.ts';
import { fitting } from './fitting.ts';
import { CELL, type Spot } from './zones.ts';

type Svg = Selection<SVGSVGElement, unknown, null, undefined>;

const ICON_SCALE = 0.95;
const LABEL_Y = 33;
const NARROWEST = 300;

/**
 * The map of home, internet and hospital in SVG: one focusable node a device, lines by segment. The nodes are one stop
 * of the Tab key; arrow keys go from node to node, Enter chooses.
 */
export class HomeMap {
  layout: Layout | null = null;
  private readonly svg: Svg;
  private readonly frame: HTMLElement;
  private readonly onChoose: (device: string) => void;
  private readonly onLayout: (layout: Layout) => void;
  private spec: WorldSpec | null = null;
  private kinds: Readonly<Record<string, KindView>> = {};
  private story: Story | null = null;
  private chosen = '';
  private current = '';

  /**
   * @param frame positioned element that the map fills
   * @param onChoose called with a device's id
   * @param onLayout called whenever places changed
   */
  constructor(frame: HTMLElement, onChoose: (device: string) => void, onLayout: (layout: Layout) => void) {
    this.frame = frame;
    this.onChoose = onChoose;
    this.onLayout = onLayout;
    this.svg = select(frame).insert('svg', ':first-child').attr('class', 'map').attr('role', 'group');
    this.svg.attr('aria-label', 'Map of home, internet and hospital. Arrow keys go from device to device, Enter shows details.');
    for (const name of ['zones', 'rooms', 'wires', 'middles', 'nodes']) this.svg.append('g').attr('class', name);
    new ResizeObserver(() => this.draw()).observe(frame);
  }

  show(spec: WorldSpec, kinds: Readonly<Record<string, KindView>>): void {
    this.spec = spec;
    this.kinds = kinds;
    this.story = null;
    if (!spec.devices.some(({ id }) => id === this.current)) this.current = spec.devices[0]?.id ?? '';
    this.draw();
  }

  /** There is no home to show. */
  clear(): void {
    this.spec = null;
    this.story = null;
    this.layout = null;
    this.svg.selectAll('g > *').remove();
    this.svg.attr('height', 0);
  }

  /** Marks the device whose details are open; '' = none. */
  choose(device: string): void {
    this.chosen = device;
    this.nodes()
      .classed('chosen', (spot) => spot.id === device)
      .attr('aria-expanded', (spot) => spot.id === device);
  }

  focus(device: string): void {
    this.nodes()
      .filter((spot) => spot.id === device)
      .node()
      ?.focus();
  }

  /** Marks what the story says: who is controlled, how the patient is. */
  update(story: Story): void {
    this.story = story;
    this.nodes()
      .classed('controlled', (spot) => spot.hostile || story.controlled.has(spot.id))
      .classed('off', (spot) => !spot.power || story.dark.has(spot.id))
      .attr('aria-label', (spot) => this.nameOf(spot, story))
      .select<SVGTextElement>('.state')
      .text((spot) => ` ${stateText(spot, story)}`);
  }

  private draw(): void {
    if (this.spec === null) return;
    const width = Math.max(NARROWEST, Math.floor(this.frame.clientWidth));
    const layout = layOut(this.spec, width);
    this.layout = layout;
    this.svg.attr('width', layout.width).attr('height', layout.height).attr('viewBox', `0 0 ${layout.width} ${layout.height}`);
    this.drawBoxes('zones', layout.zones);
    this.drawBoxes('rooms', layout.rooms);
    this.drawWires(layout.wires);
    this.drawMiddles(layout);
    this.drawNodes([...layout.spots.values()]);
    this.onLayout(layout);
    // The nodes were drawn anew; what the story says of them stands.
    if (this.story !== null) this.update(this.story);
  }

  private drawBoxes(name: 'zones' | 'rooms', boxes: Layout['zones']): void {
    const group = this.svg
      .select(`g.${name}`)
      .selectAll<SVGGElement, Layout['zones'][number]>('g')
      .data(boxes, (box) => box.id);
    group.exit().remove();
    const fresh = group.enter().append('g');
    fresh.append('rect').attr('rx', name === 'zones' ? 10 : 6);
    fresh.append('text');
    const all = fresh.merge(group).attr('data-id', (box) => box.id);
    all
      .select('rect')
      .attr('x', (box) => box.x)
      .attr('y', (box) => box.y)
      .attr('width', (box) => box.width)
      .attr('height', (box) => box.height);
    all
      .select('text')
      .attr('x', (box) => box.x + (name === 'zones' ? 10 : 6))
      .attr('y', (box) => box.y + (name === 'zones' ? 16 : 12))
      .text((box) => fitting(box.title, box.width - 12));
  }

  private drawWires(wires: readonly Wire[]): void {
    this.svg
      .select('g.wires')
      .attr('aria-hidden', 'true')
      .selectAll<SVGLineElement, Wire>('line')
      .data(wires, (wire) => `${wire.segment}/${wire.device}`)
      .join('line')
      .attr('class', (wire) => `wire medium-${wire.medium} segment-${wire.segment}`)
      .attr('x1', (wire) => wire.from.x)
      .attr('y1', (wire) => wire.from.y)
      .attr('x2', (wire) => wire.to.x)
      .attr('y2', (wire) => wire.to.y);
  }

  /** Where the members of a segment without a gateway meet. */
  private drawMiddles({ middles, spots }: Layout): void {
    const places = new Set([...spots.values()].map(({ x, y }) => `${x},${y}`));
    const own = this.spec!.segments.filter(
      ({ id, medium }) => medium === 'core' && !places.has(`${middles.get(id)!.x},${middles.get(id)!.y}`),
    );
    this.svg
      .select('g.middles')
      .attr('aria-hidden', 'true')
      .selectAll('circle')
      .data(own.map(({ id }) => middles.get(id)!))
      .join('circle')
      .attr('r', 6)
      .attr('cx', ({ x }) => x)
      .attr('cy', ({ y }) => y);
  }

  private drawNodes(spots: readonly Spot[]): void {
    const nodes = this.svg
      .select('g.nodes')
      .selectAll<SVGGElement, Spot>('g.node')
      .data(spots, (spot) => `${spot.id}:${spot.kind}`);
    nodes.exit().remove();
    const fresh = nodes.enter().append('g').attr('role', 'button').attr('aria-controls', 'inspector').attr('aria-expanded', false);
    fresh.append('title');
    fresh.append('rect').attr('class', 'focus').attr('x', -38).attr('y', -24).attr('width', 76).attr('height', 64).attr('rx', 8);
    fresh.append('path').attr('class', 'outline');
    fresh.append('path').attr('class', 'glyph').attr('transform', `scale(${ICON_SCALE}) translate(-12,-12)`);
    fresh.append('text').attr('class', 'label').attr('y', LABEL_Y);
    fresh
      .append('text')
      .attr('class', 'state')
      .attr('aria-hidden', 'true')
      .attr('y', LABEL_Y + 11);
    fresh.append('text').attr('class', 'mark').attr('x', 15).attr('y', -13).attr('aria-hidden', 'true').text('⚠');
    fresh.on('click', (_event, spot) => this.take(spot.id)).on('keydown', (event: KeyboardEvent, spot) => this.key(event, spot));
    const all = fresh.merge(nodes);
    all
      .attr('class', (spot) => `node family-${this.familyOf(spot)}`)
      .classed('off', (spot) => !spot.power)
      .classed('chosen', (spot) => spot.id === this.chosen)
      .classed('controlled', (spot) => spot.hostile)
      .attr('data-id', (spot) => spot.id)
      .attr('tabindex', (spot) => (spot.id === this.current ? 0 : -1))
      .attr('aria-label', (spot) => this.nameOf(spot, null))
      .attr('transform', (spot) => `translate(${spot.x},${spot.y})`);
    all.select('.outline').attr('d', (spot) => outlineOf(this.familyOf(spot)));
    all.select('.glyph').attr('d', (spot) => glyphOf(spot.kind, this.familyOf(spot)));
    all.select('.label').text((spot) => fitting(spot.id, CELL.width - 2));
    all.select('title').text((spot) => spot.id);
  }

  private familyOf(spot: Spot): KindView['family'] {
    return spot.hostile ? 'people' : (this.kinds[spot.kind]?.family ?? 'network');
  }

  private nodes(): Selection<SVGGElement, Spot, SVGGElement, unknown> {
    return this.svg.select<SVGGElement>('g.nodes').selectAll<SVGGElement, Spot>('g.node');
  }

  /** Begins with what is written under the icon, so that people who speak to their computer can name it. */
  private nameOf(spot: Spot, story: Story | null): string {
    const written = `${spot.id} ${story === null ? '' : stateText(spot, story)}`.trim();
    const parts = [written, this.kinds[spot.kind]?.title ?? spot.title];
    if (!spot.power) parts.push('switched off');
    if (spot.hostile) parts.push('adversary');
    else if (story?.controlled.has(spot.id) === true) parts.push('controlled by the adversary');
    return parts.join(', ');
  }

  private take(id: string): void {
    this.current = id;
    this.nodes().attr('tabindex', (spot) => (spot.id === id ? 0 : -1));
    this.choose(id);
    this.onChoose(id);
  }

  private key(event: KeyboardEvent, from: Spot): void {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      return this.take(from.id);
    }
    const direction = ARROWS.get(event.key);
    if (direction === undefined || this.layout === null) return;
    event.preventDefault();
    const next = nearest(from, direction, [...this.layout.spots.values()]);
    if (next === null) return;
    this.current = next.id;
    this.nodes().attr('tabindex', (spot) => (spot.id === next.id ? 0 : -1));
    this.focus(next.id);
  }
}

const ARROWS = new Map<string, readonly [number, number]>([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
]);

/** The closest spot in a direction; what lies off to the side counts as further away. */
function nearest(from: Spot, [dx, dy]: readonly [number, number], spots: readonly Spot[]): Spot | null {
  let best: Spot | null = null;
  let shortest = Infinity;
  for (const spot of spots) {
    const ahead = (spot.x - from.x) * dx + (spot.y - from.y) * dy;
    const aside = Math.abs((spot.x - from.x) * dy) + Math.abs((spot.y - from.y) * dx);
    if (ahead <= 1 || ahead + 3 * aside >= shortest) continue;
    shortest = ahead + 3 * aside;
    best = spot;
  }
  return best;
}

function stateText(spot: Spot, story: Story): string {
  if (spot.hostile) return '';
  if (!spot.power) return 'off';
  if (story.dark.has(spot.id)) return 'no power';
  if (story.controlled.has(spot.id)) return 'controlled';
  return (story.states.get(spot.id) ?? '').replaceAll('-', ' ');
}
