import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routerPolicy, startingPolicy, type RouterState } from '../../../devices/network/router-policy.ts';
import { routerProfiles, routerSettings } from '../../../devices/network/router-settings.ts';
import type { PolicyTable } from '../../../sim/model/policy.ts';
import type { SettingValue } from '../../../sim/model/settings.ts';
import { defaultsOf } from '../../support/defaults.ts';

const clean: RouterState = { isolated: [], portMaps: [] };

function table(changes: Readonly<Record<string, SettingValue>> = {}, state = clean, profile = 'ir8425a-informed'): PolicyTable {
  const settings: Record<string, SettingValue> = {
    ...defaultsOf({ settings: routerSettings }),
    ...routerProfiles[profile],
    'segments.guest': true,
    'segments.medical': true,
    ...changes,
  };
  return routerPolicy((name) => settings[name]!, state);
}

interface Ask {
  from: string;
  to: string;
  family?: 4 | 6;
  transport?: string;
  dport?: number;
  src?: string;
  dst?: string;
}
/** The first rule that matches, as the network reads tables. */
function verdict(t: PolicyTable, q: Ask): string {
  const ask = { family: 4, transport: 'tcp', dport: 443, src: 'somebody', dst: 'somebody', ...q };
  const rule = t.rules.find(
    (r) =>
      (r.from ?? ask.from) === ask.from &&
      (r.to ?? ask.to) === ask.to &&
      (r.family ?? ask.family) === ask.family &&
      (r.transport ?? ask.transport) === ask.transport &&
      (r.dport ?? ask.dport) === ask.dport &&
      (r.src ?? ask.src) === ask.src &&
      (r.dst ?? ask.dst) === ask.dst,
  );
  const { action, name } = rule ?? t.fallback;
  return `${action}: ${name}`;
}

