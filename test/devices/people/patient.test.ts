import { describe, expect, it } from 'vitest';
import { household } from '../../../devices/people/household.ts';
import { patient } from '../../../devices/people/patient.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../sim/kernel/time.ts';
import { FakeDevice, type FakeOptions } from '../fake-device.ts';

const person = (options: FakeOptions = {}): FakeDevice => new FakeDevice(patient, { id: 'patient', ...options });
const last = (d: FakeDevice, quantity: string): number => d.did('publish', quantity).at(-1)!.body!['value'] as number;
const conditions = (d: FakeDevice): unknown[] => d.did('record', 'condition').map((deed) => deed.body!['state']);

describe("the patient's condition", () => {
  it('stays stable on most days of the natural course', () => {
    expect(conditions(person().run(DAY))).toEqual(['stable']);
  });
  it('deteriorates within the first day when the course says so, and becomes critical untreated', () => {
    const d = person({ settings: { course: 'deteriorating' } });
    d.run(9 * HOUR + MINUTE);
    expect(conditions(d)).toEqual(['stable', 'deteriorating']);
    d.run(8 * HOUR);
    expect(conditions(d)).toEqual(['stable', 'deteriorating', 'critical']);
  });
  it('shows in the vitals: saturation falls, breathing and pulse rise, none beyond its end', () => {
    const d = person({ settings: { course: 'deteriorating' } });
    expect([last(d, 'patient.spo2'), last(d, 'patient.resp'), last(d, 'patient.pulse')]).toEqual([90, 18, 84]);
    d.run(11 * HOUR + MINUTE);
    expect(last(d, 'patient.spo2')).toBeLessThan(87);
    expect(last(d, 'patient.resp')).toBeGreaterThan(20);
    expect(last(d, 'patient.pulse')).toBeGreaterThan(86);
    d.run(30 * HOUR);
    expect([last(d, 'patient.spo2'), last(d, 'patient.resp'), last(d, 'patient.sbp')]).toEqual([74, 34, 80]);
  });
  it('gets better after a rescue, for good until the next natural episode', () => {
    const d = person({ settings: { course: 'deteriorating' } }).run(12 * HOUR);
    d.fire('rescue', null, { from: 'nurse-panel' });
    expect(d.state).toBe('recovering');
    expect(d.did('record', 'rescue')).toMatchObject([{ body: { by: 'nurse-panel', from: 'deteriorating' } }]);
    d.run(6 * HOUR);
    expect(d.state).toBe('stable');
    expect(last(d, 'patient.spo2')).toBe(90);
    d.run(2 * DAY);
    expect(conditions(d)).toEqual(['stable', 'deteriorating', 'stable']);
  });
  it('is what a visitor sees', () => {
    const d = person({ settings: { course: 'deteriorating' } })
      .run(10 * HOUR)
      .fire('assessed', { how: 'visit' }, { from: 'nurse-panel' });
    expect(d.did('act', 'patient-seen')).toMatchObject([{ to: 'nurse-panel', body: { how: 'visit', condition: 'deteriorating' } }]);
  });
  it('makes the patient press the help button after a while, unless critical before', () => {
    const d = person({ settings: { course: 'deteriorating' } }).run(9 * HOUR + 6 * HOUR);
    expect(d.did('act', 'help-button')).toHaveLength(1);
  });
});

