import { deserialize, serialize } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import { cdf } from '../../sim/kernel/distributions.ts';
import { HOUR } from '../../sim/kernel/time.ts';
import { World, type WorldSnapshot } from '../../sim/world/run.ts';
import { distanceLimit, largestDistance } from '../support/statistics.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const spec = worldOf('te2-reading-tamper', 'none', { hours: 2 });
const build = (): World => World.build(spec, catalogue, { seed: 5, replication: 2 });
const finish = (world: World): ReturnType<World['result']> => {
  world.runUntil(world.end);
  return world.result();
};

describe('a fork with the same luck', () => {
  it.each([0, 1.3])('at hour %d ends as the original does, and neither disturbs the other', (hour) => {
    const world = build();
    world.runUntil(hour * HOUR);
    const [first, second] = [world.fork('same'), world.fork('same')];
    const wanted = finish(build());
    expect(finish(first)).toEqual(wanted);
    expect(finish(world)).toEqual(wanted);
    expect(finish(second)).toEqual(wanted);
  });
});

describe('a world taken apart and put together again', () => {
  // Every two minutes, through bytes: state that hides outside the snapshot is lost before it can have its effect.
  it.each([
    ['te2-reading-tamper', 'none'],
    [null, 'recommended'],
  ])('sixty times on its way ends as it would have (%s under %s)', (threat, mitigations) => {
    const other = worldOf(threat, mitigations, { hours: 2 });
    const options = { seed: 8, replication: 0 };
    let world = World.build(other, catalogue, options);
    for (let part = 1; part < 60; part++) {
      world.runUntil((part / 60) * world.end);
      world = World.restore(deserialize(serialize(world.snapshot())) as WorldSnapshot, catalogue);
    }
    expect(finish(world)).toEqual(finish(World.build(other, catalogue, options)));
  });
});

describe('a fork with fresh luck', () => {
  let world: World;
  beforeAll(() => {
    world = build();
    world.runUntil(1.3 * HOUR);
  });

  it('shares the past and has a future of its own, the same one whenever it is asked for', () => {
    const before = world.result();
    expect(world.fork(1).result()).toEqual(before);
    const prints = [world.fork('same'), world.fork(1), world.fork(2)].map((fork) => finish(fork).fingerprint);
    expect(new Set(prints).size).toBe(3);
    expect(finish(world.fork(1)).fingerprint).toBe(prints[1]);
    expect(world.result()).toEqual(before);
  });

  it('keeps what was already fixed and draws anew what was left to chance', () => {
    const when = (of: World): Map<number, number> => new Map(of.kernel.snapshot().records.map(({ handle, time }) => [handle, time]));
    const waits = new Set(world.kernel.snapshot().records.flatMap(({ random, handle }) => (random ? [handle] : [])));
    const [now, then] = [when(world), when(world.fork(1))];
    expect([...then.keys()].sort()).toEqual([...now.keys()].sort());
    let moved = 0;
    for (const [handle, time] of now) {
      if (waits.has(handle)) moved += then.get(handle) === time ? 0 : 1;
      else expect(then.get(handle)).toBe(time);
      expect(then.get(handle)).toBeGreaterThanOrEqual(world.now);
    }
    expect(waits.size).toBeGreaterThan(10);
    expect(moved).toBeGreaterThan(0.9 * waits.size);
  });

  /** 60 forks, limit at a false-alarm rate of 1e-6 (distance 0.35). Forks that kept the old draw would all fail at once: 0.5 away or more. */
  it('the next line failure follows the law given that the line has not failed yet', () => {
    const due = (of: World): number => of.kernel.snapshot().records.find(({ handler }) => handler === 'net.line-down')!.time;
    const law = world.net.distribution('line.time-between-failures');
    const below = cdf(law, world.now / HOUR);
    const hours = Array.from({ length: 60 }, (_, k) => due(world.fork(k + 1)) / HOUR);
    expect(largestDistance(hours, (x) => (cdf(law, x) - below) / (1 - below))).toBeLessThan(distanceLimit(60, 1e-6));
  });
});
