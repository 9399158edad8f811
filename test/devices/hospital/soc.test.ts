import { describe, expect, it } from 'vitest';
import { ignoredShare, soc, type SocMemory } from '../../../devices/hospital/soc.ts';
import { HOUR, SECOND } from '../../../sim/kernel/time.ts';
import type { Body } from '../../../sim/model/message.ts';
import { FakeDevice, tell, type Start } from '../network/fake-device.ts';

const make = (settings: Start['settings'] = {}, start: Start = {}): FakeDevice =>
  new FakeDevice(soc, { id: 'soc', ...start, settings: { inventory: true, playbook: 'isolate', ...settings } });
const alarm = (station: string, more: Body = {}): Body => ({ sensor: 'router.flows', station, reason: 'volume', ...more });
/** From the report to the end of triage. */
function handle(device: FakeDevice, body: Body): void {
  device.tell('alert-report', { body });
  device.fire('picked-up');
  device.fire('triage-done');
}

/** The same, and the router obeys. */
function cutOff(device: FakeDevice, station: string): void {
  handle(device, alarm(station));
  const { n, body } = device.last('request', 'admin-set');
  expect(body).toEqual({ name: `isolate.${station}`, value: true });
  device.tell('admin-done', { role: 'reply', n, body: {} });
}
/** What waits for its time happens now, whatever else is due before. */
function occur(device: FakeDevice, type: string): void {
  const waiting = device.timers.find((timer) => timer.type === type)!;
  device.timers = device.timers.filter((timer) => timer !== waiting);
  device.happen(type, waiting.body, waiting.n);
}
/** One more alarm about the camera, which nobody takes up. */
const file = (device: FakeDevice): unknown => device.tell('alert-report', { body: alarm('camera') });
const answersAwaited = (device: FakeDevice): unknown => (device.memory as unknown as SocMemory).responses;
const patientMinutes = (device: FakeDevice): number =>
  device
    .all('record', 'burden')
    .filter((one) => one.body!['who'] === 'patient')
    .reduce((sum, one) => sum + Number(one.body!['minutes']), 0);

