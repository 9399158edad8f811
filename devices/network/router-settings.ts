import { choice, flag, deviceIds, type Settings, type SettingSpecs } from '../../sim/model/settings.ts';
import { allowListSettings } from './allow-lists.ts';

/**
 * Settings of a consumer router, each with a mechanism in the model (policy table, administration page, updates,
 * monitoring) or, where the sentence says so, in the network itself,
 * which asks the access point for it. Three are only recorded: their sentences say so.
 * Sources of the requirements: T = Broadband Forum TR-124 Issue 9 (2024), B = BSI TR-03148 v1.2 (2023),
 * I = Singapore IMDA TS RG-SEC. NIST IR 8425A builds on these; its own requirement table was not read.
 */
const rule = (value: 'allow' | 'deny', doc: string) => choice(value, ['allow', 'deny'], doc);

export const routerSettings: SettingSpecs = {
  'admin-password': choice(
    'factory',
    ['factory', 'unique', 'changed'],
    'Password of the administration page: the model’s public one, one printed on this unit (T SEC.USERINTERFACE.4, B 4.1.1), or one the owner chose (T SEC.UI.5).',
  ),
  'login-rate-limit': flag(false, 'Wrong passwords lock the login for a while (T SEC.UI.6, B 4.1.1).'),
  'management.from-lan': flag(true, 'The administration page answers to the household’s zones.'),
  'management.from-wan': flag(false, 'The administration page answers to the internet (off by default: T MGMT.REMOTE.WEB.1, B 4.8).'),
  'management.from-guest': flag(false, 'The administration page answers to guests (B 3.1.2 forbids it).'),
  upnp: flag(true, 'Devices inside may open ports over UPnP IGD (T UPnP.IGD.2-4).'),
  'ipv6.inbound': rule('deny', 'Unsolicited inbound IPv6 to home devices (B 4.7, RFC 6092).'),
  'ipv4.inbound': rule('deny', 'Unsolicited inbound IPv4 to home devices (T LAN.FW.1, FW.SPI.16; B 4.3).'),
  'segments.guest': flag(false, 'A guest segment exists (B 3.1.2: off in factory state).'),
  'segments.medical': flag(false, 'A segment of its own for the hospital’s kit exists (T WIRELESS.AP.24: SSID mapped to VLAN).'),
  'rules.medical-to-private': rule('deny', 'New connections from the medical to the household’s segment.'),
  'rules.private-to-medical': rule('deny', 'New connections from the household’s to the medical segment.'),
  'rules.guest-to-private': rule('deny', 'New connections from guests to the household’s segment (B 3.1.2: no path).'),
  'rules.private-to-guest': rule('allow', 'New connections from the household’s to the guest segment.'),
  'guest.isolation': flag(false, 'Stations of the guest segment cannot reach each other (B 3.1.2: reaching may be allowed).'),
  'private.isolation': flag(false, 'Stations of the household’s segment cannot reach each other.'),
  'arp-inspection': flag(false, 'Frames that claim an address leased to another station are dropped.'),
  'wifi.security': choice(
    'wpa2',
    ['none', 'wpa2', 'wpa3'],
    'Protection of the radio; read by the network when a station joins or listens (B 3.1.2: at least WPA2).',
  ),
  'wifi.pmf': flag(
    false,
    'Protected management frames: forged de-authentication is ignored. No technique here forges it yet, so nothing differs.',
  ),
  'wifi.passphrase': choice(
    'strong',
    ['factory-derived', 'weak', 'strong'],
    'Passphrase: computable from the device’s own data (B 3.1.2 forbids it), guessable offline, or neither; read by the network.',
  ),
  wps: choice(
    'button',
    ['off', 'pin', 'button'],
    'Joining by WPS: not at all, with a guessable static PIN, or only while somebody presses the button (T WIRELESS.AP.11). No technique here joins by it yet, so nothing differs.',
  ),
  'dns-rebinding-protection': flag(
    false,
    'Answers from outside that name an inside address are dropped (B 4.4). Browsers inside are not modelled, so nothing differs.',
  ),
  'dns-server': deviceIds(
    { kind: 'dns-resolver' },
    'Name server that leases hand out: the device that answers; read by the network at each lease.',
  ),
  'firmware-signed': flag(true, 'A program or update without the vendor’s signature is not run (B 4.2, T GEN.OPS.22-24).'),
  vendor: deviceIds({ kind: 'device-vendor' }, 'Vendor that serves (the first) and signs its firmware.'),
  'auto-update': flag(false, 'Asks the vendor for updates once a day and installs them (B 4.2: on by default).'),
  'wan.queue': choice(
    'fifo',
    ['fifo', 'fair', 'priority'],
    'Queue towards the line: first come first served, an equal share for each station, or the hospital’s kit first; read by the network.',
  ),
  'lte-backup': flag(false, 'The router falls back to its own mobile modem when the line fails; read by the network.'),
  mud: flag(false, 'Described devices reach their own servers only (manufacturer usage descriptions, RFC 8520).'),
  ...allowListSettings,
  'monitor.flows': flag(
    false,
    'Compares each station’s traffic with its own past, beyond what is expected of the kit, and reports to the hospital’s operations centre.',
  ),
  'monitor.kit': deviceIds({ kind: 'hah-tablet' }, 'The hospital’s hubs: their calls are expected traffic for the flow monitor.'),
  'monitor.platform': deviceIds({ kind: 'telehealth-platform' }, 'Telehealth platforms that those calls go to.'),
  'monitor.logins': flag(false, 'Reports a run of failed administration logins (B 4.1.2: push alerts).'),
  manager: deviceIds({ kind: 'soc' }, 'The hospital’s operations centre, which it reports to (the first) and which may change its rules.'),
  'hdo-managed': flag(
    false,
    'The hospital may change rules from outside, with a certificate; the household cannot undo them (T FW.SPI.5).',
  ),
  'conn-flush': flag(false, 'A change of rules ends the connections that they no longer allow.'),
  log: flag(true, 'Keeps a log of logins, port mappings and changes (T LAN.FW.2-5: at least 100 entries).'),
};

