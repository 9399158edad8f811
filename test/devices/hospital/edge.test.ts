import { describe, expect, it } from 'vitest';
import { edgePolicy } from '../../../devices/hospital/edge-policy.ts';
import { hospitalEdge } from '../../../devices/hospital/hospital-edge.ts';
import { vpnSecret } from '../../../devices/hospital/portal-protocol.ts';
import type { SettingValue } from '../../../sim/model/settings.ts';
import { defaultsOf } from '../../support/defaults.ts';
import { FakeDevice, tell, type From, type Start } from '../network/fake-device.ts';

const edge = (start: Start = {}): FakeDevice => new FakeDevice(hospitalEdge, { id: 'hospital-edge', ...start });
const open = { settings: { access: 'open' } };
const token = 'a-token';

describe('hospital edge: rules', () => {
  const usual = defaultsOf(hospitalEdge);
  const verdict = (
    settings: Readonly<Record<string, SettingValue>>,
    q: { from: string; to: string; dport?: number; src?: string; dst?: string },
  ): string => {
    const table = edgePolicy((name) => settings[name] ?? usual[name]!);
    const ask = { transport: 'tcp', dport: 443, src: 'somebody', dst: 'somebody', ...q };
    const rule = table.rules.find(
      (r) =>
        (r.from ?? ask.from) === ask.from &&
        (r.to ?? ask.to) === ask.to &&
        (r.transport ?? ask.transport) === ask.transport &&
        (r.dport ?? ask.dport) === ask.dport &&
        (r.src ?? ask.src) === ask.src &&
        (r.dst ?? ask.dst) === ask.dst,
    );
    return `${(rule ?? table.fallback).action}: ${(rule ?? table.fallback).name}`;
  };
  const strict = { access: 'vpn', segmentation: 'zones' };

  it('publishes the portal itself only in open access', () => {
    const ask = { from: 'internet', to: 'hospital-dmz', dst: 'portal' };
    expect(verdict({ ...strict, access: 'open' }, ask)).toBe('allow: portal published');
    for (const access of ['vpn', 'ztna'])
      for (const dport of [80, 443]) expect(verdict({ ...strict, access }, { ...ask, dport })).toBe('deny: portal only through the broker');
    expect(verdict({ ...strict, access: 'open' }, { ...ask, dst: 'idp' })).toBe('deny: default-deny inbound');
  });

  it('takes from the internet the broker’s clients, the telehealth provider and alarms', () => {
    expect(verdict(strict, { from: 'internet', to: 'self' })).toBe('allow: broker');
    expect(verdict(strict, { from: 'internet', to: 'self', dport: 80 })).toBe('allow: broker');
    expect(verdict(strict, { from: 'internet', to: 'self', dport: 22 })).toBe('deny: edge has no other services');
    expect(verdict(strict, { from: 'internet', to: 'hospital-servers', src: 'platform', dst: 'ehr' })).toBe(
      'allow: telehealth provider to records',
    );
    expect(verdict(strict, { from: 'internet', to: 'hospital-clinical', src: 'platform', dst: 'nurse-panel' })).toBe(
      'allow: telehealth provider to nurse panel',
    );
    expect(verdict(strict, { from: 'internet', to: 'hospital-clinical', dst: 'soc', dport: 6514 })).toBe('allow: alert intake');
    expect(verdict(strict, { from: 'internet', to: 'hospital-servers', src: 'attacker', dst: 'ehr' })).toBe('deny: default-deny inbound');
    expect(verdict(strict, { from: 'internet', to: 'hospital-clinical', src: 'platform', dst: 'soc' })).toBe('deny: default-deny inbound');
    expect(verdict(strict, { from: 'hospital-clinical', to: 'internet', dst: 'router', dport: 7547 })).toBe('allow: outbound');
    expect(verdict(strict, { from: 'self', to: 'hospital-dmz', dst: 'portal' })).toBe('allow: own traffic');
  });

  it('keeps its zones apart but for what care needs, unless the network is flat', () => {
    expect(verdict(strict, { from: 'hospital-dmz', to: 'hospital-servers', src: 'portal', dst: 'ehr' })).toBe('allow: portal to records');
    expect(verdict(strict, { from: 'hospital-clinical', to: 'hospital-servers', src: 'nurse-panel', dst: 'ehr' })).toBe(
      'allow: nurse panel to records',
    );
    expect(verdict(strict, { from: 'hospital-clinical', to: 'hospital-dmz', src: 'soc', dst: 'portal' })).toBe(
      'allow: operations centre to portal',
    );
    expect(verdict(strict, { from: 'hospital-dmz', to: 'hospital-clinical', src: 'portal', dst: 'soc' })).toBe(
      'deny: bulkhead hospital-dmz to hospital-clinical',
    );
    expect(verdict(strict, { from: 'hospital-dmz', to: 'hospital-servers', src: 'idp', dst: 'ehr' })).toBe(
      'deny: bulkhead hospital-dmz to hospital-servers',
    );
    expect(verdict(strict, { from: 'hospital-dmz', to: 'hospital-dmz' })).toBe('allow: same segment');
    expect(verdict({ ...strict, segmentation: 'flat' }, { from: 'hospital-dmz', to: 'hospital-clinical' })).toBe(
      'allow: flat hospital network',
    );
  });
});

