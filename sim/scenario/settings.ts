import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceModel } from '../model/device.ts';
import type { SettingValue } from '../model/settings.ts';
import type { Complaints, Place } from './errors.ts';
import { ROUTER } from './home-check.ts';
import type { HomeData, HomeDevice } from './home-schema.ts';
import { selects, type Mitigation } from './mitigation.ts';
import { suggest } from './nearest.ts';
import { defaultOf, relativesOf, type Relative } from './relations.ts';
import type { Edited } from './set-path.ts';
import { checkProfile, checkSetting, SEGMENTS, settingSpec, WIFI_SEGMENT } from './settings-check.ts';
import { placeOf, placeOfKey } from './tree.ts';

/** A device with every setting decided. */
export interface Configured {
  readonly id: string;
  readonly model: DeviceModel;
  /** As the home says it; the router in the form of a device. */
  readonly device: HomeDevice;
  readonly roles: readonly string[];
  readonly settings: ReadonlyMap<string, SettingValue>;
  /** Where somebody said so; neither defaults nor profiles are in it. */
  readonly places: ReadonlyMap<string, Place>;
  /** Where somebody asked for another Wi-Fi segment, and which. */
  readonly moved: { readonly to: string; readonly place: Place } | null;
}

/**
 * Decides every setting: model default < profile < home < mitigations in order < `--set`.
 * A mitigation may name another profile; one chosen by hand stays. What nobody says of a device's relations to others follows
 * from what the others are.
 */
export function configure(
  home: HomeData,
  edited: Edited,
  mitigations: readonly Mitigation[],
  catalogue: Catalogue,
  complaints: Complaints,
): Configured[] {
  const { model, ...own } = home.router;
  const all: HomeDevice[] = [{ id: ROUTER, kind: model, ...own }, ...home.devices];
  const relatives = relativesOf(home, catalogue);
  const result = all.map((device, index) =>
    new One(device, index, home, edited, catalogue.devices.get(device.kind)!, complaints).configure(mitigations, relatives),
  );
  for (const mitigation of mitigations) checkFound(mitigation, all, complaints);
  return result.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A kind or a role that a home lacks leaves nothing to protect; an id that it lacks is a slip. */
function checkFound({ set, node }: Mitigation, all: readonly HomeDevice[], complaints: Complaints): void {
  const ids = all.map(({ id }) => id);
  for (const [index, { on }] of set.entries())
    if ('id' in on && !ids.includes(on.id))
      complaints.add(placeOf(node, ['set', index, 'on', 'id']), `this home has no device "${on.id}"`, suggest(on.id, ids));
}

class One {
  private readonly device: HomeDevice;
  private readonly path: readonly (string | number)[];
  private readonly home: HomeData;
  private readonly edited: Edited;
  private readonly model: DeviceModel;
  private readonly complaints: Complaints;
  private readonly settings = new Map<string, SettingValue>();
  private readonly places = new Map<string, Place>();
  private moved: { to: string; place: Place } | null = null;

  constructor(device: HomeDevice, index: number, home: HomeData, edited: Edited, model: DeviceModel, complaints: Complaints) {
    this.device = device;
    this.path = index === 0 ? [ROUTER] : ['devices', index - 1];
    this.home = home;
    this.edited = edited;
    this.model = model;
    this.complaints = complaints;
  }

  configure(mitigations: readonly Mitigation[], relatives: readonly Relative[]): Configured {
    const { device, model } = this;
    const roles = [...new Set([...model.roles, ...(device.roles ?? [])])].sort();
    const chosen = mitigations.filter((mitigation) => mitigation.set.some((change) => selects(change.on, device, roles)));
    for (const [name, spec] of Object.entries(model.settings)) this.settings.set(name, defaultOf(spec, device.id, relatives));
    for (const [name, value] of Object.entries(this.profile(chosen, roles))) this.settings.set(name, value);
    if (device.id === ROUTER) this.listedSegments();
    for (const [name, value] of Object.entries(device.settings ?? {}))
      this.put(name, value, placeOf(this.edited.home, [...this.path, 'settings', name]));
    for (const mitigation of chosen) this.mitigate(mitigation, roles);
    for (const own of this.edited.settings) {
      if (own.device !== device.id) continue;
      if (checkSetting(model, own.name, own.value, own.key, own.at, this.complaints)) this.put(own.name, own.value, own.at);
    }
    return { id: device.id, model, device, roles, settings: this.settings, places: this.places, moved: this.moved };
  }

  private profile(mitigations: readonly Mitigation[], roles: readonly string[]): Readonly<Record<string, SettingValue>> {
    let name = this.device.profile ?? null;
    if (!this.edited.profiles.has(this.device.id))
      for (const { set, node } of mitigations)
        for (const [index, change] of set.entries()) {
          if (change.profile === null || !selects(change.on, this.device, roles)) continue;
          checkProfile(this.model, change.profile, placeOf(node, ['set', index, 'profile']), this.complaints);
          name = change.profile;
        }
    const profiles = this.model.profiles ?? {};
    return name !== null && Object.hasOwn(profiles, name) ? profiles[name]! : {};
  }

  /** The home's list of segments is a setting of its router: `segments.<id>` is true for those listed, false for others. */
  private listedSegments(): void {
    const listed = new Set(this.home.segments.map((segment) => (typeof segment === 'string' ? segment : segment.id)));
    for (const name of Object.keys(this.model.settings))
      if (name.startsWith(SEGMENTS)) this.settings.set(name, listed.has(name.slice(SEGMENTS.length)));
  }

  private mitigate({ set, node }: Mitigation, roles: readonly string[]): void {
    for (const [index, change] of set.entries()) {
      if (!selects(change.on, this.device, roles)) continue;
      for (const [name, value] of Object.entries(change.settings)) {
        const at = placeOf(node, ['set', index, 'settings', name]);
        // A role gathers different kinds; those that lack a setting are left as they are (checked when it was read).
        if ('role' in change.on && settingSpec(this.model, name) === null && name !== WIFI_SEGMENT) continue;
        const key = placeOfKey(node, ['set', index, 'settings'], name);
        if (checkSetting(this.model, name, value, key, at, this.complaints)) this.put(name, value, at);
      }
    }
  }

  private put(name: string, value: SettingValue, place: Place): void {
    if (name === WIFI_SEGMENT) this.moved = value === '' ? null : { to: String(value), place };
    else {
      this.settings.set(name, value);
      this.places.set(name, place);
    }
  }
}
