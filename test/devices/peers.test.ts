import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';

/** A kind that no model is of would find nobody in any home, and nobody would be told. */
describe('what finds devices by their kind', () => {
  it.each([...catalogue.devices.values()].map((model) => [model.kind, model] as const))(
    'settings of %s name kinds that there are',
    (_, model) => {
      for (const [name, { kind, relayed }] of Object.entries(model.settings)) {
        if (kind !== undefined) expect(catalogue.devices.has(kind), `${name}: ${kind}`).toBe(true);
        if (relayed === true) expect(model.relays, name).toBe(true);
      }
      for (const kind of model.standsFor ?? []) expect(catalogue.devices.has(kind)).toBe(true);
    },
  );

  it.each([...catalogue.techniques.values()].map((technique) => [technique.id, technique] as const))(
    'so do arguments of %s',
    (_, technique) => {
      const args = technique.args ?? {};
      for (const [name, { type, kind, of }] of Object.entries(args)) {
        if (kind !== undefined)
          expect([['device', 'host'].includes(type), catalogue.devices.has(kind)], `${name}: ${kind}`).toEqual([true, true]);
        if (of !== undefined) expect([type, args[of]?.type], name).toEqual(['kind', 'device']);
      }
    },
  );
});