describe('router policy', () => {
  it('lets the home out and keeps the internet out, in both IP versions', () => {
    for (const zone of ['private', 'lan', 'guest', 'medical']) {
      expect(verdict(table(), { from: zone, to: 'wan' })).toBe('allow: outbound');
      for (const family of [4, 6] as const) expect(verdict(table(), { from: 'wan', to: zone, family })).toBe('deny: default-deny inbound');
    }
  });

  it('opens inbound IPv6 for the household but never for the hospital’s segment', () => {
    const open = table({ 'ipv6.inbound': 'allow' });
    expect(verdict(open, { from: 'wan', to: 'private', family: 6 })).toBe('allow: inbound IPv6 allowed');
    expect(verdict(open, { from: 'wan', to: 'medical', family: 6 })).toBe('deny: default-deny inbound');
    expect(verdict(open, { from: 'wan', to: 'private', family: 4 })).toBe('deny: default-deny inbound');
    expect(verdict(table({ 'ipv4.inbound': 'allow' }), { from: 'wan', to: 'lan' })).toBe('allow: inbound IPv4 allowed');
  });

  it('shows the administration page only to the zones that its settings name', () => {
    const page = (changes: Readonly<Record<string, SettingValue>>, from: string): string =>
      verdict(table(changes), { from, to: 'self', dport: 80 });
    expect(page({}, 'private')).toBe('allow: management from LAN');
    expect(page({ 'management.from-lan': false }, 'private')).toBe('deny: management not from LAN');
    expect(page({}, 'wan')).toBe('deny: management not from WAN');
    expect(page({ 'management.from-wan': true }, 'wan')).toBe('allow: management from WAN');
    expect(page({}, 'guest')).toBe('deny: management not from guest');
    expect(page({ 'management.from-guest': true }, 'guest')).toBe('allow: management from guest');
    expect(page({}, 'medical')).toBe('deny: management not from the medical segment');
  });

  it('offers addresses everywhere, UPnP to the household only, and nothing else', () => {
    for (const zone of ['private', 'lan', 'guest', 'medical']) {
      expect(verdict(table(), { from: zone, to: 'self', transport: 'dhcp', dport: 67 })).toBe('allow: address service');
      expect(verdict(table(), { from: zone, to: 'self', transport: 'arp', dport: 0 })).toBe('allow: address service');
    }
    expect(verdict(table(), { from: 'private', to: 'self', dport: 1900 })).toBe('allow: UPnP service');
    expect(verdict(table(), { from: 'guest', to: 'self', dport: 1900 })).toBe('deny: guest isolation');
    expect(verdict(table(), { from: 'medical', to: 'self', dport: 1900 })).toBe('deny: medical segment: no services');
    expect(verdict(table(), { from: 'private', to: 'self', dport: 23 })).toBe('deny: service not offered');
    expect(verdict(table(), { from: 'wan', to: 'self', dport: 23 })).toBe('deny: default-deny inbound');
    expect(verdict(table(), { from: 'self', to: 'wan' })).toBe('allow: own traffic');
  });

  it('lets the contracted manager in, by address and port, and nobody else', () => {
    expect(verdict(table(), { from: 'wan', to: 'self', dport: 7547, src: 'soc' })).toBe('deny: default-deny inbound');
    const managed = table({ 'hdo-managed': true });
    expect(verdict(managed, { from: 'wan', to: 'self', dport: 7547, src: 'soc' })).toBe('allow: managed by the hospital');
    expect(verdict(managed, { from: 'wan', to: 'self', dport: 7547, src: 'attacker' })).toBe('deny: default-deny inbound');
  });

  it('keeps guests, household and medical kit apart as the rules say', () => {
    const pairs: readonly [string, string, string, string][] = [
      ['private', 'medical', 'rules.private-to-medical', 'medical segment: no access from private'],
      ['medical', 'private', 'rules.medical-to-private', 'medical segment: no access to private'],
      ['guest', 'private', 'rules.guest-to-private', 'guest isolation'],
      ['private', 'guest', 'rules.private-to-guest', 'guest isolation: no access from private'],
    ];
    for (const [from, to, rule, name] of pairs) {
      expect(verdict(table({ [rule]: 'deny' }), { from, to })).toBe(`deny: ${name}`);
      expect(verdict(table({ [rule]: 'allow' }), { from, to })).toMatch(/^allow: /);
      const lan = (zone: string): string => (zone === 'private' ? 'lan' : zone);
      expect(verdict(table({ [rule]: 'deny' }), { from: lan(from), to: lan(to) })).toBe(`deny: ${name}`);
    }
    expect(verdict(table({ 'rules.guest-to-private': 'allow' }), { from: 'guest', to: 'medical' })).toBe(
      'deny: medical segment: no access from guest',
    );
    expect(verdict(table(), { from: 'medical', to: 'guest' })).toBe('deny: medical segment: no access to guest');
    expect(verdict(table(), { from: 'private', to: 'lan' })).toBe('allow: household');
    expect(verdict(table(), { from: 'lan', to: 'private' })).toBe('allow: household');
    expect(verdict(table(), { from: 'guest', to: 'guest' })).toBe('allow: same segment');
  });

  it('knows no zone that does not exist', () => {
    const without = table({ 'segments.medical': false, 'segments.guest': false });
    expect(without.rules.some((rule) => [rule.from, rule.to].some((zone) => zone === 'medical' || zone === 'guest'))).toBe(false);
    expect(verdict(without, { from: 'medical', to: 'wan' })).toBe('deny: default-deny');
  });

  it('opens what a port map names, to that device and port, over IPv4 only', () => {
    const mapped = table({}, { isolated: [], portMaps: [{ port: 8080, device: 'camera', inside: 8081 }] });
    expect(verdict(mapped, { from: 'wan', to: 'private', dst: 'camera', dport: 8081 })).toBe('allow: port map 8080');
    expect(verdict(mapped, { from: 'wan', to: 'private', dst: 'camera', dport: 8081, family: 6 })).toBe('deny: default-deny inbound');
    expect(verdict(mapped, { from: 'wan', to: 'private', dst: 'tv', dport: 8081 })).toBe('deny: default-deny inbound');
    expect(mapped.portMaps).toEqual([{ port: 8080, device: 'camera', inside: 8081 }]);
  });

  it('holds described devices to their own servers, out and in, and leaves others alone', () => {
    const limited = table({ mud: true }, { isolated: [], portMaps: [{ port: 8080, device: 'camera', inside: 8080 }] });
    expect(verdict(limited, { from: 'private', to: 'wan', src: 'camera', dst: 'vendor-cloud' })).toBe('allow: allow-list of camera');
    expect(verdict(limited, { from: 'private', to: 'wan', src: 'camera', dst: 'resolver', transport: 'udp', dport: 53 })).toBe(
      'allow: allow-list of camera',
    );
    expect(verdict(limited, { from: 'private', to: 'wan', src: 'camera', dst: 'attacker' })).toBe('deny: not on the allow-list of camera');
    expect(verdict(limited, { from: 'wan', to: 'private', dst: 'camera', dport: 8080 })).toBe('deny: not on the allow-list of camera');
    expect(verdict(limited, { from: 'private', to: 'wan', src: 'laptop', dst: 'attacker' })).toBe('allow: outbound');
    expect(verdict(table(), { from: 'private', to: 'wan', src: 'camera', dst: 'attacker' })).toBe('allow: outbound');
  });

  it('takes over the switches that are no rules', () => {
    const t = table({ 'private.isolation': true, 'guest.isolation': false, 'arp-inspection': false, 'conn-flush': false });
    expect(t.isolated).toEqual({ private: true, lan: false, guest: false, medical: false });
    expect([t.arpInspection, t.flushOnChange, t.tracking, t.natTo]).toEqual([false, false, true, ['wan']]);
    const strict = table();
    expect([strict.isolated['guest'], strict.arpInspection, strict.flushOnChange]).toEqual([true, true, true]);
  });

  it('forwards nothing while it starts', () =>
    expect(verdict(startingPolicy, { from: 'private', to: 'wan' })).toBe('deny: router is starting'));

  const zone = fc.constantFrom('private', 'lan', 'guest', 'medical', 'wan', 'self');
  const anything = fc.record({
    from: zone,
    to: zone,
    family: fc.constantFrom<4 | 6>(4, 6),
    transport: fc.constantFrom('tcp', 'udp', 'arp', 'dhcp'),
    dport: fc.constantFrom(23, 53, 80, 443, 1900, 7547, 8080),
    dst: fc.constantFrom('tv', 'hub'),
  });
  const arbitrarySettings = fc.record(
    Object.fromEntries(
      Object.entries(routerSettings).map(([name, spec]) => [
        name,
        spec.type === 'flag' ? fc.boolean() : fc.constantFrom(...(spec.choices ?? ['resolver'])),
      ]),
    ),
  ) as fc.Arbitrary<Record<string, SettingValue>>;

  it('law: an isolated device gets nothing through, whatever the other settings', () => {
    fc.assert(
      fc.property(arbitrarySettings, anything, (settings, ask) => {
        const t = table(settings, { isolated: ['camera'], portMaps: [{ port: 8080, device: 'camera', inside: 8080 }] });
        expect(verdict(t, { ...ask, src: 'camera' })).toBe('deny: isolated by playbook');
        expect(verdict(t, { ...ask, dst: 'camera' })).toBe('deny: isolated by playbook');
      }),
    );
  });

  it('law: the internet opens no connection to the hospital’s segment, whatever the household sets', () => {
    fc.assert(
      fc.property(arbitrarySettings, anything, (settings, ask) => {
        expect(verdict(table(settings), { ...ask, from: 'wan', to: 'medical' })).toMatch(/^deny: /);
      }),
    );
  });

  it('law: closing a setting never lets more through', () => {
    const closed: Readonly<Record<string, SettingValue>> = {
      'management.from-lan': false,
      'management.from-wan': false,
      'management.from-guest': false,
      'ipv6.inbound': 'deny',
      'ipv4.inbound': 'deny',
      'rules.medical-to-private': 'deny',
      'rules.private-to-medical': 'deny',
      'rules.guest-to-private': 'deny',
      'rules.private-to-guest': 'deny',
      'hdo-managed': false,
      mud: true,
    };
    fc.assert(
      fc.property(
        arbitrarySettings,
        fc.constantFrom(...Object.keys(closed)),
        anything,
        fc.constantFrom('camera', 'soc', 'laptop'),
        (settings, name, ask, src) => {
          const before = verdict(table(settings), { ...ask, src });
          const after = verdict(table({ ...settings, [name]: closed[name]! }), { ...ask, src });
          if (before.startsWith('deny')) expect(after).toMatch(/^deny/);
        },
      ),
    );
  });

  it('has profiles that name existing settings with possible values', () => {
    for (const profile of Object.values(routerProfiles))
      for (const [name, value] of Object.entries(profile)) {
        const spec = routerSettings[name];
        expect(spec, name).toBeDefined();
        if (spec!.type === 'choice') expect(spec!.choices, name).toContain(value);
        else expect(typeof value, name).toBe('boolean');
      }
  });
});
