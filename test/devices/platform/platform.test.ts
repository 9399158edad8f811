import { describe, expect, it } from 'vitest';
import { telehealthPlatform } from '../../../devices/cloud/telehealth-platform.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../sim/kernel/time.ts';
import { FakeDevice, type FakeOptions } from '../fake-device.ts';

const platform = (settings = {}, options: FakeOptions = {}): FakeDevice =>
  new FakeDevice(telehealthPlatform, { id: 'platform', settings, ...options }).forget();
const well = { spo2: 90, pulse: 84, resp: 18 };
const unwell = { spo2: 84, pulse: 112, resp: 25 };
let count = 0;
const observe = (d: FakeDevice, values: Record<string, number>): FakeDevice =>
  d.receive('observation', { ref: `oximeter/${++count}`, ...values, phiRecords: 1, phiBytes: 100, individuals: 1 });
/** One observation a minute. */
const minutes = (d: FakeDevice, many: number, values: Record<string, number>): FakeDevice => {
  for (let i = 0; i < many; i++) observe(d.run(MINUTE), values);
  return d;
};
const facts = (d: FakeDevice): string[] => d.did('refuse').map((deed) => deed.name);

describe('the platform takes observations', () => {
  it('and keeps, acknowledges and reports each value', () => {
    const d = observe(platform(), well);
    expect(d.did('reply', 'observation-ack')).toHaveLength(1);
    expect(d.did('record', 'observation-accepted').map((deed) => deed.body!['code'])).toEqual(['spo2', 'pulse', 'resp']);
    expect(d.did('record', 'telemetry')).toHaveLength(1);
  });
  it("from anybody, a password holder, or the kit's certificate, as the setting says", () => {
    const from = (auth: string, client: FakeDevice['client']): string[] => {
      const d = platform({ 'device-auth': auth });
      d.client = client;
      return facts(observe(d, well));
    };
    const nobody = { clientAuth: 'none', credential: null, encrypted: false } as const;
    const password = { clientAuth: 'password', credential: 'kit-password-of-hub', encrypted: true } as const;
    const certificate = { clientAuth: 'certificate', credential: 'hub', encrypted: true } as const;
    expect(from('none', nobody)).toEqual([]);
    expect(from('password', nobody)).toEqual(['device-auth: kit password missing or wrong']);
    expect(from('password', { ...password, credential: 'guess' })).toHaveLength(1);
    expect(from('password', password)).toEqual([]);
    expect(from('certificate', password)).toEqual(['device-auth: kit certificate missing']);
    expect(from('certificate', { ...certificate, credential: 'camera' })).toHaveLength(1);
    expect(from('certificate', certificate)).toEqual([]);
  });
  it("without the kit's signature only when it need not be there", () => {
    const d = platform({ 'verify-signature': true });
    d.trusts = false;
    expect(facts(observe(d, well))).toEqual(['payload signature by hub missing or wrong']);
    expect(d.did('record', 'observation-accepted')).toEqual([]);
    const open = platform();
    open.trusts = false;
    expect(facts(observe(open, well))).toEqual([]);
  });
  it('and refuses what no body can have or do, when it looks', () => {
    const d = platform({ 'plausibility-check': true });
    observe(d, { ...well, spo2: 12 });
    minutes(d, 1, well);
    minutes(d, 1, { ...well, spo2: 99 });
    minutes(d, 1, { ...well, spo2: 94 });
    expect(facts(d)).toEqual([
      'plausibility-check: spo2 outside what a body can have',
      'plausibility-check: spo2 changed faster than a body can',
    ]);
    expect(facts(minutes(observe(platform(), { spo2: 12 }), 1, { spo2: 99 }))).toEqual([]);
  });
  it('and keeps a reading that comes late without taking it for the present', () => {
    const d = minutes(platform(), 10, well).receive('observation', { ref: 'oximeter/0', spo2: 80, takenAt: MINUTE });
    expect(d.memory.readings.spo2).toMatchObject({ value: 90, at: 10 * MINUTE });
    expect(d.did('record', 'observation-accepted').at(-1)).toMatchObject({ body: { value: 80 } });
  });
  it('and passes them on in bundles; what was not stored goes with the next', () => {
    const d = minutes(platform(), 6, well);
    expect(d.did('request', 'observation-forward')).toMatchObject([{ to: 'hospital', body: { phiRecords: 4 } }]);
    minutes(d, 5, well);
    expect(d.did('request', 'observation-forward')[1]).toMatchObject({ body: { phiRecords: 9 } });
    d.receive('observation-stored');
    minutes(d, 4, well);
    expect(d.memory.pending).toBe(6);
  });
});

