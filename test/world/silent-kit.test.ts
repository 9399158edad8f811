import { describe, expect, it } from 'vitest';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** What becomes of a kit that says nothing: the reference home for a day, from the report that it is silent to the end. */

const HOUR = 3_600_000_000;

function played(spec: WorldSpec) {
  const lines: TraceLine[] = [];
  const { outcomes } = run(spec, catalogue, { seed: 1, replication: 0, trace: (line) => lines.push(line) });
  const records = (what: string) =>
    lines.filter((line) => line.what === what).map(({ t, fields }) => ({ t, fields: fields as Record<string, unknown> }));
  return { outcomes, records };
}
const home = (set: readonly string[], more: Partial<WorldSpec> = {}): WorldSpec => ({
  ...worldOf(null, [], { hours: 24, course: 'natural', set }),
  ...more,
});
const cut = (of: 'power' | 'link', on: string): WorldSpec['failures'] => [{ of, on, fromHours: 2, minutes: 60_000 }];

describe('a kit that says nothing', () => {
  it.each([
    ['off from the start', home(['devices.hub.power=off'])],
    ['without power from the second hour on', home([], { failures: cut('power', 'hub') })],
  ])('%s is got going on the same day, and measures from then on', (_what, spec) => {
    const { outcomes, records } = played(spec);
    const [visit] = records('kit-visit');
    expect(visit!.fields).toEqual({ device: 'hub', found: 'mended' });
    expect(visit!.t).toBeLessThan(13 * HOUR);
    const after = records('observation-accepted').filter(({ t }) => t > visit!.t + HOUR / 10);
    expect(after.length).toBeGreaterThan(1000);
    expect(outcomes['itMinutes']).toBe(30);
    // It used to bring a nurse every two hours for as long as it lasted.
    expect(outcomes['extraVisits']).toBeLessThan(6);
    const looks = records('patient-seen').map(({ t }) => t);
    expect(looks.filter((t) => Math.abs(t - visit!.t) < HOUR / 10)).toEqual([]);
  });

  it('because the line is down cannot be helped by anybody at the door: nurses measure by hand', () => {
    const { outcomes, records } = played(home([], { failures: cut('link', 'line') }));
    expect(records('kit-visit').map(({ fields }) => fields)).toEqual([{ device: 'hub', found: 'ran' }]);
    const seen = records('patient-seen').map(({ t }) => t);
    const gaps = seen.slice(1).map((t, i) => (t - seen[i]!) / HOUR);
    // Six hours and the drive of half an hour at the most.
    expect(Math.max(...gaps)).toBeLessThan(6.6);
    expect(outcomes['extraVisits']).toBeLessThan(7);
  });
});
