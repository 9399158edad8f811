import { HOUR, MINUTE, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { choice, deviceIds, flag } from '../../sim/model/settings.ts';
import { hostOf } from '../peers.ts';
import { callEffects } from './platform-calls.ts';
import type { PlatformMemory } from './platform-memory.ts';
import { monitoringEffects } from './platform-monitoring.ts';
import { orderEffects } from './platform-orders.ts';

/**
 * The telehealth platform provider: takes observations in, scores what arrived, raises alarms at the nurse panel,
 * relays calls and orders between the home and the hospital. `silent` = nothing has come from the hub for too long.
 */
const HTTPS = 443;
/** MQTT over TLS. */
const MQTTS = 8883;
/** Media relay (STUN/TURN). */
const MEDIA = 3478;

const serving: Readonly<Record<string, TransitionEntry<PlatformMemory>>> = {
  observation: { actions: ['acceptObservation'] },
  'telemetry-ping': { actions: ['answerPing'] },
  evaluate: { actions: ['score'] },
  'forward-time': { actions: ['forwardObservations'] },
  'observation-stored': { actions: ['forwarded'] },
  'alarm-failed': { actions: ['repeatAlarm'] },
  'alarm-again': { actions: ['sendAlarms'] },
  'alarm-ack': { actions: ['alarmDelivered'] },
  'alarm-pause': { actions: ['pauseAlarms'] },
  'check-in-report': { actions: ['acceptCheckIn'] },
  'check-in-deadline': { actions: ['judgeCheckIn'] },
  'help-wanted': { actions: ['raiseHelp'] },
  'call-request': { actions: ['raiseHelp'] },

  order: { actions: ['acceptSkillOrder'] },
  'order-form': { actions: ['acceptFormOrder'] },
  'intent-text': { actions: ['compareIntent'] },
  'intent-check-failed': { actions: ['dropUncheckedOrder'] },
  'order-confirmed': { actions: ['confirmByVoice'] },
  'display-confirmed': { actions: ['confirmByDisplay'] },
  'display-again': { actions: ['displayAgain'] },
  'order-received': { actions: ['orderDelivered'] },
  'order-entry-failed': { actions: ['repeatOrder'] },
  'order-again': { actions: ['sendOrderAgain'] },

  'call-patient': { actions: ['ringPatient'] },
  'call-connected': { actions: ['tellConnected'] },
  'call-ended': { actions: ['tellEnded'] },
  'call-alive': { actions: ['noteAlive'] },
  'call-check': { actions: ['superviseCall'] },
  'call-timeout': { actions: ['tellUnreached'] },
  'end-call': { actions: ['endCall'] },
};

const signedIn = (server: string) => (d: DeviceContext<PlatformMemory>) => ({
  host: hostOf(d, server),
  port: HTTPS,
  transport: 'tcp' as const,
  tls: true,
  verifyServer: true,
  clientAuth: 'certificate' as const,
  credential: d.id,
  keepOpen: 10 * MINUTE,
});

export const telehealthPlatform = defineDevice<PlatformMemory>({
  kind: 'telehealth-platform',
  title: 'Telehealth platform: observations, NEWS2 alarms, calls and orders',
  family: 'cloud',
  roles: ['server', 'platform'],
  settings: {
    'device-auth': choice('none', ['none', 'password', 'certificate'], 'What a kit must present before its observations are taken.'),
    'verify-signature': flag(false, "Takes observations only with the kit's own signature over the content."),
    'plausibility-check': flag(false, 'Refuses values outside what a body can have, and changes faster than a body can make.'),
    'monitor.integrity': flag(false, 'Looks for readings that contradict each other or stand still, alerts and asks a nurse to look.'),
    'verify-intents': flag(false, 'Asks the voice platform what the patient said and refuses an order that differs.'),
    'order-read-back': choice(
      'none',
      ['none', 'voice', 'display'],
      'Has the patient confirm an order as received: through the skill, or on the tablet.',
    ),
    'skill-scopes': choice('all', ['all', 'minimal'], 'What the voice skill may do: everything, or all but orders.'),
    records: deviceIds({ kind: 'ehr' }, 'Record system that it forwards to: the first.'),
    panel: deviceIds({ kind: 'nurse-panel' }, 'Nurses’ desk that it alarms, and that may pause the alarms: the first.'),
    voice: deviceIds({ kind: 'voice-cloud' }, 'Voice platform that it asks what was said: the first.'),
    kit: deviceIds({ kind: 'hah-tablet' }, 'The hospital’s kit in the home, separated by commas: whose observations it takes.'),
  },
  memory: () => ({
    hub: '',
    hubSession: 0,
    heardAt: 0,
    vitalsAt: 0,
    readings: {},
    recent: [],
    inconsistent: 0,
    above: 0,
    below: 0,
    pausedUntil: 0,
    alarmTier: 0,
    alarmAt: -1,
    alarms: 0,
    undelivered: [],
    noticedAt: { silence: -1, 'no-vitals': -1, integrity: -1 },
    forwards: 0,
    pending: 0,
    pendingBytes: 0,
    latest: null,
    underway: { records: 0, bytes: 0 },
    checkedIn: -1,
    orders: [],
    orderCount: 0,
    calls: [],
  }),
  listens: [HTTPS, MQTTS, MEDIA],
  channels: {
    hospital: signedIn('records'),
    panel: signedIn('panel'),
    voice: signedIn('voice'),
  },
  serves: [
    'observation',
    'telemetry-ping',
    'alarm-pause',
    'check-in-report',
    'help-wanted',
    'call-request',
    'order',
    'order-form',
    'order-confirmed',
    'display-confirmed',
    'call-patient',
    'call-connected',
    'call-alive',
    'call-ended',
    'end-call',
  ],
  machine: {
    initial: 'monitoring',
    states: {
      monitoring: {
        entry: ['startClocks'],
        on: {
          ...serving,
          watch: { actions: ['watchTelemetry', 'nextWatch'] },
          'telemetry-silent': { target: 'silent', actions: ['raiseSilence'] },
        },
      },
      silent: {
        on: {
          ...serving,
          watch: { actions: ['watchTelemetry', 'nextWatch'] },
          'telemetry-silent': { actions: ['raiseSilence'] },
          'telemetry-heard': { target: 'monitoring', actions: ['endSilence'] },
        },
      },
    },
  },
  effects: {
    ...monitoringEffects,
    ...orderEffects,
    ...callEffects,
    /** The first entry starts the clocks: supervision each minute, forwarding, the daily check-in deadline. */
    startClocks: (d) => {
      if (d.memory.forwards > 0) return;
      d.memory.forwards = 1;
      d.after(MINUTE, 'watch', 1);
      d.after(d.parameter('platform.forward-period') * SECOND, 'forward-time', 1);
      d.after(d.parameter('platform.check-in-deadline') * HOUR, 'check-in-deadline', 0);
    },
    nextWatch: (d, event) => d.after(MINUTE, 'watch', event.n + 1),
  },
});
