import type { Catalogue } from '../model/catalogue.ts';
import type { DeviceModel } from '../model/device.ts';
import { listed, type SettingSpec } from '../model/settings.ts';
import type { Complaints, Place } from './errors.ts';
import { ROUTER } from './home-check.ts';
import type { HomeData } from './home-schema.ts';
import { suggest } from './nearest.ts';

/** What a device of a home is, for those that look for it. */
export interface Relative {
  readonly id: string;
  readonly model: DeviceModel;
  /** Who relays for it, if anybody. */
  readonly via: string | null;
}

/** Everything in a home, the router first, then its devices in the home's order. */
export const relativesOf = ({ router, devices }: HomeData, catalogue: Catalogue): Relative[] =>
  [{ id: ROUTER, kind: router.model, via: undefined }, ...devices].map(({ id, kind, via }) => ({
    id,
    model: catalogue.devices.get(kind)!,
    via: via ?? null,
  }));

/** The ids of the devices of a kind, and of those that stand for it, in the home's order. */
export const ofKind = (kind: string, home: readonly Relative[]): string[] =>
  home.filter(({ model }) => model.kind === kind || model.standsFor?.includes(kind) === true).map(({ id }) => id);

/** The ids that a setting of `owner` may name by their kind, in the home's order; null when any device will do. */
function kin(spec: SettingSpec, owner: string, home: readonly Relative[]): string[] | null {
  const { kind, relayed = false } = spec;
  if (kind === undefined) return null;
  return ofKind(kind, relayed ? home.filter(({ via }) => via === owner) : home);
}

/** What a setting of `owner` is when nobody says: a home's own devices, found by what they are and not by what they are called. */
export const defaultOf = (spec: SettingSpec, owner: string, home: readonly Relative[]): SettingSpec['default'] =>
  kin(spec, owner, home)?.join(', ') ?? spec.default;

/**
 * Complains about a device that a setting names and the home does not have, or that is of another kind. Only a model's own
 * default may name what a small home does not have.
 */
export function checkNamed(
  name: string,
  spec: SettingSpec,
  value: unknown,
  owner: string,
  home: readonly Relative[],
  at: () => Place,
  complaints: Complaints,
): void {
  if (spec.names !== 'device' || typeof value !== 'string' || value === spec.default) return;
  const ids = home.map(({ id }) => id);
  const able = kin(spec, owner, home);
  for (const word of listed(value))
    if (!ids.includes(word)) complaints.add(at(), `${name}: there is no device "${word}"`, () => suggest(word, able ?? ids));
    else if (able !== null && !able.includes(word)) {
      const wanted = `${spec.kind}${spec.relayed === true ? ` that "${owner}" relays for` : ''}`;
      complaints.add(at(), `${name}: "${word}" is no ${wanted}`, () =>
        able.length === 0 ? 'This home has none: remove the setting, or write "" for nobody' : suggest(word, able),
      );
    }
}