describe("the patient's day", () => {
  it('has a check-in and an order by voice, and a charge of the oximeter', () => {
    const d = person().run(8.5 * HOUR);
    expect(d.did('act', 'utterance')).toEqual([]);
    d.run(0.5 * HOUR + MINUTE);
    expect(d.did('act', 'utterance')).toMatchObject([{ to: 'speaker', body: { intent: 'check-in', bystander: false } }]);
    d.fire('skill-closed', { intent: 'check-in', done: true }).run(2 * HOUR);
    expect(d.did('record', 'order-spoken')).toMatchObject([{ body: { ref: 'order/0', text: 'refill tiotropium 18 mcg' } }]);
    d.fire('skill-closed', { intent: 'order', done: true }).run(10 * HOUR);
    expect(d.did('act', 'charge')).toHaveLength(1);
    expect(d.did('act', 'put-on').length).toBeGreaterThan(0);
  });
  it('answers questions, says yes to what was asked for and no to anything else', () => {
    const d = person()
      .run(11 * HOUR)
      .fire('skill-closed', { intent: 'check-in', done: true })
      .run(MINUTE);
    d.forget().fire('question', { turn: 1, question: 'how are you' });
    d.fire('question', { turn: 2, question: 'is that right', readBack: 'refill tiotropium 18 mcg' });
    d.fire('question', { turn: 3, question: 'is that right', readBack: 'refill tiotropium 180 mcg' });
    expect(d.did('act', 'answer').map((deed) => deed.body!['utterance'])).toEqual(['answer to question 1', 'yes', 'no']);
  });
  it('repeats once when nobody answers, then uses the tablet', () => {
    const d = person().run(9.5 * HOUR);
    expect(d.did('act', 'utterance').map((deed) => deed.body!['intent'])).toEqual(['check-in', 'check-in']);
    expect(d.did('act', 'check-in-form')).toMatchObject([{ to: 'hub' }]);
  });
  it('uses the tablet at once when the speaker says no', () => {
    const d = person()
      .run(9 * HOUR + SECOND)
      .fire('skill-closed', { intent: 'check-in', done: false });
    expect(d.did('act', 'check-in-form')).toHaveLength(1);
    expect(d.memory.talk).toBeNull();
  });
  it('confirms on the tablet exactly what was said', () => {
    const d = person()
      .run(11.5 * HOUR)
      .forget();
    d.fire('order-display', { ref: 'order/0', text: 'refill tiotropium 18 mcg' }).fire('order-display', {
      ref: 'order/0',
      text: 'refill tiotropium 18 mg',
    });
    expect(d.did('act', 'order-confirm').map((deed) => deed.body!['ok'])).toEqual([true, false]);
  });
  it('measures when reminded while awake, not while asleep', () => {
    const d = person().run(HOUR).forget().fire('measure-reminder', { what: 'bp-cuff' });
    expect(d.did('act', 'measure')).toEqual([]);
    d.run(8 * HOUR)
      .forget()
      .fire('measure-reminder', { what: 'bp-cuff' });
    expect(d.did('act', 'measure')).toMatchObject([{ to: 'bp-cuff' }]);
  });
  it('picks up a call, by day and mostly by night, but not in a critical state', () => {
    const rings = (d: FakeDevice): number =>
      d.forget().fire('incoming-call', { call: 3 }, { n: 3 }).run(MINUTE).did('act', 'call-answer').length;
    expect(rings(person().run(10 * HOUR))).toBe(1);
    expect(rings(person({ draw: (purpose) => (purpose === 'wakes' ? 0.95 : undefined) }))).toBe(0);
    expect(rings(person({ settings: { course: 'deteriorating' } }).run(20 * HOUR))).toBe(0);
  });
});

it('answers a call at the tablet that rings, also when it is not the first', () => {
  const d = person()
    .run(10 * HOUR)
    .forget()
    .fire('incoming-call', { call: 3 }, { n: 3, from: 'hub-2' })
    .run(MINUTE);
  expect(d.did('act', 'call-answer').map(({ to }) => to)).toEqual(['hub-2']);
});

describe('a patient who is helped before the first breath of an episode', () => {
  it('is well again, and can fall ill again', () => {
    const d = new FakeDevice(patient, { id: 'patient' }).run(HOUR + SECOND);
    d.fire('onset').fire('rescue', null, { from: 'nurse-panel' });
    expect([d.state, d.memory.severity]).toEqual(['recovering', 0]);
    expect(d.run(10 * MINUTE).state).toBe('stable');
    expect(d.fire('onset').state).toBe('deteriorating');
  });
});

describe('the household', () => {
  it('uses television, phone, laptop and speaker in its waking hours', () => {
    const d = new FakeDevice(household, { id: 'household' }).run(6 * HOUR);
    expect(d.did('act')).toEqual([]);
    d.run(18 * HOUR);
    const to = new Set(d.did('act').map((deed) => deed.to));
    expect([...to].toSorted()).toEqual(['camera', 'laptop', 'phone', 'speaker', 'tv']);
    for (const deed of d.did('act', 'use')) expect(deed.body!['seconds']).toBeGreaterThan(0);
  });
  it('has its evenings when it goes to bed at midnight', () => {
    const d = new FakeDevice(household, { id: 'household', parameters: { 'household.hour-bed': 0 } }).run(6 * HOUR);
    expect(d.did('act')).toEqual([]);
    expect(d.run(18 * HOUR).did('act', 'use').length).toBeGreaterThan(10);
  });
  it("says things to the speaker that are not the patient's", () => {
    const d = new FakeDevice(household, { id: 'household' }).run(DAY);
    const said = d.did('act', 'utterance');
    expect(said.length).toBeGreaterThan(3);
    for (const deed of said) expect(deed.body).toMatchObject({ bystander: true });
  });
  it('of a patient who lives alone are visitors, if any', () => {
    const alone = (visitors: number): string[] =>
      new FakeDevice(household, { id: 'household', settings: { residents: 1, 'visitors-per-week': visitors } })
        .run(DAY)
        .did('act')
        .map((deed) => deed.name);
    expect(alone(0)).toEqual([]);
    expect(alone(7).toSorted()).toEqual(['motion', 'utterance']);
  });
});
