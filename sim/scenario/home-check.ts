import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceModel } from '../model/device.ts';
import type { SourceMap } from './document.ts';
import type { Complaints, Place } from './errors.ts';
import { check } from './explain.ts';
import { checkFailure } from './failure-check.ts';
import { homeWhole, type HomeData } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { checkProfile, checkSetting, SEGMENTS } from './settings-check.ts';
import { placeOf, placeOfKey, type Path } from './tree.ts';

export const ROUTER = 'router';
/** Names that the engine uses itself: the adversary's hosts, and zones of a router. */
export const ADVERSARY_HOSTS: readonly string[] = ['attacker', 'neighbour'];
const RESERVED: ReadonlySet<string> = new Set([ROUTER, ...ADVERSARY_HOSTS, 'self', 'wan']);
/** The segment that a router without `on` is attached to. */
export const UPLINK = 'line';
/** Segments that lead out of a home, besides those that are said to be in the zone `wan`. */
const OUTWARD: ReadonlySet<string> = new Set(['line', 'lte', 'core']);
/** What to do about a segment where nothing of its name can have been meant: without one a device would talk to nobody. */
export const unlisted = (segment: string): string =>
  `List it under segments:, for instance { id: ${segment}, medium: ${segment === UPLINK ? 'line' : 'wifi'} }`;

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
    this.router();
    for (const [index, device] of data.devices.entries()) this.device(device, ['devices', index]);
    for (const [index, segment] of data.segments.entries()) this.segment(segment, ['segments', index]);
    this.plan();
    const target = data.care['spo2-target'];
    if (target !== undefined && target[0] > target[1])
      this.complaints.add(
        this.at(['care', 'spo2-target']),
        `expected the lower bound first; got ${target[0]} and ${target[1]}`,
        'Swap them',
      );
    for (const [index, failure] of (data.failures ?? []).entries()) this.failure(failure, ['failures', index]);
    for (const [index, inside] of (data.adversary?.inside ?? []).entries()) this.inside(inside, ['adversary', 'inside', index]);
  }

  private router(): void {
    const { router } = this.data;
    this.member(router, router.model, [ROUTER], 'model');
    this.forwards(ROUTER, [ROUTER, 'model']);
    const on = listOf(router.on ?? UPLINK);
    const leadsOut = (name: string): boolean =>
      this.data.segments.some(
        (segment) => typeof segment !== 'string' && segment.id === name && (OUTWARD.has(segment.medium) || segment.zone === 'wan'),
      );
    if (router.on !== undefined && on.every((name) => this.segments.includes(name)) && !on.some(leadsOut))
      this.complaints.add(
        this.at([ROUTER, 'on']),
        'the router is on no segment that leads out of the home',
        `Name its uplink, for instance on: ${UPLINK}, or remove the key`,
      );
  }

  private segment(segment: HomeData['segments'][number], path: Path): void {
    const name = typeof segment === 'string' ? segment : segment.id;
    if (name === 'self' || name === 'wan')
      this.complaints.add(this.at(path), `"${name}" is a zone of every router, not a segment`, 'Choose another id');
    if (typeof segment === 'string') return;
    if (segment.medium === 'ble')
      this.complaints.add(
        this.at([...path, 'medium']),
        `segment "${name}": short-range segments are not listed; each relay of the home makes one`,
        'Remove it, and write via: on the devices that a relay hears',
      );
    const { gateway } = segment;
    if (gateway !== undefined && this.known(gateway, this.ids, 'device', [...path, 'gateway']) && gateway !== ROUTER)
      this.forwards(gateway, [...path, 'gateway']);
  }

  /** What the patient and the hospital do depends on the plan: each says which ones it can follow. */
  private plan(): void {
    const { plan } = this.data.care;
    for (const device of this.data.devices) {
      const plans = this.catalogue.devices.get(device.kind)?.carePlans;
      if (plans !== undefined) this.known(plan, plans, 'care plan', ['care', 'plan']);
    }
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
    this.person(device, path);
    if (device.via === undefined) {
      if (device.radio !== undefined)
        this.complaints.add(
          this.at(path),
          `"${device.id}" has a radio but nothing that it talks to`,
          'Add via: with the id of the device that relays for it',
        );
      return;
    }
    if (device.via === device.id)
      this.complaints.add(this.at([...path, 'via']), `"${device.id}" cannot relay for itself`, 'Name another device');
    else if (this.known(device.via, this.ids, 'device', [...path, 'via'])) this.relays(device.via, [...path, 'via']);
    if (device.on !== undefined)
      this.complaints.add(
        this.at([...path, 'on']),
        `"${device.id}" has both via and on`,
        'Keep via for a short-range radio, or on for a segment',
      );
  }

  private relays(id: string, path: Path): void {
    const relays = (kind: string): boolean => this.catalogue.devices.get(kind)?.relays === true;
    const able = this.data.devices.filter(({ kind, via }) => relays(kind) && via === undefined).map((device) => device.id);
    if (!able.includes(id))
      this.complaints.add(
        this.at(path),
        `"${id}" relays for no other device`,
        able.length === 0 ? 'Add a relay to the home, for instance the kit’s hub' : () => suggest(id, able),
      );
  }

  /** People are in the home, not on its network; each is one, and found by the name of its kind. */
  private person(device: HomeData['devices'][number], path: Path): void {
    const { id, kind } = device;
    const isPerson = (name: string): boolean => this.catalogue.devices.get(name)?.family === 'people';
    if (id !== kind && isPerson(kind))
      this.complaints.add(
        this.at([...path, 'id']),
        `the ${kind} of a home has the id "${kind}"; got "${id}"`,
        `Write id: ${kind}, or remove it`,
      );
    else if (id !== kind && isPerson(id))
      this.complaints.add(this.at([...path, 'kind']), `"${id}" is a person, no ${kind}`, `Write kind: ${id}, or choose another id`);
    else if (isPerson(kind))
      for (const key of ['on', 'via'] as const)
        if (device[key] !== undefined)
          this.complaints.add(this.at([...path, key]), `"${id}" is a person and on no network`, `Remove ${key}`);
  }

  private forwards(id: string, path: Path): void {
    const { router, devices } = this.data;
    const kind = id === ROUTER ? router.model : devices.find((device) => device.id === id)!.kind;
    const { devices: models } = this.catalogue;
    const able = [ROUTER, ...devices.filter((device) => models.get(device.kind)?.forwards === true).map((device) => device.id)];
    if (models.has(kind) && models.get(kind)!.forwards !== true)
      this.complaints.add(this.at(path), `${kind} forwards nothing, so that it can be no ${id === ROUTER ? 'router' : 'gateway'}`, () =>
        id === ROUTER
          ? suggest(
              kind,
              [...models.values()].filter((model) => model.forwards === true).map((model) => model.kind),
            )
          : suggest(id, able),
      );
  }

  /** What router and devices have in common. */
  private member(
    device: Pick<HomeData['devices'][number], 'on' | 'profile' | 'settings' | 'supply'>,
    kind: string,
    path: Path,
    key: string,
  ): void {
    for (const [index, segment] of listOf(device.on ?? []).entries())
      this.known(segment, this.segments, 'segment', Array.isArray(device.on) ? [...path, 'on', index] : [...path, 'on']);
    const model = this.known(kind, [...this.catalogue.devices.keys()], 'device kind', [...path, key])
      ? this.catalogue.devices.get(kind)!
      : null;
    if (model !== null) this.own(model, device, path);
  }

  private own(model: DeviceModel, device: Pick<HomeData['devices'][number], 'profile' | 'settings' | 'supply'>, path: Path): void {
    if (device.supply !== undefined && model.supply === undefined)
      this.complaints.add(this.at([...path, 'supply']), `a ${model.kind} cannot lose its power in this version`, 'Remove supply');
    if (device.profile !== undefined) checkProfile(model, device.profile, this.at([...path, 'profile']), this.complaints);
    for (const [name, value] of Object.entries(device.settings ?? {})) {
      if (this.complaints.full) return;
      const key = placeOfKey(this.node, [...path, 'settings'], name);
      checkSetting(model, name, value, key, this.at([...path, 'settings', name]), this.complaints);
    }
  }

  private failure(failure: NonNullable<HomeData['failures']>[number], path: Path): void {
    const on: Path = [...path, 'on'];
    checkFailure(failure, this.data, this.catalogue, {
      isDevice: (id) => this.known(id, this.ids, 'device', on),
      isSegment: (id) => this.known(id, this.segments, 'segment', on),
      complain: (what, remedy) => this.complaints.add(this.at(failure.on === undefined ? path : on), what, remedy),
    });
  }

  private inside(id: string, path: Path): void {
    if (!this.known(id, this.ids, 'device', path)) return;
    const device = this.data.devices.find((known) => known.id === id);
    if (device !== undefined && this.catalogue.devices.get(device.kind)?.family === 'people')
      this.complaints.add(this.at(path), `"${id}" is a person; code runs on devices`, 'Name a device');
  }

  private known(id: string, known: readonly string[], what: string, path: Path): boolean {
    if (known.includes(id)) return true;
    this.complaints.add(this.at(path), `there is no ${what} "${id}"`, () =>
      what === 'segment' && known.length === 0 ? unlisted(id) : suggest(id, known),
    );
    return false;
  }

  private at(path: Path): Place {
    return placeOf(this.node, path);
  }
}

export const listOf = (value: string | string[]): string[] => (typeof value === 'string' ? [value] : value);
