import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceModel } from '../model/device.ts';
import type { SourceMap } from './document.ts';
import type { Complaints, Place } from './errors.ts';
import { check } from './explain.ts';
import { homeWhole, type HomeData } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { checkProfile, checkSetting, SEGMENTS } from './settings-check.ts';
import { placeOf, placeOfKey, type Path } from './tree.ts';

export const ROUTER = 'router';
/** Names that the engine uses itself: the adversary's hosts, and zones of a router. */
export const ADVERSARY_HOSTS: readonly string[] = ['attacker', 'neighbour'];
const RESERVED: ReadonlySet<string> = new Set([ROUTER, ...ADVERSARY_HOSTS, 'self', 'wan']);

/** Checks a merged home: form, then every reference. Null when its form is already wrong. */
export function checkHome(node: SourceMap, catalogue: Catalogue, complaints: Complaints): HomeData | null {
  const data = check(node, homeWhole, complaints);
  if (data === null) return null;
  new HomeCheck(node, data, catalogue, complaints).run();
  return data;
}

/** Segment ids that this home has or can have (a router setting may add some). */
export function possibleSegments(data: HomeData, catalogue: Catalogue): string[] {
  const listed = data.segments.map((segment) => (typeof segment === 'string' ? segment : segment.id));
  const router = catalogue.devices.get(data.router.model);
  const added = Object.keys(router?.settings ?? {})
    .filter((name) => name.startsWith(SEGMENTS))
    .map((name) => name.slice(SEGMENTS.length));
  return [...new Set([...listed, ...added])];
}

class HomeCheck {
  private readonly node: SourceMap;
  private readonly data: HomeData;
  private readonly catalogue: Catalogue;
  private readonly complaints: Complaints;
  private readonly ids: readonly string[];
  private readonly segments: readonly string[];

  constructor(node: SourceMap, data: HomeData, catalogue: Catalogue, complaints: Complaints) {
    this.node = node;
    this.data = data;
    this.catalogue = catalogue;
    this.complaints = complaints;
    this.ids = [ROUTER, ...data.devices.map((device) => device.id)];
    this.segments = possibleSegments(data, catalogue);
  }

  run(): void {
    const { data } = this;
    this.member(data.router, data.router.model, ['router'], 'model');
    for (const [index, device] of data.devices.entries()) this.device(device, ['devices', index]);
    for (const [index, segment] of data.segments.entries()) {
      const path: Path = ['segments', index];
      const name = typeof segment === 'string' ? segment : segment.id;
      if (name === 'self' || name === 'wan')
        this.complaints.add(this.at(path), `"${name}" is a zone of every router, not a segment`, 'Choose another id');
      if (typeof segment !== 'string' && segment.gateway !== undefined)
        this.known(segment.gateway, this.ids, 'device', [...path, 'gateway']);
    }
    const target = data.care['spo2-target'];
    if (target !== undefined && target[0] > target[1])
      this.complaints.add(
        this.at(['care', 'spo2-target']),
        `expected the lower bound first; got ${target[0]} and ${target[1]}`,
        'Swap them',
      );
    for (const [index, inside] of (data.adversary?.inside ?? []).entries()) this.inside(inside, ['adversary', 'inside', index]);
  }

  private device(device: HomeData['devices'][number], path: Path): void {
    if (device.id === ROUTER)
      this.complaints.add(
        this.at([...path, 'id']),
        '"router" stands under its own key',
        'Write its settings under router: at the top of the file',
      );
    else if (RESERVED.has(device.id))
      this.complaints.add(this.at([...path, 'id']), `id "${device.id}" is used by the engine itself`, 'Choose another id');
    this.member(device, device.kind, path, 'kind');
    if (device.via === undefined) {
      if (device.radio !== undefined)
        this.complaints.add(
          this.at(path),
          `"${device.id}" has a radio but nothing that it talks to`,
          'Add via: with the id of the device that relays for it',
        );
      return;
    }
    this.known(device.via, this.ids, 'device', [...path, 'via']);
    if (device.via === device.id)
      this.complaints.add(this.at([...path, 'via']), `"${device.id}" cannot relay for itself`, 'Name another device');
    if (device.on !== undefined)
      this.complaints.add(
        this.at([...path, 'on']),
        `"${device.id}" has both via and on`,
        'Keep via for a short-range radio, or on for a segment',
      );
  }

  /** What router and devices have in common. */
  private member(device: Pick<HomeData['devices'][number], 'on' | 'profile' | 'settings'>, kind: string, path: Path, key: string): void {
    const on = device.on === undefined ? [] : Array.isArray(device.on) ? device.on : [device.on];
    for (const [index, segment] of on.entries())
      this.known(segment, this.segments, 'segment', Array.isArray(device.on) ? [...path, 'on', index] : [...path, 'on']);
    const model = this.known(kind, [...this.catalogue.devices.keys()], 'device kind', [...path, key])
      ? this.catalogue.devices.get(kind)!
      : null;
    if (model !== null) this.own(model, device, path);
  }

  private own(model: DeviceModel, device: Pick<HomeData['devices'][number], 'profile' | 'settings'>, path: Path): void {
    if (device.profile !== undefined) checkProfile(model, device.profile, this.at([...path, 'profile']), this.complaints);
    for (const [name, value] of Object.entries(device.settings ?? {})) {
      if (this.complaints.full) return;
      const key = placeOfKey(this.node, [...path, 'settings'], name);
      checkSetting(model, name, value, key, this.at([...path, 'settings', name]), this.complaints);
    }
  }

  private inside(id: string, path: Path): void {
    if (!this.known(id, this.ids, 'device', path)) return;
    const device = this.data.devices.find((known) => known.id === id);
    if (device !== undefined && this.catalogue.devices.get(device.kind)?.family === 'people')
      this.complaints.add(this.at(path), `"${id}" is a person; code runs on devices`, 'Name a device');
  }

  private known(id: string, known: readonly string[], what: string, path: Path): boolean {
    if (known.includes(id)) return true;
    this.complaints.add(this.at(path), `there is no ${what} "${id}"`, () => suggest(id, known));
    return false;
  }

  private at(path: Path): Place {
    return placeOf(this.node, path);
  }
}
