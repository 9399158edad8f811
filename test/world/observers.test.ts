import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../sim/kernel/time.ts';
import { run, World, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const OPTIONS = { seed: 11, replication: 0 };
const CASES: readonly (readonly [threat: string | null, mitigations: string])[] = [
  [null, 'typical'],
  ['te1-voice-eavesdrop', 'none'],
  ['te2-reading-tamper', 'recommended'],
  ['te3-uplink-flood', 'none'],
  ['te5-router-to-hospital', 'none'],
];

it('an alarm that nobody answers counts for as long as it has waited', () => {
  const hours = 12;
  const spec = worldOf(null, 'typical', { hours, set: ['parameters.nurse.response=200000'] });
  const waiting = new Map<unknown, number>();
  const answered: number[] = [];
  const trace = ({ t, what, fields }: TraceLine): void => {
    const { alarm, afterMinutes } = (fields ?? {}) as { alarm?: number; afterMinutes?: number };
    if (what === 'alarm-raised') waiting.set(alarm, t);
    if (what === 'alarm-answered' && waiting.delete(alarm)) answered.push(afterMinutes!);
  };
  const unanswered = Array.from({ length: 12 }, (_, replication) => {
    waiting.clear();
    answered.length = 0;
    const { outcomes } = run(spec, catalogue, { seed: 1, replication, trace });
    const waits = [...answered, ...[...waiting.values()].map((t) => (hours * HOUR - t) / MINUTE)];
    if (waits.length === 0) expect(outcomes['alarmToResponseMinutes']).toBeNull();
    else expect(outcomes['alarmToResponseMinutes']).toBeCloseTo(waits.reduce((sum, wait) => sum + wait) / waits.length, 6);
    return waiting.size;
  });
  expect(unanswered).toContain(0);
  expect(Math.max(...unanswered)).toBeGreaterThan(0);
});

it('an alarm that reaches no desk tells nobody: the deterioration goes unseen until it is over', () => {
  const hours = 12;
  const spec = worldOf(null, 'typical', { hours, set: ['devices.nurse-panel.power=off'] });
  let alarms = 0;
  const unwell = Array.from({ length: 8 }, (_, replication) => {
    let since = -1;
    let minutes = 0;
    const trace = ({ t, what, fields }: TraceLine): void => {
      if (what === 'alarm-raised' && since >= 0) alarms++;
      if (what !== 'condition') return;
      const stable = (fields as { state: string }).state === 'stable';
      if (stable && since >= 0) minutes += (t - since) / MINUTE;
      since = stable ? -1 : since < 0 ? t : since;
    };
    const { outcomes } = run(spec, catalogue, { seed: 1, replication, trace });
    if (since >= 0) minutes += (hours * HOUR - since) / MINUTE;
    expect(outcomes['undetectedDeteriorationMinutes']).toBeCloseTo(minutes, 6);
    return minutes;
  });
  expect(Math.max(...unwell)).toBeGreaterThan(0);
  expect(alarms).toBeGreaterThan(0);
});

describe.each(CASES)('watching %s under %s', (threat, mitigations) => {
  const spec = worldOf(threat, mitigations, { hours: 2 });
  const alone = run(spec, catalogue, OPTIONS);

  it('changes nothing: a trace that is read to the last field, results and snapshots taken on the way', () => {
    let letters = 0;
    const lines: TraceLine[] = [];
    const world = World.build(spec, catalogue, {
      ...OPTIONS,
      trace: (line) => {
        letters += JSON.stringify(line).length;
        lines.push(line);
      },
    });
    for (let part = 1; part <= 20; part++) {
      world.runUntil((world.end * part) / 20);
      if (part % 5 !== 0) continue;
      if (part < 20) expect(world.result().outcomes).toBeDefined();
      world.snapshot();
    }
    expect(world.result()).toEqual(alone);
    expect(world.result(), 'asked twice').toEqual(alone);
    expect(letters).toBeGreaterThan(50_000);
    expect(lines.map(({ n }) => n)).toEqual(lines.map((_, i) => i));
    expect(lines.every(({ t }, i) => i === 0 || t >= lines[i - 1]!.t)).toBe(true);
  });

  it('one event at a time is the same as all at once', () => {
    const world = World.build(spec, catalogue, OPTIONS);
    while (world.step());
    expect(world.result()).toEqual(alone);
  });

  it('an observer cannot reach in: what a trace line holds is not what the world goes on with', () => {
    const world = World.build(spec, catalogue, {
      ...OPTIONS,
      trace: (line) => {
        for (const [name, value] of Object.entries(line)) {
          if (value === null || typeof value !== 'object') continue;
          if (Array.isArray(value)) value.length = 0;
          else for (const key of Object.keys(value)) (value as Record<string, unknown>)[key] = name;
        }
      },
    });
    world.runUntil(world.end);
    expect(world.result().fingerprint).toBe(alone.fingerprint);
  });
});
