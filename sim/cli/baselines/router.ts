import { NOT_MODELLED } from './rows.ts';
import type { BaselineRow } from './rows.ts';

/**
 * Router requirements and the settings of `consumer-router` that stand for them. T = Broadband Forum TR-124 Issue 9
 * (2024), B = BSI TR-03148 v1.2 (2023), I = Singapore IMDA TS RG-SEC (press and consultation only). NIST IR 8425A ties
 * the outcomes of IR 8425 to these standards; its own requirement table was not read.
 */
const T = (ids: string): string => `TR-124 Issue 9 ${ids}`;
const B = (section: string): string => `BSI TR-03148 v1.2 ${section}`;
const I = 'IMDA TS RG-SEC (press)';

const row = (
  outcome: string,
  requirement: string,
  source: string,
  setting: string = NOT_MODELLED,
  basis: BaselineRow['basis'] = 'published',
): BaselineRow => ({
  outcome,
  requirement,
  source,
  basis,
  setting,
  test: TESTS[setting] ?? null,
});

const ACCESS = 'Interface Access Control';
const DATA = 'Data Protection';
const UPDATE = 'Software Update';
const AWARE = 'Cybersecurity State Awareness';
const CONFIGURATION = 'Product Configuration';

/** Where each setting's mechanism is tested. */
const POLICY = 'test/devices/network/router-policy.test.ts';
const DEVICE = 'test/devices/network/consumer-router.test.ts';
const TESTS: Readonly<Record<string, string>> = {
  'admin-password': `${DEVICE}#refuses the factory password when it has one of its own`,
  'login-rate-limit': `${DEVICE}#locks guessers out only with the rate limit`,
  'management.from-lan': `${POLICY}#shows the administration page only to the zones that its settings name`,
  'management.from-wan': `${POLICY}#shows the administration page only to the zones that its settings name`,
  'management.from-guest': `${POLICY}#shows the administration page only to the zones that its settings name`,
  'ipv4.inbound': `${POLICY}#lets the home out and keeps the internet out, in both IP versions`,
  'ipv6.inbound': `${POLICY}#opens inbound IPv6 for the household but never for the hospital’s segment`,
  'hdo-managed': `${DEVICE}#keeps the hospital’s rules out of the administrator’s hands while it is managed`,
  'segments.medical': `${POLICY}#knows no zone that does not exist`,
  'segments.guest': `${POLICY}#knows no zone that does not exist`,
  'rules.medical-to-private': `${POLICY}#keeps guests, household and medical kit apart as the rules say`,
  'rules.private-to-medical': `${POLICY}#keeps guests, household and medical kit apart as the rules say`,
  'rules.guest-to-private': `${POLICY}#keeps guests, household and medical kit apart as the rules say`,
  'guest.isolation': `${POLICY}#takes over the switches that are no rules`,
  'arp-inspection': `${POLICY}#takes over the switches that are no rules`,
  'conn-flush': `${POLICY}#takes over the switches that are no rules`,
  upnp: `${DEVICE}#refuses mappings from outside, without numbers, or for a port that another device has`,
  'firmware-signed': `${DEVICE}#asks for no update without the setting, ignores old versions, and runs whatever comes where signatures are not checked`,
  'auto-update': `${DEVICE}#asks for no update without the setting, ignores old versions, and runs whatever comes where signatures are not checked`,
  log: `${DEVICE}#keeps the last hundred log entries, or none`,
  'monitor.logins': `${DEVICE}#reports a run of failed logins when it watches them`,
  'monitor.flows': `${DEVICE}#judges the home’s stations only, in every segment`,
  mud: `${POLICY}#holds described devices to their own servers, out and in, and leaves others alone`,
};