/** What the hospital's contract takes out of the household's hands (T FW.SPI.5: operator rules cannot be overridden). */
export const HOSPITAL_ONLY = ['rules.', 'segments.', 'isolate.', 'hdo-managed', 'monitor.'] as const;

/**
 * Bundles. Which settings stand for which kind of router is ours; `typical-2025` takes the more frequent state where a
 * survey gives a share, and otherwise what a present-day unit ships with.
 */
export const routerProfiles: Readonly<Record<string, Settings>> = {
  /** What the standards that IR 8425A draws on require or recommend; their MAYs are left off. */
  'ir8425a-informed': {
    'admin-password': 'unique',
    'login-rate-limit': true,
    'management.from-lan': true,
    'management.from-wan': false,
    'management.from-guest': false,
    // Support is required (T UPnP.IGD.2), off by default was not found in the sources: the careful reading is ours.
    upnp: false,
    'ipv6.inbound': 'deny',
    'ipv4.inbound': 'deny',
    'segments.guest': true,
    'rules.guest-to-private': 'deny',
    'rules.private-to-guest': 'deny',
    'guest.isolation': true,
    'rules.medical-to-private': 'deny',
    'rules.private-to-medical': 'deny',
    'wifi.security': 'wpa3',
    'wifi.pmf': true,
    'wifi.passphrase': 'strong',
    wps: 'button',
    'arp-inspection': true,
    'dns-rebinding-protection': true,
    'firmware-signed': true,
    'auto-update': true,
    'conn-flush': true,
    log: true,
    'monitor.logins': true,
  },
  /**
   * Factory password kept by 81 % and firmware never updated by 84 % of users (Broadband Genie 2025, n = 3,242);
   * UPnP on at 76 % of routers (Trend Micro 2019); WPA2 at three quarters of access points and WPA3 at about a tenth
   * (remembered); 69 % keep the key on the label, which on present units is random per unit (T WIRELESS.AP.20-21).
   */
  'typical-2025': {
    'admin-password': 'factory',
    'login-rate-limit': false,
    'management.from-lan': true,
    'management.from-wan': false,
    'management.from-guest': false,
    upnp: true,
    'ipv6.inbound': 'deny',
    'ipv4.inbound': 'deny',
    'segments.guest': true,
    'rules.guest-to-private': 'deny',
    'rules.private-to-guest': 'allow',
    'guest.isolation': false,
    'wifi.security': 'wpa2',
    'wifi.pmf': false,
    'wifi.passphrase': 'strong',
    wps: 'button',
    'arp-inspection': false,
    'dns-rebinding-protection': false,
    'firmware-signed': true,
    'auto-update': false,
    'conn-flush': false,
    log: true,
  },
  /** Everything that surveys still find somewhere: a bound, not an average. */
  neglected: {
    'admin-password': 'factory',
    'login-rate-limit': false,
    'management.from-lan': true,
    'management.from-wan': true,
    'management.from-guest': true,
    upnp: true,
    'ipv6.inbound': 'allow',
    'ipv4.inbound': 'deny',
    'segments.guest': true,
    'rules.guest-to-private': 'allow',
    'rules.private-to-guest': 'allow',
    'guest.isolation': false,
    'wifi.security': 'wpa2',
    'wifi.pmf': false,
    'wifi.passphrase': 'factory-derived',
    wps: 'pin',
    'arp-inspection': false,
    'dns-rebinding-protection': false,
    'firmware-signed': false,
    'auto-update': false,
    'conn-flush': false,
    log: false,
  },
};