describe('the platform raises alarms', () => {
  it('not for a stable patient on oxygen', () => {
    expect(minutes(platform(), 60, well).did('request', 'alarm')).toEqual([]);
  });
  it('when an alarm score lasts, once, and again after the interval', () => {
    const d = minutes(platform(), 2, unwell);
    expect(d.did('request', 'alarm')).toEqual([]);
    minutes(d, 1, unwell);
    expect(d.did('record', 'alarm-raised')).toMatchObject([{ body: { alarm: 1, tier: 4, partial: true } }]);
    expect(d.did('request', 'alarm')).toMatchObject([
      { to: 'panel', body: { alarm: 1, kind: 'score', missing: 'sbp consciousness temp' } },
    ]);
    minutes(d, 29, unwell);
    expect(d.did('record', 'alarm-raised')).toHaveLength(1);
    minutes(d, 2, unwell);
    expect(d.did('record', 'alarm-raised')).toHaveLength(2);
  });
  it('not because stored readings come in late after one bad reading, nor because it comes twice', () => {
    const d = minutes(platform(), 60, well);
    const now = { ref: 'oximeter/now', ...unwell, takenAt: d.run(MINUTE).now };
    d.receive('observation', now).receive('observation', now);
    for (let i = 1; i <= 5; i++) d.receive('observation', { ref: `oximeter/stored-${i}`, ...well, takenAt: i * MINUTE });
    expect(d.did('record', 'alarm-raised')).toEqual([]);
    minutes(d, 2, unwell);
    expect(d.did('record', 'alarm-raised')).toHaveLength(1);
  });
  it('at once again when the tier rises', () => {
    const d = minutes(platform(), 4, { spo2: 83, pulse: 84, resp: 18 });
    minutes(d, 1, unwell);
    expect(d.did('record', 'alarm-raised').map((deed) => deed.body!['tier'])).toEqual([3, 4]);
  });
  it('once for a score that goes to and fro round the limit', () => {
    const d = platform();
    for (let i = 0; i < 3; i++) minutes(minutes(d, 4, unwell), 3, well);
    expect(d.did('record', 'alarm-raised')).toHaveLength(1);
    minutes(minutes(d, 15, well), 3, unwell);
    expect(d.did('record', 'alarm-raised')).toHaveLength(2);
  });
  it('not while the nurse panel has paused them, which nobody else can', () => {
    const paused = (credential: string): number => {
      const d = platform();
      d.client = { clientAuth: 'certificate', credential, encrypted: true };
      return minutes(d.receive('alarm-pause'), 20, unwell).did('record', 'alarm-raised').length;
    };
    expect(paused('nurse-panel')).toBe(0);
    expect(paused('hub')).toBe(1);
  });
  it('not for one spoiled reading', () => {
    const d = minutes(platform(), 5, well);
    minutes(d, 2, unwell);
    minutes(d, 5, well);
    expect(d.did('record', 'alarm-raised')).toEqual([]);
  });
  it('on the scale that the care plan states', () => {
    const d = minutes(platform({}, { care: { news2Scale: 1 } }), 5, well);
    expect(d.did('record', 'alarm-raised')).toMatchObject([{ body: { tier: 3, score: 5 } }]);
  });
  it('and repeats the message until the desk has it', () => {
    const d = minutes(platform(), 3, unwell);
    const sent = (): number[] => d.did('request', 'alarm').map((deed) => deed.n);
    d.fire('alarm-failed', { reason: 'timeout' }, { n: sent()[0]! }).run(MINUTE);
    expect(new Set(sent()).size).toBe(2);
    d.fire('alarm-ack', { alarm: 1 }).fire('alarm-failed', { reason: 'timeout' }, { n: sent()[1]! }).run(MINUTE);
    expect(sent()).toHaveLength(2);
  });
});

