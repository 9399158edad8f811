import type { Catalogue } from '../../sim/model/catalogue.ts';
import type { DeviceModel } from '../../sim/model/device.ts';
import { choice, flag, quantity, deviceIds, type SettingSpecs } from '../../sim/model/settings.ts';
import type { Technique } from '../../sim/model/technique.ts';

/** A catalogue with the kinds of the project's homes, each with a few settings: enough to read any scenario. */
const model = (
  kind: string,
  family: DeviceModel['family'],
  roles: readonly string[],
  settings: SettingSpecs = {},
  more: Partial<DeviceModel> = {},
): DeviceModel => ({
  kind,
  title: `A ${kind}`,
  family,
  roles,
  settings,
  memory: () => ({}),
  serves: [],
  machine: { initial: 'on', states: { on: {} } },
  effects: {},
  ...more,
});

const router = model(
  'consumer-router',
  'network',
  ['router'],
  {
    'admin-password': choice('factory', ['factory', 'unique', 'changed'], 'Password.'),
    upnp: flag(true, 'Ports by UPnP.'),
    'segments.guest': flag(false, 'Guest segment.'),
    'segments.medical': flag(false, 'Medical segment.'),
    'rules.medical-to-private': choice('allow', ['allow', 'deny'], 'Rule.'),
    'rules.private-to-medical': choice('allow', ['allow', 'deny'], 'Rule.'),
    'dns-server': deviceIds({ kind: 'dns-resolver' }, 'Name server.'),
    'lockout-minutes': quantity(0, 'min', 0, 60, 'Lockout.'),
  },
  {
    forwards: true,
    profiles: {
      'typical-2025': { upnp: true, 'admin-password': 'factory' },
      'ir8425a-informed': { upnp: false, 'admin-password': 'unique' },
      neglected: { upnp: true, 'segments.guest': true },
    },
  },
);

const models: readonly DeviceModel[] = [
  router,
  model(
    'hah-tablet',
    'medical',
    ['hah-kit'],
    {
      oximeter: deviceIds({ kind: 'pulse-oximeter', relayed: true }, 'Sensor.'),
      'payload-signature': flag(false, 'Signs.'),
      'wifi.segment': choice('', ['', 'private', 'guest', 'medical'], 'Segment.'),
    },
    { relays: true },
  ),
  model('own-tablet', 'medical', ['hah-kit'], {}, { relays: true, standsFor: ['hah-tablet'] }),
  ...['pulse-oximeter', 'bp-cuff', 'thermometer'].map((kind) => model(kind, 'medical', ['hah-kit', 'peripheral'])),
  model('smart-speaker', 'home', ['iot'], {
    'voice-pin': flag(false, 'PIN.'),
    'skill-transport': choice('http', ['http', 'tls'], 'Transport.'),
  }),
  model(
    'camera',
    'home',
    ['iot'],
    {
      credentials: choice('factory', ['factory', 'unique'], 'Credentials.'),
      'remote-view': choice('upnp', ['upnp', 'off'], 'View.'),
    },
    { supply: 'mains' },
  ),
  model('smart-tv', 'home', ['iot'], { credentials: choice('factory', ['factory', 'unique'], 'Credentials.') }),
  ...['phone', 'laptop'].map((kind) => model(kind, 'home', ['personal'])),
  ...['isp-gateway', 'lte-gateway'].map((kind) => model(kind, 'network', ['network'], {}, { forwards: true })),
  model('dns-resolver', 'network', ['network']),
  ...['voice-cloud', 'skill-backend', 'device-vendor', 'web-content'].map((kind) => model(kind, 'cloud', ['server'])),
  model('telehealth-platform', 'cloud', ['server'], { 'verify-signature': flag(false, 'Verifies.') }),
  model('hospital-edge', 'hospital', ['hospital'], { enrolled: deviceIds({ kind: 'hah-tablet' }, 'Enrolled.') }, { forwards: true }),
  ...['portal', 'identity-provider', 'ehr', 'soc', 'nurse-panel'].map((kind) => model(kind, 'hospital', ['hospital'])),
  ...['patient', 'household'].map((kind) => model(kind, 'people', ['person'], {}, { carePlans: ['copd', 'general'] })),
];

const technique = (id: string, args: Technique['args'] = {}): Technique => ({ id, title: id, attack: [], args, start: () => {}, on: {} });
const ON = { type: 'device', needed: true } as const;

export const fakeCatalogue: Catalogue = {
  devices: new Map(models.map((one) => [one.kind, one])),
  techniques: new Map(
    [
      technique('default-credentials', { on: ON, kind: { type: 'kind', of: 'on' }, port: { type: 'number', low: 1, high: 65_535 } }),
      technique('arp-in-the-middle', { between: { type: 'device', many: true, count: 2, needed: true } }),
      technique('rewrite-observation', {
        what: { type: 'word', many: true, choices: ['spo2', 'pulse'] },
        at: { type: 'host', kind: 'web-content' },
      }),
      technique('vendor-cloud-takeover', { on: ON }),
      technique('think', { n: { type: 'word' } }),
      technique('rest'),
    ].map((one) => [one.id, one]),
  ),
  planner: () => 'done',
  publicKnowledge: new Map(),
};