describe('hospital edge: broker', () => {
  tell(hospitalEdge, {
    'installs its rules': (begin) => expect(begin().policies.length).toBe(1),

    'relays a session’s opening and its answer, or the refusal': (begin) => {
      const device = begin(open);
      const id = device.tell('session-open', { from: 'hub', n: 4, body: { patient: 'patient', password: 'x' } });
      expect(device.last('request', 'session-open')).toMatchObject({
        to: 'portal.example',
        n: 4,
        body: { patient: 'patient', password: 'x', client: null },
      });
      device.tell('session-opened', { role: 'reply', n: 4, body: { token, minutes: 480 } });
      expect(device.last('reply', 'session-opened')).toMatchObject({ n: id, body: { token } });
      const second = device.tell('session-open', { from: 'hub', n: 6, body: { patient: 'patient' } });
      device.happen('session-open-failed', { reason: 'refused', status: 401 }, 6);
      expect(device.last('refuse')).toMatchObject({ n: second, kind: 'refused by the portal', status: 401 });
    },

    'relays care plans and records, or their refusals': (begin) => {
      for (const [kind, page] of [
        ['care-plan', 'care-plan-page'],
        ['records', 'records-page'],
      ] as const) {
        const device = begin(open);
        const id = device.tell(kind, { from: 'hub', n: 1, body: { token } });
        device.tell(page, { role: 'reply', n: 1, body: { phiRecords: 1, phiBytes: 100, individuals: 1 } });
        expect(device.last('reply', page)).toMatchObject({ n: id, body: { phiRecords: 1 } });
        const other = device.tell(kind, { from: 'hub', n: 2, body: { token } });
        device.happen(`${kind}-failed`, { reason: 'timeout' }, 2);
        expect(device.last('refuse')).toMatchObject({ n: other, kind: 'portal does not answer', status: 504 });
      }
    },
  });

  it('asks for the VPN profile’s secret, and does not pass it on', () => {
    const device = edge({ settings: { access: 'vpn' } });
    device.tell('records', { from: 'attacker', body: { token } });
    expect(device.last('refuse')).toMatchObject({ kind: 'VPN secret missing or wrong', status: 403 });
    device.tell('records', { from: 'hub', body: { token, vpn: vpnSecret('hub') } });
    expect(device.last('request', 'records').body).toEqual({ token, client: null });
    // Whoever stole the secret is let in as well: it is a secret, not an identity.
    device.tell('records', { from: 'attacker', n: 9, body: { token, vpn: vpnSecret('hub') } });
    expect(device.all('request', 'records').length).toBe(2);
  });

  it('asks for an enrolled device’s certificate with zero trust', () => {
    const device = edge({ settings: { access: 'ztna' } });
    const attempts: [From['session'], boolean][] = [
      [{ clientAuth: 'token', credential: 'hub' }, false],
      [{ clientAuth: 'certificate', credential: 'camera' }, false],
      // A certificate exists in TLS only.
      [{ clientAuth: 'certificate', credential: 'hub', encrypted: false }, false],
      [{ clientAuth: 'certificate', credential: 'hub' }, true],
    ];
    for (const [session, admitted] of attempts) {
      const before = device.all('request', 'care-plan').length;
      device.tell('care-plan', { n: before, body: { token, vpn: vpnSecret('hub') }, session: session! });
      expect(device.all('request', 'care-plan').length - before).toBe(admitted ? 1 : 0);
    }
    expect(device.last('request').body).toMatchObject({ client: 'hub' });
  });

  it('states its client’s certificate itself, whatever the client says', () => {
    const device = edge(open);
    device.tell('records', { body: { token, client: 'hub' } });
    expect(device.last('request').body).toMatchObject({ client: null });
    device.tell('records', { n: 1, body: { token }, session: { clientAuth: 'certificate', credential: 'hub', encrypted: false } });
    expect(device.last('request').body).toMatchObject({ client: null });
  });

  it('serves no plain HTTP when told so', () => {
    const device = edge({ settings: { access: 'open', 'require-tls': true } });
    device.tell('care-plan', { body: { token }, session: { encrypted: false } });
    expect(device.last('refuse')).toMatchObject({ kind: 'plain HTTP is not served', status: 426 });
  });

  it('keeps two clients’ requests of one number apart', () => {
    const device = edge(open);
    const first = device.tell('care-plan', { from: 'hub', n: 1, body: { token } });
    const second = device.tell('care-plan', { from: 'attacker', n: 1, body: { token } });
    const [a, b] = device.all('request', 'care-plan').map((one) => one.n);
    expect(a).toBe(1);
    expect(b).not.toBe(1);
    device.tell('care-plan-page', { role: 'reply', n: b!, body: { phiRecords: 2 } });
    device.tell('care-plan-page', { role: 'reply', n: a!, body: { phiRecords: 1 } });
    expect(device.all('reply').map((one) => [one.n, one.body!['phiRecords']])).toEqual([
      [second, 2],
      [first, 1],
    ]);
    // A late second answer belongs to nobody.
    device.tell('care-plan-page', { role: 'reply', n: a!, body: {} });
    device.happen('care-plan-failed', { reason: 'timeout' }, a!);
    expect(device.all('reply').length + device.all('refuse').length).toBe(2);
  });

  it('reports a token from a new address once, by what it sees and not by who it is', () => {
    const use = (watching: boolean, from: string): FakeDevice => {
      const device = edge({ settings: { access: 'open', 'monitor.sessions': watching } });
      device.tell('session-open', { from: 'hub', n: 0, body: { patient: 'patient' } });
      device.tell('session-opened', { role: 'reply', n: 0, body: { token, minutes: 480 } });
      device.tell('care-plan', { from: 'hub', n: 0, body: { token } });
      for (const n of [1, 2]) device.tell('records', { from, n, body: { token } });
      return device;
    };
    const seen = use(true, 'attacker');
    expect(seen.all('alert', 'hospital-edge.sessions').length).toBe(1);
    expect(seen.last('request', 'alert-report')).toMatchObject({
      to: 'soc.example',
      body: { token, reason: 'token used from a new address' },
    });
    expect(use(true, 'phone').all('alert').length).toBe(1);
    expect(use(true, 'hub').all('alert').length).toBe(0);
    expect(use(false, 'attacker').all('alert').length).toBe(0);
  });
});
