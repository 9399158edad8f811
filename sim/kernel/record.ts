import type { Micros } from './time.ts';

/** A handle is generation × SLOTS + slot + 1: no two records ever share one. */
export const SLOTS = 4194304;
/**
 * The handle of no record. A fraction, because handles outgrow small integers: a field that starts with it has the layout
 * that it will need, and V8 never has to change that of all objects of its kind.
 */
export const NO_HANDLE = -0.5;

/**
 * A pending record is one line of 64 bytes, so that a record far from its neighbours costs one visit to memory: four
 * doubles, then integers. Slot s has doubles 8 s … and integers 16 s … of the same bytes; positions within the line:
 */
export const TIME = 0;
export const ORDER = 1; // insertion number
export const A = 2;
export const B = 3;
export const HANDLER = 8;
export const SUBJECT = 9;
export const GENERATION = 10; // how often the slot was used
export const HOME = 11; // where the record is
export const PLACE = 12; // position in near or later; in a bucket the record before it, −1 − bucket for the first
export const NEXT = 13; // the record after it in its bucket or in the list of free slots, −1 = none
export const PAYLOAD = 14; // 1 = there is something in `datas`

export const FREE = 0;
export const NEAR = 1;
export const BUCKET = 2;
export const LATER = 3;

/** A pending record as plain data, as it goes into a snapshot. */
export interface CalendarRecord {
  readonly handle: number;
  readonly time: Micros;
  readonly handler: number;
  readonly subject: number;
  readonly a: number;
  readonly b: number;
  readonly data: unknown;
}
