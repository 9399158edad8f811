import { describe, expect, it } from 'vitest';
import { HOUR } from '../../sim/kernel/time.ts';
import { attributable, run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const DEFENCES = ['home-flow-monitoring', 'incident-playbook', 'session-monitoring'];

/** A run of two days: when the attack began, what was cut off when, and the time that came out. */
function watched(threat: string, seed: number, replication: number, set: readonly string[] = []) {
  const cuts: { readonly t: number; readonly device: unknown; readonly hostile: unknown; readonly fields: number }[] = [];
  let begun = Infinity;
  const trace = ({ t, kind, what, fields }: TraceLine): void => {
    if (kind === 'step') begun = Math.min(begun, t);
    if (what !== 'contained') return;
    const { device, hostile } = fields as { device: unknown; hostile: unknown };
    cuts.push({ t, device, hostile, fields: Object.keys(fields!).length });
  };
  const { outcomes } = run(worldOf(threat, DEFENCES, { hours: 48, set }), catalogue, { seed, replication, trace });
  return { cuts, begun, hours: outcomes['timeToContainHours'] };
}

describe('time to contain', () => {
  it('does not count what a false alarm had cut off before the attack began', () => {
    const { cuts, begun, hours } = watched('te3-uplink-flood', 5, 15, ['parameters.adversary.start=29.211']);
    // The camera is released after its review, and cut off again when it stands out again.
    expect(cuts.map(({ device, hostile }) => [device, hostile])).toEqual([
      ['camera', false],
      ['camera', false],
      ['tv', true],
    ]);
    expect(cuts[0]!.t).toBeLessThan(begun);
    expect(hours).toBeCloseTo((cuts.at(-1)!.t - begun) / HOUR, 9);
  });

  it('does not count a device that was under control but cut off before the attack began', () => {
    const { cuts, begun } = watched('te3-uplink-flood', 5, 15, ['parameters.adversary.start=29.211', 'adversary.inside=[camera]']);
    expect(cuts.filter(({ t }) => t < begun).map(({ device, hostile }) => [device, hostile])).toEqual([['camera', false]]);
  });

  it('counts the end of a stolen session, also when the thief has a newer one by then', () => {
    for (let replication = 0; replication < 4; replication++) {
      const { cuts, begun, hours } = watched('te5-router-to-hospital', 1, replication);
      if (cuts.length === 0) expect(hours).toBeNull();
      else expect(hours, `replication ${replication}`).toBeCloseTo((cuts[0]!.t - begun) / HOUR, 9);
      for (const cut of cuts) expect(cut).toMatchObject({ hostile: cut.device === 'portal', fields: 2 });
    }
  });
});

describe('a wrong isolation', () => {
  it('ends with the review, and the device is of use again', () => {
    const lines: TraceLine[] = [];
    const spec = worldOf(null, DEFENCES, { hours: 48 });
    run(spec, catalogue, { seed: 5, replication: 15, trace: (line) => lines.push(line) });
    const when = (what: string): number[] => lines.filter((line) => line.what === what && line.from === 'soc').map(({ t }) => t);
    const [cut] = when('contained');
    const [released] = when('released');
    expect(lines.find(({ what }) => what === 'released')!.fields).toEqual({ device: 'camera', hostile: false });
    // A shift, and the analyst's time to look.
    expect((released! - cut!) / HOUR).toBeGreaterThan(8);
    expect((released! - cut!) / HOUR).toBeLessThan(10);
    const answers = (from: number, to: number): number =>
      lines.filter(
        ({ kind, what, t, from: by }) => kind === 'message' && what === 'mqtt-pong' && by === 'vendor-cloud' && t > from && t < to,
      ).length;
    expect(answers(cut!, released!)).toBe(0);
    expect(answers(released!, released! + HOUR)).toBeGreaterThan(10);
  });
});

it('nothing is subtracted from a time since the attack: without an attack there is none', () => {
  const times = { timeToDetectHours: 3, timeToContainHours: 4, recordsExposed: 5 };
  expect(attributable(times, { timeToDetectHours: 1, timeToContainHours: 1, recordsExposed: 1 })).toEqual({
    timeToDetectHours: null,
    timeToContainHours: null,
    recordsExposed: 4,
  });
});
