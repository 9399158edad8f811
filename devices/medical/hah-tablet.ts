import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';
import type { Guard, TransitionEntry } from '../../sim/model/machine.ts';
import { choice, deviceIds, flag, quantity } from '../../sim/model/settings.ts';
import { startChains } from '../home/background.ts';
import {
  UPDATE_CHAIN,
  updateEffects,
  updateMemory,
  updateSettings,
  updateTransitions,
  vendorChannel,
  type UpdateMemory,
} from '../home/updates.ts';
import { peer } from '../peers.ts';
import { callEffects, type CallMemory } from './hub-call.ts';
import { helpEffects } from './hub-help.ts';
import { CODE_NUMBERS, portalChannel, portalEffects, UNAUTHORISED, type PortalMemory } from './hub-portal.ts';
import { sensorSettings, telemetryChannel, telemetryEffects, type TelemetryMemory } from './hub-telemetry.ts';

/**
 * The kit's hub: a tablet that hears the sensors over BLE, sends observations to the telehealth platform, keeps a
 * session to the hospital's portal, rings for calls and shows orders to the patient. On the home's Wi-Fi or on LTE.
 */
export interface HubMemory extends TelemetryMemory, PortalMemory, CallMemory, UpdateMemory {}

const SMALL_BYTES = 200;
const PATIENT = 'patient';
/** Of the call in hand: word of another one, or a timer that outlived its call, changes nothing. */
const named: Guard<HubMemory> = (memory, event) => memory.call === event.body?.['call'];
const numbered: Guard<HubMemory> = (memory, event) => memory.call === event.n;
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
  'session-open-failed': [
    { actions: ['askForCode'], cond: (_, event) => event.body?.['status'] === UNAUTHORISED && event.n % CODE_NUMBERS === 0 },
  ],
  'one-time-code': { actions: ['openWithCode'] },
  'care-plan-page': { actions: ['showCarePlan'] },
  'care-plan-failed': [{ actions: ['forgetToken'], cond: (_, event) => event.body?.['status'] === UNAUTHORISED }],
  'order-display': { actions: ['showOrder'] },
  'order-confirm': { actions: ['passConfirmation'] },
  'check-in-form': { actions: ['sendCheckIn'] },
  'order-form': { actions: ['sendOrder'] },
  'help-button': { actions: ['sendHelp'] },
  'help-wanted-failed': { actions: ['helpLater'] },
  'help-again': { actions: ['helpAgain'] },
  'call-ended-failed': { actions: ['reportLater'] },
  'report-time': { actions: ['reportAgain'] },
  ...updateTransitions,
};
export const hahTablet = defineDevice<HubMemory>({
  kind: 'hah-tablet',
  title: 'Hospital-at-home tablet: hub of the kit, on Wi-Fi or LTE',
  family: 'medical',
  roles: ['hah-kit', 'medical'],
  relays: true,
  settings: {
    'telemetry-transport': choice('plain', ['plain', 'tls'], 'Observations travel in the clear or in a TLS session.'),
    'verify-certificates': flag(false, 'Checks that the server it reached has the certificate of the name it asked for.'),
    'client-auth': choice('none', ['none', 'password', 'certificate'], 'How the hub shows the platform who it is.'),
    'payload-signature': flag(false, 'Signs every observation with its own key, whatever carries it.'),
    'store-and-forward': flag(false, 'Keeps observations that could not be sent and sends them later; otherwise they are lost.'),
    'queue-limit': quantity(720, 'observations', 0, 100_000, 'How many observations it keeps; the oldest go first.'),
    'portal-transport': choice('http', ['http', 'tls'], 'Portal requests travel in the clear or in a TLS session.'),
    'portal-auth': choice(
      'password',
      ['password', 'certificate'],
      'Opens portal sessions with the patient password or with its own certificate.',
    ),
    platform: deviceIds({ kind: 'telehealth-platform' }, 'Telehealth platform that it reports to: the first.'),
    edge: deviceIds({ kind: 'hospital-edge' }, 'Hospital’s edge, by which it reaches the portal: the first.'),
    ...sensorSettings,
    ...updateSettings,
    'wifi.segment': choice('', ['', 'private', 'guest', 'medical'], 'Wi-Fi segment it joins; empty: the one the home gives.'),
  },
  supply: 'battery',
  // What could not be sent lies in storage; so does the program.
  keeps: ['queue', 'version'],
  memory: () => ({
    sent: [],
    queue: [],
    worn: true,
    battery: 1,
    pings: 0,
    sentAt: -1e15,
    polls: 0,
    token: null,
    planAt: -1,
    ...updateMemory(),
    call: 0,
    up: 0,
    down: 0,
    badChecks: 0,
    patience: 1,
    signs: 0,
    ringing: 0,
    checking: 0,
  }),
  channels: {
    telemetry: telemetryChannel,
    portal: portalChannel,
    vendor: vendorChannel,
  },
  serves: ['vital', 'device-status', 'order-display', 'incoming-call', 'call-close'],
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
          'call-answer': { target: 'connecting', actions: ['openMedia'], cond: named },
          'ring-timeout': { target: 'ready', actions: ['tellUnanswered'], cond: numbered },
          'call-close': { target: 'ready', actions: ['stopRinging'], cond: named },
        },
      },
      connecting: {
        on: {
          ...always,
          'media-check': { actions: ['checkMedia'], cond: numbered },
          'media-good': { target: 'in-call', actions: ['tellConnected'], cond: numbered },
          'media-bad': { target: 'ready', actions: ['closeMedia', 'tellLost'], cond: numbered },
          'call-close': { target: 'ready', actions: ['closeMedia'], cond: named },
        },
      },
      'in-call': {
        on: {
          ...always,
          'media-check': { actions: ['checkMedia'], cond: numbered },
          'media-good': { actions: ['keepWatching', 'showAlive'], cond: numbered },
          'media-bad': [
            {
              target: 'ready',
              actions: ['closeMedia', 'tellLost'],
              cond: (memory, event) => numbered(memory, event) && memory.badChecks >= memory.patience,
            },
            { actions: ['keepWatching'], cond: numbered },
          ],
          'call-close': { target: 'ready', actions: ['closeMedia', 'tellDone'], cond: named },
          'media-end': { target: 'ready', actions: ['closeMedia', 'tellDone'], cond: numbered },
        },
      },
    },
  },
  effects: {
    ...telemetryEffects,
    ...portalEffects,
    ...callEffects,
    ...helpEffects,
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
    /** Blood pressure at every reminder, temperature at every other one. */
    remindToMeasure: (d, event) => {
      const has = (sensor: string): boolean => peer(d, sensor) !== '';
      if (has('cuff')) d.act(PATIENT, 'measure-reminder', { what: 'bp-cuff' }, event.n);
      if (has('thermometer') && event.n % d.parameter('hub.reminders-per-temperature') === 0)
        d.act(PATIENT, 'measure-reminder', { what: 'thermometer' }, event.n);
      d.after(d.parameter('hub.reminder-period') * SECOND, 'measure-time', event.n + 1);
    },
    showOrder: (d, event) => d.act(PATIENT, 'order-display', { ref: event.body?.['ref'] ?? '', text: event.body?.['text'] ?? '' }, event.n),
    passConfirmation: (d, event) =>
      d.request('telemetry', {
        kind: 'display-confirmed',
        body: { ref: event.body?.['ref'] ?? '', ok: event.body?.['ok'] === true },
        bytes: SMALL_BYTES,
        n: event.n,
      }),
    sendCheckIn: (d, event) =>
      d.request('telemetry', {
        kind: 'check-in-report',
        n: event.n,
        bytes: d.parameter('hub.check-in-bytes'),
        sign: d.setting<boolean>('payload-signature'),
        body: {
          day: event.n,
          alert: event.body?.['alert'] === true,
          from: d.id,
          phiRecords: d.parameter('hub.check-in-records'),
          phiBytes: d.parameter('hub.check-in-bytes'),
          individuals: 1,
        },
      }),
    sendOrder: (d, event) =>
      d.request('telemetry', {
        kind: 'order-form',
        n: event.n,
        bytes: SMALL_BYTES,
        sign: d.setting<boolean>('payload-signature'),
        body: { ref: event.body?.['ref'] ?? '', text: event.body?.['text'] ?? '', phiRecords: 1, phiBytes: SMALL_BYTES, individuals: 1 },
      }),
  },
});
