import { describe, expect, it } from 'vitest';
import { Kernel } from '../../sim/kernel/kernel.ts';
import { HOUR, MINUTE } from '../../sim/kernel/time.ts';
import type { RecordValue } from '../../sim/model/records.ts';
import { Observers } from '../../sim/world/observers.ts';
import { worldOf } from '../support/worlds.ts';

/** Minutes. */
const PATIENCE = 30;
const spec = worldOf('te3-uplink-flood', 'none');

type Told = readonly [minute: number, kind: string, fields?: Readonly<Record<string, RecordValue>>];

/** Outcomes of what devices and people report at these minutes. The attack begins at `attackStart`, µs. */
function outcomesOf(told: readonly Told[], minutes = 600, attackStart = 0, prepare: (observers: Observers) => void = () => {}) {
  const kernel = new Kernel(1, 0);
  const observers = new Observers(kernel, spec, (id) => (id === 'outcome.alarm-patience' ? PATIENCE : 1e6));
  prepare(observers);
  for (const [minute, kind, fields] of told) {
    kernel.runUntil(minute * MINUTE);
    if (kind === 'alert') observers.alert('sensor', [Number(fields!['message'])]);
    else observers.record(kind, 'somebody', 0, fields ?? {});
  }
  kernel.runUntil(minutes * MINUTE);
  observers.close();
  return observers.outcomes(attackStart);
}
const worse: Told = [10, 'condition', { state: 'deteriorating' }];
const alarm = (minute: number, number = 1): Told => [minute, 'alarm-raised', { alarm: number }];

describe('a rescue', () => {
  it('is missed when it comes later than it could after somebody knew, and not before', () => {
    const rescued = (minute: number) =>
      outcomesOf([worse, alarm(18), [20, 'alarm-received', { alarm: 1 }], [minute, 'rescue']])['rescuesMissed30Min'];
    expect(rescued(20 + PATIENCE)).toBe(0);
    expect(rescued(20 + PATIENCE + 1)).toBe(1);
  });
  it('is nobody’s fault while nobody knows', () => {
    expect(outcomesOf([worse, [500, 'rescue']])['rescuesMissed30Min']).toBe(0);
    // An alarm that has not reached the desk is known to nobody.
    expect(outcomesOf([worse, alarm(20), [500, 'rescue']])['rescuesMissed30Min']).toBe(0);
  });
});

describe('a deterioration', () => {
  const seen = (condition: string) => outcomesOf([worse, [40, 'patient-seen', { condition }]])['undetectedDeteriorationMinutes'];
  it('goes on unseen while whoever sees the patient finds nothing', () => {
    expect(seen('deteriorating')).toBe(30);
    expect(seen('stable')).toBe(590);
  });
  it('is not known from a visit before it', () => {
    const told: Told[] = [[5, 'patient-seen', { condition: 'deteriorating' }], worse];
    expect(outcomesOf(told)['undetectedDeteriorationMinutes']).toBe(590);
  });
});

describe('an alarm', () => {
  it('that is false is not missed, whoever leaves it', () => {
    const { falseAlarms, missedAlarms } = outcomesOf([alarm(5), worse]);
    expect({ falseAlarms, missedAlarms }).toEqual({ falseAlarms: 1, missedAlarms: 0 });
  });
  it('that is true is missed when nobody has answered it in time', () => {
    const answer = (minute: number): Told => [minute, 'alarm-answered', { alarm: 1, afterMinutes: minute - 20 }];
    expect(outcomesOf([worse, alarm(20)])).toMatchObject({ missedAlarms: 1, falseAlarms: 0, alarmToResponseMinutes: 580 });
    expect(outcomesOf([worse, alarm(20), answer(25)])).toMatchObject({ missedAlarms: 0, alarmToResponseMinutes: 5 });
    expect(outcomesOf([worse, alarm(20)], 20 + PATIENCE)['missedAlarms'], 'there is time yet').toBe(0);
  });
});

it('a visit that was planned is none too many', () => {
  const told: Told[] = [true, false, true].map((planned, i) => [i, 'visit', { planned }]);
  expect(outcomesOf(told)['extraVisits']).toBe(1);
});

it('records of as many persons as live in the home may be theirs, of one more come from the hospital', () => {
  const { residents } = spec.household;
  const read = (individuals: number, to = 'adversary') =>
    outcomesOf([[1, 'disclosure', { to, kind: 'page', records: 9, bytes: 90, individuals }]]);
  expect(read(residents)).toMatchObject({ hospitalReached: 0, individualsAffected: residents, recordsExposed: 9 });
  expect(read(residents + 1)).toMatchObject({ hospitalReached: 1, exposuresToAdversary: 1 });
  expect(read(residents + 1, 'care-team')).toMatchObject({ hospitalReached: 0, recordsExposed: 0, exposuresToCareTeam: 1 });
});

describe('times since the attack', () => {
  const HOSTILE = 7;
  const start = 2 * HOUR;
  const alert = (minute: number, message: number): Told => [minute, 'alert', { message }];
  it('run to the first alert that is right', () => {
    const told = [alert(130, 1), alert(150, HOSTILE), alert(300, HOSTILE)];
    const outcomes = outcomesOf(told, 600, start, (observers) => (observers.isHostile = (message) => message === HOSTILE));
    expect(outcomes['timeToDetectHours']).toBeCloseTo(0.5, 9);
    expect(outcomes['alertsPerDay']).toBeCloseTo((3 / 600) * 1440, 9);
  });
  it('and to the first containment of what is the adversary’s', () => {
    const cut = (minute: number, device: string): Told => [minute, 'contained', { device }];
    const prepare = (observers: Observers) => void (observers.isHeld = (device) => device === 'camera');
    const told = [cut(130, 'tv'), cut(180, 'camera'), cut(240, 'camera')];
    expect(outcomesOf(told, 600, start, prepare)['timeToContainHours']).toBeCloseTo(1, 9);
    expect(outcomesOf([cut(130, 'tv')], 600, start, prepare)['timeToContainHours']).toBeNull();
  });
});
