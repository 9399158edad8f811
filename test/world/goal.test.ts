import { describe, expect, it } from 'vitest';
import { Kernel } from '../../sim/kernel/kernel.ts';
import type { GoalSpec } from '../../sim/model/spec.ts';
import { Observers } from '../../sim/world/observers.ts';
import { worldOf } from '../support/worlds.ts';

function watching(goal: GoalSpec): Observers {
  const spec = worldOf('te3-uplink-flood', 'none');
  return new Observers(new Kernel(1, 0), { ...spec, threat: { ...spec.threat!, goal } }, () => 1);
}

describe('a goal', () => {
  const lost: GoalSpec = { record: 'call', where: { status: 'lost' }, count: 1 };
  it('does not count what happens before the last step of some road has begun', () => {
    const observers = watching(lost);
    observers.underWay = () => false;
    observers.record('call', 'platform', 0, { status: 'lost' });
    expect(observers.state.reachedAt).toBe(-1);
    observers.underWay = () => true;
    observers.record('call', 'platform', 0, { status: 'done' });
    expect(observers.state.reachedAt).toBe(-1);
    observers.record('call', 'platform', 0, { status: 'lost' });
    expect(observers.state.reachedAt).toBe(0);
  });
  it('may be any of several records', () => {
    const observers = watching({ ...lost, or: [{ record: 'telemetry-gap', where: { minutes: { atLeast: 15 } } }] });
    observers.underWay = () => true;
    observers.record('telemetry-gap', 'platform', 0, { minutes: 14 });
    expect(observers.state.reachedAt).toBe(-1);
    observers.record('telemetry-gap', 'platform', 0, { minutes: 15 });
    expect(observers.state.reachedAt).toBe(0);
  });
});
