import { expect, it } from 'vitest';
import { World, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const SPEC = worldOf(null, 'typical', { hours: 0.5 });
const LUCK = { seed: 3, replication: 0 };

function linesOf(make: (sink: (line: TraceLine) => void) => World): TraceLine[] {
  const lines: TraceLine[] = [];
  const world = make((line) => lines.push(line));
  world.runUntil(world.end);
  world.result();
  return lines;
}

it('the trace of a restored world goes on where the snapshot cut it: same numbers, and hops that lay ahead are told', () => {
  const whole = linesOf((trace) => World.build(SPEC, catalogue, { ...LUCK, trace }));
  const before: TraceLine[] = [];
  const world = World.build(SPEC, catalogue, { ...LUCK, trace: (line) => before.push(line) });
  // An instant at which a hop has been decided whose time has not yet come.
  do world.step();
  while (world.snapshot().trace.ahead.length === 0);
  const snapshot = world.snapshot();
  const told = before.length;
  const after = linesOf((trace) => World.restore(snapshot, catalogue, trace));
  expect(told).toBeGreaterThan(0);
  expect([...before.slice(0, told), ...after]).toEqual(whole);
});