describe('the platform notices silence', () => {
  it('after its time, once per interval, until the hub is heard', () => {
    const d = platform()
      .receive('telemetry-ping')
      .run(14 * MINUTE);
    expect(d.state).toBe('monitoring');
    d.run(2 * MINUTE);
    expect(d.state).toBe('silent');
    d.run(70 * MINUTE);
    const silences = () => d.did('record', 'notice-raised').filter((deed) => deed.body!['what'] === 'silence');
    expect(silences()).toHaveLength(1);
    d.receive('telemetry-ping');
    expect(d.state).toBe('monitoring');
    d.run(16 * MINUTE);
    expect(silences()).toHaveLength(2);
  });
  it('and says which kit it is, and when it is heard again', () => {
    const d = platform()
      .run(3 * HOUR)
      .receive('telemetry-ping')
      .run(HOUR);
    const told = d.did('request', 'alarm').map(({ body }) => [body!['kind'], body!['device'], body!['alarm']]);
    expect(told).toEqual([
      ['silence', 'hub', 1],
      ['silence', 'hub', 2],
      // No word of the sensors, which could not be heard.
      ['heard', 'hub', 3],
      ['silence', 'hub', 4],
    ]);
  });
  it('of the sensors while the hub still pings', () => {
    const d = observe(platform(), well);
    for (let i = 0; i < 91; i++) d.run(MINUTE).receive('telemetry-ping');
    expect(d.did('record', 'notice-raised')).toMatchObject([{ body: { what: 'no-vitals' } }]);
  });
  it('of a check-in', () => {
    const d = platform().run(13 * HOUR);
    expect(d.did('record', 'check-in')).toMatchObject([{ body: { status: 'missed' } }]);
    const kept = platform()
      .run(9 * HOUR)
      .receive('check-in-report', { oriented: true });
    kept.run(4 * HOUR).receive('check-in-report', { oriented: true });
    expect(kept.did('record', 'check-in').map((deed) => deed.body!['status'])).toEqual(['done']);
    expect(kept.memory.readings.consciousness).toMatchObject({ value: 1 });
    kept.run(DAY);
    expect(kept.did('record', 'check-in').map((deed) => deed.body!['status'])).toEqual(['done', 'missed']);
  });
});

describe('the integrity monitor', () => {
  it('alerts on a value that stands still, and on readings that contradict each other', () => {
    const still = minutes(platform({ 'monitor.integrity': true }), 20, well);
    expect(still.did('alert')).toHaveLength(1);
    expect(still.did('record', 'notice-raised')).toMatchObject([{ body: { what: 'integrity' } }]);
    const d = platform({ 'monitor.integrity': true });
    for (let i = 0; i < 20; i++) minutes(d, 1, { spo2: 90 + (i % 2), pulse: 112, resp: 26 });
    expect(d.did('alert')).toHaveLength(1);
  });
  it('does not when it is off, nor for a body that is plainly ill', () => {
    expect(minutes(platform(), 40, well).did('alert')).toEqual([]);
    const d = platform({ 'monitor.integrity': true });
    for (let i = 0; i < 30; i++) minutes(d, 1, { spo2: 82 + (i % 3), pulse: 112, resp: 26 });
    expect(d.did('alert')).toEqual([]);
  });
});

