import type { Chance, DeviceContext } from '../../sim/model/device.ts';

type Bound = Pick<DeviceContext<any>, 'bound' | 'chance' | 'sampleOf' | 'afterChance'>;

/** What may be looked at to work out what holds for a device's whole life. */
const LASTING: readonly PropertyKey[] = ['id', 'kind', 'care', 'parameter', 'distribution', 'chance'];

/** What a stand-in for a device says of chances, by the names under which it says all else. */
export function chances(d: () => DeviceContext<any>): Bound {
  return {
    bound: (make) => make(lasting(d())),
    chance: (distribution, purpose) => ({ law: d().distribution(distribution), purpose, key: { k0: 0, k1: 0 } }),
    sampleOf: (chance: Chance, n, sub) => d().sample(chance.law, chance.purpose, n, sub),
    afterChance: (chance: Chance, n, type) => d().afterRandom(chance.law, chance.purpose, n, type),
  };
}

/** A device of which nothing can be had that may change: settings, memory, state, time, luck. */
const lasting = (device: DeviceContext<any>): DeviceContext<any> =>
  new Proxy(device, {
    get: (target, name) => {
      if (!LASTING.includes(name)) throw new Error(`"${String(name)}" may change: not for what is bound once`);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
