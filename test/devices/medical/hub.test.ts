import { describe, expect, it } from 'vitest';
import { hahTablet } from '../../../devices/medical/hah-tablet.ts';
import { MINUTE, SECOND } from '../../../sim/kernel/time.ts';
import { FakeDevice } from '../fake-device.ts';

const hub = (settings = {}): FakeDevice => new FakeDevice(hahTablet, { id: 'hub', settings }).forget();
const reading = (n: number) => ({ ref: `oximeter/${n}`, spo2: 90, pulse: 84, resp: 18 });

describe('the hub', () => {
  it('sends each reading on as one observation with its reference', () => {
    const d = hub().receive('vital', reading(3), 3);
    expect(d.did('request', 'observation')).toMatchObject([
      { to: 'telemetry', n: 12, body: { ref: 'oximeter/3', device: 'oximeter', spo2: 90, phiRecords: 1 } },
    ]);
  });
  it('gives readings of different sensors different numbers', () => {
    const d = hub()
      .receive('vital', reading(1))
      .receive('vital', { ref: 'bp-cuff/1', sbp: 120 })
      .receive('vital', { ref: 'thermometer/1', temp: 36.6 });
    expect(new Set(d.did('request', 'observation').map((deed) => deed.n)).size).toBe(3);
  });
  it('tells readings by what they carry, whatever their sensor is called, and two sensors of a sort by their place', () => {
    const d = hub({ oximeter: 'ring-a, ring-b', cuff: 'c' });
    d.receive('vital', { ref: 'ring-a/1', spo2: 90 })
      .receive('vital', { ref: 'ring-b/1', spo2: 91 })
      .receive('vital', { ref: 'c/1', sbp: 120 });
    const [first, second, cuff] = d.did('request', 'observation').map((deed) => deed.n);
    expect([first, cuff]).toEqual([4, 5]);
    expect(second).toBeGreaterThan(1_000_000);
  });
  it('reminds of the oximeter that is to be worn, not of a spare one, and measures with what it has', () => {
    const d = hub({ oximeter: 'ring-a, ring-b', thermometer: '' });
    d.receive('device-status', { device: 'ring-b', worn: false, battery: 1 }, 1);
    expect(d.did('act', 'wear-reminder')).toEqual([]);
    d.receive('device-status', { device: 'ring-a', worn: false, battery: 1 }, 2);
    expect(d.did('act', 'wear-reminder')).toHaveLength(1);
    d.fire('measure-time', null, { n: 2 });
    expect(d.did('act', 'measure-reminder').map(({ body }) => body)).toEqual([{ what: 'bp-cuff' }]);
  });
  it('keeps what could not be sent only when it may, oldest dropped first, and sends it with later answers', () => {
    const lost = hub().receive('vital', reading(1)).fire('observation-failed', { reason: 'timeout' }, { n: 4 });
    expect(lost.memory.queue).toEqual([]);
    const d = hub({ 'store-and-forward': true, 'queue-limit': 2 });
    for (const n of [1, 2, 3]) d.receive('vital', reading(n)).fire('observation-failed', { reason: 'timeout' }, { n: 4 * n });
    expect(d.memory.queue.map((entry: { n: number }) => entry.n)).toEqual([8, 12]);
    d.forget().fire('telemetry-pong');
    expect(d.did('request', 'observation')).toMatchObject([{ body: { ref: 'oximeter/2' } }]);
    const again = d.did('request', 'observation')[0]!.n;
    expect(again).not.toBe(8);
    d.fire('observation-ack', null, { n: again });
    expect(d.memory.sent.map((entry: { body: { ref: string } }) => entry.body.ref)).toEqual(['oximeter/3']);
    expect(d.memory.queue).toEqual([]);
  });
  it('calls for help until it is heard', () => {
    const d = hub().fire('help-button', null, { n: 1 });
    const calls = (): number[] => d.did('request', 'help-wanted').map((deed) => deed.n);
    for (let tries = 1; tries < 30; tries++) {
      expect(calls()).toHaveLength(tries);
      d.fire('help-wanted-failed', { reason: 'timeout' }, { n: calls().at(-1)! }).run(20 * SECOND);
    }
    expect(new Set(calls()).size).toBe(30);
    d.fire('call-noted', null, { n: calls().at(-1)! }).run(10 * MINUTE);
    expect(calls()).toHaveLength(30);
    d.fire('help-wanted-failed', { reason: 'refused', status: 403 }, { n: calls().at(-1)! }).run(10 * MINUTE);
    expect(calls()).toHaveLength(30);
  });
  it('does not send again what the platform refused', () => {
    const d = hub({ 'store-and-forward': true })
      .receive('vital', reading(1))
      .fire('observation-failed', { reason: 'refused', status: 422 }, { n: 4 });
    expect(d.memory.queue).toEqual([]);
  });
  it('pings once a minute', () => {
    expect(
      hub()
        .run(10 * MINUTE)
        .did('request', 'telemetry-ping'),
    ).toHaveLength(10);
  });
  it('presents what its settings say', () => {
    const telemetry = (settings = {}) => hahTablet.channels!['telemetry']!(hub(settings));
    expect(telemetry()).toMatchObject({ tls: false, verifyServer: false, clientAuth: 'none', credential: null });
    expect(telemetry({ 'telemetry-transport': 'tls', 'client-auth': 'password' })).toMatchObject({
      tls: true,
      clientAuth: 'password',
      credential: 'kit-password-of-hub',
    });
    expect(telemetry({ 'client-auth': 'certificate', 'verify-certificates': true })).toMatchObject({
      verifyServer: true,
      clientAuth: 'certificate',
      credential: 'hub',
    });
    const portal = (settings = {}) => hahTablet.channels!['portal']!(hub(settings));
    expect(portal()).toMatchObject({ port: 80, tls: false, clientAuth: 'none' });
    expect(portal({ 'portal-transport': 'tls', 'portal-auth': 'certificate' })).toMatchObject({
      port: 443,
      tls: true,
      clientAuth: 'certificate',
      credential: 'hub',
    });
  });
  it('opens a portal session once and then polls with its token, until the token is refused', () => {
    const d = hub().run(MINUTE);
    expect(d.did('request', 'session-open')).toHaveLength(1);
    d.fire('session-opened', { token: 't1' });
    expect(d.did('request', 'care-plan')).toMatchObject([{ body: { token: 't1' } }]);
    d.run(30 * MINUTE);
    expect(d.did('request', 'session-open')).toHaveLength(1);
    expect(d.did('request', 'care-plan')).toHaveLength(3);
    d.fire('care-plan-failed', { reason: 'refused', status: 401 }).run(15 * MINUTE);
    expect(d.did('request', 'session-open')).toHaveLength(2);
  });
  it('asks the patient for a one-time code when the password alone is refused, once', () => {
    const d = hub().run(MINUTE).fire('session-open-failed', { status: 401 }, { n: 2 });
    expect(d.did('act', 'code-prompt')).toHaveLength(1);
    d.forget().fire('one-time-code', { code: 'otp-1' });
    const [again] = d.did('request', 'session-open');
    expect(again).toMatchObject({ body: { otp: 'otp-1' } });
    d.fire('session-open-failed', { status: 401 }, { n: again!.n });
    expect(d.did('act', 'code-prompt')).toHaveLength(0);
  });
  it('reminds the patient once when the oximeter is off the finger', () => {
    const d = hub()
      .receive('device-status', { device: 'oximeter', worn: false, battery: 0.5 }, 1)
      .receive('device-status', { device: 'oximeter', worn: false, battery: 0.5 }, 2);
    expect(d.did('act', 'wear-reminder')).toHaveLength(1);
    d.receive('vital', reading(3)).receive('device-status', { device: 'oximeter', worn: false, battery: 0.5 }, 4);
    expect(d.did('act', 'wear-reminder')).toHaveLength(2);
  });
  it("runs a foreign image only when it does not ask for the vendor's signature", () => {
    const image = { version: 2, program: 'implant' };
    const careless = hub({ 'updates-signed': false });
    careless.trusts = false;
    expect(careless.hear('update-image', image).did('foreign-code')).toHaveLength(1);
    const careful = hub({ 'updates-signed': true });
    careful.trusts = false;
    expect(careful.hear('update-image', image).did('foreign-code')).toHaveLength(0);
    expect(hub().hear('update-image', { version: 2, program: 'vendor-firmware' }).did('foreign-code')).toHaveLength(0);
  });
});

