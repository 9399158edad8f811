import type { DeviceSpec, WorldSpec } from '../../sim/model/spec.ts';
import { hostileHosts } from '../story/hostile.ts';

/** Zones, rooms and the places in them: devices of a room stand together, those that lead out of a zone at its edge. Pixels. */
export interface Box {
  readonly id: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly hostile: boolean;
  readonly power: boolean;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Guest {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly hostile: boolean;
  readonly power: boolean;
}

interface Group {
  readonly title: string;
  readonly guests: readonly Guest[];
}

export const CELL = { width: 78, height: 70 };
const HEADING = 20;
export const GAP = 12;
/** Below this width the zones stand one under the other. */
const WIDE = 620;

/** From left to right, or from top to bottom. */
const ZONES = [
  { id: 'home', title: 'Home' },
  { id: 'internet', title: 'Internet' },
  { id: 'hospital', title: 'Hospital' },
] as const;

/** @param width pixels that the map may use, at least 300 */
export function placeZones(spec: WorldSpec, width: number): ZonePlan[] {
  const wide = width >= WIDE;
  const sides: readonly Side[] = wide ? ['right', 'left', 'left'] : ['bottom', 'top', 'top'];
  const contents = ZONES.map(({ id, title }, i) => contentsOf(spec, id, title, sides[i]!));
  return wide ? sideBySide(contents, width) : stacked(contents, width);
}

function contentsOf(spec: WorldSpec, id: string, title: string, side: Side): Contents {
  const doors = doorsOf(spec);
  const groups = groupsOf(spec, id);
  const edge = groups.flatMap((group) => group.guests.filter((guest) => doors.has(guest.id)));
  const rest = groups.map((group) => ({ ...group, guests: group.guests.filter((guest) => !doors.has(guest.id)) }));
  return { id, title, edge, groups: rest.filter((group) => group.guests.length > 0), side };
}

/** Devices that lead out of their zone: gateways that are on more than one segment. They stand at the zone's edge. */
function doorsOf({ devices, segments }: WorldSpec): ReadonlySet<string> {
  const gateways = new Set(segments.filter(({ medium }) => medium !== 'ble').map((segment) => segment.gateway));
  return new Set(devices.filter(({ id, on }) => on.length > 1 && gateways.has(id)).map((device) => device.id));
}

/** Devices of a zone by room, in the home's order; those without a room last. Adversary hosts stand apart. */
function groupsOf(spec: WorldSpec, zone: string): Group[] {
  const rooms = new Map<string, Guest[]>();
  for (const device of spec.devices) {
    if (zoneOf(device) !== zone) continue;
    const room = device.room ?? '';
    const guest = { id: device.id, kind: device.kind, title: device.title, hostile: false, power: device.power };
    rooms.set(room, [...(rooms.get(room) ?? []), guest]);
  }
  const groups = [...rooms].filter(([room]) => room !== '').map(([title, guests]) => ({ title, guests }));
  const loose = rooms.get('');
  if (loose !== undefined) groups.push({ title: '', guests: loose });
  for (const host of hostileHosts(spec)) {
    if (host.zone !== zone) continue;
    groups.push({ title: host.group, guests: [{ id: host.id, kind: 'adversary-host', title: host.title, hostile: true, power: true }] });
  }
  return groups;
}

function zoneOf(device: DeviceSpec): string {
  return ZONES.some(({ id }) => id === device.zone) ? device.zone : 'internet';
}

type Side = 'left' | 'right' | 'top' | 'bottom';

interface Contents {
  readonly id: string;
  readonly title: string;
  readonly edge: readonly Guest[];
  readonly groups: readonly Group[];
  /** Where the zone's doors stand. */
  readonly side: Side;
}

export interface ZonePlan {
  readonly box: Box;
  readonly rooms: readonly Box[];
  readonly spots: readonly Spot[];
  /** Between the doors and the rest: where the core of the internet is drawn. */
  readonly threshold: Point;
}

/** Columns in proportion to what stands in each zone, at least two cells wide where there is room. */
function sideBySide(contents: readonly Contents[], width: number): ZonePlan[] {
  const room = width - GAP * 2;
  const columns = Math.max(2 * contents.length, Math.floor((room - GAP * contents.length) / CELL.width));
  const shares = share(
    contents.map(({ edge, groups }) => edge.length + size(groups)),
    columns,
  );
  const spare = (room - (contents.length - 1) * GAP) / columns;
  let x = GAP;
  const plans = contents.map((content, i) => {
    const zoneWidth = shares[i]! * spare;
    const plan = fill(content, x, GAP / 2, zoneWidth);
    x += zoneWidth + GAP;
    return plan;
  });
  const tallest = Math.max(...plans.map(({ box }) => box.height));
  return plans.map((plan, i) => withDoors(contents[i]!, stretch(plan, tallest)));
}

function stacked(contents: readonly Contents[], width: number): ZonePlan[] {
  let y = GAP / 2;
  return contents.map((content) => {
    const plan = withDoors(content, fill(content, GAP / 2, y, width - GAP));
    y += plan.box.height + GAP;
    return plan;
  });
}

/** Puts groups into rows of cells from left to right; a group that does not fit the rest of a row starts a new one. The doors' side stays free. */
function fill({ id, title, groups, edge, side }: Contents, x: number, y: number, width: number): ZonePlan {
  const strip = edge.length === 0 ? 0 : side === 'left' || side === 'right' ? CELL.width : CELL.height;
  const inner = width - GAP - (side === 'left' || side === 'right' ? strip : 0);
  const columns = Math.max(1, Math.floor(inner / CELL.width));
  const cell = inner / columns;
  const start = x + GAP / 2 + (side === 'left' ? strip : 0);
  const rooms: Box[] = [];
  const spots: Spot[] = [];
  let column = 0;
  let top = y + HEADING + 4 + (side === 'top' ? strip : 0);
  let rowHeight = 0;
  for (const group of groups) {
    const across = Math.min(columns, group.guests.length);
    const down = Math.ceil(group.guests.length / across);
    if (column + across > columns) {
      column = 0;
      top += rowHeight + 6;
      rowHeight = 0;
    }
    const head = group.title === '' ? 0 : HEADING - 4;
    const left = start + column * cell;
    const height = head + down * CELL.height;
    if (group.title !== '') {
      rooms.push({ id: `${id}/${group.title}`, title: group.title, x: left + 2, y: top, width: across * cell - 4, height });
    }
    group.guests.forEach((guest, i) => {
      const at = { x: left + ((i % across) + 0.5) * cell, y: top + head + (Math.floor(i / across) + 0.5) * CELL.height - 8 };
      spots.push({ ...guest, ...at });
    });
    column += across;
    rowHeight = Math.max(rowHeight, height);
  }
  const height = top + rowHeight + (side === 'bottom' ? strip : 0) + GAP / 2 - y;
  return { box: { id, title, x, y, width, height }, rooms, spots, threshold: { x, y } };
}

/** Stands the doors in a line along their side. */
function withDoors({ edge, side }: Contents, plan: ZonePlan): ZonePlan {
  const { box } = plan;
  const upright = side === 'left' || side === 'right';
  const length = upright ? box.height - HEADING : box.width;
  const across = {
    left: box.x + GAP / 2 + CELL.width / 2,
    right: box.x + box.width - GAP / 2 - CELL.width / 2,
    top: box.y + HEADING + CELL.height / 2 - 4,
    bottom: box.y + box.height - CELL.height / 2 - 10,
  }[side];
  const doors = edge.map((guest, i): Spot => {
    const along = ((i + 1) / (edge.length + 1)) * length;
    return upright ? { ...guest, x: across, y: box.y + HEADING + along } : { ...guest, x: box.x + along, y: across };
  });
  const beyond = (side === 'left' || side === 'top' ? 1 : -1) * ((upright ? CELL.width : CELL.height) / 2 + 4);
  const threshold = upright ? { x: across + beyond, y: box.y + HEADING + length / 2 } : { x: box.x + length / 2, y: across + beyond };
  return { ...plan, spots: [...plan.spots, ...doors], threshold };
}

/** Gives a zone the common height and spreads what stands in it. */
function stretch(plan: ZonePlan, height: number): ZonePlan {
  const spare = height - plan.box.height;
  if (spare <= 0) return plan;
  const bands = [...new Set([...plan.rooms.map((room) => room.y), ...plan.spots.map((spot) => spot.y)])].toSorted((a, b) => a - b);
  const body = plan.box.height - HEADING;
  const shift = (y: number): number => ((y - plan.box.y - HEADING) / body) * spare * (bands.length > 1 ? 1 : 0.5);
  const inRoom = (spot: Spot): Box | undefined =>
    plan.rooms.find((room) => spot.x >= room.x && spot.x <= room.x + room.width && spot.y >= room.y && spot.y <= room.y + room.height);
  return {
    ...plan,
    box: { ...plan.box, height },
    rooms: plan.rooms.map((room) => ({ ...room, y: room.y + shift(room.y) })),
    spots: plan.spots.map((spot) => ({ ...spot, y: spot.y + shift(inRoom(spot)?.y ?? spot.y) })),
  };
}

const size = (groups: readonly Group[]): number => groups.reduce((sum, group) => sum + group.guests.length, 0);

/** Splits `columns` by weight (square root, so that a big zone grows in both directions); the first gets what is left, nobody less than two. */
function share(weights: readonly number[], columns: number): number[] {
  const roots = weights.map((weight) => Math.sqrt(Math.max(1, weight)));
  const total = roots.reduce((sum, root) => sum + root, 0);
  const shares = roots.map((root) => Math.max(2, Math.floor((columns * root) / total)));
  const rest = columns - shares.reduce((sum, cells) => sum + cells, 0);
  return shares.map((cells, i) => (i === 0 ? Math.max(2, cells + rest) : cells));
}
