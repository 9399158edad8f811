import { HOUR, MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';
import { kitPassword } from '../credentials.ts';
import { peer, peers, signedBy } from '../peers.ts';
import { news2, type MeasuredParameter } from '../hospital/news2.ts';
import {
  FORBIDDEN,
  SHORT_BYTES,
  UNAUTHORISED,
  UNPROCESSABLE,
  type Alarm,
  type Notice,
  type Platform,
  type PlatformMemory,
} from './platform-memory.ts';

const CODES = ['spo2', 'pulse', 'resp', 'sbp', 'temp'] as const;
const HOURS_PER_DAY = 24;

/** Why this client's message is not taken, or null. Facts of the session and of the content, nothing else. */
function objection(d: Platform, message: Message): string | null {
  const session = d.session(message);
  const wanted = d.setting<string>('device-auth');
  if (
    wanted === 'password' &&
    !(session.clientAuth === 'password' && peers(d, 'kit').some((hub) => session.credential === kitPassword(hub)))
  )
    return 'device-auth: kit password missing or wrong';
  if (wanted === 'certificate' && !(session.clientAuth === 'certificate' && peers(d, 'kit').includes(session.credential ?? '')))
    return 'device-auth: kit certificate missing';
  return null;
}
/** Refuses a message from a client that is not the kit; true when it was refused. */
export function refused(d: Platform, message: Message): boolean {
  const why = objection(d, message);
  if (why === null) return false;
  d.refuse(message, why, UNAUTHORISED);
  return true;
}

/** The hub is alive: remember where to push, end a silence. */
function heard(d: Platform, message: Message): void {
  d.memory.heardAt = d.now;
  d.memory.hubSession = d.sessionOf(message);
  d.record('telemetry', {}, message);
  if (d.state === 'silent') d.raise('telemetry-heard');
}

/** When a reading was taken, by the hub's word; never in the future. */
function takenAt(d: Platform, event: DeviceEvent): number {
  const stated = event.body?.['takenAt'];
  return typeof stated === 'number' ? Math.min(d.now, stated) : d.now;
}

/** What a body can have, by code, and how much it can change in a minute. */
const plausibility = (d: DeviceContext<any>) => {
  const of = (code: (typeof CODES)[number]) => ({
    low: d.parameter(`plausible.${code}-low`),
    high: d.parameter(`plausible.${code}-high`),
    step: d.parameter(`plausible.${code}-step`),
  });
  return { spo2: of('spo2'), pulse: of('pulse'), resp: of('resp'), sbp: of('sbp'), temp: of('temp') };
};

/** What makes a set of readings impossible for a body, or null. */
function implausible(d: Platform, event: DeviceEvent): string | null {
  const at = takenAt(d, event);
  const limits = d.bound(plausibility);
  for (const code of CODES) {
    const value = event.body?.[code];
    if (typeof value !== 'number') continue;
    const { low, high, step } = limits[code];
    if (value < low || value > high) return `plausibility-check: ${code} outside what a body can have`;
    const last = d.memory.readings[code];
    if (last === undefined || at < last.at) continue;
    const minutes = Math.max(1, (at - last.at) / MINUTE);
    if (Math.abs(value - last.value) > step * minutes) return `plausibility-check: ${code} changed faster than a body can`;
  }
  return null;
}

/** Adds an alarm and tells the nurse panel. */
function raise(d: Platform, alarm: Omit<Alarm, 'alarm' | 'raisedAt' | 'tries'>, cause: Message | null): void {
  d.memory.alarms++;
  const full: Alarm = { ...alarm, alarm: d.memory.alarms, raisedAt: d.now, tries: 0 };
  const fields = { alarm: full.alarm, tier: full.tier, score: full.score, partial: full.partial };
  if (full.kind === 'score') d.record('alarm-raised', fields, cause);
  else d.record('notice-raised', { alarm: full.alarm, what: full.kind }, cause);
  d.memory.undelivered.push(full);
  deliver(d, full, cause);
}
function deliver(d: Platform, alarm: Alarm, cause: Message | null = null): void {
  alarm.tries++;
  d.request('panel', {
    kind: 'alarm',
    body: { ...alarm, phiRecords: 1, phiBytes: SHORT_BYTES, individuals: 1 },
    bytes: SHORT_BYTES,
    n: alarm.alarm * ALARM_TRIES + Math.min(alarm.tries, ALARM_TRIES - 1),
    cause,
  });
}
/** Places for tries in an alarm's decision number: sent again it is another message, with luck of its own. */
const ALARM_TRIES = 64;

/** The same notice is not repeated before its interval is over. */
function notice(d: Platform, what: Notice, cause: Message | null): void {
  const last = d.memory.noticedAt[what];
  if (last >= 0 && d.now - last < d.parameter('platform.notice-interval') * MINUTE) return;
  d.memory.noticedAt[what] = d.now;
  raise(d, { kind: what, tier: 0, score: 0, partial: true, missing: '', ...(what === 'silence' ? { device: peer(d, 'kit') } : {}) }, cause);
}

/** Readings that a body does not produce together, or a value that stands still as no sensor does. */
function watchIntegrity(d: Platform, message: Message): void {
  const { spo2, resp, pulse } = d.memory.readings;
  const recent = d.memory.recent;
  if (spo2 === undefined || resp === undefined || pulse === undefined) return;
  const many = d.parameter('integrity.readings');
  const still = recent.length >= many && recent.every((entry) => entry.value === recent[0]!.value);
  const contradicts =
    spo2.value >= d.care.spo2Target[0] && resp.value >= d.parameter('integrity.resp') && pulse.value >= d.parameter('integrity.pulse');
  d.memory.inconsistent = contradicts ? d.memory.inconsistent + 1 : 0;
  if (!still && d.memory.inconsistent < many) return;
  d.memory.inconsistent = 0;
  d.alert(
    'platform-integrity',
    recent.map((entry) => entry.message),
  );
  d.memory.recent = [];
  notice(d, 'integrity', message);
}

/** How long a parameter counts as fresh, µs, and from which tier, after how many readings, the score is an alarm or over. */
const scoring = (d: DeviceContext<any>) => {
  const minutes = (parameter: MeasuredParameter): number => d.parameter(`news2.fresh-${parameter}`) * MINUTE;
  const fresh: Readonly<Record<MeasuredParameter, number>> = {
    resp: minutes('resp'),
    spo2: minutes('spo2'),
    sbp: minutes('sbp'),
    pulse: minutes('pulse'),
    consciousness: minutes('consciousness'),
    temp: minutes('temp'),
  };
  return {
    freshFor: (parameter: MeasuredParameter): number => fresh[parameter],
    tier: d.parameter('alarm.tier'),
    clear: d.parameter('alarm.clear'),
    confirm: d.parameter('alarm.confirm'),
  };
};

export const monitoringEffects = {
  acceptObservation: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    if (d.setting<boolean>('verify-signature') && !signedBy(d, 'kit', message))
      return d.refuse(message, `payload signature by ${peers(d, 'kit').join(' or ')} missing or wrong`, FORBIDDEN);
    const impossible = d.setting<boolean>('plausibility-check') ? implausible(d, event) : null;
    if (impossible !== null) return d.refuse(message, impossible, UNPROCESSABLE);
    const ref = String(event.body?.['ref'] ?? '');
    const bytes = Number(event.body?.['phiBytes'] ?? 0);
    const at = takenAt(d, event);
    let newest = false;
    for (const code of CODES) {
      const value = event.body?.[code];
      if (typeof value !== 'number') continue;
      // A stored reading that comes late is kept, but does not stand for how the patient is now.
      const last = d.memory.readings[code]?.at ?? -1;
      if (at > last) newest = true;
      if (at >= last) d.memory.readings[code] = { value, at };
      d.record('observation-accepted', { ref, code, value }, message);
      if (code === 'spo2') {
        d.memory.recent.push({ value, message: message.id });
        if (d.memory.recent.length > d.parameter('integrity.readings')) d.memory.recent.shift();
      }
    }
    d.memory.vitalsAt = d.now;
    d.memory.pending++;
    d.memory.pendingBytes += bytes;
    d.memory.latest = message;
    d.record('disclosure', { to: 'processor', records: 1, bytes, individuals: 1 }, message);
    d.reply(message, { kind: 'observation-ack', body: { ref }, bytes: SHORT_BYTES });
    heard(d, message);
    // Nor does it, or one that came before, confirm what the newest reading says.
    if (!newest) return;
    if (d.setting<boolean>('monitor.integrity') && typeof event.body?.['spo2'] === 'number') watchIntegrity(d, message);
    d.raise('evaluate', null, event.n);
  },
  answerPing: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    d.reply(message, { kind: 'telemetry-pong', body: null, bytes: PONG_BYTES });
    heard(d, message);
  },
  /** The score of what arrived. An alarm tier must last for some readings; it alarms again when higher, or after the interval. */
  score: (d) => {
    const limits = d.bound(scoring);
    const score = news2(d.memory.readings, d.care, d.now, limits.freshFor);
    if (score.tier < limits.tier) {
      d.memory.above = 0;
      d.memory.below++;
      // A score that goes to and fro round the limit is one alarm, not many.
      if (d.memory.below >= limits.clear) d.memory.alarmTier = 0;
      return;
    }
    d.memory.above++;
    d.memory.below = 0;
    if (d.memory.above < limits.confirm || d.now < d.memory.pausedUntil) return;
    const due = d.now - d.memory.alarmAt >= d.parameter('alarm.repeat') * MINUTE;
    if (score.tier <= d.memory.alarmTier && !due) return;
    d.memory.alarmTier = score.tier;
    d.memory.alarmAt = d.now;
    raise(
      d,
      {
        kind: 'score',
        tier: score.tier,
        score: score.total,
        partial: score.partial,
        missing: [...score.missing, ...score.stale].join(' '),
      },
      null,
    );
  },
  /** Only the nurse panel, shown by its certificate, may silence the scores for a while. */
  pauseAlarms: (d, event) => {
    const message = event.message;
    if (message === null) return;
    const session = d.session(message);
    if (session.clientAuth !== 'certificate' || session.credential !== peer(d, 'panel'))
      return d.refuse(message, 'alarms are paused by the nurse panel only', FORBIDDEN);
    d.reply(message, { kind: 'alarm-paused', body: null, bytes: SHORT_BYTES });
    d.memory.pausedUntil = d.now + d.parameter('alarm.pause') * MINUTE;
  },
  watchTelemetry: (d) => {
    const minutes = (d.now - d.memory.heardAt) / MINUTE;
    if (minutes >= d.parameter('platform.silence-after')) d.raise('telemetry-silent');
    else if (d.now - d.memory.vitalsAt >= d.parameter('platform.no-vitals-after') * MINUTE) notice(d, 'no-vitals', null);
  },
  raiseSilence: (d) => notice(d, 'silence', null),
  endSilence: (d) => {
    d.memory.noticedAt.silence = -1;
    // That nothing was measured meanwhile is known; the sensors have their usual time from now on.
    d.memory.vitalsAt = d.now;
    raise(d, { kind: 'heard', tier: 0, score: 0, partial: true, missing: '', device: peer(d, 'kit') }, null);
  },
  /** Observations go on to the record system in bundles. */
  forwardObservations: (d, event) => {
    d.memory.forwards = event.n + 1;
    d.after(d.parameter('platform.forward-period') * SECOND, 'forward-time', event.n + 1);
    if (d.memory.pending === 0) return;
    d.memory.underway = { records: d.memory.pending, bytes: d.memory.pendingBytes };
    const body = { phiRecords: d.memory.pending, phiBytes: d.memory.pendingBytes, individuals: 1 };
    d.request('hospital', { kind: 'observation-forward', body, bytes: d.memory.pendingBytes, n: event.n, cause: d.memory.latest });
  },
  /** What arrived meanwhile stays for the next bundle; a bundle that failed stays for it too. */
  forwarded: (d) => {
    d.memory.pending -= d.memory.underway.records;
    d.memory.pendingBytes -= d.memory.underway.bytes;
    d.memory.underway = { records: 0, bytes: 0 };
  },
  repeatAlarm: (d, event) => d.after(d.parameter('platform.retry') * SECOND, 'alarm-again', Math.floor(event.n / ALARM_TRIES)),
  sendAlarms: (d, event) => {
    const alarm = d.memory.undelivered.find((entry) => entry.alarm === event.n);
    if (alarm !== undefined) deliver(d, alarm);
  },
  alarmDelivered: (d, event) => {
    d.memory.undelivered = d.memory.undelivered.filter((entry) => entry.alarm !== event.body?.['alarm']);
  },
  acceptCheckIn: (d, event) => {
    const message = event.message;
    if (message === null) return;
    const day = Math.floor(d.now / (HOURS_PER_DAY * HOUR));
    d.reply(message, { kind: 'check-in-ack', body: { day }, bytes: SHORT_BYTES });
    const records = Number(event.body?.['phiRecords'] ?? 0);
    d.record('disclosure', { to: 'processor', records, bytes: Number(event.body?.['phiBytes'] ?? 0), individuals: 1 }, message);
    // Somebody who answers sensibly is alert; a report without that word says nothing about it.
    if (event.body?.['oriented'] === true || event.body?.['alert'] === true) d.memory.readings.consciousness = { value: 1, at: d.now };
    if (event.body?.['oriented'] === false) d.memory.readings.consciousness = { value: 0, at: d.now };
    if (d.memory.checkedIn >= day) return;
    d.memory.checkedIn = day;
    d.record('check-in', { status: 'done' }, message);
  },
  judgeCheckIn: (d, event) => {
    d.after(HOURS_PER_DAY * HOUR, 'check-in-deadline', event.n + 1);
    if (d.memory.checkedIn >= event.n) return;
    d.record('check-in', { status: 'missed' });
    raise(d, { kind: 'check-in', tier: 0, score: 0, partial: true, missing: '' }, null);
  },
  raiseHelp: (d, event) => {
    const message = event.message;
    if (message === null) return;
    d.reply(message, { kind: 'call-noted', body: null, bytes: SHORT_BYTES });
    raise(d, { kind: 'help', tier: 0, score: 0, partial: true, missing: '' }, message);
  },
} satisfies Record<string, Effect<PlatformMemory>>;

/** MQTT ping response with this platform's time stamp. */
const PONG_BYTES = 31;