describe('operations centre', () => {
  tell(soc, {
    'takes an alarm, triages it, isolates the station, and says when that took effect': (begin) => {
      const device = begin({ settings: { inventory: true, playbook: 'isolate' } });
      const id = device.tell('alert-report', { body: alarm('camera') });
      expect(device.last('reply', 'alert-noted').n).toBe(id);
      device.fire('picked-up');
      expect(device.value).toBe('triaging');
      device.fire('triage-done');
      expect(device.value).toBe('watching');
      const order = device.last('request', 'admin-set');
      expect(order).toMatchObject({ to: 'router.example', port: 7547, body: { name: 'isolate.camera', value: true } });
      expect(device.all('record', 'contained')).toEqual([]);
      device.tell('admin-done', { role: 'reply', n: order.n, body: { name: 'isolate.camera' } });
      expect(device.last('record', 'contained').body).toEqual({ device: 'camera' });
      expect(device.last('record', 'burden').body).toMatchObject({ who: 'analyst' });
    },
    'has one pair of hands: the second alarm waits for the first': (begin) => {
      const device = begin({ settings: { inventory: true, playbook: 'isolate' } });
      device.tell('alert-report', { body: alarm('camera') });
      device.fire('picked-up');
      device.tell('alert-report', { body: alarm('tv') });
      device.timers.reverse();
      const waiting = device.timers.find((timer) => timer.type === 'picked-up')!;
      device.timers = device.timers.filter((timer) => timer !== waiting);
      device.happen('picked-up', waiting.body);
      // Work is counted when it is done: how long it takes is not known before.
      expect(device.all('record', 'burden').length).toBe(0);
      device.fire('triage-done');
      expect(device.value).toBe('triaging');
      expect(device.all('record', 'burden').length).toBe(1);
      device.tell('admin-done', { role: 'reply', n: 1, body: { name: 'isolate.camera' } });
      expect(device.all('record', 'contained').length).toBe(1);
      device.fire('triage-done');
      expect(device.value).toBe('watching');
      expect(device.all('record', 'burden').length).toBe(2);
      expect(device.all('request', 'admin-set').map((one) => one.body!['name'])).toEqual(['isolate.camera', 'isolate.tv']);
    },
    'ends the session of a token that moved, at the desk or away from it': (begin) => {
      for (const busy of [false, true]) {
        const device = begin({ settings: { playbook: 'isolate' } });
        handle(device, { sensor: 'hospital-edge.sessions', station: '', token: 't1', reason: 'token used from a new address' });
        expect(device.last('request', 'session-revoke')).toMatchObject({ to: 'portal.example', body: { token: 't1' } });
        if (busy) {
          device.tell('alert-report', { body: alarm('tv') });
          device.fire('picked-up');
        }
        device.tell('session-revoked', { role: 'reply', n: 1, body: { known: true } });
        expect(device.all('record', 'contained').map((one) => one.body)).toEqual([{ device: 'portal', token: 't1' }]);
      }
    },
    'releases a station at its review when no other alarm has come about it, at the desk or away from it': (begin) => {
      for (const busy of [false, true]) {
        const device = begin({ settings: { inventory: false, playbook: 'isolate' }, draws: { 'identify:router.flows/camera': 0.1 } });
        cutOff(device, 'camera');
        const phoned = patientMinutes(device);
        if (busy) {
          device.tell('alert-report', { body: alarm('tv') });
          occur(device, 'picked-up');
        }
        const phonedSince = patientMinutes(device);
        occur(device, 'review-due');
        expect(device.value).toBe('triaging');
        device.fire('triage-done');
        if (busy) device.fire('triage-done');
        expect(device.value).toBe('watching');
        const order = device.all('request', 'admin-set').find((one) => one.body!['value'] === false)!;
        expect(order.body).toEqual({ name: 'isolate.camera', value: false });
        // Which device it is, is known by now: nobody is phoned for the review.
        expect([phoned, patientMinutes(device)]).toEqual([15, phonedSince]);
        expect(device.all('record', 'burden').map((one) => one.body!['what'])).toContain('review');
        expect(device.all('record', 'released')).toEqual([]);
        device.tell('admin-done', { role: 'reply', n: order.n, body: {} });
        device.tell('admin-done', { role: 'reply', n: order.n, body: {} });
        expect(device.all('record', 'released').map((one) => one.body)).toEqual([{ device: 'camera' }]);
      }
    },
    'sends again what the router or the portal did not hear, at the desk or away from it': (begin) => {
      for (const busy of [false, true])
        for (const [body, kind] of [
          [alarm('camera'), 'admin-set'],
          [{ sensor: 'hospital-edge.sessions', station: '', token: 't1' }, 'session-revoke'],
        ] as const) {
          const device = begin({ settings: { playbook: 'isolate', inventory: true } });
          handle(device, body);
          if (busy) {
            device.tell('alert-report', { body: alarm('tv') });
            device.fire('picked-up');
          }
          device.happen(`${kind}-failed`, { reason: 'timeout' }, 1);
          occur(device, 'order-again');
          expect(device.all('request', kind).length).toBe(2);
        }
    },
    'forgets what the router or the portal refused, at the desk or away from it': (begin) => {
      for (const busy of [false, true])
        for (const [body, kind] of [
          [alarm('camera'), 'admin-set'],
          [{ sensor: 'hospital-edge.sessions', station: '', token: 't1' }, 'session-revoke'],
        ] as const) {
          const device = begin({ settings: { playbook: 'isolate', inventory: true } });
          handle(device, body);
          if (busy) {
            device.tell('alert-report', { body: alarm('tv') });
            device.fire('picked-up');
          }
          device.happen(`${kind}-failed`, { reason: 'refused', status: 401 }, 1);
          expect(answersAwaited(device)).toEqual({});
        }
    },
    'hears of a release while at work as well': (begin) => {
      const device = begin({ settings: { inventory: true, playbook: 'isolate' } });
      cutOff(device, 'camera');
      device.fire('review-due');
      device.fire('triage-done');
      device.tell('alert-report', { body: alarm('tv') });
      device.fire('picked-up');
      device.tell('admin-done', { role: 'reply', n: device.last('request', 'admin-set').n, body: {} });
      expect(device.all('record', 'released').length).toBe(1);
    },
    'reviews a station again when the router did not hear of its release, at the desk or away from it': (begin) => {
      for (const busy of [false, true]) {
        const device = begin({ settings: { inventory: true, playbook: 'isolate' } });
        cutOff(device, 'camera');
        device.fire('review-due');
        device.fire('triage-done');
        const { n } = device.last('request', 'admin-set');
        if (busy) {
          device.tell('alert-report', { body: alarm('tv') });
          device.fire('picked-up');
        }
        device.happen('admin-set-failed', { reason: 'timeout' }, n);
        expect(device.all('record', 'released')).toEqual([]);
        expect(device.timers.filter((timer) => timer.type === 'review-due').length).toBe(1);
      }
    },
  });

  it('sends again what was not heard, until it is or another order took effect, but not what was refused', () => {
    const device = make();
    handle(device, alarm('camera'));
    device.happen('admin-set-failed', { reason: 'timeout' }, 1);
    expect(device.timers.map(({ due }) => due - device.now)).toEqual([300 * SECOND]);
    device.fire('order-again');
    expect(device.all('request', 'admin-set').map(({ n, body }) => [n, body!['name']])).toEqual([
      [1, 'isolate.camera'],
      [2, 'isolate.camera'],
    ]);
    device.happen('admin-set-failed', { reason: 'timeout' }, 2);
    const orders = (): number => device.all('request', 'admin-set').length;
    device.tell('alert-report', { body: alarm('camera') });
    occur(device, 'picked-up');
    occur(device, 'triage-done');
    device.tell('admin-done', { role: 'reply', n: 3, body: {} });
    occur(device, 'order-again');
    expect(orders()).toBe(3);
    const refused = make();
    handle(refused, alarm('camera'));
    refused.happen('admin-set-failed', { reason: 'refused', status: 401 }, 1);
    expect(refused.timers).toEqual([]);
  });

  it('repeats one order however often an alarm has come, and remembers none that is settled', () => {
    const device = make();
    for (let n = 1; n <= 20; n++) {
      device.tell('alert-report', { body: alarm('camera') });
      occur(device, 'picked-up');
      occur(device, 'triage-done');
      device.happen('admin-set-failed', { reason: 'timeout' }, n);
    }
    const waiting = (): number => device.timers.filter((timer) => timer.type === 'order-again').length;
    for (let n = waiting(); n > 0; n--) occur(device, 'order-again');
    expect(device.all('request', 'admin-set').length).toBe(21);
    expect(waiting()).toBe(0);
    expect(answersAwaited(device)).toEqual({ 21: 'camera' });
    device.happen('admin-set-failed', { reason: 'refused', status: 401 }, 21);
    expect(answersAwaited(device)).toEqual({});
    cutOff(device, 'tv');
    expect(answersAwaited(device)).toEqual({});
    occur(device, 'review-due');
    occur(device, 'triage-done');
    device.tell('admin-done', { role: 'reply', n: device.last('request', 'admin-set').n, body: {} });
    expect(answersAwaited(device)).toEqual({});
  });

  it('keeps a station cut off about which another alarm has come, until a review finds no more', () => {
    const device = make();
    cutOff(device, 'camera');
    device.tell('alert-report', { body: alarm('camera', { sensor: 'platform.integrity' }) });
    device.timers = device.timers.filter((timer) => timer.type === 'review-due');
    const releases = (): number => device.all('request', 'admin-set').filter((one) => one.body!['value'] === false).length;
    device.fire('review-due');
    device.fire('triage-done');
    expect(releases()).toBe(0);
    device.fire('review-due');
    device.fire('triage-done');
    expect(releases()).toBe(1);
  });

  it('draws for each review of a station anew', () => {
    const drawn: string[] = [];
    const device = make({}, { draw: (purpose, n) => (drawn.push(`${purpose}/${n}`), 0.5) });
    cutOff(device, 'camera');
    for (let i = 0; i < 3; i++) {
      file(device);
      occur(device, 'review-due');
      occur(device, 'triage-done');
    }
    const own = drawn.filter((one) => one.startsWith('triage:review/'));
    expect(own).toHaveLength(3);
    expect(new Set(own).size).toBe(3);
  });

  it('cuts off again what was released and stands out again', () => {
    const device = make();
    cutOff(device, 'camera');
    device.fire('review-due');
    device.fire('triage-done');
    device.tell('admin-done', { role: 'reply', n: device.last('request', 'admin-set').n, body: {} });
    cutOff(device, 'camera');
    expect(device.all('record', 'contained').length).toBe(2);
    // For longer than the first time, which was eight hours.
    const [again] = device.timers.filter((timer) => timer.type === 'review-due');
    expect(again!.due - device.now).toBe(16 * HOUR);
  });

  it('releases nothing because somebody says "review"', () => {
    const device = make();
    cutOff(device, 'camera');
    handle(device, alarm('camera', { sensor: 'review', review: true }));
    expect(device.all('request', 'admin-set').every((one) => one.body!['value'] === true)).toBe(true);
  });

  it('writes a note and no more without a playbook', () => {
    const device = make({ playbook: 'none' });
    handle(device, alarm('camera'));
    expect(device.all('request')).toEqual([]);
    expect(device.all('record', 'burden').length).toBe(1);
  });

  it('without an inventory has to phone, takes longer, and does not always find the device', () => {
    const minutes = (device: FakeDevice, who: string): number =>
      device
        .all('record', 'burden')
        .filter((one) => one.body!['who'] === who)
        .reduce((sum, one) => sum + Number(one.body!['minutes']), 0);
    const blind = make({ inventory: false }, { draws: { 'identify:router.flows/camera': 0.9 } });
    handle(blind, alarm('camera'));
    const listed = make();
    handle(listed, alarm('camera'));
    expect(minutes(blind, 'analyst') - minutes(listed, 'analyst')).toBeCloseTo(15, 6);
    expect(minutes(blind, 'patient')).toBe(15);
    expect(blind.all('request')).toEqual([]);
    const lucky = make({ inventory: false }, { draws: { 'identify:router.flows/camera': 0.1 } });
    handle(lucky, alarm('camera'));
    expect(lucky.all('request', 'admin-set').length).toBe(1);
  });

  it('never cuts off the kit, unless the hospital wants it so', () => {
    const careful = make();
    handle(careful, alarm('hub'));
    expect(careful.all('request')).toEqual([]);
    const reckless = make({ 'spare-kit': false });
    handle(reckless, alarm('hub'));
    expect(reckless.last('request').body).toMatchObject({ name: 'isolate.hub' });
  });

  it('does not act on an alarm that the analyst takes for a false one', () => {
    const device = make({}, { draws: { 'believe:router.flows/camera': 0.71 } });
    handle(device, alarm('camera'));
    expect(device.all('request')).toEqual([]);
  });

  it('contains nothing when the router does not obey, and nothing twice', () => {
    const device = make();
    handle(device, alarm('camera'));
    device.happen('admin-set-failed', { reason: 'refused', status: 401 }, 1);
    expect(device.all('record', 'contained')).toEqual([]);
    handle(device, alarm('camera'));
    device.tell('admin-done', { role: 'reply', n: 2, body: {} });
    device.tell('admin-done', { role: 'reply', n: 2, body: {} });
    device.tell('admin-done', { role: 'reply', n: 99, body: {} });
    handle(device, alarm('camera'));
    expect(device.all('record', 'contained').length).toBe(1);
    expect(device.all('request', 'admin-set').length).toBe(2);
  });

  it('looks at every alarm up to ten an hour and tires beyond', () => {
    expect(ignoredShare(10, 10, 20, 0.5)).toBe(0);
    expect(ignoredShare(15, 10, 20, 0.5)).toBe(0.25);
    expect(ignoredShare(200, 10, 20, 0.5)).toBe(0.5);
    const device = make({}, { draws: { 'ignore:router.flows/camera': 0.3 } });
    for (let i = 0; i < 30; i++) device.tell('alert-report', { body: alarm('camera') });
    // From the 17th in an hour on the share exceeds 0.3: 0.05 × (17 − 10) = 0.35; at the 16th it is exactly 0.3.
    expect(device.timers.length).toBe(16);
    device.now += 3601 * SECOND;
    device.tell('alert-report', { body: alarm('camera') });
    expect(device.timers.length).toBe(17);
  });

  it('needs no acknowledgement from sensors that send and forget, and reads sloppy reports', () => {
    const device = make();
    device.tell('alert-report', { role: 'datagram', body: { sensor: 'platform.integrity' } });
    expect(device.all('reply')).toEqual([]);
    device.fire('picked-up');
    device.fire('triage-done');
    expect(device.all('request')).toEqual([]);
  });
});