describe('an order at the platform', () => {
  const order = { ref: 'order/0', text: 'refill salbutamol 100 mcg' };
  const entered = (d: FakeDevice) => d.did('request', 'order-entry').map((deed) => deed.body!['text']);
  it('goes straight to the record system when nothing is checked', () => {
    const d = platform().receive('order', order);
    expect(d.did('reply', 'order-ack')).toMatchObject([{ body: { status: 'accepted' } }]);
    expect(entered(d)).toEqual([order.text]);
  });
  it('is refused to a skill without the scope, but not to the tablet', () => {
    const d = platform({ 'skill-scopes': 'minimal' }).receive('order', order);
    expect(facts(d)).toEqual(['skill-scopes: order scope not granted to the skill']);
    expect(entered(d.receive('order-form', order))).toEqual([order.text]);
  });
  it('waits for the word of the voice platform and is dropped when that differs, is not signed or does not come', () => {
    const asked = (): FakeDevice => platform({ 'verify-intents': true }).receive('order', { ...order, text: 'refill salbutamol 1000 mcg' });
    expect(entered(asked())).toEqual([]);
    const differs = asked().receive('intent-text', order);
    expect(entered(differs)).toEqual([]);
    expect(differs.did('alert', 'platform-intents')).toHaveLength(1);
    expect(entered(asked().receive('intent-text', { ...order, text: 'refill salbutamol 1000 mcg' }))).toHaveLength(1);
    const unsigned = asked();
    unsigned.trusts = false;
    expect(entered(unsigned.receive('intent-text', { ...order, text: 'refill salbutamol 1000 mcg' }))).toEqual([]);
    const silent = asked().fire('intent-check-failed', { reason: 'timeout' }, { n: 1 });
    expect(silent.did('record', 'action-blocked')).toHaveLength(1);
    expect(entered(silent.receive('intent-text', { ...order, text: 'refill salbutamol 1000 mcg' }))).toEqual([]);
  });
  it("with voice read-back waits for the skill's word, whoever that is", () => {
    const d = platform({ 'order-read-back': 'voice' }).receive('order', order);
    expect(d.did('reply', 'order-ack')).toMatchObject([{ body: { status: 'confirm-voice', readBack: order.text } }]);
    expect(entered(d)).toEqual([]);
    expect(entered(d.receive('order-confirmed', { ref: order.ref, ok: true }))).toEqual([order.text]);
  });
  it("with display read-back is shown on the tablet; the skill's word does not count there", () => {
    const d = platform({ 'order-read-back': 'display' }).receive('telemetry-ping').receive('order', order);
    expect(d.did('push', 'order-display')).toMatchObject([{ body: order }]);
    expect(entered(d.receive('order-confirmed', { ref: order.ref, ok: true }))).toEqual([]);
    expect(entered(d.receive('display-confirmed', { ref: order.ref, ok: true }))).toEqual([order.text]);
    const no = platform({ 'order-read-back': 'display' })
      .receive('order', order)
      .receive('display-confirmed', { ref: order.ref, ok: false });
    expect(entered(no)).toEqual([]);
    expect(no.did('record', 'order-declined')).toHaveLength(1);
    expect(no.did('refuse', 'order-read-back: the patient did not ask for this')).toHaveLength(1);
  });
  it('that nobody confirms on the display is shown again, then given up', () => {
    const d = platform({ 'order-read-back': 'display' })
      .receive('order', order)
      .run(2 * HOUR);
    expect(d.did('push', 'order-display')).toHaveLength(6);
    // Each showing is another message, with luck of its own.
    expect(new Set(d.did('push', 'order-display').map((push) => push.n)).size).toBe(6);
    expect(d.did('record', 'action-blocked')).toHaveLength(1);
    expect(d.did('refuse', 'order-read-back: nobody confirmed the order')).toHaveLength(1);
  });
  it('is sent again until the record system has it', () => {
    const d = platform().receive('order', order);
    d.fire('order-entry-failed', { reason: 'timeout' }, { n: d.did('request', 'order-entry')[0]!.n }).run(2 * MINUTE);
    expect(entered(d)).toHaveLength(2);
    d.fire('order-received', { ref: order.ref });
    expect(d.memory.orders).toEqual([]);
  });
});

