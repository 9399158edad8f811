import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import type { Body } from '../../sim/model/message.ts';
import { choice, flag, quantity } from '../../sim/model/settings.ts';
import { kitPassword } from '../credentials.ts';
import { HTTP, HTTPS, portalPassword, vpnSecret } from '../hospital/portal-protocol.ts';
import { startChains } from '../home/background.ts';
import { UPDATE_CHAIN, updateEffects, updateMemory, updateSettings, updateTransitions, vendorChannel, type UpdateMemory } from '../home/updates.ts';
import { callEffects, type CallMemory } from './hub-call.ts';

/**
 * The kit's hub: a tablet that hears the sensors over BLE, sends observations to the telehealth platform, keeps a
 * session to the hospital's portal, rings for calls and shows orders to the patient. On the home's Wi-Fi or on LTE.
 */
export interface HubMemory extends CallMemory, UpdateMemory {
  /** Observations on their way, and those waiting for a line, oldest first. */
  sent: { n: number; body: Body }[];
  queue: { n: number; body: Body }[];
  /** What the patient last was asked to do, and the sensor's own account of itself. */
  worn: boolean;
  battery: number;
  pings: number;
  polls: number;
  token: string | null;
  /** When the care plan on the screen was fetched, µs; -1 = never. */
  planAt: number;
}

/** MQTT over TLS (IANA: secure-mqtt). */
const TELEMETRY_PORT = 8883;
/** MQTT keepalive: fixed header of two bytes and the status that this hub adds. */
const PING_BYTES = 31;
const SMALL_BYTES = 200;
/** Numbers of the peripherals' readings interleave, so that a hub's number names one reading. */
const SLOTS = 4;
const PATIENT = 'patient';
/** HTTP: not authorised. */
const UNAUTHORISED = 401;
/** A session opened with a code has an odd number, so that a second refusal does not ask the patient again. */
const CODE_NUMBERS = 2;

const slotOf = (device: string): number => (device === 'oximeter' ? 0 : device === 'bp-cuff' ? 1 : 2);

