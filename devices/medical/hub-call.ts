import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, Effect } from '../../sim/model/device.ts';

/** What the hub remembers of the call in hand; 0 = none. */
export interface CallMemory {
  /** Number of the call as the platform gave it. */
  call: number;
  /** Streams of picture and sound, and the timers of ringing and watching. */
  up: number;
  down: number;
  ringing: number;
  checking: number;
  /** Checks in a row without a picture, and how many of them end the call. */
  badChecks: number;
  patience: number;
}

/** Real-time transport over UDP at a fixed port of the platform's media relay. */
const MEDIA_PORT = 3478;
const REPORT_BYTES = 200;

type Hub = DeviceContext<CallMemory>;

const report = (d: Hub, kind: string, status: string): void =>
  d.request('telemetry', { kind, body: { call: d.memory.call, status }, bytes: REPORT_BYTES, n: d.memory.call });

/**
 * A call is two media streams that do not back off. The hub watches what share of them gets through: a picture that
 * stands still is no consultation, whatever the session's state says.
 */
export const callEffects: Readonly<
  Record<
    | 'ring'
    | 'stopRinging'
    | 'openMedia'
    | 'checkMedia'
    | 'keepWatching'
    | 'closeMedia'
    | 'tellConnected'
    | 'tellLost'
    | 'tellDone'
    | 'tellUnanswered',
    Effect<CallMemory>
  >
> = {
  ring: (d, event) => {
    d.memory.call = Number(event.body?.['call'] ?? 0);
    d.act('patient', 'incoming-call', { call: d.memory.call }, d.memory.call);
    d.memory.ringing = d.after(d.parameter('call.ring-time') * SECOND, 'ring-timeout', d.memory.call);
  },
  stopRinging: (d) => d.cancel(d.memory.ringing),
  openMedia: (d) => {
    d.cancel(d.memory.ringing);
    const flow = {
      mode: 'unresponsive' as const,
      bitsPerSecond: d.parameter('call.media-rate'),
      seconds: d.parameter('call.longest'),
      n: d.memory.call,
      port: MEDIA_PORT,
    };
    d.memory.up = d.stream('platform.example', { ...flow, direction: 'up', type: 'media-end' });
    d.memory.down = d.stream('platform.example', { ...flow, direction: 'down', type: 'media-down-end' });
    d.memory.badChecks = 0;
    d.memory.patience = d.parameter('call.bad-checks');
    d.memory.checking = d.after(d.parameter('call.media-check') * SECOND, 'media-check', d.memory.call);
  },
  checkMedia: (d) => {
    const through = Math.min(d.throughput(d.memory.up), d.throughput(d.memory.down));
    const good = through >= d.parameter('call.media-needed');
    d.memory.badChecks = good ? 0 : d.memory.badChecks + 1;
    d.raise(good ? 'media-good' : 'media-bad', null, d.memory.call);
  },
  keepWatching: (d) => {
    d.memory.checking = d.after(d.parameter('call.media-check') * SECOND, 'media-check', d.memory.call);
  },
  closeMedia: (d) => {
    d.cancel(d.memory.checking);
    d.stop(d.memory.up);
    d.stop(d.memory.down);
    d.memory.up = 0;
    d.memory.down = 0;
  },
  tellConnected: (d) => {
    report(d, 'call-connected', 'connected');
    d.memory.checking = d.after(d.parameter('call.media-check') * SECOND, 'media-check', d.memory.call);
  },
  tellLost: (d) => report(d, 'call-ended', 'lost'),
  tellDone: (d) => report(d, 'call-ended', 'done'),
  tellUnanswered: (d) => report(d, 'call-ended', 'unanswered'),
};
