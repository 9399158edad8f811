import { Near } from './near.ts';
import * as layout from './record.ts';
import type { CalendarRecord } from './record.ts';
import type { Micros } from './time.ts';

export type { CalendarRecord } from './record.ts';

// Constants of this module's own: an imported one is looked up at every use, which costs the calendar an eighth.
const { A, B, BUCKET, FREE, GENERATION, HANDLER, HOME, LATER, NEAR, NEXT, ORDER, PAYLOAD, PLACE, SLOTS, SUBJECT, TIME } = layout;

/** Up to so many records in `near` are cheaper there than anywhere else; no more than it keeps in order. */
const FEW = 64;

/**
 * The calendar of what can still happen: records {time, handler, subject, a, b, data}, earliest first, equal times in
 * the order of insertion. A record keeps its slot for life, so that a handle finds it.
 *
 * Three places, by time: `near` is what comes first, in order; then unsorted buckets of equal width; then
 * `later`, the rest without order. A bucket goes into `near` when that is empty, `later` is spread over new buckets
 * when they are. (A calendar queue whose present day is in order, or a ladder queue of one rung: with a badly chosen width
 * it falls back to a plain heap, not to a sorted list.)
 *
 * Cost: schedule and pop O(1) when times are spread, O(log₄ n) at worst, each amortised; cancel likewise. Nothing is
 * allocated while the number of pending records stays below the capacity. Space: 100 bytes a slot plus a reference.
 */
export class Calendar {
  private capacity: number;
  private size = 0;
  private sequence = 0;
  private doubles: Float64Array;
  private ints: Int32Array; // the same bytes as `doubles`
  private datas: unknown[];
  private free = -1; // first of the list of free slots
  private used = 0; // slots from here on were never used
  private first = 0; // generation of slots that were never used

  private near: Near;
  private nearMost = FEW; // with more, the buckets are made anew

  private buckets: Int32Array; // bucket → its latest record, −1 = none
  private bucketCount = 0;
  private bucketed = 0; // records in buckets
  private start: Micros = 0;
  private perMicro = 0; // buckets per µs
  private reached = 1; // buckets below this one are in `near`

