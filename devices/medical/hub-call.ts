import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, Effect } from '../../sim/model/device.ts';
import { hostOf } from '../peers.ts';

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
  /** Signs of life sent in this call. */
  signs: number;
}

/** Real-time transport over UDP at a fixed port of the platform's media relay. */
const MEDIA_PORT = 3478;
const REPORT_BYTES = 200;

type Hub = DeviceContext<CallMemory>;

/** How a call can end, and the places for tries and signs of life in a call's numbers: each message has luck of its own. */
const ENDS: readonly string[] = ['lost', 'done', 'unanswered'];
const TRIES = 64;
const SIGNS = 8192;

/** The number says all: which call, how it ended, and the how-manieth try this is. */
const sendEnd = (d: Hub, n: number): void => {
  const end = Math.floor(n / TRIES);
  const body = { call: Math.floor(end / ENDS.length), status: ENDS[end % ENDS.length]! };
  d.request('telemetry', { kind: 'call-ended', body, bytes: REPORT_BYTES, n });
};
const tellEnd = (d: Hub, status: string): void => sendEnd(d, (d.memory.call * ENDS.length + ENDS.indexOf(status)) * TRIES);

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
    | 'showAlive'
    | 'reportLater'
    | 'reportAgain'
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
    d.memory.up = d.stream(hostOf(d, 'platform'), { ...flow, direction: 'up', type: 'media-end' });
    d.memory.down = d.stream(hostOf(d, 'platform'), { ...flow, direction: 'down', type: 'media-down-end' });
    d.memory.badChecks = 0;
    d.memory.signs = 0;
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
  /** The platform hears that the picture is there: from its silence it learns what no report over a dead line can tell it. */
  showAlive: (d) => {
    const { call } = d.memory;
    d.memory.signs++;
    d.request('telemetry', { kind: 'call-alive', body: { call }, bytes: REPORT_BYTES, n: call * SIGNS + d.memory.signs });
  },
  /** A call often ends because the line failed: the report over that line is repeated, for a while, until it is heard. */
  reportLater: (d, event) => {
    // A server that refused has heard it.
    if (event.body?.['reason'] === 'refused') return;
    if ((event.n % TRIES) + 1 < d.parameter('call.report-tries'))
      d.after(d.parameter('call.report-again') * SECOND, 'report-time', event.n + 1);
  },
  reportAgain: (d, event) => sendEnd(d, event.n),
  closeMedia: (d) => {
    d.cancel(d.memory.checking);
    d.stop(d.memory.up);
    d.stop(d.memory.down);
    d.memory.up = 0;
    d.memory.down = 0;
  },
  tellConnected: (d) => {
    const { call } = d.memory;
    d.request('telemetry', { kind: 'call-connected', body: { call, status: 'connected' }, bytes: REPORT_BYTES, n: call });
    d.memory.checking = d.after(d.parameter('call.media-check') * SECOND, 'media-check', d.memory.call);
  },
  tellLost: (d) => tellEnd(d, 'lost'),
  tellDone: (d) => tellEnd(d, 'done'),
  tellUnanswered: (d) => tellEnd(d, 'unanswered'),
};
