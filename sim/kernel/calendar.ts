import type { Micros } from './time.ts';

/**
 * The calendar of what can still happen: records {time, handler, subject, a, b, data}, earliest first, equal times in
 * the order of insertion. A 4-ary heap over typed arrays; a record keeps its slot for life, so that a handle can cancel
 * it in O(log n). Nothing is allocated while the number of pending records stays below the capacity.
 *
 * Cost: schedule, cancel, pop O(log₄ n). Space: 41 bytes a slot plus a reference.
 */
export class Calendar {
  /** Fields of the record that `pop` took out last. */
  time: Micros = 0;
  handler = 0;
  subject = 0;
  a = 0;
  b = 0;
  data: unknown = null;

  private capacity: number;
  private size = 0;
  private sequence = 0;
  private heap: Int32Array; // position → slot
  private times: Float64Array; // position → time (kept beside the heap: most comparisons end here)
  private orders: Float64Array; // slot → insertion number
  private positions: Int32Array; // slot → position, −1 = free
  private generations: Int32Array; // slot → how often it was used
  private handlers: Int32Array;
  private subjects: Int32Array;
  private as: Float64Array;
  private bs: Float64Array;
  private datas: unknown[];
  private free: Int32Array; // stack of free slots
  private freeCount: number;
  private first = 0; // generation of slots that were never used here

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.heap = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
    this.orders = new Float64Array(capacity);
    this.positions = new Int32Array(capacity).fill(-1);
    this.generations = new Int32Array(capacity);
    this.handlers = new Int32Array(capacity);
    this.subjects = new Int32Array(capacity);
    this.as = new Float64Array(capacity);
    this.bs = new Float64Array(capacity);
    this.datas = new Array<unknown>(capacity).fill(null);
    this.free = new Int32Array(capacity);
    this.freeCount = capacity;
    for (let i = 0; i < capacity; i++) this.free[i] = capacity - 1 - i;
  }

  /** Number of pending records. */
  get length(): number {
    return this.size;
  }

  /** Time of the earliest record; Infinity when there is none. */
  get next(): Micros {
    return this.size === 0 ? Infinity : this.times[0]!;
  }

  /** Adds a record. Returns a handle, unique among live records, positive. Time must not be NaN. */
  schedule(time: Micros, handler: number, subject: number, a: number, b: number, data: unknown): number {
    if (this.freeCount === 0) this.grow();
    const slot = this.free[--this.freeCount]!;
    this.orders[slot] = this.sequence++;
    this.handlers[slot] = handler;
    this.subjects[slot] = subject;
    this.as[slot] = a;
    this.bs[slot] = b;
    if (data !== null) this.datas[slot] = data;
    this.siftUp(this.size++, slot, time);
    return this.generations[slot]! * 4194304 + slot + 1;
  }

  /** Is the record behind this handle still pending? */
  pending(handle: number): boolean {
    return this.slotOf(handle) >= 0;
  }

  /** Takes a record out. false when it has happened or was cancelled already. */
  cancel(handle: number): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.removeAt(this.positions[slot]!);
    this.release(slot);
    return true;
  }

  /** Moves a record to another time; it goes behind those already there. false when it is no longer pending. */
  reschedule(handle: number, time: Micros): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.removeAt(this.positions[slot]!);
    this.orders[slot] = this.sequence++;
    this.siftUp(this.size++, slot, time);
    return true;
  }

  /** Takes the earliest record out into the public fields. false when the calendar is empty. */
  pop(): boolean {
    if (this.size === 0) return false;
    const slot = this.heap[0]!;
    this.time = this.times[0]!;
    this.handler = this.handlers[slot]!;
    this.subject = this.subjects[slot]!;
    this.a = this.as[slot]!;
    this.b = this.bs[slot]!;
    this.data = this.datas[slot];
    this.size--;
    if (this.size > 0) {
      const last = this.heap[this.size]!;
      this.siftDown(0, last, this.times[this.size]!);
    }
    this.release(slot);
    return true;
  }

  /** All pending records in the order in which they will happen, with their handles; plain data. */
  records(): CalendarRecord[] {
    const slots = [...this.heap.subarray(0, this.size)];
    slots.sort((x, y) => this.times[this.positions[x]!]! - this.times[this.positions[y]!]! || this.orders[x]! - this.orders[y]!);
    return slots.map((slot) => ({
      handle: this.generations[slot]! * 4194304 + slot + 1,
      time: this.times[this.positions[slot]!]!,
      handler: this.handlers[slot]!,
      subject: this.subjects[slot]!,
      a: this.as[slot]!,
      b: this.bs[slot]!,
      data: this.datas[slot],
    }));
  }

  /** A number that no slot has been used more often than; goes into a snapshot for `from`. */
  get generation(): number {
    return this.generations.reduce((most, g) => Math.max(most, g), 0);
  }

  /**
   * A calendar with these records in this order under the same handles, so that handles kept elsewhere stay good.
   * `generation` is that of the calendar they come from: a handle kept from before, for a record that is gone, must
   * never meet a newer record in the same slot, and the records that are left do not tell how often other slots were used.
   */
  static from(records: readonly CalendarRecord[], generation: number): Calendar {
    let capacity = 1024;
    for (const record of records) while (capacity <= (record.handle - 1) % 4194304) capacity *= 2;
    const calendar = new Calendar(capacity);
    const used = new Set<number>();
    for (const record of records) {
      const slot = (record.handle - 1) % 4194304;
      used.add(slot);
      calendar.generations[slot] = Math.floor((record.handle - 1) / 4194304);
      calendar.orders[slot] = calendar.sequence++;
      calendar.handlers[slot] = record.handler;
      calendar.subjects[slot] = record.subject;
      calendar.as[slot] = record.a;
      calendar.bs[slot] = record.b;
      calendar.datas[slot] = record.data;
      calendar.siftUp(calendar.size++, slot, record.time);
    }
    calendar.freeCount = 0;
    for (let slot = capacity - 1; slot >= 0; slot--) if (!used.has(slot)) calendar.free[calendar.freeCount++] = slot;
    for (let slot = 0; slot < capacity; slot++) if (!used.has(slot)) calendar.generations[slot] = generation + 1;
    calendar.first = generation + 1;
    return calendar;
  }

  private slotOf(handle: number): number {
    const slot = (handle - 1) % 4194304;
    if (!(slot >= 0 && slot < this.capacity) || this.positions[slot]! < 0) return -1;
    return this.generations[slot] === Math.floor((handle - 1) / 4194304) ? slot : -1;
  }

  private release(slot: number): void {
    this.positions[slot] = -1;
    this.generations[slot] = this.generations[slot]! + 1;
    if (this.datas[slot] !== null) this.datas[slot] = null;
    this.free[this.freeCount++] = slot;
  }

  private removeAt(position: number): void {
    this.size--;
    if (position === this.size) return;
    const last = this.heap[this.size]!;
    const time = this.times[this.size]!;
    const parent = (position - 1) >> 2;
    if (position > 0 && this.before(time, last, parent)) this.siftUp(position, last, time);
    else this.siftDown(position, last, time);
  }

  private before(time: Micros, slot: number, position: number): boolean {
    const other = this.times[position]!;
    return time < other || (time === other && this.orders[slot]! < this.orders[this.heap[position]!]!);
  }

  private siftUp(position: number, slot: number, time: Micros): void {
    const { heap, times, positions, orders } = this;
    const order = orders[slot]!;
    while (position > 0) {
      const parent = (position - 1) >> 2;
      const parentTime = times[parent]!;
      const parentSlot = heap[parent]!;
      if (parentTime < time || (parentTime === time && orders[parentSlot]! < order)) break;
      times[position] = parentTime;
      heap[position] = parentSlot;
      positions[parentSlot] = position;
      position = parent;
    }
    times[position] = time;
    heap[position] = slot;
    positions[slot] = position;
  }

  private siftDown(position: number, slot: number, time: Micros): void {
    const { heap, times, positions, orders, size } = this;
    const order = orders[slot]!;
    for (;;) {
      let child = (position << 2) + 1;
      if (child >= size) break;
      const end = Math.min(child + 4, size);
      let least = child;
      let leastTime = times[child]!;
      for (child++; child < end; child++) {
        const t = times[child]!;
        if (t < leastTime || (t === leastTime && orders[heap[child]!]! < orders[heap[least]!]!)) {
          least = child;
          leastTime = t;
        }
      }
      const leastSlot = heap[least]!;
      if (leastTime > time || (leastTime === time && orders[leastSlot]! > order)) break;
      times[position] = leastTime;
      heap[position] = leastSlot;
      positions[leastSlot] = position;
      position = least;
    }
    times[position] = time;
    heap[position] = slot;
    positions[slot] = position;
  }

  private grow(): void {
    const old = this.capacity;
    const capacity = old * 2;
    if (capacity > 4194304) throw new Error(`more than ${old} pending events: the model schedules faster than it handles`);
    const int = (from: Int32Array, fill: number): Int32Array => {
      const to = new Int32Array(capacity).fill(fill);
      to.set(from);
      return to;
    };
    const double = (from: Float64Array): Float64Array => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.heap = int(this.heap, 0);
    this.times = double(this.times);
    this.orders = double(this.orders);
    this.positions = int(this.positions, -1);
    this.generations = int(this.generations, this.first);
    this.handlers = int(this.handlers, 0);
    this.subjects = int(this.subjects, 0);
    this.as = double(this.as);
    this.bs = double(this.bs);
    for (let i = old; i < capacity; i++) this.datas.push(null);
    this.free = int(this.free, 0);
    for (let i = capacity - 1; i >= old; i--) this.free[this.freeCount++] = i;
    this.capacity = capacity;
  }
}

export interface CalendarRecord {
  readonly handle: number;
  readonly time: Micros;
  readonly handler: number;
  readonly subject: number;
  readonly a: number;
  readonly b: number;
  readonly data: unknown;
}
