import type { PolicyRule, PolicyTable, PortMap } from '../../sim/model/policy.ts';
import { listed, type SettingValue } from '../../sim/model/settings.ts';
import { allowListsOf } from './allow-lists.ts';

/**
 * From a consumer router's settings to what it lets through: a pure function, so that every rule can be tested without
 * a network. The first matching rule decides and its name is the verdict's reason.
 *
 * Zones: private and lan (the household, by radio and by cable), guest, medical (the hospital's kit), wan, self.
 * Order: quarantine, the device's own traffic, services of the router, home zones, allow-lists, outbound, inbound.
 */

/** What a table depends on besides the settings: things that came about during the run. */
export interface RouterState {
  /** Devices that a playbook cut off, by id. */
  readonly isolated: readonly string[];
  /** Mappings that devices asked for over UPnP. */
  readonly portMaps: readonly PortMap[];
}

/** Web administration: HTTP, HTTPS and the usual alternative. */
export const MANAGEMENT_PORTS = [80, 443, 8080] as const;
/** UPnP IGD (SSDP/SOAP of the gateway device). */
export const UPNP_PORT = 1900;
/** CPE WAN management (TR-069 connection request, IANA 7547): where a contracted manager talks to the router. */
export const MANAGER_PORT = 7547;

/** Household zones trust each other: one is the radio, the other the switch ports. */
const HOUSEHOLD = ['private', 'lan'] as const;

/**
 * Policy of a consumer router.
 * @param setting value of a setting of consumer-router by name
 */
export function routerPolicy(setting: (name: string) => SettingValue, state: RouterState): PolicyTable {
  const guest = setting('segments.guest') === true;
  const medical = setting('segments.medical') === true;
  const inside = [...HOUSEHOLD, ...(guest ? ['guest'] : []), ...(medical ? ['medical'] : [])];
  const rules: PolicyRule[] = [
    ...quarantine(state.isolated),
    { name: 'own traffic', from: 'self', action: 'allow' },
    ...ownServices(setting, inside),
    ...betweenZones(setting, inside),
    ...(setting('mud') === true ? allowLists(setting) : []),
    ...inside.map((zone): PolicyRule => ({ name: 'outbound', from: zone, to: 'wan', action: 'allow' })),
    ...inbound(setting, inside, state.portMaps),
  ];
  return {
    rules,
    fallback: { name: 'default-deny', action: 'deny' },
    tracking: true,
    natTo: ['wan'],
    portMaps: state.portMaps,
    isolated: {
      private: setting('private.isolation') === true,
      lan: false, // switch ports: client isolation is a feature of the radio
      guest: setting('guest.isolation') === true,
      medical: false, // the kit's own devices may talk among themselves
    },
    arpInspection: setting('arp-inspection') === true,
    flushOnChange: setting('conn-flush') === true,
  };
}

/** While it boots a router forwards nothing. */
export const startingPolicy: PolicyTable = {
  rules: [],
  fallback: { name: 'router is starting', action: 'deny' },
  tracking: false,
  natTo: ['wan'],
  portMaps: [],
  isolated: {},
  arpInspection: false,
  flushOnChange: true,
};

/** First of all, so that nothing else can let a quarantined device through, in either direction or inside its own segment. */
function quarantine(isolated: readonly string[]): PolicyRule[] {
  return isolated.flatMap((device): PolicyRule[] => [
    { name: 'isolated by playbook', src: device, action: 'deny' },
    { name: 'isolated by playbook', dst: device, action: 'deny' },
  ]);
}