describe('a call at the hub', () => {
  const ringing = (): FakeDevice => hub().receive('incoming-call', { call: 5 }, 5);
  it('rings the patient and gives up after the ring time', () => {
    const d = ringing();
    expect(d.did('act', 'incoming-call')).toMatchObject([{ to: 'patient', body: { call: 5 } }]);
    d.run(46 * SECOND);
    expect(d.state).toBe('ready');
    expect(d.did('request', 'call-ended')).toMatchObject([{ body: { call: 5, status: 'unanswered' } }]);
  });
  it('is connected when the picture comes through both ways, and ends when the nurse hangs up', () => {
    const d = ringing()
      .fire('call-answer', { call: 5 })
      .run(6 * SECOND);
    expect(d.did('stream').map((deed) => deed.body?.['direction'])).toEqual(['up', 'down']);
    expect(d.did('request', 'call-connected')).toHaveLength(1);
    d.run(5 * MINUTE).receive('call-close', { call: 5 });
    expect(d.state).toBe('ready');
    expect(d.did('stop')).toHaveLength(2);
    expect(d.did('request', 'call-ended')).toMatchObject([{ body: { status: 'done' } }]);
    expect(d.timers.filter((timer) => timer.type === 'media-check')).toEqual([]);
  });
  it('is lost when there is no picture at first', () => {
    const d = ringing().fire('call-answer', { call: 5 });
    d.share = 0.3;
    d.run(6 * SECOND);
    expect(d.did('request', 'call-ended')).toMatchObject([{ body: { status: 'lost' } }]);
    expect(d.state).toBe('ready');
  });
  it('is not ended, answered or timed by what belongs to another call', () => {
    const d = ringing();
    const rest = d.timers.slice();
    d.fire('call-answer', { call: 4 }).fire('ring-timeout', null, { n: 4 }).receive('call-close', { call: 4 });
    expect([d.state, d.timers]).toEqual(['ringing', rest]);
    d.fire('call-answer', { call: 5 });
    for (const type of ['media-check', 'media-good', 'media-bad']) d.fire(type, null, { n: 4 });
    d.receive('call-close', { call: 4 });
    expect(d.state).toBe('connecting');
    d.run(6 * SECOND);
    d.memory.badChecks = 3;
    for (const type of ['media-check', 'media-good', 'media-bad', 'media-end']) d.fire(type, null, { n: 4 });
    d.receive('call-close', { call: 4 });
    expect(d.state).toBe('in-call');
    expect(d.did('request', 'call-ended')).toEqual([]);
    expect(d.timers.filter((timer) => timer.type === 'media-check')).toHaveLength(1);
  });
  it('repeats the report that it has ended until it is heard, some times', () => {
    const d = ringing().fire('call-answer', { call: 5 });
    d.share = 0.3;
    d.run(6 * SECOND);
    const reports = () => d.did('request', 'call-ended');
    for (let k = 0; k < 20; k++) {
      const { n } = reports().at(-1)!;
      d.fire('call-ended-failed', { reason: 'timeout' }, { n });
      const sent = reports().length;
      d.run(19 * SECOND);
      expect(reports()).toHaveLength(sent);
      d.run(2 * SECOND);
      if (reports().length === sent) break;
    }
    expect(reports()).toHaveLength(10);
    expect(new Set(reports().map((deed) => JSON.stringify(deed.body)))).toEqual(new Set(['{"call":5,"status":"lost"}']));
    expect(new Set(reports().map((deed) => deed.n)).size).toBe(10);
    const refused = ringing().run(46 * SECOND);
    refused.fire('call-ended-failed', { reason: 'refused', status: 401 }, { n: refused.did('request', 'call-ended')[0]!.n });
    expect(refused.run(MINUTE).did('request', 'call-ended')).toHaveLength(1);
  });
  it('shows with every good check that there is a picture, and with no bad one', () => {
    const d = ringing()
      .fire('call-answer', { call: 5 })
      .run(66 * SECOND);
    const signs = d.did('request', 'call-alive');
    expect(signs).toHaveLength(12);
    expect(new Set(signs.map((deed) => deed.n)).size).toBe(12);
    expect(signs[0]).toMatchObject({ body: { call: 5 } });
    d.share = 0.3;
    d.run(10 * SECOND);
    expect(d.did('request', 'call-alive')).toHaveLength(12);
  });
  it('is lost after bad checks in a row, not after as many with good ones in between', () => {
    const d = ringing()
      .fire('call-answer', { call: 5 })
      .run(6 * SECOND);
    for (let k = 0; k < 12; k++) {
      d.share = k % 3 === 2 ? 1 : 0.3;
      d.run(5 * SECOND);
    }
    expect(d.state).toBe('in-call');
    expect(d.did('request', 'call-ended')).toEqual([]);
  });
  it('survives a short disturbance but not a long one', () => {
    const d = ringing()
      .fire('call-answer', { call: 5 })
      .run(6 * SECOND);
    d.share = 0.3;
    d.run(10 * SECOND);
    d.share = 1;
    d.run(MINUTE);
    expect(d.state).toBe('in-call');
    d.share = 0.3;
    d.run(16 * SECOND);
    expect(d.state).toBe('ready');
    expect(d.did('request', 'call-ended')).toMatchObject([{ body: { status: 'lost' } }]);
  });
});
