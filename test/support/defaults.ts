import type { DeviceModel } from '../../sim/model/device.ts';
import type { SettingValue } from '../../sim/model/settings.ts';
import { BASE, REFERENCE } from '../scenario/project.ts';

/** Ids of the reference home by kind; the router stands under a key of its own. */
const IDS = new Map<string, string[]>();
for (const [, id, kind] of `${BASE}${REFERENCE}`.matchAll(/\bid: ([a-z-]+), kind: ([a-z-]+)/g))
  IDS.set(kind!, [...(IDS.get(kind!) ?? []), id!]);

/** What the settings of a model are when nobody says, with the reference home's devices as its peers. */
export const defaultsOf = (model: Pick<DeviceModel, 'settings'>): Record<string, SettingValue> =>
  Object.fromEntries(
    Object.entries(model.settings).map(([name, { kind, default: value }]) => [
      name,
      kind === undefined ? value : (IDS.get(kind) ?? []).join(', '),
    ]),
  );
