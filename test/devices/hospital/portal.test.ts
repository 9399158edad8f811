import { describe, expect, it } from 'vitest';
import { portal } from '../../../devices/hospital/portal.ts';
import { MINUTE } from '../../../sim/kernel/time.ts';
import { FakeDevice, tell, type From, type Start } from '../network/fake-device.ts';

/** The edge's own session, on which it states its client's certificate. */
const EDGE: From = { from: 'hospital-edge', session: { clientAuth: 'certificate', credential: 'hospital-edge' } };

/** Opens a session through the edge; returns its token. */
function session(device: FakeDevice, client: string | null = null): string {
  device.tell('session-open', { ...EDGE, n: 1, body: { patient: 'patient', password: 'secret', client } });
  device.tell('authenticated', { role: 'reply', n: 1, body: { patient: 'patient', client } });
  return String(device.last('reply', 'session-opened').body!['token']);
}
const make = (start: Start = {}): FakeDevice => new FakeDevice(portal, { id: 'portal', ...start });

describe('portal', () => {
  tell(portal, {
    'asks the identity provider before it opens a session': (begin) => {
      const device = begin();
      const id = device.tell('session-open', {
        ...EDGE,
        n: 3,
        body: { patient: 'patient', password: 'secret', otp: 'otp-1', client: 'hub' },
      });
      expect(device.last('request', 'authenticate')).toMatchObject({
        to: 'idp.example',
        n: 3,
        body: { patient: 'patient', password: 'secret', otp: 'otp-1', client: 'hub' },
      });
      device.tell('authenticated', { role: 'reply', n: 3, body: { patient: 'patient', client: 'hub' } });
      expect(device.last('reply', 'session-opened')).toMatchObject({ n: id, body: { minutes: 480 } });
    },
    'passes the identity provider’s refusal on': (begin) => {
      const device = begin();
      const id = device.tell('session-open', { ...EDGE, n: 3, body: { patient: 'patient', password: 'x' } });
      device.happen('authenticate-failed', { reason: 'refused', status: 401, fact: 'password wrong' }, 3);
      expect(device.last('refuse')).toMatchObject({ n: id, kind: 'password wrong', status: 401 });
    },
    'shows the care plan for a good token and tells who got it': (begin) => {
      const device = begin();
      const token = session(device);
      const id = device.tell('care-plan', { ...EDGE, body: { token, client: null } });
      expect(device.last('reply', 'care-plan-page')).toMatchObject({ n: id, body: { phiRecords: 1, individuals: 1 } });
      expect(device.last('record', 'disclosure').body).toMatchObject({ to: 'care-team', records: 1 });
    },
    'gets records from the record system, or its refusal': (begin) => {
      const device = begin();
      const token = session(device);
      const id = device.tell('records', { ...EDGE, n: 5, body: { token, scope: 'own' } });
      expect(device.last('request', 'ehr-records')).toMatchObject({ to: 'ehr.example', body: { patient: 'patient', scope: 'own' } });
      device.tell('ehr-records-page', { role: 'reply', n: 5, body: { records: 40, phiRecords: 40, phiBytes: 80_000, individuals: 1 } });
      expect(device.last('reply', 'records-page')).toMatchObject({
        n: id,
        body: { records: 40, phiRecords: 40, phiBytes: 80_000, individuals: 1 },
      });
      expect(device.last('record', 'disclosure').body).toMatchObject({ records: 40, bytes: 80_000 });
      const other = device.tell('records', { ...EDGE, n: 6, body: { token, scope: 'own' } });
      device.happen('ehr-records-failed', { reason: 'timeout' }, 6);
      expect(device.last('refuse')).toMatchObject({ n: other, status: 504 });
    },
    'ends a session when the operations centre says so, and only then': (begin) => {
      const device = begin();
      const token = session(device);
      device.tell('session-revoke', { from: 'attacker', body: { token } });
      expect(device.last('refuse').kind).toBe('only the operations centre ends sessions');
      device.tell('session-revoke', { from: 'soc', session: { clientAuth: 'certificate', credential: 'soc' }, body: { token } });
      expect(device.last('reply', 'session-revoked').body).toEqual({ known: true });
      device.tell('care-plan', { ...EDGE, body: { token } });
      expect(device.last('refuse')).toMatchObject({ kind: 'token unknown', status: 401 });
    },
  });

  it('gives two sessions two tokens, even when both were asked for under one number', () => {
    const device = make({ draw: (_, n, sub) => (n * 7 + sub + 1) / 100 });
    const [first, second] = [session(device), session(device)];
    expect(first).not.toBe(second);
    expect(Object.keys(device.memory.sessions)).toEqual([first, second]);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  it('lets a token end after its lifetime', () => {
    const device = make({ settings: { 'token-lifetime': 30 } });
    const token = session(device);
    device.now = 30 * MINUTE - 1;
    device.tell('care-plan', { ...EDGE, body: { token } });
    expect(device.all('reply', 'care-plan-page').length).toBe(1);
    device.now = 30 * MINUTE;
    device.tell('care-plan', { ...EDGE, body: { token } });
    expect(device.last('refuse')).toMatchObject({ kind: 'token expired', status: 401 });
  });

  it('binds a token to the certificate that opened it', () => {
    const bound = make({ settings: { 'token-binding': 'certificate' } });
    const token = session(bound, 'hub');
    bound.tell('care-plan', { ...EDGE, body: { token, client: 'hub' } });
    expect(bound.all('reply', 'care-plan-page').length).toBe(1);
    const thieves: From[] = [
      { ...EDGE, body: { token, client: null } },
      { ...EDGE, body: { token, client: 'camera' } },
      // A certificate exists in TLS only.
      { from: 'attacker', session: { clientAuth: 'certificate', credential: 'hub', encrypted: false }, body: { token } },
      // Not the edge: its word about a client counts for nothing.
      { from: 'attacker', body: { token, client: 'hub' } },
      { from: 'attacker', session: { clientAuth: 'certificate', credential: 'camera' }, body: { token, client: 'hub' } },
    ];
    for (const thief of thieves) {
      bound.tell('care-plan', thief);
      expect(bound.last('refuse').kind).toBe('token is bound to another device’s certificate');
    }
    expect(bound.all('reply', 'care-plan-page').length).toBe(1);
    const loose = make();
    const free = session(loose, 'hub');
    loose.tell('care-plan', { from: 'attacker', body: { token: free } });
    expect(loose.all('reply', 'care-plan-page').length).toBe(1);
  });

  it('with binding, a session opened without certificate is good for nothing', () => {
    const device = make({ settings: { 'token-binding': 'certificate' } });
    device.tell('care-plan', { ...EDGE, body: { token: session(device), client: null } });
    expect(device.all('refuse').length).toBe(1);
  });

  it('gives the panel only to an over-broad session', () => {
    const own = make({ settings: { 'session-scope': 'own' } });
    own.tell('records', { ...EDGE, body: { token: session(own), scope: 'panel' } });
    expect(own.last('refuse')).toMatchObject({ kind: 'session scope is the own patient', status: 403 });
    const broad = make({ settings: { 'session-scope': 'panel' } });
    broad.tell('records', { ...EDGE, body: { token: session(broad), scope: 'panel' } });
    expect(broad.last('request', 'ehr-records').body).toMatchObject({ scope: 'panel' });
  });

  it('slows down a session that asks more than a person does', () => {
    const device = make({ settings: { 'rate-limit': true } });
    const token = session(device);
    for (let i = 0; i < 31; i++) device.tell('care-plan', { ...EDGE, body: { token } });
    expect(device.all('reply', 'care-plan-page').length).toBe(30);
    expect(device.last('refuse')).toMatchObject({ kind: 'portal rate limit', status: 429 });
    device.now += MINUTE;
    device.tell('care-plan', { ...EDGE, body: { token } });
    expect(device.all('reply', 'care-plan-page').length).toBe(31);
  });

  it('ignores answers that nobody waits for', () => {
    const device = make();
    device.tell('authenticated', { role: 'reply', n: 77, body: { patient: 'patient' } });
    device.tell('ehr-records-page', { role: 'reply', n: 77, body: {} });
    device.happen('authenticate-failed', { reason: 'timeout' }, 77);
    expect(device.sent).toEqual([]);
  });
});
