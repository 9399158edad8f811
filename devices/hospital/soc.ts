import { HOUR, MINUTE, SECOND, type Micros } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import type { Guard, TransitionEntry } from '../../sim/model/machine.ts';
import { choice, flag, deviceIds, listed } from '../../sim/model/settings.ts';
import { hostOf, peer } from '../peers.ts';
import { HTTPS } from './portal-protocol.ts';
import {
  conclude,
  cutOff,
  file,
  noteCut,
  reviewEffects,
  reviewMemory,
  reviewTransitions,
  settle,
  type ReviewMemory,
} from './soc-review.ts';

/**
 * The hospital's security operations centre: one analyst who serves other customers as well. An alarm waits until it is
 * picked up, is triaged, and, when a playbook says so and the analyst believes it, answered at the home's router or
 * the portal. Too many alarms an hour, and some are not looked at. What was cut off is reviewed later (soc-review.ts).
 */
export interface Alarm {
  readonly sensor: string;
  /** Device or, as the sensor names it, the station the alarm is about; '' when it cannot say. */
  readonly station: string;
  readonly token: string;
  /** The how-manyth alarm of this sensor about this station: names its draws. */
  readonly n: number;
  /** Not an alarm but the analyst's own note to look again at what was cut off. */
  readonly review: boolean;
}
export interface SocMemory extends ReviewMemory {
  /** Received, not yet picked up, by number of arrival. */
  queued: Record<string, Alarm>;
  /** Picked up, waiting for the analyst's hands. */
  ready: Alarm[];
  current: Alarm | null;
  /** When its triage began, µs. */
  since: Micros;
  /** Arrivals of the last hour, µs. */
  recent: Micros[];
  counts: Record<string, number>;
  arrivals: number;
  contained: string[];
  /** What the n-th response is about, as long as its answer is awaited or it is to be repeated. */
  responses: Record<string, string>;
  responded: number;
}

export type Soc = DeviceContext<SocMemory>;

/** Syslog over TLS (RFC 5425), and CPE management (TR-069 connection request). */
const SYSLOG_PORT = 6514;
const MANAGER_PORT = 7547;
/** Application bytes: an acknowledgement, a management request. */
const ACK_BYTES = 60;
const REQUEST_BYTES = 300;

/** Before what a response is about, where that is a session. */
const TOKEN = 'token:';

const topic = (alarm: Alarm): string => `${alarm.sensor}/${alarm.station}`;

/**
 * Share of alarms that are not looked at: none up to so many an hour, then rising evenly to the most.
 * @param perHour alarms that arrived in the last hour
 */
export function ignoredShare(perHour: number, above: number, fullAt: number, most: number): number {
  return most * Math.min(1, Math.max(0, (perHour - above) / (fullAt - above)));
}

/** Sends the answer that the playbook has for this alarm. */
function respond(soc: Soc, alarm: Alarm): void {
  const about = alarm.token !== '' ? `${TOKEN}${alarm.token}` : alarm.station;
  if (about === '' || soc.memory.contained.includes(about)) return;
  // The kit is never cut off from here: a patient's telemetry weighs more than a suspicion.
  if (soc.setting<boolean>('spare-kit') && listed(soc.setting<string>('kit')).includes(alarm.station)) return;
  order(soc, about);
}

/** Sends for a station's isolation, or a session's end. A repetition is another message, with luck of its own. */
function order(soc: Soc, about: string): void {
  const n = ++soc.memory.responded;
  soc.memory.responses[String(n)] = about;
  const token = about.startsWith(TOKEN) ? about.slice(TOKEN.length) : null;
  if (token !== null) soc.request('portal', { kind: 'session-revoke', body: { token }, bytes: REQUEST_BYTES, n });
  else soc.request('router', { kind: 'admin-set', body: { name: `isolate.${about}`, value: true }, bytes: REQUEST_BYTES, n });
}

/** Not heard; what was refused would be refused again. */
const lost: Guard<SocMemory> = (_, event) => event.body?.['reason'] !== 'refused';
const orderFailed = [{ cond: lost, actions: ['planAgain'] }, { actions: ['giveUp'] }];
/** In every state. */
const answers: Readonly<Record<string, TransitionEntry<SocMemory>>> = {
  ...reviewTransitions,
  'admin-set-failed': [...reviewTransitions['admin-set-failed'], ...orderFailed],
  'session-revoked': { actions: ['noteContained'] },
  'session-revoke-failed': orderFailed,
  'order-again': { actions: ['orderAgain'] },
};

