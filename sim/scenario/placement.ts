import type { DeviceSpec, SegmentSpec } from '../model/spec.ts';
import type { SourceMap } from './document.ts';
import type { Complaints, Place } from './errors.ts';
import { listOf, ROUTER, unlisted, UPLINK } from './home-check.ts';
import type { HomeData } from './home-schema.ts';
import { MITIGATIONS } from './mitigation.ts';
import { suggest } from './nearest.ts';
import { checkNamed } from './relations.ts';
import { SEGMENTS, WIFI_SEGMENT } from './settings-check.ts';
import type { Configured } from './settings.ts';
import { placeOf, type Path } from './tree.ts';
import { isOn } from './words.ts';

/** Airtime that all of a home's Wi-Fi segments share. */
const HOME_RADIO = 'home';
/** The first central's piconet; further ones carry their central's id. */
const PICONET = 'ble';
/** Access segments: on a router they are the zone `wan`. */
const ACCESS: ReadonlySet<SegmentSpec['medium']> = new Set(['line', 'lte']);

/**
 * Which segments exist once every setting is decided, and who is attached to them.
 * A gateway is attached to each segment that it serves, after those that the home names for it.
 */
export function attach(
  home: HomeData,
  node: SourceMap,
  all: readonly Configured[],
  complaints: Complaints,
): { devices: DeviceSpec[]; segments: SegmentSpec[] } {
  const segments = new Map<string, SegmentSpec>();
  for (const segment of existing(home, all)) segments.set(segment.id, segment);
  const centrals = new Map<string, string>();
  for (const { device } of all)
    if (device.via !== undefined && !centrals.has(device.via))
      centrals.set(device.via, centrals.size === 0 ? PICONET : `${PICONET}-${device.via}`);
  for (const [central, id] of centrals) segments.set(id, { id, medium: 'ble', zone: id, radio: id, gateway: central });

  // By id: the order in which a file lists things must not matter.
  const sorted = [...segments.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  const pathOf = (id: string): Path => (id === ROUTER ? [ROUTER] : ['devices', home.devices.findIndex((device) => device.id === id)]);
  const placeOfOn = (id: string, index: number): Place =>
    placeOf(node, [...pathOf(id), 'on', ...(Array.isArray(home.devices.find((device) => device.id === id)?.on) ? [index] : [])]);
  const relatives = all.map(({ id, model, device }) => ({ id, model, via: device.via ?? null }));
  const devices = all.map((one): DeviceSpec => {
    const { device, model } = one;
    const wanted = device.via !== undefined ? [centrals.get(device.via)!] : listOf(device.on ?? (device.id === ROUTER ? UPLINK : []));
    const on = wanted.map((id, index) => {
      const to = one.moved !== null && isWifi(id, segments) ? one.moved : { to: id, place: placeOfOn(device.id, index) };
      if (!segments.has(to.to))
        complaints.add(
          to.place,
          `"${device.id}" is to be on segment "${to.to}", which does not exist in this home`,
          remedyFor(to.to, all, to === one.moved ? wifiOf(segments) : [...segments.keys()]),
        );
      else if (to === one.moved && !isWifi(to.to, segments))
        complaints.add(to.place, `${WIFI_SEGMENT}: "${to.to}" is not a Wi-Fi segment`, suggest(to.to, wifiOf(segments)));
      return to.to;
    });
    if (one.moved !== null && !wanted.some((id) => isWifi(id, segments))) unmoved(one, one.moved, segments, complaints);
    for (const [name, spec] of Object.entries(model.settings)) {
      const at = (): Place => one.places.get(name) ?? placeOf(node, [...pathOf(one.id), 'profile']);
      checkNamed(name, spec, one.settings.get(name), one.id, relatives, at, complaints);
    }
    for (const { id, gateway } of sorted) if (gateway === device.id && !on.includes(id)) on.push(id);
    const settings = new Map(one.settings);
    if (settings.has(WIFI_SEGMENT)) settings.set(WIFI_SEGMENT, on.find((id) => isWifi(id, segments)) ?? '');
    return {
      id: device.id,
      kind: device.kind,
      title: device.title ?? model.title,
      on,
      via: device.via ?? null,
      zone: device.zone ?? 'home',
      room: device.room ?? null,
      roles: one.roles,
      settings: Object.fromEntries([...settings].sort(([a], [b]) => (a < b ? -1 : 1))),
      power: isOn(device.power),
      supply: model.supply === undefined ? null : (device.supply ?? model.supply),
    };
  });
  return { devices, segments: sorted };
}

/** A mitigation moves what is on Wi-Fi and leaves everything else where it is; whoever writes it for one device by hand is told. */
function unmoved(
  { device }: Configured,
  { to, place }: NonNullable<Configured['moved']>,
  segments: ReadonlyMap<string, SegmentSpec>,
  complaints: Complaints,
): void {
  if (place.file.startsWith(`${MITIGATIONS}/`)) return;
  if (segments.get(to)?.medium !== 'wifi')
    complaints.add(place, `${WIFI_SEGMENT}: "${to}" is not a Wi-Fi segment`, () => suggest(to, wifiOf(segments)));
  else if (device.via === undefined)
    complaints.add(
      place,
      `"${device.id}" is not on Wi-Fi, so that ${WIFI_SEGMENT} does nothing`,
      'Remove it, or name a Wi-Fi segment under on:',
    );
}

const wifiOf = (segments: ReadonlyMap<string, SegmentSpec>): string[] => [...segments.keys()].filter((id) => isWifi(id, segments));

/** A segment that does not exist (any more) can only have been a Wi-Fi one: only those come and go with settings. */
const isWifi = (id: string, segments: ReadonlyMap<string, SegmentSpec>): boolean => (segments.get(id)?.medium ?? 'wifi') === 'wifi';

function existing(home: HomeData, all: readonly Configured[]): SegmentSpec[] {
  const router = all.find(({ id }) => id === ROUTER)!.settings;
  const wifi = (id: string): SegmentSpec => ({ id, medium: 'wifi', zone: id, radio: HOME_RADIO, gateway: ROUTER });
  const listed = home.segments.map((segment): SegmentSpec => {
    if (typeof segment === 'string') return wifi(segment);
    const { id, medium, zone, radio, gateway } = segment;
    if (medium === 'wifi') return { ...wifi(id), zone: zone ?? id, radio: radio ?? HOME_RADIO, gateway: gateway ?? ROUTER };
    return { id, medium, zone: zone ?? (ACCESS.has(medium) ? 'wan' : id), radio: radio ?? null, gateway: gateway ?? null };
  });
  const names = new Set(listed.map(({ id }) => id));
  const added = [...router]
    .filter(([name, value]) => name.startsWith(SEGMENTS) && value === true)
    .map(([name]) => name.slice(SEGMENTS.length));
  return [...listed, ...added.filter((id) => !names.has(id)).map(wifi)].filter(
    ({ id, medium }) => medium !== 'wifi' || router.get(`${SEGMENTS}${id}`) !== false,
  );
}

function remedyFor(id: string, all: readonly Configured[], known: readonly string[]): string {
  const name = `${SEGMENTS}${id}`;
  if (all.find((one) => one.id === ROUTER)!.settings.has(name))
    return `List it under segments:, set router.settings.${name} to true, or choose a mitigation that does`;
  return known.length === 0 || id === UPLINK ? unlisted(id) : suggest(id, known);
}
