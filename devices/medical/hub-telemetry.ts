import { SECOND } from '../../sim/kernel/time.ts';
import type { ChannelSpec, DeviceContext, Effect } from '../../sim/model/device.ts';
import type { Body, BodyValue, Message } from '../../sim/model/message.ts';
import { deviceIds, type SettingSpecs } from '../../sim/model/settings.ts';
import { kitPassword } from '../credentials.ts';
import { hostOf, peer, peers } from '../peers.ts';

/** What the hub remembers of readings and of the line to the platform. */
export interface TelemetryMemory {
  /** Observations on their way, and those waiting for a line, oldest first. */
  sent: { n: number; body: Body }[];
  queue: { n: number; body: Body }[];
  /** What the patient last was asked to do, and the sensor's own account of itself. */
  worn: boolean;
  battery: number;
  pings: number;
  /** When it last sent an observation, µs. */
  sentAt: number;
}
type Hub = DeviceContext<TelemetryMemory>;

/** MQTT over TLS (IANA: secure-mqtt). */
const TELEMETRY_PORT = 8883;
/** MQTT keepalive: fixed header of two bytes and the status that this hub adds. */
const PING_BYTES = 31;
/** What a reading may carry, by code. */
const CODES = ['spo2', 'pulse', 'resp', 'sbp', 'temp'] as const;
/** Numbers of the peripherals' readings interleave, so that a hub's number names one reading. */
const SLOTS = 4;
/** Distance of the numbers of a reading's tries. */
const AGAIN = 1_073_741_824;
/** Distance of the numbers of two sensors of a sort. */
const SENSORS = 67_108_864;
/** Sorts of reading in the order of their slots: each is told by what it carries, whoever sent it. */
const SORTS: readonly (readonly [code: (typeof CODES)[number], sensors: string])[] = [
  ['spo2', 'oximeter'],
  ['sbp', 'cuff'],
  ['temp', 'thermometer'],
];

/** The sensors that this hub relays for, as settings. */
export const sensorSettings: SettingSpecs = {
  oximeter: deviceIds({ kind: 'pulse-oximeter', relayed: true }, 'Pulse oximeters that it hears; the first is the one that is worn.'),
  cuff: deviceIds({ kind: 'bp-cuff', relayed: true }, 'Blood pressure cuffs that it hears; with one it reminds the patient to measure.'),
  thermometer: deviceIds({ kind: 'thermometer', relayed: true }, 'Thermometers that it hears; with one it reminds the patient to measure.'),
};

/** Number of a sensor's reading among all that this hub sends. */
function numberOf(d: Hub, device: string, number: number, vital: Body): number {
  const last = SORTS.length - 1;
  const found = SORTS.findIndex(([code]) => vital[code] !== undefined);
  const slot = found < 0 ? last : found;
  return number * SLOTS + slot + SENSORS * Math.max(0, peers(d, SORTS[slot]![1]).indexOf(device));
}

/** The session to the platform: what it is worth is a matter of settings. */
export function telemetryChannel(d: Hub): ChannelSpec {
  const auth = d.setting<'none' | 'password' | 'certificate'>('client-auth');
  return {
    host: hostOf(d, 'platform'),
    port: TELEMETRY_PORT,
    transport: 'tcp',
    tls: d.setting('telemetry-transport') === 'tls',
    verifyServer: d.setting<boolean>('verify-certificates'),
    clientAuth: auth,
    credential: auth === 'none' ? null : auth === 'password' ? kitPassword(d.id) : d.id,
    // Open between two keepalives, with some to spare.
    keepOpen: 3 * d.parameter('hub.keepalive') * SECOND,
  };
}

function send(d: Hub, n: number, body: Body, cause: Message | null): void {
  d.memory.sentAt = d.now;
  d.memory.sent.push({ n, body });
  d.request('telemetry', {
    kind: 'observation',
    body,
    bytes: d.parameter('hub.observation-bytes'),
    n,
    sign: d.setting<boolean>('payload-signature'),
    cause,
  });
}

/** From a sensor's notification to the platform's acknowledgement. */
export const telemetryEffects = {
  observe: (d, event) => {
    const vital = event.body ?? {};
    const ref = String(vital['ref'] ?? '');
    const slash = ref.indexOf('/');
    const device = slash < 0 ? ref : ref.slice(0, slash);
    const number = slash < 0 ? '0' : ref.slice(slash + 1);
    const n = numberOf(d, device, Number(number), vital);
    if (device === peer(d, 'oximeter')) d.memory.worn = true;
    const body: Record<string, BodyValue> = {
      ref,
      device,
      takenAt: d.now,
      phiRecords: 1,
      phiBytes: d.parameter('hub.observation-bytes'),
      individuals: 1,
    };
    for (const code of CODES) if (vital[code] !== undefined) body[code] = vital[code];
    send(d, n, body, event.message);
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
    // Sent again it is another message, with luck of its own.
    if (oldest !== undefined) send(d, oldest.n + AGAIN, oldest.body, null);
  },
  noteStatus: (d, event) => {
    // A spare one lies in a drawer, and says so.
    if (event.body?.['device'] !== peer(d, 'oximeter')) return;
    const worn = event.body?.['worn'] === true;
    if (!worn && d.memory.worn) d.act('patient', 'wear-reminder', null, event.n);
    d.memory.worn = worn;
    const battery = event.body?.['battery'];
    if (typeof battery === 'number') d.memory.battery = battery;
  },
  ping: (d, event) => {
    d.memory.pings = event.n + 1;
    // MQTT wants a ping only where nothing else was sent within the keepalive time.
    if (d.now - d.memory.sentAt >= d.parameter('hub.keepalive') * SECOND)
      d.request('telemetry', {
        kind: 'telemetry-ping',
        body: { worn: d.memory.worn, queued: d.memory.queue.length },
        bytes: PING_BYTES,
        n: event.n,
      });
    d.after(d.parameter('hub.keepalive') * SECOND, 'ping-time', event.n + 1);
  },
} satisfies Record<string, Effect<TelemetryMemory>>;