  private later: Int32Array;
  private laterTimes: Float64Array;
  private laterSize = 0;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.doubles = new Float64Array(capacity * 8);
    this.ints = new Int32Array(this.doubles.buffer);
    this.datas = new Array<unknown>(capacity).fill(null);
    this.near = new Near(capacity, this.doubles, this.ints);
    this.buckets = new Int32Array(capacity).fill(-1);
    this.later = new Int32Array(capacity);
    this.laterTimes = new Float64Array(capacity);
  }

  /** Number of pending records. */
  get length(): number {
    return this.size;
  }

  /** Time of the earliest record; Infinity when there is none. */
  get next(): Micros {
    return this.near.size > 0 || this.refill() ? this.near.next : Infinity;
  }

  /** Adds a record. Returns a handle, unique among live records, positive. Time must not be NaN. */
  schedule(time: Micros, handler: number, subject: number, a: number, b: number, data: unknown): number {
    const slot = this.put(time, handler, subject, a, b, data);
    return this.ints[(slot << 4) + GENERATION]! * SLOTS + slot + 1;
  }

  /** As `schedule`, for what nobody will cancel: a handle is a number too large to be had for nothing. Returns the slot. */
  put(time: Micros, handler: number, subject: number, a: number, b: number, data: unknown): number {
    const slot = this.free >= 0 ? this.free : this.fresh();
    const { doubles, ints } = this;
    const at = slot << 3;
    const word = slot << 4;
    this.free = ints[word + NEXT]!;
    doubles[at + TIME] = time;
    doubles[at + ORDER] = this.sequence++;
    doubles[at + A] = a;
    doubles[at + B] = b;
    ints[word + HANDLER] = handler;
    ints[word + SUBJECT] = subject;
    ints[word + PAYLOAD] = data === null ? 0 : 1;
    if (data !== null) this.datas[slot] = data;
    this.size++;
    this.place(slot);
    return slot;
  }

  /** Is the record behind this handle still pending? */
  pending(handle: number): boolean {
    return this.slotOf(handle) >= 0;
  }

  /** Takes a record out. false when it has happened or was cancelled already. */
  cancel(handle: number): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.remove(slot);
    this.release(slot);
    this.payload(slot);
    return true;
  }

  /** Moves a record to another time; it goes behind those already there. false when it is no longer pending. */
  reschedule(handle: number, time: Micros): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.remove(slot);
    this.doubles[(slot << 3) + TIME] = time;
    this.doubles[(slot << 3) + ORDER] = this.sequence++;
    this.place(slot);
    return true;
  }

  /**
   * Takes the earliest record out. Returns its slot, −1 when the calendar is empty. Until the next one is scheduled, what it
   * says can be read there; its payload should be, or it is kept until the slot is used again.
   */
  pop(): number {
    const { near } = this;
    if (near.size === 0 && !this.refill()) return -1;
    const slot = near.shift();
    this.release(slot);
    return slot;
  }

  timeOf(slot: number): Micros {
    return this.doubles[(slot << 3) + TIME]!;
  }

  aOf(slot: number): number {
    return this.doubles[(slot << 3) + A]!;
  }

  bOf(slot: number): number {
    return this.doubles[(slot << 3) + B]!;
  }

  handlerOf(slot: number): number {
    return this.ints[(slot << 4) + HANDLER]!;
  }

  subjectOf(slot: number): number {
    return this.ints[(slot << 4) + SUBJECT]!;
  }

  /** What a record carried; the calendar lets go of it. */
  payload(slot: number): unknown {
    const word = slot << 4;
    if (this.ints[word + PAYLOAD] === 0) return null;
    this.ints[word + PAYLOAD] = 0;
    const data = this.datas[slot];
    this.datas[slot] = null;
    return data;
  }

  /** All pending records in the order in which they will happen, with their handles; plain data. */
  records(): CalendarRecord[] {
    const { doubles, ints } = this;
    const slots: number[] = [];
    for (let slot = 0; slot < this.used; slot++) if (ints[(slot << 4) + HOME] !== FREE) slots.push(slot);
    slots.sort((x, y) => doubles[x << 3]! - doubles[y << 3]! || doubles[(x << 3) + ORDER]! - doubles[(y << 3) + ORDER]!);
    return slots.map((slot) => ({
      handle: ints[(slot << 4) + GENERATION]! * SLOTS + slot + 1,
      time: doubles[slot << 3]!,
      handler: ints[(slot << 4) + HANDLER]!,
      subject: ints[(slot << 4) + SUBJECT]!,
      a: doubles[(slot << 3) + A]!,
      b: doubles[(slot << 3) + B]!,
      data: this.datas[slot],
    }));
  }

  /** A number that no slot has been used more often than; goes into a snapshot for `from`. */
  get generation(): number {
    let most = this.first;
    for (let slot = 0; slot < this.used; slot++) most = Math.max(most, this.ints[(slot << 4) + GENERATION]!);
    return most;
  }

  /**
   * A calendar with these records in this order under the same handles, so that handles kept elsewhere stay good.
   * `generation` is that of the calendar they come from: a handle kept from before, for a record that is gone, must
   * never meet a newer record in the same slot, and the records that are left do not tell how often other slots were used.
   */
  static from(records: readonly CalendarRecord[], generation: number): Calendar {
    const slots = records.map(({ handle }) => (handle - 1) % SLOTS);
    let capacity = 1024;
    for (const slot of slots) while (capacity <= slot) capacity *= 2;
    const calendar = new Calendar(capacity);
    const { doubles, ints } = calendar;
    calendar.first = generation + 1;
    for (const slot of slots) calendar.used = Math.max(calendar.used, slot + 1);
    calendar.size = records.length;
    records.forEach((record, i) => {
      const slot = slots[i]!;
      doubles[(slot << 3) + TIME] = record.time;
      doubles[(slot << 3) + ORDER] = calendar.sequence++;
      doubles[(slot << 3) + A] = record.a;
      doubles[(slot << 3) + B] = record.b;
      ints[(slot << 4) + HANDLER] = record.handler;
      ints[(slot << 4) + SUBJECT] = record.subject;
      ints[(slot << 4) + GENERATION] = Math.floor((record.handle - 1) / SLOTS);
      ints[(slot << 4) + PAYLOAD] = 1;
      calendar.datas[slot] = record.data;
      calendar.place(slot);
    });
    for (let slot = calendar.used - 1; slot >= 0; slot--) {
      if (ints[(slot << 4) + HOME] !== FREE) continue;
      ints[(slot << 4) + GENERATION] = generation + 1;
      ints[(slot << 4) + NEXT] = calendar.free;
      calendar.free = slot;
    }
    return calendar;
  }

  private slotOf(handle: number): number {
    const slot = (handle - 1) % SLOTS;
    if (!(slot >= 0 && slot < this.used) || this.ints[(slot << 4) + HOME] === FREE) return -1;
    return this.ints[(slot << 4) + GENERATION] === Math.floor((handle - 1) / SLOTS) ? slot : -1;
  }

  /** A slot that was never used, ready to be taken from the list of free ones. */
  private fresh(): number {
    if (this.used === this.capacity) this.grow();
    const slot = this.used++;
    this.ints[(slot << 4) + GENERATION] = this.first;
    this.ints[(slot << 4) + NEXT] = -1;
    return slot;
  }

  private release(slot: number): void {
    const { ints } = this;
    const word = slot << 4;
    this.size--;
    ints[word + GENERATION] = ints[word + GENERATION]! + 1;
    ints[word + HOME] = FREE;
    ints[word + NEXT] = this.free;
    this.free = slot;
  }

  // From here on a time is read from its record: a number handed on to a function is an allocation where that is not inlined.

  private place(slot: number): void {
    const bucket = (this.doubles[(slot << 3) + TIME]! - this.start) * this.perMicro;
    if (bucket < this.reached) {
      this.near.add(slot);
      if (this.near.size > this.nearMost) this.spread();
    } else if (bucket < this.bucketCount) this.intoBucket(slot, bucket | 0);
    else this.intoLater(slot);
  }

  private intoBucket(slot: number, bucket: number): void {
    const { ints } = this;
    const word = slot << 4;
    const after = this.buckets[bucket]!;
    ints[word + HOME] = BUCKET;
    ints[word + PLACE] = -1 - bucket;
    ints[word + NEXT] = after;
    if (after >= 0) ints[(after << 4) + PLACE] = slot;
    this.buckets[bucket] = slot;
    this.bucketed++;
  }

  private intoLater(slot: number): void {
    const position = this.laterSize++;
    this.later[position] = slot;
    this.laterTimes[position] = this.doubles[(slot << 3) + TIME]!;
    this.ints[(slot << 4) + HOME] = LATER;
    this.ints[(slot << 4) + PLACE] = position;
  }

  private remove(slot: number): void {
    const { ints } = this;
    const home = ints[(slot << 4) + HOME]!;
    const place = ints[(slot << 4) + PLACE]!;
    if (home === NEAR) this.near.remove(slot);
    else if (home === BUCKET) {
      const after = ints[(slot << 4) + NEXT]!;
      if (place < 0) this.buckets[-1 - place] = after;
      else ints[(place << 4) + NEXT] = after;
      if (after >= 0) ints[(after << 4) + PLACE] = place;
      this.bucketed--;
    } else {
      const last = --this.laterSize;
      const other = this.later[last]!;
      this.later[place] = other;
      this.laterTimes[place] = this.laterTimes[last]!;
      ints[(other << 4) + PLACE] = place;
    }
  }

  /** Brings the earliest records into `near`, which is empty. false when there are none. */
  private refill(): boolean {
    if (this.size === 0) return false;
    if (this.bucketed === 0) this.divide();
    const { buckets, near } = this;
    let bucket = this.reached;
    while (buckets[bucket]! < 0) bucket++;
    near.fill(buckets[bucket]!);
    buckets[bucket] = -1;
    this.reached = bucket + 1;
    this.bucketed -= near.size;
    this.nearMost = Math.max(FEW, this.size >> 3, 2 * near.size);
    return true;
  }

  /**
   * Makes buckets for what is in `later`, as many as there are records, over four times the mean distance from the earliest:
   * at least three quarters fall in (Markov), so that a record is moved four times in three at most on average.
   */
  private divide(): void {
    const { later, laterTimes, laterSize } = this;
    let start = Infinity;
    let sum = 0;
    for (let i = 0; i < laterSize; i++) {
      const time = laterTimes[i]!;
      if (time < start) start = time;
      sum += time;
    }
    const span = 4 * (sum / laterSize - start);
    const some = laterSize > 4 && span < Infinity;
    this.start = start < Infinity ? start : 0; // beside nothing but infinite times, whatever comes is the first
    // Without a span, or with few records, one bucket of 1 µs, or of all time.
    this.bucketCount = some && span > 0 ? laterSize : 1;
    this.perMicro = some ? this.bucketCount / Math.max(1, span) : 0;
    this.reached = 0;
    this.nearMost = Math.max(FEW, this.size >> 3);
    this.laterSize = 0;
    for (let i = 0; i < laterSize; i++) {
      const bucket = (laterTimes[i]! - start) * this.perMicro;
      // Not a number, of an infinite time, is in.
      if (bucket >= this.bucketCount) this.intoLater(later[i]!);
      else this.intoBucket(later[i]!, bucket | 0);
    }
  }

  /** Makes the buckets anew when too much has come into `near` for their width. */
  private spread(): void {
    const { ints, buckets, near } = this;
    near.drain((slot) => this.intoLater(slot));
    for (let bucket = this.reached; this.bucketed > 0; bucket++) {
      let slot = buckets[bucket]!;
      buckets[bucket] = -1;
      while (slot >= 0) {
        const after = ints[(slot << 4) + NEXT]!;
        this.intoLater(slot);
        this.bucketed--;
        slot = after;
      }
    }
    this.divide();
  }

  private grow(): void {
    const old = this.capacity;
    const capacity = old * 2;
    if (capacity > SLOTS) throw new Error(`more than ${old} pending events: the model schedules faster than it handles`);
    const int = (from: Int32Array, fill = 0): Int32Array => {
      const to = new Int32Array(capacity).fill(fill);
      to.set(from);
      return to;
    };
    const double = (from: Float64Array, length: number): Float64Array => {
      const to = new Float64Array(length);
      to.set(from);
      return to;
    };
    this.doubles = double(this.doubles, capacity * 8);
    this.ints = new Int32Array(this.doubles.buffer);
    for (let i = old; i < capacity; i++) this.datas.push(null);
    this.near = this.near.grown(capacity, this.doubles, this.ints);
    this.buckets = int(this.buckets, -1);
    this.later = int(this.later);
    this.laterTimes = double(this.laterTimes, capacity);
    this.capacity = capacity;
  }
}
