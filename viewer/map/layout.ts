import type { DeviceSpec, SegmentSpec, WorldSpec } from '../../sim/model/spec.ts';
import { hostileHosts } from '../story/hostile.ts';
import { GAP, placeZones, type Box, type Point, type Spot, type ZonePlan } from './zones.ts';

/** Where everything stands on the map and what joins it: a pure function of the world's specification and the width at hand. Pixels. */
export interface Wire {
  readonly segment: string;
  readonly medium: SegmentSpec['medium'];
  readonly device: string;
  readonly from: Point;
  readonly to: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly zones: readonly Box[];
  readonly rooms: readonly Box[];
  readonly spots: ReadonlyMap<string, Spot>;
  readonly wires: readonly Wire[];
  /** Middle of each segment: its gateway, or the point where its members meet. */
  readonly middles: ReadonlyMap<string, Point>;
}

/** @param width pixels that the map may use, at least 300 */
export function layOut(spec: WorldSpec, width: number): Layout {
  const plans = placeZones(spec, width);
  const spots = new Map(plans.flatMap((plan) => plan.spots).map((spot) => [spot.id, spot]));
  const middles = new Map(spec.segments.map((segment) => [segment.id, middleOf(segment, spec.devices, spots, plans)]));
  const zones = plans.map((plan) => plan.box);
  const height = Math.max(...zones.map((zone) => zone.y + zone.height)) + GAP / 2;
  return { width, height, zones, rooms: plans.flatMap((plan) => plan.rooms), spots, wires: wiresOf(spec, spots, middles), middles };
}

function membersOf(segment: SegmentSpec, devices: readonly DeviceSpec[]): DeviceSpec[] {
  return devices.filter((device) => device.on.includes(segment.id) || (segment.medium === 'ble' && device.via !== null));
}

/** The gateway; for the core of the internet a point of its own behind the access networks; else the centre of its members. */
function middleOf(
  segment: SegmentSpec,
  devices: readonly DeviceSpec[],
  spots: ReadonlyMap<string, Spot>,
  plans: readonly ZonePlan[],
): Point {
  const gateway = segment.gateway === null ? undefined : spots.get(segment.gateway);
  if (gateway !== undefined) return gateway;
  const internet = plans.find(({ box }) => box.id === 'internet');
  if (segment.medium === 'core' && internet !== undefined) return internet.threshold;
  const points = membersOf(segment, devices).flatMap(({ id }) => spots.get(id) ?? []);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
}

/** A line from every device to the middle of each segment it is on; BLE from the peripheral to its central. */
function wiresOf(spec: WorldSpec, spots: ReadonlyMap<string, Spot>, middles: ReadonlyMap<string, Point>): Wire[] {
  const wires: Wire[] = [];
  const add = (segment: SegmentSpec, device: string, to: Point): void => {
    const from = spots.get(device);
    if (from !== undefined && from !== to) wires.push({ segment: segment.id, medium: segment.medium, device, from, to });
  };
  for (const segment of spec.segments) {
    for (const device of membersOf(segment, spec.devices)) {
      const central = segment.medium === 'ble' && device.via !== null ? spots.get(device.via) : undefined;
      if (segment.medium !== 'ble') add(segment, device.id, middles.get(segment.id)!);
      else if (central !== undefined) add(segment, device.id, central);
    }
  }
  // The adversary's radio has no wire: it hears what it can, and joins only what lets it in.
  const core = spec.segments.find(({ medium }) => medium === 'core');
  for (const host of hostileHosts(spec)) {
    if (host.zone === 'internet' && core !== undefined) add(core, host.id, middles.get(core.id)!);
  }
  return wires;
}

/** The way that a hop takes on the map: to the middle of its segment, and from there to the receiver. */
export function pathOf(layout: Layout, from: string, to: string, segment: string): readonly Point[] {
  const start = layout.spots.get(from);
  const end = layout.spots.get(to);
  const middle = layout.middles.get(segment);
  const way: Point[] = [];
  for (const point of [start, segment === 'ble' ? undefined : middle, end]) {
    if (point !== undefined && !way.some(({ x, y }) => x === point.x && y === point.y)) way.push({ x: point.x, y: point.y });
  }
  return way;
}
