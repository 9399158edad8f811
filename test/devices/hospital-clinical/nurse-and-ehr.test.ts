import { describe, expect, it } from 'vitest';
import { ehr } from '../../../devices/hospital/ehr.ts';
import { nursePanel } from '../../../devices/hospital/nurse-panel.ts';
import { DAY, HOUR, MINUTE } from '../../../sim/kernel/time.ts';
import { FakeDevice, type FakeOptions } from '../fake-device.ts';

/** At night, when no visit is planned, so that only the alarm matters. */
const desk = (options: FakeOptions = {}): FakeDevice => new FakeDevice(nursePanel, { id: 'nurse-panel', ...options }).run(HOUR).forget();
const alarm = (d: FakeDevice, n = 1, kind = 'score'): FakeDevice => d.receive('alarm', { alarm: n, kind, tier: 4 });
const callOf = (d: FakeDevice): number => d.did('request', 'call-patient').at(-1)!.body!['call'] as number;
const seen = (d: FakeDevice, how: string, condition: string): FakeDevice => d.fire('patient-seen', { how, condition }, { from: 'patient' });

describe('the nurse panel', () => {
  it('calls the patient about an alarm after the response time', () => {
    const d = alarm(desk());
    expect(d.did('reply', 'alarm-ack')).toHaveLength(1);
    d.run(4 * MINUTE);
    expect(d.did('request', 'call-patient')).toEqual([]);
    expect(d.run(2 * MINUTE).did('request', 'call-patient')).toHaveLength(1);
  });
  it('answers the alarm when the patient is seen, and sends somebody when that is needed', () => {
    const d = alarm(desk())
      .run(6 * MINUTE)
      .receive('call-status', { call: 1_000_001, status: 'connected' });
    expect(d.did('act', 'assessed')).toMatchObject([{ to: 'patient', body: { how: 'call' } }]);
    seen(d, 'call', 'deteriorating');
    expect(d.did('record', 'alarm-answered')).toMatchObject([{ body: { alarm: 1, condition: 'deteriorating' } }]);
    expect(d.did('record', 'alarm-answered')[0]!.body!['afterMinutes']).toBeGreaterThan(4);
    d.run(30 * MINUTE);
    expect(d.did('act', 'assessed')).toMatchObject([{ body: { how: 'call' } }, { body: { how: 'extra' } }]);
    seen(d, 'extra', 'deteriorating').run(10 * MINUTE);
    expect(d.did('act', 'rescue')).toMatchObject([{ to: 'patient' }]);
    expect(d.did('request', 'alarm-pause')).toHaveLength(1);
  });
  it('leaves a well patient alone and remembers the false alarm for a while', () => {
    const d = seen(
      alarm(desk())
        .run(6 * MINUTE)
        .receive('call-status', { call: 1_000_001, status: 'connected' }),
      'call',
      'stable',
    ).run(HOUR);
    expect(d.did('record', 'visit')).toEqual([]);
    expect(d.did('act', 'rescue')).toEqual([]);
    expect(d.state).toBe('free');
    expect(d.did('record', 'call')).toMatchObject([{ body: { status: 'done', minutes: 5 } }]);
    expect(d.memory.falseAlarms).toHaveLength(1);
  });
  it('remembers no alarm as false that somebody was unwell at', () => {
    for (const condition of ['deteriorating', 'critical']) expect(seen(alarm(desk()), 'visit', condition).memory.falseAlarms).toEqual([]);
  });
  it('charges the first video visit of a day, and no other, to the physician', () => {
    const charged = (n: number): unknown[] => {
      const d = desk().fire('video-time', null, { n });
      d.receive('call-status', { call: callOf(d), status: 'connected' }).run(2 * HOUR);
      const burdens = d.did('record', 'burden').map((deed) => deed.body!);
      expect(burdens).toContainEqual(expect.objectContaining({ who: 'nurse', what: 'video visit' }));
      return burdens.filter(({ who }) => who === 'physician');
    };
    expect(charged(8)).toMatchObject([{ what: 'round' }]);
    expect(charged(9)).toEqual([]);
    expect(charged(10)).toEqual([]);
  });
  it('tries a call that broke again only when the patient was not seen in it', () => {
    const tries = (sight: boolean): number => {
      const d = alarm(desk()).run(6 * MINUTE);
      d.receive('call-status', { call: callOf(d), status: 'connected' });
      if (sight) {
        seen(d, 'call', 'stable');
        alarm(d, 2);
        // What came meanwhile is another matter.
        d.timers.length = 0;
      }
      d.receive('call-status', { call: callOf(d), status: 'lost' }).run(2 * MINUTE);
      return d.did('request', 'call-patient').length;
    };
    expect([tries(false), tries(true)]).toEqual([2, 1]);
  });
  it('gets slower and overlooks more when many alarms were false', () => {
    const wait = (falseAlarms: number): number => {
      const d = desk();
      d.memory.falseAlarms = Array.from({ length: falseAlarms }, () => d.now);
      alarm(d);
      return d.timers.find((timer) => timer.type === 'attend')!.at - d.now;
    };
    expect(wait(3) / wait(0)).toBeCloseTo(1.3, 6);
    expect(wait(8) / wait(0)).toBeCloseTo(1.8, 6);
    const overlooks = (falseAlarms: number, draw: number): boolean => {
      const d = desk({ draw: (purpose) => (purpose === 'overlooked' ? draw : undefined) });
      d.memory.falseAlarms = Array.from({ length: falseAlarms }, () => d.now);
      return alarm(d).run(HOUR).did('request', 'call-patient').length === 0;
    };
    expect([overlooks(0, 0.03), overlooks(3, 0.03), overlooks(3, 0.05), overlooks(8, 0.05)]).toEqual([false, true, false, true]);
  });
  it('forgets false alarms after the fatigue window', () => {
    const d = desk();
    d.memory.falseAlarms = Array.from({ length: 9 }, () => d.now);
    alarm(d.run(121 * MINUTE));
    expect(d.memory.falseAlarms).toEqual([]);
  });
  it('tries a failed call again and then has somebody drive there', () => {
    const d = alarm(desk()).run(6 * MINUTE);
    d.receive('call-status', { call: callOf(d), status: 'unanswered' }).run(2 * MINUTE);
    expect(d.did('request', 'call-patient')).toHaveLength(2);
    d.fire('call-patient-failed', { reason: 'refused', status: 503 });
    expect(d.did('record', 'call').map((deed) => deed.body!['status'])).toEqual(['unanswered', 'lost']);
    expect(d.did('record', 'visit')).toMatchObject([{ body: { planned: false } }]);
    expect(d.run(30 * MINUTE).did('act', 'assessed')).toHaveLength(1);
  });
  it('gives up a call that nobody reports on', () => {
    const d = alarm(desk()).run(9 * MINUTE);
    expect(d.did('record', 'call')).toMatchObject([{ body: { status: 'lost' } }]);
  });
  it('hangs up when giving up, so that the tablet does not ring on', () => {
    const d = alarm(desk({ parameters: { 'nurse.gives-up-after': 45 } })).run(6 * MINUTE);
    const call = callOf(d);
    expect(d.did('request', 'end-call')).toMatchObject([{ body: { call } }]);
    const failed = alarm(desk())
      .run(6 * MINUTE)
      .fire('call-patient-failed', { reason: 'timeout' });
    expect(failed.did('request', 'end-call')).toMatchObject([{ body: { call: callOf(failed) } }]);
    const told = alarm(desk()).run(6 * MINUTE);
    expect(told.receive('call-status', { call: callOf(told), status: 'unanswered' }).did('request', 'end-call')).toEqual([]);
  });
  it('answers word of a call that is not in hand in every state, and ends it when somebody has picked up', () => {
    const free = desk();
    const calling = alarm(desk()).run(6 * MINUTE);
    const onCall = alarm(desk())
      .run(6 * MINUTE)
      .receive('call-status', { call: 1_000_001, status: 'connected' });
    for (const d of [free, calling, onCall]) {
      const { state } = d;
      d.forget().receive('call-status', { call: 9, status: 'connected' }).receive('call-status', { call: 8, status: 'lost' });
      expect(d.state).toBe(state);
      expect(d.did('reply', 'call-status-ack')).toHaveLength(2);
      expect(d.did('request', 'end-call')).toMatchObject([{ body: { call: 9 } }]);
    }
    expect([free.state, calling.state, onCall.state]).toEqual(['free', 'calling', 'on-call']);
    onCall.forget().receive('call-status', { call: 1_000_001, status: 'connected' });
    expect(onCall.did('request', 'end-call')).toEqual([]);
  });
  it('says when an alarm has reached the desk, once, and nothing of notices', () => {
    const d = alarm(alarm(alarm(desk()), 1), 2, 'silence');
    expect(d.did('record', 'alarm-received').map((deed) => deed.body)).toEqual([{ alarm: 1 }]);
  });
  it('counts the wait for an answer from when the alarm was raised, however late it reached the desk', () => {
    const waited = (raisedAt: number | null): unknown => {
      const d = desk().run(2 * HOUR);
      d.receive('alarm', { alarm: 5, kind: 'score', tier: 3, ...(raisedAt === null ? {} : { raisedAt: d.now + raisedAt }) });
      d.run(2 * MINUTE);
      return seen(d, 'visit', 'stable').did('record', 'alarm-answered')[0]!.body!['afterMinutes'];
    };
    expect([waited(-HOUR), waited(0), waited(HOUR), waited(null)]).toEqual([62, 2, 2, 2]);
  });
  it('does not call while somebody is on the way', () => {
    const d = alarm(seen(desk(), 'call', 'critical'), 9).run(9 * MINUTE);
    expect(d.did('request', 'call-patient')).toEqual([]);
    expect(seen(d.run(20 * MINUTE), 'extra', 'critical').did('record', 'alarm-answered')).toMatchObject([{ body: { alarm: 9 } }]);
  });
  it('sends somebody only once at a time', () => {
    const d = desk();
    seen(d, 'call', 'critical');
    seen(d, 'call', 'critical');
    expect(d.did('record', 'visit')).toHaveLength(1);
  });
  it('visits twice and calls by video two times on an ordinary day', () => {
    const d = new FakeDevice(nursePanel, {
      id: 'nurse-panel',
      draw: (purpose, n) => (purpose === 'video-time' ? 0.2 + (n % 8) * 0.3 : undefined),
    }).run(DAY - MINUTE);
    expect(d.did('record', 'visit').filter((deed) => deed.body!['planned'] === true)).toHaveLength(2);
    expect(d.did('request', 'call-patient')).toHaveLength(2);
  });
});

