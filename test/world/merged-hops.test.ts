import { expect, it } from 'vitest';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { World, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

function played(spec: WorldSpec, merges: boolean) {
  const lines: TraceLine[] = [];
  const world = World.build(spec, catalogue, { seed: 3, replication: 1, trace: (line) => lines.push(line) });
  world.net.wire.merges = merges;
  world.runUntil(world.end);
  const { outcomes, messages, events } = world.result();
  // Lines of one instant may stand in another order.
  const told = lines.map(({ n: _n, ...line }) => JSON.stringify(line)).sort();
  return { told, outcomes, messages, events };
}

/** A line fails within the first hours, so that hops onto it end in both ways. */
const failing = ['parameters.line.time-between-failures=1'];

it.each([
  ['an ordinary evening', worldOf(null, 'typical', { hours: 4 })],
  ['a failing line', worldOf(null, 'typical', { hours: 4, set: failing })],
  [
    'a core and a provider’s gateway that fail',
    {
      ...worldOf(null, 'typical', { hours: 4 }),
      failures: [
        { of: 'link', on: 'internet', fromHours: 1.0001, minutes: 20 },
        { of: 'power', on: 'isp', fromHours: 2.0001, minutes: 20 },
      ],
    } satisfies WorldSpec,
  ],
  ['a flood', worldOf('te3-uplink-flood', 'none', { hours: 4 })],
  ['an eavesdropper', worldOf('te1-voice-eavesdrop', 'none', { hours: 3 })],
])('%s: two hops over the provider’s gateway in one event are told, timed and end as two', (_name, spec) => {
  const one = played(spec, true);
  const two = played(spec, false);
  expect(two.events).toBeGreaterThanOrEqual(one.events);
  if (spec.failures.length === 0) expect(two.events).toBeGreaterThan(one.events * 1.05);
  expect(one.told).toEqual(two.told);
  expect(one.outcomes).toEqual(two.outcomes);
  expect(one.messages).toBe(two.messages);
});
