import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceModel } from '../model/device.ts';
import type { SourceNode } from './document.ts';
import { Complaints, type Place } from './errors.ts';
import type { Change } from './change.ts';
import { isNear, suggest } from './nearest.ts';
import { checkProfile, checkSetting, settingSpec, WIFI_SEGMENT } from './settings-check.ts';
import { placeOf, placeOfKey } from './tree.ts';

/** What homes add to what the catalogue's models say. */
export interface HomesOwn {
  readonly roles: readonly string[];
  readonly segments: readonly string[];
}

/** Checks one change of a mitigation as far as that can be done without a home. */
export class ChangeCheck {
  private readonly change: Change;
  private readonly node: SourceNode;
  private readonly index: number;
  private readonly catalogue: Catalogue;
  private readonly homes: HomesOwn;
  private readonly complaints: Complaints;
  private readonly models: readonly DeviceModel[];

  constructor(change: Change, node: SourceNode, index: number, catalogue: Catalogue, homes: HomesOwn, complaints: Complaints) {
    this.change = change;
    this.node = node;
    this.index = index;
    this.catalogue = catalogue;
    this.homes = homes;
    this.complaints = complaints;
    this.models = [...catalogue.devices.values()];
  }

  run(): void {
    const { on } = this.change;
    if ('kind' in on && !this.catalogue.devices.has(on.kind)) this.unknown('kind', `there is no device kind "${on.kind}"`, on.kind);
    else if ('role' in on && !this.roles().includes(on.role)) this.unknown('role', `no device has the role "${on.role}"`, on.role);
    // Whatever has this id, or the role in some home, may be of any kind: one that knows setting and value is enough.
    else if ('id' in on || ('role' in on && this.homes.roles.includes(on.role))) this.anyOf(this.models);
    else this.eachOf(this.models.filter((model) => ('kind' in on ? model.kind === on.kind : model.roles.includes(on.role))));
  }

  private roles(): readonly string[] {
    return [...this.models.flatMap((model) => model.roles), ...this.homes.roles];
  }

  private unknown(key: 'kind' | 'role', message: string, word: string): void {
    this.complaints.add(this.at('on', key), message, suggest(word, key === 'kind' ? this.catalogue.devices.keys() : this.roles()));
  }

  private anyOf(models: readonly DeviceModel[]): void {
    for (const [name, value] of this.settings()) {
      const knowing = models.filter((model) => settingSpec(model, name) !== null);
      if (knowing.length === 0) this.noSetting('no device', name, models);
      else if (!knowing.some((model) => this.setting(model, name, value, new Complaints())))
        this.setting(knowing[0]!, name, value, this.complaints);
    }
    const { profile } = this.change;
    const known = models.flatMap((model) => Object.keys(model.profiles ?? {}));
    if (profile !== null && !known.includes(profile))
      this.complaints.add(this.at('profile'), `no device has a profile "${profile}"`, suggest(profile, known));
  }

  private eachOf(models: readonly DeviceModel[]): void {
    for (const [name, value] of this.settings()) {
      // A role gathers different kinds: at least one of them must know the setting; the others are left as they are.
      const knowing = models.filter((model) => settingSpec(model, name) !== null);
      if (knowing.length > 0) for (const model of knowing) this.setting(model, name, value, this.complaints);
      else if (models.length === 1) this.setting(models[0]!, name, value, this.complaints);
      else this.noSetting('no device of this role', name, models);
    }
    if (this.change.profile !== null)
      for (const model of models) checkProfile(model, this.change.profile, this.at('profile'), this.complaints);
  }

  /** All but the Wi-Fi segment, which any device may have: that is looked at here. */
  private settings(): [string, string | number | boolean][] {
    return Object.entries(this.change.settings).filter(([name, value]) => {
      if (name !== WIFI_SEGMENT) return true;
      this.segment(value);
      return false;
    });
  }

  private segment(value: unknown): void {
    const known = this.homes.segments;
    if (!this.setting(this.models[0]!, WIFI_SEGMENT, value, this.complaints)) return;
    // Homes of one's own may have segments that none of these has; a slip is worth a word here, the rest is told of each home.
    if (!known.includes(String(value)) && known.some((one) => isNear(String(value), one)))
      this.complaints.add(this.at('settings', WIFI_SEGMENT), `no home has a segment "${String(value)}"`, suggest(String(value), known));
  }

  private setting(model: DeviceModel, name: string, value: unknown, complaints: Complaints): boolean {
    return checkSetting(model, name, value, this.key(name), this.at('settings', name), complaints);
  }

  private noSetting(who: string, name: string, models: readonly DeviceModel[]): void {
    const known = models.flatMap((model) => Object.keys(model.settings));
    this.complaints.add(this.key(name), `${who} has a setting "${name}"`, suggest(name, known));
  }

  private key(name: string): Place {
    return placeOfKey(this.node, ['set', this.index, 'settings'], name);
  }

  private at(...path: readonly string[]): Place {
    return placeOf(this.node, ['set', this.index, ...path]);
  }
}