export const ROUTER_BASELINE: readonly BaselineRow[] = [
  row(
    ACCESS,
    'Password of the administration page differs from unit to unit',
    `${T('SEC.USERINTERFACE.4')}; ${B('4.1.1')}`,
    'admin-password',
  ),
  row(ACCESS, 'The owner must or is asked to change it at first access', T('SEC.UI.5, MGMT.LOCAL.13'), 'admin-password'),
  row(ACCESS, 'At least 8 (BSI) or 10 (TR-124) characters of several classes', `${T('SEC.UI.5')}; ${B('4.1.1')}`),
  row(ACCESS, 'Wrong logins are slowed down', `${T('SEC.UI.6')}; ${B('4.1.1')}`, 'login-rate-limit'),
  row(ACCESS, 'Sessions end when idle and carry a token against forged requests', `${T('MGMT.LOCAL.5')}; ${B('4.1.1')}`),
  row(ACCESS, 'No hidden accounts', `${T('GEN.OPS.21')}; ${B('4.1.1')}`),
  row(ACCESS, 'Secrets are not shared between units', B('3'), 'admin-password'),
  row(ACCESS, 'Administration from inside the home can be limited', T('SEC.UI.1'), 'management.from-lan', 'derived'),
  row(
    ACCESS,
    'Administration from the internet is off unless switched on',
    `${T('MGMT.REMOTE.WEB.1')}; ${B('4.8')}; ${I}`,
    'management.from-wan',
  ),
  row(ACCESS, 'Remote administration is temporary, read-only by default, one session, own password', T('MGMT.REMOTE.WEB.2-13')),
  row(ACCESS, 'Guests do not reach the administration page', B('3.1.2'), 'management.from-guest'),
  row(ACCESS, 'Second factor for administration (optional)', `${T('SEC.UI.9')}; ${B('4.1.1')}`),
  row(ACCESS, 'Only needed services are offered, none to the internet', `${T('SEC.GEN.5-7')}; ${B('3.1, 3.2')}`, 'management.from-wan'),
  row(ACCESS, 'Unsolicited IPv4 from outside is refused', `${T('LAN.FW.1, FW.SPI.16')}; ${B('4.3')}`, 'ipv4.inbound'),
  row(ACCESS, 'Unsolicited IPv6 from outside is refused', `${T('LAN.PFWDv6.1')}; ${B('4.7')}; RFC 6092`, 'ipv6.inbound'),
  row(ACCESS, 'Closed ports do not show in scans', T('SEC.GEN.1')),
  row(ACCESS, 'Flood, spoofing and fragment protections', T('FW.SPI.2-3')),
  row(ACCESS, 'Rules of the operator cannot be undone by the user', T('FW.SPI.5'), 'hdo-managed'),
  row(ACCESS, 'Several SSIDs, each mapped to a VLAN', T('WIRELESS.AP.24a/b, 26, 30; LAN.GEN.4'), 'segments.medical'),
  row(ACCESS, 'From the medical to the private segment', 'ours, on TR-124 WIRELESS.AP.24', 'rules.medical-to-private', 'ours'),
  row(ACCESS, 'From the private to the medical segment', 'ours, on TR-124 WIRELESS.AP.24', 'rules.private-to-medical', 'ours'),
  row(ACCESS, 'Guest network off in factory state', B('3.1.2'), 'segments.guest'),
  row(ACCESS, 'No path from guests to the private network', B('3.1.2'), 'rules.guest-to-private'),
  row(ACCESS, 'Guests may be kept apart from each other', B('3.1.2'), 'guest.isolation'),
  row(ACCESS, 'Forged address claims inside a segment are dropped', 'ours: common in managed access points', 'arp-inspection', 'ours'),
  row(DATA, 'WPA2 at least, WPA3-Personal certified', `${T('WPA2.1, WPA3.1')}; ${B('3.1.2')}`, 'wifi.security'),
  row(DATA, 'Management frames protected (part of WPA3)', T('WPA3.1'), NOT_MODELLED, 'derived'),
  row(
    DATA,
    'Key per unit, 20 digits or more, not computable from device data',
    `${T('WIRELESS.AP.20-21')}; ${B('3.1.2')}`,
    'wifi.passphrase',
  ),
  row(ACCESS, 'WPS by push button; PIN off, fresh PIN per join', `${T('WIRELESS.AP.11')}; ${B('3.1.2')}; ${I}`),
  row(ACCESS, 'UPnP IGD supported, owner warned while it is on; "off by default" was not found in the sources', T('UPnP.IGD.2-4'), 'upnp'),
  row(ACCESS, 'Port mappings are dropped at restart', T('UPnP.ACRF.3')),
  row(DATA, 'Answers from outside that name inside addresses are dropped', B('4.4')),
  row(DATA, 'Name queries with random port and number', B('4.4')),
  row(DATA, 'Administration page over TLS 1.2 or later', T('SEC.UI.1')),
  row(
    UPDATE,
    'Updates are checked before they are installed; unsigned ones never are',
    `${B('4.2')}; ${T('GEN.OPS.22-24')}`,
    'firmware-signed',
  ),
  row(UPDATE, 'Security updates install themselves unless switched off', `${B('4.2')}; ${I}`, 'auto-update'),
  row(UPDATE, 'A failed update rolls back', T('GEN.OPS.24')),
  row(UPDATE, 'End of support is published', B('4.2')),
  row(AWARE, 'Firewall log of at least 100 entries', T('LAN.FW.2-5'), 'log'),
  row(AWARE, 'Event log of the line of at least 250 entries', T('MGMT.GEN.3-4')),
  row(AWARE, 'Failed logins are shown and may be pushed', B('4.1.2, Table 6'), 'monitor.logins'),
  row(AWARE, 'Unusual traffic of a device is reported', 'ours, on IR 8425 state awareness', 'monitor.flows', 'ours'),
  row(CONFIGURATION, 'Factory reset erases personal data', B('4.6')),
  row(CONFIGURATION, 'Export of the configuration is encrypted', B('4.1.1')),
  row(CONFIGURATION, 'A changed rule also ends connections it forbids', 'ours: products differ', 'conn-flush', 'ours'),
  row(ACCESS, 'Described devices reach only their own servers', 'RFC 8520 (MUD)', 'mud'),
  row('Resilience', 'Runs day and night, restarts within 60 s', T('GEN.OPS.2-4, 8, 9')),
  row('Resilience', 'One device cannot starve the line', 'ours, on TR-124 QoS', 'wan.queue', 'ours'),
];
