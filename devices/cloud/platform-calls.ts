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
    d.memory.calls.push({ call, connected: false });
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
    known.connected = true;
    tell(d, call, 'connected');
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
