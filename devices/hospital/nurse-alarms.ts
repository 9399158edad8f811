import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { KitMemory } from './nurse-kit.ts';

/** An alarm or notice that nobody has acted on yet. */
export interface OpenAlarm {
  readonly alarm: number;
  readonly kind: string;
  readonly tier: number;
  /** When it was raised, µs: whoever waits for an answer waits from then on, also while the alarm finds no way to the desk. */
  readonly raisedAt: number;
}

export interface NurseMemory extends KitMemory {
  open: OpenAlarm[];
  /** When alarms turned out not to need anybody, µs; kept for the fatigue window only. */
  falseAlarms: number[];
  /** The call in hand: number, purpose, when it began, whether the patient has been seen in it. */
  call: { call: number; purpose: 'alarm' | 'video'; n: number; since: number; seen: boolean } | null;
  /** Calls about alarms so far, and how many failed since the patient was last seen. */
  alarmCalls: number;
  failedCalls: number;
  days: number;
  /** Somebody is driving to the patient. */
  onTheWay: boolean;
}
export type Nurse = DeviceContext<NurseMemory>;

const ACK_BYTES = 200;
const UNWELL: readonly string[] = ['deteriorating', 'critical'];

/** How tired of alarms the desk is: by alarms that needed nobody within the window. */
function fatigue(d: Nurse): 'fresh' | 'tired' | 'weary' {
  const since = d.now - d.parameter('nurse.fatigue-window') * MINUTE;
  d.memory.falseAlarms = d.memory.falseAlarms.filter((at) => at >= since);
  const count = d.memory.falseAlarms.length;
  return count < d.parameter('nurse.fatigue-tired-from') ? 'fresh' : count < d.parameter('nurse.fatigue-weary-from') ? 'tired' : 'weary';
}

/** When an alarm was raised, by the platform's word; never in the future. */
function raisedAt(d: Nurse, event: DeviceEvent): number {
  const stated = event.body?.['raisedAt'];
  return typeof stated === 'number' ? Math.min(d.now, stated) : d.now;
}

/** Sends somebody to the patient unless somebody is on the way. `n` names the wait. */
export function dispatch(d: Nurse, n: number, why: string): void {
  if (d.memory.onTheWay) return;
  d.memory.onTheWay = true;
  d.record('visit', { planned: false, why });
  d.record('burden', { who: 'nurse', minutes: d.parameter('nurse.extra-visit-minutes'), what: 'extra visit' });
  d.afterRandom(d.distribution('nurse.drive-time'), 'drive', n, 'arrive', { how: 'extra' });
}

export const alarmEffects = {
  /** An alarm is answered by the queue at once and by a nurse later, or overlooked until it comes again. */
  queueAlarm: (d, event) => {
    const message = event.message;
    if (message === null) return;
    const alarm = acknowledgeAlarm(d, event);
    if (d.memory.open.some((entry) => entry.alarm === alarm)) return;
    const kind = String(event.body?.['kind'] ?? 'score');
    if (kind === 'score') d.record('alarm-received', { alarm }, message);
    d.memory.open.push({
      alarm,
      kind,
      tier: Number(event.body?.['tier'] ?? 0),
      raisedAt: raisedAt(d, event),
    });
    // Whoever is on the way will see for herself.
    if (d.memory.onTheWay) return;
    // That the kit is silent still is no news: it waits for the next round by hand, since no call gets through.
    if (kind === 'silence' && d.memory.silent?.visited === true) return;
    const state = fatigue(d);
    if (d.draw('overlooked', alarm) < d.parameter(`nurse.overlooks-${state}`)) {
      d.record('alarm-overlooked', { alarm }, message);
      return;
    }
    const slowness = d.parameter(`nurse.slowness-${state}`);
    d.afterRandom(d.distribution('nurse.response'), 'response', alarm, 'attend', null, slowness * SECOND);
  },
  /** In person: look, and act on what is seen. */
  visitPatient: (d, event) => {
    const how = String(event.body?.['how'] ?? 'visit');
    if (how === 'extra') d.memory.onTheWay = false;
    else {
      d.record('visit', { planned: true, why: 'plan' });
      d.record('burden', { who: 'nurse', minutes: d.parameter('nurse.visit-minutes'), what: 'visit' });
    }
    d.act('patient', 'assessed', { how }, event.n);
  },
  /** The patient is seen: what waits at the desk is answered, and whoever is unwell gets treatment. */
  judge: (d, event) => {
    const condition = String(event.body?.['condition'] ?? 'stable');
    const how = String(event.body?.['how'] ?? 'call');
    const unwell = UNWELL.includes(condition);
    d.record('patient-seen', { how, condition });
    answerAll(d, unwell, condition);
    d.memory.failedCalls = 0;
    if (how === 'call' && d.memory.call !== null) d.memory.call.seen = true;
    if (!unwell) return;
    if (how === 'call') dispatch(d, event.n, condition);
    else d.after(d.parameter('nurse.until-treatment') * SECOND, 'treat', event.n);
  },
  /** Treatment begins; scores that are still high for a while call nobody. */
  treat: (d, event) => {
    d.act('patient', 'rescue', null, event.n);
    d.request('platform', { kind: 'alarm-pause', body: null, bytes: ACK_BYTES, n: event.n });
  },
} satisfies Record<string, Effect<NurseMemory>>;

/** Tells the platform that an alarm or notice is here; returns its number. */
export function acknowledgeAlarm(d: Nurse, event: DeviceEvent): number {
  const alarm = Number(event.body?.['alarm'] ?? 0);
  if (event.message !== null) d.reply(event.message, { kind: 'alarm-ack', body: { alarm }, bytes: ACK_BYTES });
  return alarm;
}

/** Tells the platform that its word was heard. */
export function acknowledge(d: Nurse, event: DeviceEvent): void {
  if (event.message !== null) d.reply(event.message, { kind: 'call-status-ack', body: null, bytes: ACK_BYTES });
}

function answerAll(d: Nurse, unwell: boolean, condition: string): void {
  for (const alarm of d.memory.open) {
    const afterMinutes = (d.now - alarm.raisedAt) / MINUTE;
    if (alarm.kind === 'score') d.record('alarm-answered', { alarm: alarm.alarm, afterMinutes, condition });
    else d.record('notice-answered', { alarm: alarm.alarm, what: alarm.kind, afterMinutes, condition });
    if (!unwell) d.memory.falseAlarms.push(d.now);
  }
  d.memory.open = [];
}
