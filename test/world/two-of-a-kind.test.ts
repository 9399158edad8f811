import { describe, expect, it } from 'vitest';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** A home may have two of a kind: where only one can be meant it is the first that the home lists, elsewhere it is all of them. */
const HOME = 'scenarios/homes/two.yaml';
const home = (devices: string) => ({ home: HOME, files: { [HOME]: `id: two\nextends: reference\ndevices:\n${devices}` } });
const TWO_KITS = home(`  - { id: hub-2, kind: hah-tablet, on: private }
  - { id: oximeter-2, kind: pulse-oximeter, via: hub-2 }
  - { id: cuff-2, kind: bp-cuff, via: hub-2 }
`);
const SPARE = home('  - { id: oximeter-2, kind: pulse-oximeter, via: hub }\n');
const TWO_SPEAKERS = home('  - { id: speaker-2, kind: smart-speaker, on: private }\n');

function lines(mitigations: string, more: Parameters<typeof worldOf>[2]): readonly TraceLine[] {
  const all: TraceLine[] = [];
  run(worldOf(null, mitigations, { hours: 24, ...more }), catalogue, { seed: 4, replication: 0, trace: (line) => void all.push(line) });
  return all;
}
const refs = (all: readonly TraceLine[], what: string): Set<string> =>
  new Set(all.filter((line) => line.what === what).map(({ fields }) => String((fields as { ref: string }).ref).split('/')[0]!));

describe('two hubs', () => {
  it('are both enrolled and the platform’s kit; the patient turns to the first', () => {
    const { devices } = worldOf(null, 'none', TWO_KITS);
    const setting = (id: string, name: string) => devices.find((device) => device.id === id)!.settings[name];
    expect([setting('hospital-edge', 'enrolled'), setting('platform', 'kit'), setting('soc', 'kit')]).toEqual(Array(3).fill('hub, hub-2'));
    expect(setting('patient', 'hub')).toBe('hub, hub-2');
    expect([setting('hub', 'cuff'), setting('hub-2', 'cuff'), setting('hub-2', 'thermometer')]).toEqual(['bp-cuff', 'cuff-2', '']);
  });

  it.each(['none', 'recommended'])(
    'serve the patient under the set %s: nothing of theirs is refused, calls are answered where they ring',
    (set) => {
      const all = lines(set, TWO_KITS);
      expect(
        all.filter(({ kind, what, from }) => kind === 'message' && what === 'telemetry-ping' && from === 'hub-2').length,
      ).toBeGreaterThan(100);
      expect(all.filter(({ what, from }) => what === 'refused' && from === 'platform')).toEqual([]);
      expect(all.some(({ what, fields }) => what === 'call' && (fields as { status: string }).status === 'done')).toBe(true);
    },
  );

  it('are both let in by the passwords of their own where the platform asks for one', () => {
    const set = ['platform.settings.device-auth', 'hub.settings.client-auth', 'hub-2.settings.client-auth'];
    const all = lines('none', { ...TWO_KITS, set: set.map((path) => `devices.${path}=password`) });
    expect(
      all.filter(({ kind, what, from }) => kind === 'message' && what === 'telemetry-ping' && from === 'hub-2').length,
    ).toBeGreaterThan(100);
    expect(all.filter(({ what, from }) => what === 'refused' && from === 'platform')).toEqual([]);
  });

  it('the patient wears and measures with one of each', () => {
    const all = lines('none', TWO_KITS);
    expect([...refs(all, 'measured')].sort()).toEqual(['bp-cuff', 'oximeter', 'thermometer']);
    expect([...refs(all, 'observation-accepted')].sort()).toEqual(['bp-cuff', 'oximeter', 'thermometer']);
  });
});

it('a spare oximeter lies in the drawer', () => {
  const all = lines('none', SPARE);
  expect([...refs(all, 'measured')].sort()).toEqual(['bp-cuff', 'oximeter', 'thermometer']);
  expect(all.filter(({ what, from }) => what === 'device-status' && from === 'oximeter-2').length).toBeGreaterThan(100);
});

it('of two name servers the router leases out the first', () => {
  const all = lines('none', home('  - { id: resolver-2, kind: dns-resolver, on: internet }\n'));
  expect(all.filter(({ what, to }) => what === 'dns-query' && to === 'resolver-2')).toEqual([]);
  expect(refs(all, 'observation-accepted').size).toBe(3);
});

it('two speakers are both described to the router', () => {
  const all = lines('manufacturer-usage', TWO_SPEAKERS);
  const rules = new Set(all.filter(({ kind }) => kind === 'verdict').map(({ rule }) => rule));
  for (const id of ['speaker', 'speaker-2']) expect(rules).toContain(`allow-list of ${id}`);
});