describe('the record system', () => {
  const order = { ref: 'order/1', text: 'refill salbutamol 100 mcg' };
  const system = (settings = {}, options: FakeOptions = {}): FakeDevice => new FakeDevice(ehr, { id: 'ehr', settings, ...options });
  it('carries out the order that it has, whatever it is', () => {
    const d = system()
      .receive('order-entry', { ...order, text: 'refill salbutamol 1000 mcg' })
      .run(HOUR);
    expect(d.did('record', 'order-executed').map((deed) => deed.body)).toEqual([
      { ref: 'order/1', executed: 'refill salbutamol 1000 mcg' },
    ]);
  });
  it('has it compared with the medication list when a pharmacist reviews', () => {
    const review = { 'pharmacist-review': true };
    expect(system(review).receive('order-entry', order).run(HOUR).did('record', 'order-executed')).toHaveLength(1);
    const d = system(review)
      .receive('order-entry', { ...order, text: 'refill salbutamol 1000 mcg' })
      .run(HOUR);
    expect(d.did('record', 'order-executed')).toEqual([]);
    expect(d.did('record', 'action-blocked')).toHaveLength(1);
    expect(d.did('refuse', 'pharmacist-review: the order is not on the medication list')).toHaveLength(1);
  });
  it('carries an order out no sooner for being reviewed, and has it reviewed once', () => {
    const waits = [false, true].map((review) => {
      const d = system({ 'pharmacist-review': review }).receive('order-entry', order).receive('order-entry', order);
      while (d.did('record', 'order-executed').length === 0) d.run(MINUTE);
      expect(d.did('record', 'burden')).toHaveLength(review ? 1 : 0);
      return d.now / MINUTE;
    });
    expect(waits[1]).toBeGreaterThan(waits[0]!);
  });
  it('cannot tell one listed drug from another: an order altered into the list passes', () => {
    const d = system({ 'pharmacist-review': true })
      .receive('order-entry', { ...order, text: 'refill prednisolone 30 mg' })
      .run(HOUR);
    expect(d.did('record', 'order-executed')).toHaveLength(1);
  });
  it('lets a mismatch pass when the pharmacist overlooks it', () => {
    const d = system({ 'pharmacist-review': true }, { draw: (purpose) => (purpose === 'overlooks' ? 0.01 : undefined) });
    expect(
      d
        .receive('order-entry', { ...order, text: 'refill salbutamol 1000 mcg' })
        .run(HOUR)
        .did('record', 'order-executed'),
    ).toHaveLength(1);
  });
  it('takes an order that is sent twice once', () => {
    const d = system()
      .receive('order-entry', order)
      .run(2 * HOUR)
      .receive('order-entry', order)
      .run(2 * HOUR);
    expect(d.did('record', 'order-executed')).toHaveLength(1);
    expect(d.did('reply', 'order-received')).toHaveLength(2);
  });
  it('refuses an order without text', () => {
    expect(system().receive('order-entry', { ref: 'order/1' }).did('refuse')).toHaveLength(1);
  });
  it("gives one patient's records or a panel's", () => {
    const individuals = (scope: string): unknown => system().receive('ehr-records', { scope }).did('reply')[0]!.body!['individuals'];
    expect(individuals('own')).toBe(1);
    expect(individuals('panel')).toBeGreaterThan(1);
  });
});