/** The router's own services, by zone; what is not offered is closed (TR-124 SEC.GEN.5-7, BSI TR-03148 3.1). */
function ownServices(setting: (name: string) => SettingValue, inside: readonly string[]): PolicyRule[] {
  const pages = (zone: string, allowed: boolean, name: string): PolicyRule[] =>
    MANAGEMENT_PORTS.map((dport) => ({ name, from: zone, to: 'self', transport: 'tcp', dport, action: allowed ? 'allow' : 'deny' }));
  const rules: PolicyRule[] = [];
  for (const zone of inside) {
    rules.push({ name: 'address service', from: zone, to: 'self', transport: 'dhcp', action: 'allow' });
    rules.push({ name: 'address service', from: zone, to: 'self', transport: 'arp', action: 'allow' });
    if (zone === 'guest') {
      const allowed = setting('management.from-guest') === true;
      rules.push(...pages(zone, allowed, allowed ? 'management from guest' : 'management not from guest'));
      rules.push({ name: 'guest isolation', from: zone, to: 'self', action: 'deny' });
    } else if (zone === 'medical') {
      rules.push(...pages(zone, false, 'management not from the medical segment'));
      rules.push({ name: 'medical segment: no services', from: zone, to: 'self', action: 'deny' });
    } else {
      const allowed = setting('management.from-lan') === true;
      rules.push(...pages(zone, allowed, allowed ? 'management from LAN' : 'management not from LAN'));
      // Open whatever the setting: a router without UPnP says so itself instead of leaving the asker waiting.
      rules.push({ name: 'UPnP service', from: zone, to: 'self', dport: UPNP_PORT, action: 'allow' });
      rules.push({ name: 'service not offered', from: zone, to: 'self', action: 'deny' });
    }
  }
  const remote = setting('management.from-wan') === true;
  rules.push(...pages('wan', remote, remote ? 'management from WAN' : 'management not from WAN'));
  if (setting('hdo-managed') === true)
    for (const src of listed(String(setting('manager'))))
      rules.push({ name: 'managed by the hospital', from: 'wan', to: 'self', transport: 'tcp', dport: MANAGER_PORT, src, action: 'allow' });
  rules.push({ name: 'default-deny inbound', from: 'wan', to: 'self', action: 'deny' });
  return rules;
}

/** Between the zones of the home. The medical zone is never open to guests, whatever the household chooses for itself. */
function betweenZones(setting: (name: string) => SettingValue, inside: readonly string[]): PolicyRule[] {
  const rules: PolicyRule[] = inside.map((zone): PolicyRule => ({ name: 'same segment', from: zone, to: zone, action: 'allow' }));
  const pair = (from: string, to: string, action: SettingValue, allowed: string, denied: string): void => {
    if (!inside.includes(from) || !inside.includes(to)) return;
    rules.push({ name: action === 'allow' ? allowed : denied, from, to, action: action === 'allow' ? 'allow' : 'deny' });
  };
  pair('private', 'lan', 'allow', 'household', '');
  pair('lan', 'private', 'allow', 'household', '');
  for (const zone of HOUSEHOLD) {
    pair(zone, 'medical', setting('rules.private-to-medical'), 'private to medical allowed', 'medical segment: no access from private');
    pair('medical', zone, setting('rules.medical-to-private'), 'medical to private allowed', 'medical segment: no access to private');
    pair('guest', zone, setting('rules.guest-to-private'), 'guest to private allowed', 'guest isolation');
    pair(zone, 'guest', setting('rules.private-to-guest'), 'private to guest allowed', 'guest isolation: no access from private');
  }
  pair('guest', 'medical', 'deny', '', 'medical segment: no access from guest');
  pair('medical', 'guest', 'deny', '', 'medical segment: no access to guest');
  return rules;
}

/** Manufacturer usage descriptions (RFC 8520): a listed device reaches its own servers and nothing else, and nobody reaches it from outside. */
function allowLists(setting: (name: string) => SettingValue): PolicyRule[] {
  return allowListsOf(setting).flatMap(({ device, hosts }): PolicyRule[] => [
    ...hosts.map((host): PolicyRule => ({ name: `allow-list of ${device}`, src: device, to: 'wan', dst: host, action: 'allow' })),
    { name: `not on the allow-list of ${device}`, src: device, to: 'wan', action: 'deny' },
    { name: `not on the allow-list of ${device}`, from: 'wan', dst: device, action: 'deny' },
  ]);
}

/** Unsolicited traffic from the internet: only what was asked for (TR-124 LAN.FW.1, FW.SPI.16; BSI 4.3 and, for IPv6, 4.7). */
function inbound(setting: (name: string) => SettingValue, inside: readonly string[], portMaps: readonly PortMap[]): PolicyRule[] {
  const rules: PolicyRule[] = portMaps.map((map) => ({
    name: `port map ${map.port}`,
    from: 'wan',
    family: 4,
    dst: map.device,
    dport: map.inside,
    action: 'allow',
  }));
  for (const family of [4, 6] as const)
    if (setting(`ipv${family}.inbound`) === 'allow')
      for (const zone of inside)
        // The hospital's zone keeps its door shut: its rules are not the household's to open.
        if (zone !== 'medical') rules.push({ name: `inbound IPv${family} allowed`, from: 'wan', to: zone, family, action: 'allow' });
  rules.push({ name: 'default-deny inbound', from: 'wan', action: 'deny' });
  return rules;
}
