import type { DeviceContext } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';
import type { MeasuredParameter, Reading } from '../hospital/news2.ts';

/** Why somebody at the nurse panel should look, other than a score. */
export type Notice = 'silence' | 'no-vitals' | 'integrity';

export interface Alarm {
  readonly alarm: number;
  readonly kind: 'score' | Notice | 'heard' | 'check-in' | 'help';
  readonly tier: number;
  readonly score: number;
  readonly partial: boolean;
  /** Missing or stale parameters, by name, separated by blanks. */
  readonly missing: string;
  readonly raisedAt: number;
  /** The kit that is silent or heard again. */
  readonly device?: string;
  /** How often it has been sent. */
  tries: number;
}

/** An order on its way from the patient to the record system. */
export interface PendingOrder {
  readonly ref: string;
  readonly text: string;
  readonly n: number;
  /** The request that brought it; what is sent later is sent because of it. */
  readonly message: Message;
  /** intent: the voice platform is asked · voice/display: the patient is asked · entry: on its way to the record system */
  stage: 'intent' | 'voice' | 'display' | 'entry';
  tries: number;
}

export interface PlatformMemory {
  /** The kit that is enrolled (as it called itself), and the session that pushes can go down. */
  hub: string;
  hubSession: number;
  /** When the hub, and any reading, was last heard; µs. */
  heardAt: number;
  vitalsAt: number;
  readings: Partial<Record<MeasuredParameter, Reading>>;
  /** The last values of SpO2 with the messages that brought them. */
  recent: { value: number; message: number }[];
  /** Readings in a row that contradict each other. */
  inconsistent: number;
  /** Scores in a row at an alarm tier. */
  above: number;
  /** Scores in a row below it. */
  below: number;
  /** No score alarms before this instant, µs: somebody is treating the patient. */
  pausedUntil: number;
  alarmTier: number;
  alarmAt: number;
  alarms: number;
  undelivered: Alarm[];
  noticedAt: Record<Notice, number>;
  forwards: number;
  /** Observations not yet forwarded. */
  pending: number;
  pendingBytes: number;
  /** The observation that came last: a bundle is sent because of it. */
  latest: Message | null;
  /** The bundle that was sent last and not yet stored. */
  underway: { records: number; bytes: number };
  /** Last day with a check-in. */
  checkedIn: number;
  orders: PendingOrder[];
  orderCount: number;
  /** Calls that ring or run; `aliveAt`: when the hub last said that there is a picture, µs. */
  calls: { call: number; connected: boolean; aliveAt: number }[];
}

export type Platform = DeviceContext<PlatformMemory>;

/** HTTP status words. */
export const UNAUTHORISED = 401;
export const FORBIDDEN = 403;
export const UNPROCESSABLE = 422;
export const UNAVAILABLE = 503;
/** Headers and a short document. */
export const SHORT_BYTES = 300;
