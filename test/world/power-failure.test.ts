import { beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../sim/model/result.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** What a blackout does to the reference home and its care. */

const HOURS = 6;
const HOUR = 3_600_000_000;
const RESTARTING = ['camera', 'router', 'speaker', 'tv'];

function played(spec: WorldSpec): { result: RunResult; lines: TraceLine[] } {
  const lines: TraceLine[] = [];
  const result = run(spec, catalogue, { seed: 3, replication: 0, trace: (line) => lines.push(line) });
  return { result, lines };
}

const blackout = { of: 'power', on: null, fromHours: 2, minutes: 45 } as const;
const home = (more: Partial<WorldSpec> = {}): WorldSpec => ({ ...worldOf(null, [], { hours: HOURS }), ...more });

/** Messages that a device sent itself in an hour. */
const sent = (lines: readonly TraceLine[], id: string, hour: number): number =>
  lines.filter((line) => line.kind === 'message' && line.from === id && line['origin'] === id && Math.floor(line.t / HOUR) === hour).length;

describe('a blackout of 45 minutes', () => {
  let dark: ReturnType<typeof played>;
  let light: ReturnType<typeof played>;
  beforeAll(() => {
    light = played(home());
    dark = played(home({ failures: [blackout] }));
  });

  it('silences what hangs on the mains, and nothing else', () => {
    const during = dark.lines.filter(({ t }) => t > 2 * HOUR && t < 2.75 * HOUR);
    const off = dark.lines.filter(({ kind, what }) => kind === 'state' && what === 'power off').map(({ from }) => from);
    expect(off.toSorted()).toEqual(RESTARTING);
    expect(during.filter(({ kind, from }) => kind === 'message' && RESTARTING.includes(from!))).toEqual([]);
    expect(during.filter(({ kind, from }) => kind === 'message' && from === 'oximeter').length).toBeGreaterThan(40);
  });

  it('leaves nobody with two of a clock, or none, afterwards', () => {
    for (const id of RESTARTING) {
      const [before, after] = [sent(dark.lines, id, 1), sent(dark.lines, id, 4)];
      expect(after, `${id}: ${after} messages an hour, ${before} before`).toBeGreaterThan(0.75 * before);
      expect(after, `${id}: ${after} messages an hour, ${before} before`).toBeLessThan(1.25 * before);
    }
  });

  it('is a gap in the telemetry of a hub on the home’s Wi-Fi', () => {
    const gap = ({ result }: typeof dark): number => result.outcomes['telemetryGapMinutes']!;
    expect(gap(light)).toBe(0);
    // 45 minutes and the router's start, less the allowance of 3.
    expect(gap(dark)).toBeGreaterThan(40);
    expect(gap(dark)).toBeLessThan(46);
  });

  it('is none where the hub is on LTE, or the router has a battery', () => {
    const lte = worldOf(null, [], { hours: HOURS, set: ['devices.hub.on=lte'] });
    const battery = worldOf(null, [], { hours: HOURS, set: ['router.supply=battery'] });
    for (const spec of [lte, battery]) expect(played({ ...spec, failures: [blackout] }).result.outcomes['telemetryGapMinutes']).toBe(0);
  });

  it('with store-and-forward costs no observation: what was kept is sent afterwards', () => {
    const refs = (lines: readonly TraceLine[]): Set<unknown> =>
      new Set(
        lines
          .filter(({ what, t }) => what === 'observation-accepted' && t < 5.9 * HOUR)
          .map((line) => (line['fields'] as { ref: string }).ref),
      );
    const kept = played({ ...worldOf(null, ['store-and-forward'], { hours: HOURS }), failures: [blackout] });
    const all = refs(light.lines);
    const missing = (lines: readonly TraceLine[]): number => [...all].filter((ref) => !refs(lines).has(ref)).length;
    expect(missing(dark.lines)).toBeGreaterThan(40);
    expect(missing(kept.lines)).toBeLessThan(5);
  });

  it('ends nobody’s foothold, whose program is installed', () => {
    const spec = { ...worldOf('te3-uplink-flood', [], { hours: HOURS }), failures: [{ ...blackout, on: 'camera' }] };
    const { result, lines } = played(spec);
    expect(result.threat).not.toBeNull();
    const loud = lines.filter(({ kind, from, t }) => kind === 'message' && from === 'camera' && t > 2 * HOUR && t < 2.75 * HOUR);
    expect(loud).toEqual([]);
  });
});

it('a name server that fails stops what needs a name, and what has one in mind goes on', () => {
  const { lines } = played(home({ failures: [{ of: 'power', on: 'resolver', fromHours: 2, minutes: 30 }] }));
  const during = lines.filter(({ t }) => t > 2 * HOUR && t < 2.5 * HOUR);
  expect(during.filter(({ what, verdict }) => what === 'dns-query' && verdict === 'stopped').length).toBeGreaterThan(5);
  expect(during.filter(({ what }) => what === 'dns-answer')).toEqual([]);
  expect(during.filter(({ what }) => what === 'observation-accepted').length).toBeGreaterThan(40);
});

it('the mains’ failures of a year come from the registry: the same home, other figures, other results', () => {
  const often = worldOf(null, [], { hours: HOURS });
  const parameters = often.parameters.map((parameter) =>
    parameter.id === 'power.time-between-failures' ? { ...parameter, distribution: { kind: 'exponential' as const, mean: 1 } } : parameter,
  );
  const lines = played({ ...often, parameters }).lines.filter(({ what, from }) => what === 'power off' && from === 'router');
  expect(lines.length).toBeGreaterThan(0);
});
