import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Terminal } from '../../sim/cli/output.ts';
import { runTold } from '../../sim/cli/told-run.ts';
import type { Catalogue } from '../../sim/model/catalogue.ts';
import type { DeviceModel } from '../../sim/model/device.ts';
import { catalogue, worldOf } from '../support/worlds.ts';
import { folder } from './homeward.ts';

const OPTIONS = { seed: 1, replication: 0 };
const quiet = { json: () => {}, out: () => {}, note: () => {} } as unknown as Terminal;

/** The catalogue with a device all of whose effects fail from the n-th on. */
function breaking(kind: string, n: number): Catalogue {
  const model = catalogue.devices.get(kind)!;
  let done = 0;
  const effects = Object.fromEntries(
    Object.entries(model.effects).map(([name, effect]): [string, DeviceModel['effects'][string]] => [
      name,
      (...given) => {
        if (++done >= n) throw new Error('it broke');
        effect(...given);
      },
    ]),
  );
  return { ...catalogue, devices: new Map([...catalogue.devices, [kind, { ...model, effects }]]) };
}

it('the trace of a run that fails goes up to where it failed, and it is that error that is told', () => {
  const spec = worldOf(null, 'typical', { hours: 2 });
  const cwd = folder();
  const traced = (name: string, used: Catalogue): string[] => {
    const trace = join(cwd, name);
    const work = () => runTold(spec, used, OPTIONS, { trace, json: true }, quiet);
    if (used === catalogue) work();
    else expect(work).toThrow('it broke');
    return readFileSync(trace, 'utf8').trimEnd().split('\n');
  };
  const whole = traced('whole', catalogue);
  const early = traced('early', breaking('pulse-oximeter', 3));
  const late = traced('late', breaking('pulse-oximeter', 200));
  expect(early.length).toBeGreaterThan(10);
  expect(late.length).toBeGreaterThan(early.length + 100);
  for (const lines of [early, late]) expect(lines).toEqual(whole.slice(0, lines.length));
});