/** What the hub does whatever else it is doing. */
const always: Readonly<Record<string, TransitionEntry<HubMemory>>> = {
  vital: { actions: ['observe'] },
  'observation-ack': { actions: ['delivered', 'drain'] },
  'observation-failed': { actions: ['undelivered'] },
  'device-status': { actions: ['noteStatus'] },
  'ping-time': { actions: ['ping'] },
  'telemetry-pong': { actions: ['drain'] },
  'measure-time': { actions: ['remindToMeasure'] },
  'portal-time': { actions: ['usePortal'] },
  'session-opened': { actions: ['keepToken', 'readCarePlan'] },
  'session-open-failed': [{ actions: ['askForCode'], cond: (_, event) => event.body?.['status'] === UNAUTHORISED && event.n % CODE_NUMBERS === 0 }],
  'one-time-code': { actions: ['openWithCode'] },
  'care-plan-page': { actions: ['showCarePlan'] },
  'care-plan-failed': [{ actions: ['forgetToken'], cond: (_, event) => event.body?.['status'] === UNAUTHORISED }],
  'order-display': { actions: ['showOrder'] },
  'order-confirm': { actions: ['passConfirmation'] },
  'check-in-form': { actions: ['sendCheckIn'] },
  'order-form': { actions: ['sendOrder'] },
  'help-button': { actions: ['sendHelp'] },
  ...updateTransitions,
};
export const hahTablet = defineDevice<HubMemory>({
  kind: 'hah-tablet',
  title: 'Hospital-at-home tablet: hub of the kit, on Wi-Fi or LTE',
  family: 'medical',
  roles: ['hah-kit', 'medical'],
  settings: {
    'telemetry-transport': choice('plain', ['plain', 'tls'], 'Observations travel in the clear or in a TLS session.'),
    'verify-certificates': flag(false, 'Checks that the server it reached has the certificate of the name it asked for.'),
    'client-auth': choice('none', ['none', 'password', 'certificate'], 'How the hub shows the platform who it is.'),
    'payload-signature': flag(false, 'Signs every observation with its own key, whatever carries it.'),
    'store-and-forward': flag(false, 'Keeps observations that could not be sent and sends them later; otherwise they are lost.'),
    'queue-limit': quantity(720, 'observations', 0, 100_000, 'How many observations it keeps; the oldest go first.'),
    'portal-transport': choice('http', ['http', 'tls'], 'Portal requests travel in the clear or in a TLS session.'),
    'portal-auth': choice('password', ['password', 'certificate'], 'Opens portal sessions with the patient password or with its own certificate.'),
    ...updateSettings,
    'wifi.segment': choice('', ['', 'private', 'guest', 'medical'], 'Wi-Fi segment it joins; empty: the one the home gives.'),
  },
  memory: () => ({
    sent: [], queue: [], worn: true, battery: 1, pings: 0, polls: 0, token: null, planAt: -1, ...updateMemory(),
    call: 0, up: 0, down: 0, badChecks: 0, patience: 1, ringing: 0, checking: 0,
  }),
  channels: {
    telemetry: (d) => telemetryChannel(d),
    portal: (d) => {
      const tls = d.setting('portal-transport') === 'tls';
      const certificate = d.setting('portal-auth') === 'certificate';
      return {
        host: 'hospital-edge.example', port: tls ? HTTPS : HTTP, transport: 'tcp', tls, verifyServer: d.setting<boolean>('verify-certificates'),
        clientAuth: certificate ? 'certificate' : 'none', credential: certificate ? d.id : null, keepOpen: MINUTE,
      };
    },
    vendor: vendorChannel,
  },
  machine: {
    initial: 'ready',
    states: {
      ready: {
        entry: ['boot'],
        on: { ...always, 'incoming-call': { target: 'ringing', actions: ['ring'] } },
      },
      ringing: {
        on: {
          ...always,
          'call-answer': { target: 'connecting', actions: ['openMedia'] },
          'ring-timeout': { target: 'ready', actions: ['tellUnanswered'] },
          'call-close': { target: 'ready', actions: ['stopRinging'] },
        },
      },
      connecting: {
        on: {
          ...always,
          'media-check': { actions: ['checkMedia'] },
          'media-good': { target: 'in-call', actions: ['tellConnected'] },
          'media-bad': { target: 'ready', actions: ['closeMedia', 'tellLost'] },
          'call-close': { target: 'ready', actions: ['closeMedia'] },
        },
      },
      'in-call': {
        on: {
          ...always,
          'media-check': { actions: ['checkMedia'] },
          'media-good': { actions: ['keepWatching'] },
          'media-bad': [
            { target: 'ready', actions: ['closeMedia', 'tellLost'], cond: (memory) => memory.badChecks >= memory.patience },
            { actions: ['keepWatching'] },
          ],
          'call-close': { target: 'ready', actions: ['closeMedia', 'tellDone'] },
          'media-end': { target: 'ready', actions: ['closeMedia', 'tellDone'] },
        },
      },
    },
  },
  effects: {
    ...callEffects,
    ...updateEffects<HubMemory>(),
    /** Entry of `ready`: only the first time are the clocks started. */
    boot: (d) => {
      if (d.memory.pings > 0) return;
      d.memory.pings = 1;
      d.after(d.parameter('hub.keepalive') * SECOND, 'ping-time', 1);
      d.after(d.parameter('hub.boot-time') * SECOND, 'portal-time', 1);
      d.after(d.parameter('hub.first-reminder') * SECOND, 'measure-time', 1);
      startChains(d, [UPDATE_CHAIN]);
    },
    observe: (d, event) => {
      const vital = event.body ?? {};
      const [device = '', number = '0'] = String(vital['ref'] ?? '').split('/');
      const n = Number(number) * SLOTS + slotOf(device);
      if (device === 'oximeter') d.memory.worn = true;
      const body: Body = { ...vital, device, phiRecords: 1, phiBytes: d.parameter('hub.observation-bytes'), individuals: 1 };
      send(d, n, body);
    },
    delivered: (d, event) => {
      d.memory.sent = d.memory.sent.filter((entry) => entry.n !== event.n);
    },
    undelivered: (d, event) => {
      const lost = d.memory.sent.find((entry) => entry.n === event.n);
      d.memory.sent = d.memory.sent.filter((entry) => entry.n !== event.n);
      // A server that refused has the observation and does not want it: sending it again would change nothing.
      if (lost === undefined || event.body?.['reason'] === 'refused' || !d.setting<boolean>('store-and-forward')) return;
      d.memory.queue.push(lost);
      while (d.memory.queue.length > d.setting<number>('queue-limit')) d.memory.queue.shift();
    },
    /** An answer shows that the line is up: one stored observation goes with it, so that the backlog never bursts. */
    drain: (d) => {
      const oldest = d.memory.queue.shift();
      if (oldest !== undefined) send(d, oldest.n, oldest.body);
    },
    noteStatus: (d, event) => {
      const worn = event.body?.['worn'] === true;
      if (!worn && d.memory.worn) d.act(PATIENT, 'wear-reminder', null, event.n);
      d.memory.worn = worn;
      const battery = event.body?.['battery'];
      if (typeof battery === 'number') d.memory.battery = battery;
    },
    ping: (d, event) => {
      d.memory.pings = event.n + 1;
      d.request('telemetry', { kind: 'telemetry-ping', body: { worn: d.memory.worn, queued: d.memory.queue.length }, bytes: PING_BYTES, n: event.n });
      d.after(d.parameter('hub.keepalive') * SECOND, 'ping-time', event.n + 1);
    },
    /** Blood pressure at every reminder, temperature at every other one. */
    remindToMeasure: (d, event) => {
      d.act(PATIENT, 'measure-reminder', { what: 'bp-cuff' }, event.n);
      if (event.n % d.parameter('hub.reminders-per-temperature') === 0) d.act(PATIENT, 'measure-reminder', { what: 'thermometer' }, event.n);
      d.after(d.parameter('hub.reminder-period') * SECOND, 'measure-time', event.n + 1);
    },
    usePortal: (d, event) => {
      d.memory.polls = event.n;
      if (d.memory.token === null) openSession(d, event.n * CODE_NUMBERS, null);
      else carePlan(d);
      d.after(d.parameter('hub.portal-period') * SECOND, 'portal-time', event.n + 1);
    },
    keepToken: (d, event) => {
      const token = event.body?.['token'];
      d.memory.token = typeof token === 'string' ? token : null;
    },
    readCarePlan: (d) => carePlan(d),
    askForCode: (d) => {
      if (d.setting('portal-auth') === 'password') d.act(PATIENT, 'code-prompt', null, d.memory.polls);
    },
    openWithCode: (d, event) => {
      const code = event.body?.['code'];
      openSession(d, d.memory.polls * CODE_NUMBERS + 1, typeof code === 'string' ? code : null);
    },
    showCarePlan: (d) => {
      d.memory.planAt = d.now;
    },
    forgetToken: (d) => {
      d.memory.token = null;
    },
    showOrder: (d, event) => d.act(PATIENT, 'order-display', { ref: event.body?.['ref'] ?? '', text: event.body?.['text'] ?? '' }, event.n),
    passConfirmation: (d, event) =>
      d.request('telemetry', { kind: 'display-confirmed', body: { ref: event.body?.['ref'] ?? '', ok: event.body?.['ok'] === true }, bytes: SMALL_BYTES, n: event.n }),
    sendCheckIn: (d, event) =>
      d.request('telemetry', {
        kind: 'check-in-report', n: event.n, bytes: d.parameter('hub.check-in-bytes'), sign: d.setting<boolean>('payload-signature'),
        body: { day: event.n, alert: event.body?.['alert'] === true, from: d.id, phiRecords: d.parameter('hub.check-in-records'), phiBytes: d.parameter('hub.check-in-bytes'), individuals: 1 },
      }),
    sendOrder: (d, event) =>
      d.request('telemetry', {
        kind: 'order-form', n: event.n, bytes: SMALL_BYTES, sign: d.setting<boolean>('payload-signature'),
        body: { ref: event.body?.['ref'] ?? '', text: event.body?.['text'] ?? '', phiRecords: 1, phiBytes: SMALL_BYTES, individuals: 1 },
      }),
    sendHelp: (d, event) => d.request('telemetry', { kind: 'help-wanted', body: { device: d.id }, bytes: SMALL_BYTES, n: event.n }),
  },
});

