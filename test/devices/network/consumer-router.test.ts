import { describe, expect, it } from 'vitest';
import { consumerRouter } from '../../../devices/network/consumer-router.ts';
import { MINUTE, SECOND } from '../../../sim/kernel/time.ts';
import type { Body } from '../../../sim/model/message.ts';
import { FakeDevice, tell, type From, type Start } from './fake-device.ts';

const router = (start: Start = {}): FakeDevice => new FakeDevice(consumerRouter, { id: 'router', ...start });
const FACTORY = { user: 'admin', password: 'admin-consumer-router' };

function login(device: FakeDevice, body: Body = FACTORY, how: From = {}): string {
  device.tell('admin-login', { body, ...how });
  return String(device.last('reply', 'admin-ok').body!['token']);
}
const rules = (device: FakeDevice): readonly string[] => device.policies.at(-1)!.rules.map((rule) => rule.name);
const SOC: From = { from: 'soc', session: { clientAuth: 'certificate', credential: 'soc' } };
const managed = { 'hdo-managed': true };
const window = (bytes: number, newPeers = 0): Body => ({
  'camera.bytes': bytes,
  'camera.peers': 2,
  'camera.newPeers': newPeers,
  'camera.evidence': 7,
});
/** An hour of ordinary windows. */
function learn(device: FakeDevice): void {
  for (let i = 0; i < 12; i++) device.happen('flow-report', window(100_000 + (i % 2) * 10_000));
}

