import { expect, it } from 'vitest';
import { Kernel } from '../../sim/kernel/kernel.ts';
import { Observers } from '../../sim/world/observers.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

it('an order that the adversary altered and a check held back is no burden on the patient, though the record stays', () => {
  let held = 0;
  const trace = ({ what }: TraceLine): void => void (what === 'action-blocked' && held++);
  const spec = worldOf('te4-voice-command', ['pharmacist-review'], { hours: 48 });
  const { outcomes } = run(spec, catalogue, { seed: 1, replication: 0, trace });
  expect(held).toBeGreaterThan(0);
  expect(outcomes['legitimateActionsBlocked']).toBe(0);
});

it('what was the patient’s own will counts, with an adversary and without', () => {
  const observers = new Observers(new Kernel(1, 0), worldOf('te4-voice-command', 'none'), () => 1);
  observers.isTampered = (reference) => reference === 'order/1';
  for (const ref of ['order/1', 'order/2']) observers.record('action-blocked', 'ehr', 0, { who: 'patient', ref });
  observers.record('action-blocked', 'speaker', 0, { who: 'patient', action: 'refill' });
  expect(observers.outcomes(0)['legitimateActionsBlocked']).toBe(2);
});
