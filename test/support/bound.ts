import type { Chance, DeviceContext } from '../../sim/model/device.ts';

/** What a stand-in for a device says of chances, by the names under which it says all else. */
export function chances(d: () => DeviceContext<any>): Pick<DeviceContext<any>, 'bound' | 'chance' | 'sampleOf' | 'afterChance'> {
  return {
    bound: (make) => make(d()),
    chance: (distribution, purpose) => ({ law: d().distribution(distribution), purpose, key: { k0: 0, k1: 0 } }),
    sampleOf: (chance: Chance, n, sub) => d().sample(chance.law, chance.purpose, n, sub),
    afterChance: (chance: Chance, n, type) => d().afterRandom(chance.law, chance.purpose, n, type),
  };
}