export const soc = defineDevice<SocMemory>({
  kind: 'soc',
  title: 'Security operations centre: alarm queue, one analyst, playbook',
  family: 'hospital',
  roles: ['server', 'hospital', 'soc'],
  settings: {
    inventory: flag(false, 'The analyst has a list that resolves a station to a device; without it the household is phoned.'),
    playbook: choice(
      'none',
      ['none', 'isolate'],
      'After triage: write a note, or cut off the station at a managed router and end the suspicious session.',
    ),
    'spare-kit': flag(true, 'The playbook never cuts off the hospital’s own kit.'),
    portal: deviceIds({ kind: 'portal' }, 'Portal whose sessions it can end: the first.'),
    kit: deviceIds({ kind: 'hah-tablet' }, 'The hospital’s kit in the home, separated by commas.'),
  },
  memory: () => ({
    queued: {},
    ready: [],
    current: null,
    since: 0,
    recent: [],
    counts: {},
    arrivals: 0,
    contained: [],
    responses: {},
    responded: 0,
    ...reviewMemory(),
  }),
  listens: [SYSLOG_PORT],
  channels: {
    router: (device) => ({
      host: 'router.example',
      port: MANAGER_PORT,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: 0,
    }),
    portal: (device) => ({
      host: hostOf(device, 'portal'),
      port: HTTPS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: 0,
    }),
  },
  serves: ['alert-report'],
  machine: {
    initial: 'watching',
    states: {
      watching: {
        on: {
          'alert-report': { actions: ['receive'] },
          'picked-up': { target: 'triaging', actions: ['pickUp'] },
          'review-due': { cond: cutOff, target: 'triaging', actions: ['takeUpAgain'] },
          ...answers,
        },
      },
      triaging: {
        entry: ['begin'],
        on: {
          'alert-report': { actions: ['receive'] },
          'picked-up': { actions: ['pickUp'] },
          'review-due': { cond: cutOff, actions: ['takeUpAgain'] },
          ...answers,
          'triage-done': [
            { cond: (memory) => memory.ready.length > 0, target: 'triaging', actions: ['decide'] },
            { target: 'watching', actions: ['decide'] },
          ],
        },
      },
    },
  },
  effects: {
    ...reviewEffects,
    receive: (device, event) => {
      const memory = device.memory;
      const message = event.message!;
      if (message.role === 'request') device.reply(message, { kind: 'alert-noted', body: null, bytes: ACK_BYTES });
      const body = event.body ?? {};
      const word = (field: string): string => (typeof body[field] === 'string' ? (body[field] as string) : '');
      const station = word('station');
      const key = `${word('sensor')}/${station}`;
      const n = (memory.counts[key] ?? 0) + 1;
      memory.counts[key] = n;
      file(device, station);
      memory.recent = [...memory.recent.filter((at) => device.now - at < HOUR), device.now];
      const share = ignoredShare(
        memory.recent.length,
        device.parameter('soc.ignore-above'),
        device.parameter('soc.ignore-full-at'),
        device.parameter('soc.ignore-most'),
      );
      if (device.draw(`ignore:${key}`, n) < share) return;
      const arrival = ++memory.arrivals;
      memory.queued[String(arrival)] = { sensor: word('sensor'), station, token: word('token'), n, review: false };
      device.afterRandom(device.distribution('soc.pickup-delay'), `pickup:${key}`, n, 'picked-up', { arrival });
    },
    pickUp: (device, event) => {
      const arrival = String(event.body?.['arrival']);
      device.memory.ready.push(device.memory.queued[arrival]!);
      delete device.memory.queued[arrival];
    },
    begin: (device) => {
      const alarm = device.memory.ready.shift()!;
      device.memory.current = alarm;
      device.memory.since = device.now;
      let calls = 0;
      if (!alarm.review && !device.setting<boolean>('inventory') && alarm.station !== '') {
        calls = device.parameter('soc.identify-minutes');
        device.record('burden', { who: 'patient', minutes: calls, what: 'help to find a device' });
      }
      const law = device.distribution('soc.triage-minutes');
      const start = device.now + Math.round(calls * MINUTE);
      device.afterRandom(law, `triage:${topic(alarm)}`, alarm.n, 'triage-done', null, MINUTE, start);
    },
    decide: (device) => {
      const alarm = device.memory.current!;
      device.memory.current = null;
      if (alarm.review) return conclude(device, alarm);
      device.record('burden', { who: 'analyst', minutes: (device.now - device.memory.since) / MINUTE, what: 'triage' });
      if (device.setting('playbook') === 'none') return;
      if (device.draw(`believe:${topic(alarm)}`, alarm.n) >= device.parameter('soc.believed-share')) return;
      const found =
        alarm.token !== '' ||
        device.setting<boolean>('inventory') ||
        device.draw(`identify:${topic(alarm)}`, alarm.n) < device.parameter('soc.identified-share');
      if (found) respond(device, alarm);
    },
    planAgain: (device, event) => device.after(Math.round(device.parameter('soc.order-again') * SECOND), 'order-again', event.n),
    /** Unless another order about the same took effect meanwhile, or is under way: an alarm that comes again is no second order. */
    orderAgain: (device, event) => {
      const about = settle(device, event.n);
      if (about === undefined || device.memory.contained.includes(about)) return;
      if (!Object.values(device.memory.responses).includes(about)) order(device, about);
    },
    /** It was heard, and refused. */
    giveUp: (device, event) => void settle(device, event.n),
    noteContained: (device, event) => {
      const about = settle(device, event.n);
      if (about === undefined || device.memory.contained.includes(about)) return;
      device.memory.contained.push(about);
      const token = about.startsWith(TOKEN) ? about.slice(TOKEN.length) : null;
      device.record('contained', token === null ? { device: about } : { device: peer(device, 'portal'), token }, event.message);
      if (token === null) noteCut(device, about);
    },
  },
});
