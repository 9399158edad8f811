import { describe, expect, it } from 'vitest';
import { run } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/** What the router's flow monitor makes of the reference home, whose nurses call by video a few times a day. */

const alerts = (threat: string | null, hours: number, set: readonly string[] = []) =>
  [0, 1, 2].flatMap((replication) =>
    run(worldOf(threat, ['home-flow-monitoring'], { hours, set }), catalogue, { seed: 1, replication }).alerts.filter(
      ({ sensor }) => sensor === 'router.flows',
    ),
  );

describe('the flow monitor', () => {
  it('finds nothing in the hospital’s own calls, and would if it did not know the kit', () => {
    expect(alerts(null, 24)).toEqual([]);
    expect(alerts(null, 24, ['router.settings.monitor.kit=""']).length).toBeGreaterThan(2);
  });

  it('finds nothing in them either where its windows are longer', () => {
    expect(alerts(null, 24, ['parameters.monitor.flow-interval=900'])).toEqual([]);
  });

  it('finds a flood of the line as before', () => {
    const found = alerts('te3-uplink-flood', 24);
    expect(found.length).toBeGreaterThan(2);
    expect(found.every(({ truth }) => truth)).toBe(true);
  });
});