describe('consumer router', () => {
  tell(consumerRouter, {
    'installs its rules when it starts': (begin) => expect(begin().policies.length).toBe(1),

    'hands an administration token to whoever knows the factory password': (begin) => {
      const device = begin();
      const token = login(device);
      device.tell('admin-set', { body: { token, name: 'upnp', value: false } });
      expect(device.settings['upnp']).toBe(false);
      device.tell('admin-read', { body: { token, name: 'upnp' } });
      expect(device.last('reply', 'admin-value').body).toEqual({ name: 'upnp', value: false });
    },

    'computes its rules anew when a setting changes': (begin) => {
      const device = begin({ settings: { 'management.from-wan': false } });
      expect(rules(device)).toContain('management not from WAN');
      device.tell('admin-set', { body: { token: login(device), name: 'management.from-wan', value: true } });
      expect(rules(device)).toContain('management from WAN');
    },

    'runs an unsigned program only where signatures are not asked for': (begin) => {
      const strict = begin({ settings: { 'firmware-signed': true } });
      strict.tell('admin-run', { body: { token: login(strict), program: 'agent' } });
      expect(strict.last('refuse').kind).toBe('firmware signature missing or wrong');
      strict.tell('admin-run', { body: { token: login(strict), program: 'vendor' }, signer: 'vendor-cloud' });
      expect(strict.all('foreign-code').length).toBe(1);
      const lax = begin({ settings: { 'firmware-signed': false } });
      lax.tell('admin-run', { body: { token: login(lax), program: 'agent' } });
      expect(lax.all('foreign-code').length).toBe(1);
    },

    'maps a port for a device inside while UPnP is on, and says so when it is off': (begin) => {
      const on = begin({ settings: { upnp: true } });
      on.tell('upnp-map', { from: 'camera', body: { port: 8080, inside: 8080 } });
      expect(on.last('reply').kind).toBe('upnp-mapped');
      expect(on.policies.at(-1)!.portMaps).toEqual([{ port: 8080, device: 'camera', inside: 8080 }]);
      const off = begin({ settings: { upnp: false } });
      off.tell('upnp-map', { from: 'camera', body: { port: 8080, inside: 8080 } });
      expect(off.last('refuse').kind).toBe('UPnP is off');
      expect(off.policies.at(-1)!.portMaps).toEqual([]);
    },

    'keeps its rules when a mapping is only renewed': (begin) => {
      const device = begin({ settings: { upnp: true } });
      const map = (inside: number) => device.tell('upnp-map', { from: 'camera', body: { port: 8080, inside } });
      map(8080);
      const before = device.policies.length;
      map(8080);
      expect(device.all('reply').map((reply) => reply.kind)).toEqual(['upnp-mapped', 'upnp-mapped']);
      expect(device.policies.length).toBe(before);
      map(80);
      expect(device.policies.at(-1)!.portMaps).toEqual([{ port: 8080, device: 'camera', inside: 80 }]);
    },

    'reports a station that leaves its own past behind, with the evidence': (begin) => {
      const device = begin({ settings: { 'monitor.flows': true } });
      learn(device);
      expect(device.all('alert')).toEqual([]);
      device.happen('flow-report', window(50_000_000));
      expect(device.last('alert')).toMatchObject({ kind: 'router.flows', body: { evidence: [7] } });
      expect(device.last('request', 'alert-report')).toMatchObject({
        to: 'soc.example',
        port: 6514,
        body: { sensor: 'router.flows', station: 'camera', reason: 'volume' },
      });
    },

    'reports again when the line did not carry the report, until it is acknowledged': (begin) => {
      const device = begin({ settings: { 'monitor.flows': true } });
      learn(device);
      device.happen('flow-report', window(50_000_000));
      const sent = (): number[] => device.all('request', 'alert-report').map((one) => one.n);
      device.happen('alert-report-failed', { reason: 'timeout' }, sent()[0]!);
      device.fire('resend-due');
      // Another message, with luck of its own.
      expect(new Set(sent()).size).toBe(2);
      device.happen('alert-report-failed', { reason: 'timeout' }, sent()[1]!);
      device.tell('alert-noted', { role: 'reply', n: sent()[0]! });
      device.fire('resend-due');
      expect(device.all('request', 'alert-report').length).toBe(2);
      expect(device.all('alert').length).toBe(1);
    },

    'goes down for its boot time and comes up without mappings and logins': (begin) => {
      const device = begin();
      const token = login(device);
      device.tell('upnp-map', { from: 'camera', body: { port: 8080, inside: 8080 } });
      device.tell('admin-set', { body: { token, name: 'reboot', value: true } });
      expect(device.value).toBe('starting');
      expect(device.policies.at(-1)!.fallback.name).toBe('router is starting');
      device.fire('booted');
      expect(device.now).toBe(60 * SECOND);
      expect(device.value).toBe('running');
      expect(device.policies.at(-1)!.portMaps).toEqual([]);
      expect(login(device)).not.toBe(token);
      device.tell('admin-read', { body: { token, name: 'upnp' } });
      expect(device.last('refuse').kind).toBe('administration token unknown');
    },

    'asks for updates, downloads, checks the signature, installs, restarts': (begin) => {
      const device = begin({ settings: { 'auto-update': true } });
      device.fire('update-due');
      expect(device.last('request', 'update-check')).toMatchObject({ to: 'vendor-cloud.example', body: { version: 1 } });
      device.tell('update-answer', { role: 'reply', body: { version: 3, bytes: 20_000_000 } });
      expect(device.last('stream').body).toMatchObject({ bytes: 20_000_000, direction: 'down', mode: 'elastic' });
      device.happen('update-downloaded', { bytes: 0, lost: 1 }, 3);
      expect(device.all('request', 'update-file')).toEqual([]);
      device.happen('update-downloaded', { bytes: 20_000_000, lost: 0 }, 3);
      expect(device.last('request', 'update-file').body).toMatchObject({ version: 3 });
      device.tell('update-image', { role: 'reply', body: { version: 3, program: 'vendor-firmware' } });
      expect(device.value).toBe('running');
      device.tell('update-image', { role: 'reply', signer: 'vendor-cloud', body: { version: 3, program: 'vendor-firmware' } });
      expect(device.value).toBe('starting');
      device.fire('booted');
      expect(device.memory.firmware).toBe(3);
      expect(device.all('foreign-code')).toEqual([]);
    },
  });

  it('refuses the factory password when it has one of its own', () => {
    for (const kind of ['unique', 'changed']) {
      const device = router({ settings: { 'admin-password': kind } });
      device.tell('admin-login', { body: FACTORY });
      expect(device.last('refuse').kind).toBe('credentials are not the factory ones');
    }
    login(router({ settings: { 'admin-password': 'unique' } }), { user: 'admin', password: 'label-of-router' });
  });

  it('locks guessers out only with the rate limit, and finds an owner’s common password by rank', () => {
    const outcome = (limit: boolean): boolean => {
      const device = router({ settings: { 'admin-password': 'changed', 'login-rate-limit': limit }, draws: { 'owner-password': 0.02 } });
      for (let guess = 1; guess <= 100; guess++) device.tell('admin-login', { body: { user: 'admin', password: `word-${guess}` } });
      return device.all('reply', 'admin-ok').length > 0;
    };
    expect(outcome(false)).toBe(true);
    expect(outcome(true)).toBe(false);
  });

  it('reports a run of failed logins when it watches them', () => {
    const device = router({ settings: { 'monitor.logins': true } });
    for (let i = 0; i < 5; i++) device.tell('admin-login', { from: 'camera', body: { user: 'admin', password: 'x' } });
    expect(device.last('request', 'alert-report').body).toMatchObject({ sensor: 'router.logins', station: 'camera' });
    const quiet = router({ settings: { 'monitor.logins': false } });
    for (let i = 0; i < 9; i++) quiet.tell('admin-login', { body: { user: 'admin', password: 'x' } });
    expect(quiet.all('alert')).toEqual([]);
  });

  it('cuts a device off, and lets it back, at the word of the contracted manager', () => {
    const device = router({ settings: managed });
    device.tell('admin-set', { ...SOC, body: { name: 'isolate.camera', value: true } });
    expect(device.policies.at(-1)!.rules[0]).toEqual({ name: 'isolated by playbook', src: 'camera', action: 'deny' });
    device.tell('admin-set', { ...SOC, body: { name: 'isolate.camera', value: false } });
    expect(rules(device)).not.toContain('isolated by playbook');
  });

  it('does not know the manager without a contract, without its certificate, or in the clear', () => {
    const attempts: [Start, From][] = [
      [{}, SOC],
      [{ settings: managed }, { from: 'attacker', session: { clientAuth: 'token', credential: 'soc' } }],
      [{ settings: managed }, { from: 'attacker', session: { clientAuth: 'certificate', credential: 'soc', encrypted: false } }],
    ];
    for (const [start, how] of attempts) {
      const device = router(start);
      device.tell('admin-set', { ...how, body: { name: 'isolate.camera', value: true } });
      expect(device.all('refuse').length).toBe(1);
      expect(rules(device)).not.toContain('isolated by playbook');
    }
  });

  it('keeps the hospital’s rules out of the administrator’s hands while it is managed', () => {
    const device = router({ settings: managed });
    const token = login(device);
    for (const name of ['rules.private-to-medical', 'segments.medical', 'isolate.tv', 'hdo-managed', 'monitor.flows']) {
      device.tell('admin-set', { body: { token, name, value: false } });
      expect(device.last('refuse').kind).toBe('set by the hospital');
    }
    device.tell('admin-set', { body: { token, name: 'dns-server', value: 'elsewhere' } });
    expect(device.settings['dns-server']).toBe('elsewhere');
  });

  it('refuses settings that do not exist and values that cannot be', () => {
    const device = router();
    const token = login(device);
    const before = { ...device.settings };
    for (const [name, value] of [
      ['colour', 'blue'],
      ['upnp', 'yes'],
      ['wps', 'always'],
      ['dns-server', 3],
    ] as const) {
      device.tell('admin-set', { body: { token, name, value } });
      expect(device.all('refuse').at(-1)!.status).toBe(403);
    }
    expect(device.settings).toEqual(before);
    device.tell('admin-read', { body: { token, name: 'admin-password' } });
    expect(device.last('refuse').status).toBe(404);
    device.tell('admin-read', { body: { token, name: 'firmware' } });
    expect(device.last('reply').body).toEqual({ name: 'firmware', value: 1 });
  });

  it('refuses mappings from outside, without numbers, or for a port that another device has', () => {
    const device = router();
    device.tell('upnp-map', { from: 'nobody', body: { port: 8080, inside: 8080 } });
    expect(device.last('refuse').status).toBe(400);
    device.tell('upnp-map', { from: 'camera', body: { port: 'x', inside: 8080 } });
    expect(device.last('refuse').status).toBe(400);
    device.tell('upnp-map', { from: 'camera', body: { port: 8080, inside: 8080 } });
    device.tell('upnp-map', { from: 'tv', body: { port: 8080, inside: 80 } });
    expect(device.last('refuse').status).toBe(409);
    device.tell('upnp-map', { from: 'camera', body: { port: 8080, inside: 8081 } });
    expect(device.memory.portMaps).toEqual([{ port: 8080, device: 'camera', inside: 8081 }]);
  });

  it.each([
    ['failed while it started', (device: FakeDevice, n: number) => device.happen('alert-report-failed', { reason: 'timeout' }, n)],
    ['fell due while it started', (device: FakeDevice, n: number) => device.happen('resend-due', null, n)],
    ['was acknowledged while it started', (device: FakeDevice, n: number) => device.tell('alert-noted', { role: 'reply', n })],
  ])('sends a report that %s again once it is up, and once only', (_, meanwhile) => {
    const device = router({ settings: { 'monitor.flows': true } });
    learn(device);
    device.happen('flow-report', window(50_000_000));
    const sent = (): number[] => device.all('request', 'alert-report').map((one) => one.n);
    device.happen('reboot');
    meanwhile(device, sent()[0]!);
    expect(sent().length).toBe(1);
    device.fire('booted');
    expect(new Set(sent()).size).toBe(2);
    // A timer that was set before the restart does not make a second chain of tries.
    device.happen('resend-due', null, sent()[0]!);
    device.happen('alert-report-failed', { reason: 'timeout' }, sent()[0]!);
    expect(sent().length).toBe(2);
    expect(device.timers.filter((timer) => timer.type === 'resend-due')).toEqual([]);
    device.tell('alert-noted', { role: 'reply', n: sent()[1]! });
    expect(device.memory.unsent).toEqual({});
  });

  it('judges the home’s stations only, in every segment', () => {
    const device = router({ settings: { 'monitor.flows': true } });
    const say = (bytes: number): void =>
      device.happen('flow-report', { 'content.bytes': bytes, 'phone.bytes': bytes, 'pump.bytes': bytes });
    for (let i = 0; i < 12; i++) say(100_000);
    say(1e9);
    expect(device.all('request', 'alert-report').map((one) => one.body!['station'])).toEqual(['phone', 'pump']);
  });

  it('takes a call of the kit for what it is, and nothing else of that size for a call', () => {
    const PLATFORM = 77;
    // 1.2 Mbit/s for five minutes.
    const call = 45_000_000;
    const reported = (station: string, address: number, bytes: number): unknown[] => {
      const device = router({ settings: { 'monitor.flows': true, 'monitor.kit': 'tv' }, addresses: { 'address.platform': PLATFORM } });
      const say = (to: number, sent: number): void =>
        device.happen('flow-report', {
          [`${station}.bytes`]: sent + 12_000,
          [`${station}.evidence`]: 1,
          [`${station}.peers`]: 2,
          [`${station}.0.address`]: 53,
          [`${station}.0.bytes`]: 12_000,
          [`${station}.0.evidence`]: 2,
          [`${station}.1.address`]: to,
          [`${station}.1.bytes`]: sent,
          [`${station}.1.evidence`]: 3,
        });
      for (let i = 0; i < 12; i++) say(5, 1000);
      say(address, bytes);
      return device.all('alert').map((one) => one.body!['evidence']);
    };
    expect(reported('tv', PLATFORM, call)).toEqual([]);
    expect(reported('tv', PLATFORM, 2 * call)).toEqual([[3]]);
    expect(reported('tv', 5, call)).toEqual([[3]]);
    expect(reported('camera', PLATFORM, call)).toEqual([[1]]);
  });

  it('is quiet about a station for four hours after an alarm, and never learns from what it reported', () => {
    const device = router({ settings: { 'monitor.flows': true } });
    learn(device);
    for (let i = 0; i < 20; i++) device.happen('flow-report', window(50_000_000));
    expect(device.all('alert').length).toBe(1);
    device.now += 241 * MINUTE;
    device.happen('flow-report', window(200_000, 25));
    expect(device.last('request', 'alert-report').body).toMatchObject({ reason: 'new destinations' });
  });

  it('downloads a version that did not come again the next day, with luck of its own', () => {
    const device = router({ settings: { 'auto-update': true } });
    for (let day = 0; day < 2; day++) {
      device.fire('update-due');
      const { n } = device.last('request', 'update-check');
      device.tell('update-answer', { role: 'reply', n, body: { version: 3, bytes: 20_000_000 } });
      device.happen('update-downloaded', { bytes: 20_000_000, lost: 0 }, n);
      device.happen('update-file-failed', { reason: 'timeout' }, n);
    }
    expect(new Set(device.all('stream').map((stream) => stream.n)).size).toBe(2);
    const files = device.all('request', 'update-file');
    expect(files.map((file) => file.body!['version'])).toEqual([3, 3]);
    expect(new Set(files.map((file) => file.n)).size).toBe(2);
  });

  it('asks for no update without the setting, ignores old versions, and runs whatever comes where signatures are not checked', () => {
    expect(router().timers).toEqual([]);
    const device = router({ settings: { 'auto-update': true, 'firmware-signed': false } });
    device.tell('update-answer', { role: 'reply', body: { version: 1, bytes: 10 } });
    expect(device.all('stream')).toEqual([]);
    device.tell('update-image', { role: 'reply', body: { version: 2, program: 'implant' } });
    expect(device.all('foreign-code').length).toBe(1);
  });

  it('has one chain of update checks, also after restarts', () => {
    const device = router({ settings: { 'auto-update': true } });
    device.happen('reboot');
    device.fire('booted');
    for (let i = 0; i < 4; i++) device.fire('update-due');
    // The check planned before the restart came to nothing: three of four asked.
    expect(device.all('request', 'update-check').length).toBe(3);
    expect(device.timers.length).toBe(1);
  });

  it('keeps the last hundred log entries, or none', () => {
    const device = router();
    for (let i = 0; i < 150; i++) device.tell('admin-login', { body: { user: 'admin', password: 'x' } });
    expect(device.memory.log.length).toBe(100);
    const silent = router({ settings: { log: false } });
    login(silent);
    expect(silent.memory.log).toEqual([]);
  });
});
