import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../sim/kernel/time.ts';
import type { RunResult } from '../../sim/model/result.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { access, bench, client, CORE, LINE, rule, server, table, WIFI, type Layout } from '../network/bench.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** A flow that the television is ordered to send for ten minutes, and what the adversary hears of it. */
function ordered(more: Partial<Layout> = {}) {
  const heard: string[] = [];
  const numbers: number[] = [];
  const world = bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(table()), tv: client([]), server: server() },
    inside: ['tv'],
    technique: {
      start: (attack: AttackContext) => attack.after(0.5 * MINUTE, 'order'),
      on: {
        order: (attack) => {
          numbers.push(attack.stream('tv', 'server.example', { mode: 'unresponsive', bitsPerSecond: 1e6, seconds: 600 }));
        },
        opened: (_, event) => heard.push(`opened ${event.n} at ${event.position}`),
        failed: (_, event) => heard.push(`failed ${event.n}`),
      },
    },
    ...more,
  }).run();
  const { floods } = world.world.snapshot().observers;
  return { heard, numbers, minutes: floods.map(({ from, to }) => [from, to].map((at) => Math.round((at / MINUTE) * 100) / 100)) };
}
const power = (on: string, fromMinutes: number) => [{ of: 'power', on, fromHours: fromMinutes / 60, minutes: 600 }] as const;

describe('a flood lasts from the moment its flow runs', () => {
  it('to its end', () => {
    expect(ordered()).toEqual({ heard: ['opened 1 at tv'], numbers: [1], minutes: [[0.5, 10.5]] });
  });
  it.each([
    ['its device', 'tv'],
    ['the router on its way', 'router'],
  ])('until %s loses its power', (_, device) => {
    expect(ordered({ failures: power(device, 3) })).toMatchObject({ heard: ['opened 1 at tv'], minutes: [[0.5, 3]] });
  });
  it('or for ever, in a run that ends before', () => {
    expect(ordered({ hours: 0.1 }).minutes).toEqual([[0.5, Infinity]]);
  });
});

describe('no flood is', () => {
  it('one that a rule keeps from being opened', () => {
    const closed = table({ rules: [rule('tv stays at home', 'deny', { from: 'private', to: 'wan' })] });
    expect(ordered({ parts: { ...access(closed), tv: client([]), server: server() } })).toMatchObject({ heard: ['failed 1'], minutes: [] });
  });
  it('one whose device loses its power before it is opened', () => {
    const failures = [...power('resolver', 0.2), ...power('tv', 0.51)];
    expect(ordered({ failures })).toMatchObject({ heard: ['failed 1'], minutes: [] });
  });
  it('one to somebody whose name nobody knows, and it is heard of after the order', () => {
    const events: string[] = [];
    ordered({
      technique: {
        start: (attack: AttackContext) => attack.after(0, 'order'),
        on: {
          order: (attack) => {
            const flow = attack.stream('attacker', 'nobody.example', { mode: 'elastic', bitsPerSecond: 1, seconds: 1 });
            events.push(`asked ${flow}`);
          },
          failed: (_, event) => events.push(`failed ${event.n}`),
        },
      },
    });
    expect(events).toEqual(['asked 1', 'failed 1']);
  });
  it('an order to a device that is switched off', () => {
    expect(ordered({ failures: power('tv', 0.2) })).toEqual({ heard: [], numbers: [0], minutes: [] });
  });
});

describe('the threat event of the flooded line', { timeout: 60_000 }, () => {
  const HOURS = 13;
  const dark = (on: string) => ({ of: 'power', on, fromHours: 0.1, minutes: 1400 }) as const;
  const broken = { of: 'link', on: 'line', fromHours: 12, minutes: 15 } as const;
  const played = (...failures: (ReturnType<typeof dark> | typeof broken)[]): { result: RunResult; gaps: unknown[] } => {
    const set = ['adversary.inside=[camera]', 'parameters.attack.flood.duration=36000'];
    const gaps: unknown[] = [];
    const trace = ({ what, fields }: TraceLine): void => {
      if (what === 'telemetry-gap') gaps.push((fields as { flooded: boolean }).flooded);
    };
    const spec = { ...worldOf('te3-uplink-flood', 'none', { hours: HOURS, course: 'natural', set }), failures };
    return { result: run(spec, catalogue, { seed: 5, replication: 0, trace }), gaps };
  };

  it('comes to nothing where the enrolled devices are switched off, whatever else befalls the line', () => {
    const { result, gaps } = played(dark('camera'), dark('tv'), broken);
    expect(gaps).toEqual([false]);
    expect(result.threat!.succeeded).toBe(false);
    const last = result.threat!.steps.findLast(({ technique, status }) => technique === 'flood-uplink' && status !== 'skipped')!;
    expect(last).toMatchObject({ status: 'blocked', blockedBy: { device: 'camera', fact: 'switched off' } });
  });
  it('reaches its goal where they flood', () => {
    const { result, gaps } = played();
    expect(gaps).toContain(true);
    expect(result.threat!.succeeded).toBe(true);
  });
});
