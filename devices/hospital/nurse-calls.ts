import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { Effect } from '../../sim/model/device.ts';
import { acknowledge, dispatch, type Nurse, type NurseMemory } from './nurse-alarms.ts';

/** Places for planned calls and visits within a day in a decision number. */
export const CALLS_PER_DAY = 8;
/** Calls about alarms are numbered from here on, so that planned calls keep their numbers whatever alarms there are. */
const ALARM_CALLS = 1_000_000;
const REQUEST_BYTES = 200;
/** Places for requests to end a call in its number: hanging up, and once more when it turns out to run all the same. */
const ENDINGS = 2;

function ring(d: Nurse, purpose: 'alarm' | 'video', call: number, n: number): void {
  d.memory.call = { call, purpose, n, since: d.now, seen: false };
  d.request('platform', { kind: 'call-patient', body: { call, purpose }, bytes: REQUEST_BYTES, n: call });
  d.after(d.parameter('nurse.gives-up-after') * SECOND, 'give-up', call);
}

const endCall = (d: Nurse, call: number, place: number): void =>
  d.request('platform', { kind: 'end-call', body: { call }, bytes: REQUEST_BYTES, n: call * ENDINGS + place });

const spent = (d: Nurse, what: string): number => {
  const call = d.memory.call;
  const minutes = call === null ? 0 : (d.now - call.since) / MINUTE;
  d.record('burden', { who: 'nurse', minutes, what });
  return minutes;
};

export const nurseCallEffects = {
  callAboutAlarm: (d, event) => {
    d.memory.alarmCalls++;
    ring(d, 'alarm', ALARM_CALLS + d.memory.alarmCalls, event.n);
  },
  callVideoVisit: (d, event) => ring(d, 'video', event.n + 1, event.n),
  seePatient: (d, event) => {
    acknowledge(d, event);
    const call = d.memory.call!;
    call.since = d.now;
    d.act('patient', 'assessed', { how: 'call' }, call.call);
    if (call.purpose === 'video')
      d.afterRandom(d.distribution('nurse.video-minutes'), 'video-minutes', call.call, 'call-over', null, MINUTE);
    else d.after(d.parameter('nurse.alarm-call-minutes') * MINUTE, 'call-over', call.call);
  },
  hangUp: (d) => {
    const call = d.memory.call!;
    endCall(d, call.call, 0);
    const minutes = spent(d, call.purpose === 'video' ? 'video visit' : 'alarm call');
    // The first video visit of a day is the physician's round.
    if (call.purpose === 'video' && call.n % CALLS_PER_DAY === 0) d.record('burden', { who: 'physician', minutes, what: 'round' });
    d.record('burden', { who: 'patient', minutes, what: 'call' });
    d.record('call', { status: 'done', minutes });
    d.memory.call = null;
  },
  callFailed: (d, event) => fail(d, event.type === 'call-status' ? String(event.body?.['status'] ?? 'lost') : 'lost', event),
  callBroken: (d, event) => fail(d, event.body?.['status'] === 'done' ? 'done' : 'lost', event),
  /** Word of a call that is not in hand: if somebody has picked up, nobody here talks to him. */
  declineCall: (d, event) => {
    acknowledge(d, event);
    const call = Number(event.body?.['call'] ?? 0);
    if (event.body?.['status'] === 'connected' && call !== d.memory.call?.call) endCall(d, call, 1);
  },
} satisfies Record<string, Effect<NurseMemory>>;

/** After a call that did not work: a second try about an alarm, then somebody drives there. */
function fail(d: Nurse, status: string, event: Parameters<typeof acknowledge>[1]): void {
  acknowledge(d, event.type === 'call-status' ? event : { ...event, message: null });
  const call = d.memory.call!;
  const minutes = spent(d, 'call');
  d.record('call', { status, minutes });
  // Whoever gives up hangs up: otherwise the tablet rings on, or waits in a call with nobody. The platform's own word needs no answer.
  if (event.type !== 'call-status') endCall(d, call.call, 0);
  d.memory.call = null;
  if (call.purpose !== 'alarm' || call.seen) return;
  d.memory.failedCalls++;
  if (d.memory.failedCalls >= d.parameter('nurse.call-tries')) return dispatch(d, call.call, `call ${status}`);
  d.after(d.parameter('nurse.call-again') * SECOND, 'attend', call.n);
}
