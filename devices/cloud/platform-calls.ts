import { SECOND } from '../../sim/kernel/time.ts';
import type { Effect } from '../../sim/model/device.ts';
import { SHORT_BYTES, UNAVAILABLE, type Platform, type PlatformMemory } from './platform-memory.ts';
import { refused } from './platform-monitoring.ts';

/** Relays a call between nurse panel and hub: rings the tablet over the session it keeps open, and reports what became of it. */
const tell = (d: Platform, call: number, status: string): void =>
  d.request('panel', {
    kind: 'call-status',
    body: { call, status },
    bytes: SHORT_BYTES,
    n: call * STATES.length + Math.max(0, STATES.indexOf(status)),
  });
const STATES: readonly string[] = ['connected', 'unanswered', 'lost', 'done'];

/** Why the platform closes the hub's side: places in the number of what it pushes. */
const CLOSES = { 'hung up': 0, unreached: 1, silent: 2 } as const;
const PLACES = 4;
const close = (d: Platform, call: number, why: keyof typeof CLOSES): void => {
  d.push(d.memory.hubSession, { kind: 'call-close', body: { call }, bytes: SHORT_BYTES, n: call * PLACES + CLOSES[why] });
};

/**
 * How long a call may be without a sign of life, µs: as many signs as the hub takes bad checks must be missing, and a sign
 * is missing only when the next is due.
 */
const patience = (d: Platform): number => (d.parameter('call.bad-checks') + 1) * d.parameter('call.media-check') * SECOND;

const forget = (d: Platform, call: number): boolean => {
  const known = d.memory.calls.some((entry) => entry.call === call);
  d.memory.calls = d.memory.calls.filter((entry) => entry.call !== call);
  return known;
};

export const callEffects = {
  ringPatient: (d, event) => {
    const message = event.message;
    if (message === null) return;
    const call = Number(event.body?.['call'] ?? 0);
    const rings =
      d.memory.hubSession !== 0 && d.push(d.memory.hubSession, { kind: 'incoming-call', body: { call }, bytes: SHORT_BYTES, n: call });
    if (!rings) return d.refuse(message, 'no session with the kit', UNAVAILABLE);
    d.reply(message, { kind: 'call-ringing', body: { call }, bytes: SHORT_BYTES });
    d.memory.calls.push({ call, connected: false, aliveAt: d.now });
    d.after(d.parameter('call.connect-within') * SECOND, 'call-timeout', call);
  },
  tellConnected: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    const call = Number(event.body?.['call'] ?? 0);
    const known = d.memory.calls.find((entry) => entry.call === call);
    // Too late: nobody waits at the other end any more.
    if (known === undefined) return d.reply(message, { kind: 'call-close', body: { call }, bytes: SHORT_BYTES });
    d.reply(message, { kind: 'call-noted', body: null, bytes: SHORT_BYTES });
    if (!known.connected) d.after(patience(d), 'call-check', call);
    known.connected = true;
    known.aliveAt = d.now;
    tell(d, call, 'connected');
  },
  noteAlive: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    const call = Number(event.body?.['call'] ?? 0);
    const known = d.memory.calls.find((entry) => entry.call === call);
    d.reply(message, { kind: known === undefined ? 'call-close' : 'call-noted', body: { call }, bytes: SHORT_BYTES });
    if (known !== undefined) known.aliveAt = d.now;
  },
  /** Without a sign of life for too long a call is over, also when nobody could say so. */
  superviseCall: (d, event) => {
    const call = d.memory.calls.find((entry) => entry.call === event.n);
    if (call === undefined) return;
    const left = call.aliveAt + patience(d) - d.now;
    if (left > 0) return void d.after(left, 'call-check', event.n);
    forget(d, event.n);
    close(d, event.n, 'silent');
    tell(d, event.n, 'lost');
  },
  tellEnded: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    d.reply(message, { kind: 'call-noted', body: null, bytes: SHORT_BYTES });
    const call = Number(event.body?.['call'] ?? 0);
    if (forget(d, call)) tell(d, call, String(event.body?.['status'] ?? 'lost'));
  },
  /** Neither picture nor refusal came in time: the ring or the answer was lost. */
  tellUnreached: (d, event) => {
    const call = d.memory.calls.find((entry) => entry.call === event.n);
    if (call === undefined || call.connected) return;
    forget(d, event.n);
    close(d, event.n, 'unreached');
    tell(d, event.n, 'lost');
  },
  endCall: (d, event) => {
    const message = event.message;
    if (message === null) return;
    const call = Number(event.body?.['call'] ?? 0);
    d.reply(message, { kind: 'call-noted', body: null, bytes: SHORT_BYTES });
    close(d, call, 'hung up');
    forget(d, call);
  },
} satisfies Record<string, Effect<PlatformMemory>>;
