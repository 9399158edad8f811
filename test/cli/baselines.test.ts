import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import { IOT_BASELINE } from '../../sim/cli/baselines/iot.ts';
import { ROUTER_BASELINE } from '../../sim/cli/baselines/router.ts';
import { NOT_MODELLED } from '../../sim/cli/baselines/rows.ts';
import { PROJECT } from './homeward.ts';

const OUTCOMES = [
  'Asset Identification',
  'Product Configuration',
  'Data Protection',
  'Interface Access Control',
  'Software Update',
  'Cybersecurity State Awareness',
  'Documentation',
  'Information and Query Reception',
  'Information Dissemination',
  'Product Education and Awareness',
];

describe('the baselines', () => {
  it('name settings that the models have', () => {
    const router = catalogue.devices.get('consumer-router')!;
    for (const { setting } of ROUTER_BASELINE) if (setting !== NOT_MODELLED) expect(Object.keys(router.settings)).toContain(setting);
    for (const { setting } of IOT_BASELINE) {
      if (setting === NOT_MODELLED) continue;
      const [kind, ...name] = setting.split('.');
      expect(Object.keys(catalogue.devices.get(kind!)?.settings ?? {})).toContain(name.join('.'));
    }
  });

  it('call nothing modelled that nothing reads', () => {
    const sources = ['devices/network', 'sim/network', 'sim/world'].flatMap((folder) =>
      readdirSync(join(PROJECT, folder))
        .filter((name) => name.endsWith('.ts') && name !== 'router-settings.ts')
        .map((name) => readFileSync(join(PROJECT, folder, name), 'utf8')),
    );
    // Some are read by a name that is put together: `ipv${family}.inbound`, segments by their prefix.
    const composed = ['ipv4.inbound', 'ipv6.inbound'];
    for (const { setting } of ROUTER_BASELINE)
      if (setting !== NOT_MODELLED && !composed.includes(setting))
        expect([setting, sources.some((source) => source.includes(`'${setting}'`))]).toEqual([setting, true]);
  });

  it('name tests that exist', () => {
    for (const { setting, test } of [...ROUTER_BASELINE, ...IOT_BASELINE]) {
      if (test === null) continue;
      const [path, name] = test.split('#') as [string, string];
      expect([setting, path, existsSync(join(PROJECT, path))]).toEqual([setting, path, true]);
      expect([setting, readFileSync(join(PROJECT, path), 'utf8').includes(name)]).toEqual([setting, true]);
    }
    expect(ROUTER_BASELINE.filter(({ test }) => test !== null).length).toBeGreaterThan(10);
  });

  it('cover every outcome of IR 8425 for every consumer device, the speaker with at least twelve settings', () => {
    for (const kind of ['smart-speaker', 'camera', 'smart-tv', 'phone', 'laptop']) {
      const rows = IOT_BASELINE.filter(({ requirement }) => requirement.startsWith(`${kind}:`));
      expect([...new Set(rows.map(({ outcome }) => outcome))].sort()).toEqual([...OUTCOMES].sort());
    }
    expect(
      new Set(IOT_BASELINE.filter(({ setting }) => setting.startsWith('smart-speaker.')).map(({ setting }) => setting)).size,
    ).toBeGreaterThanOrEqual(12);
  });

  it('say when something is not modelled instead of leaving it out', () => {
    expect(ROUTER_BASELINE.some(({ setting }) => setting === NOT_MODELLED)).toBe(true);
    for (const { setting, test } of [...ROUTER_BASELINE, ...IOT_BASELINE]) if (setting === NOT_MODELLED) expect(test).toBeNull();
  });
});