describe('a call through the platform', () => {
  it('rings the hub and tells the desk what became of it', () => {
    const d = platform().receive('telemetry-ping').receive('call-patient', { call: 4 });
    expect(d.did('push', 'incoming-call')).toMatchObject([{ body: { call: 4 } }]);
    d.receive('call-connected', { call: 4 })
      .run(2 * MINUTE)
      .receive('call-ended', { call: 4, status: 'lost' });
    expect(d.did('request', 'call-status').map((deed) => deed.body!['status'])).toEqual(['connected', 'lost']);
  });
  it('is refused without a session of the hub', () => {
    const never = platform().receive('call-patient', { call: 4 });
    expect(facts(never)).toEqual(['no session with the kit']);
    const gone = platform().receive('telemetry-ping');
    gone.lineOpen = false;
    expect(facts(gone.receive('call-patient', { call: 4 }))).toEqual(['no session with the kit']);
  });
  it('that nobody hears of again is lost', () => {
    const d = platform()
      .receive('telemetry-ping')
      .receive('call-patient', { call: 4 })
      .run(80 * SECOND);
    expect(d.did('request', 'call-status')).toMatchObject([{ body: { call: 4, status: 'lost' } }]);
    expect(d.did('push', 'call-close')).toMatchObject([{ body: { call: 4 } }]);
  });
  it('that is connected too late is closed: nobody waits at the other end', () => {
    const d = platform()
      .receive('telemetry-ping')
      .receive('call-patient', { call: 4 })
      .run(80 * SECOND)
      .forget()
      .receive('call-connected', { call: 4 });
    expect(d.did('reply')).toMatchObject([{ name: 'call-close', body: { call: 4 } }]);
    expect(d.did('request', 'call-status')).toEqual([]);
  });
  const running = (): FakeDevice =>
    platform().receive('telemetry-ping').receive('call-patient', { call: 4 }).receive('call-connected', { call: 4 }).forget();
  it('runs as long as the hub shows that there is a picture', () => {
    const d = running();
    for (let sign = 1; sign <= 60; sign++) d.run(5 * SECOND).receive('call-alive', { call: 4 }, sign);
    expect(d.did('reply', 'call-noted')).toHaveLength(60);
    expect([d.did('request', 'call-status'), d.did('push', 'call-close')]).toEqual([[], []]);
    expect(d.timers.filter((timer) => timer.type === 'call-check')).toHaveLength(1);
  });
  it('of which no sign of life comes any more is lost, and the desk is told', () => {
    const d = running()
      .run(5 * SECOND)
      .receive('call-alive', { call: 4 }, 1)
      .run(19 * SECOND);
    expect(d.did('request', 'call-status')).toEqual([]);
    d.run(2 * SECOND);
    expect(d.did('request', 'call-status')).toMatchObject([{ body: { call: 4, status: 'lost' } }]);
    expect(d.did('push', 'call-close')).toMatchObject([{ body: { call: 4 } }]);
    // The hub comes back and thinks it is in a call still.
    expect(d.receive('call-alive', { call: 4 }, 2).did('reply', 'call-close')).toMatchObject([{ body: { call: 4 } }]);
    expect(d.receive('call-ended', { call: 4, status: 'lost' }).run(HOUR).did('request', 'call-status')).toHaveLength(1);
  });
  it('that runs is not taken for one that was never reached', () => {
    const d = running();
    for (let sign = 1; sign <= 24; sign++) d.run(5 * SECOND).receive('call-alive', { call: 4 }, sign);
    d.fire('call-timeout', null, { n: 4 });
    expect(d.did('request', 'call-status')).toEqual([]);
    expect(d.memory.calls).toMatchObject([{ call: 4, connected: true }]);
  });
  it("ended by the nurse closes the hub's side and is not reported back to her", () => {
    const d = platform()
      .receive('telemetry-ping')
      .receive('call-patient', { call: 4 })
      .receive('call-connected', { call: 4 })
      .receive('end-call', { call: 4 });
    expect(d.did('push', 'call-close')).toHaveLength(1);
    d.receive('call-ended', { call: 4, status: 'done' });
    expect(d.did('request', 'call-status')).toHaveLength(1);
  });
});