function telemetryChannel(d: DeviceContext<HubMemory>) {
  const auth = d.setting<'none' | 'password' | 'certificate'>('client-auth');
  return {
    host: 'platform.example', port: TELEMETRY_PORT, transport: 'tcp' as const, tls: d.setting('telemetry-transport') === 'tls',
    verifyServer: d.setting<boolean>('verify-certificates'), clientAuth: auth,
    credential: auth === 'none' ? null : auth === 'password' ? kitPassword(d.id) : d.id,
    // Open between two keepalives, with some to spare.
    keepOpen: 3 * d.parameter('hub.keepalive') * SECOND,
  };
}

function send(d: DeviceContext<HubMemory>, n: number, body: Body): void {
  d.memory.sent.push({ n, body });
  d.request('telemetry', { kind: 'observation', body, bytes: d.parameter('hub.observation-bytes'), n, sign: d.setting<boolean>('payload-signature') });
}

function openSession(d: DeviceContext<HubMemory>, n: number, code: string | null): void {
  const proof: Body = d.setting('portal-auth') === 'certificate' ? { certificate: d.id } : { password: portalPassword(PATIENT) };
  d.request('portal', { kind: 'session-open', body: { patient: PATIENT, vpn: vpnSecret(d.id), ...proof, ...(code === null ? {} : { otp: code }) }, bytes: SMALL_BYTES, n });
}

function carePlan(d: DeviceContext<HubMemory>): void {
  if (d.memory.token === null) return;
  d.request('portal', { kind: 'care-plan', body: { token: d.memory.token, vpn: vpnSecret(d.id) }, bytes: SMALL_BYTES, n: d.memory.polls });
}
