import * as layout from './record.ts';
import type { Micros } from './time.ts';

// Constants of this module's own: an imported one is looked up at every use, which costs the calendar an eighth.
const { HOME, NEAR, NEXT, ORDER, PLACE, TIME } = layout;

/** Up to so many records lie in order: to move them costs less than to keep a heap, while most that come are soon due. */
const IN_ORDER = 64;

/**
 * What comes first: the latest record at the bottom, the earliest on top, so that taking it is all but free and one that is
 * soon due goes in under a few others. With more than 64 records it becomes a 4-ary heap by (time, insertion number) until
 * it is empty again. Times are kept beside the slots, so that comparing visits no record. Any record can be taken out: in a
 * heap its line says where it is.
 */
export class Near {
  size = 0;
  private heap = false;
  /** position → slot */
  private readonly slots: Int32Array;
  /** position → µs */
  private readonly times: Float64Array;
  /** position → insertion number; only of a heap */
  private readonly orders: Float64Array;
  private readonly doubles: Float64Array;
  private readonly ints: Int32Array;

  /** `doubles` and `ints` are the records' lines. */
  constructor(capacity: number, doubles: Float64Array, ints: Int32Array) {
    this.slots = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
    this.orders = new Float64Array(capacity);
    this.doubles = doubles;
    this.ints = ints;
  }

  /** Time of the earliest; there must be one. */
  get next(): Micros {
    return this.times[this.heap ? 0 : this.size - 1]!;
  }

  /** Takes a record in that was inserted after all that are here. */
  add(slot: number): void {
    this.ints[(slot << 4) + HOME] = NEAR;
    if (this.size === IN_ORDER && !this.heap) this.makeHeap();
    if (this.heap) {
      this.siftUp(this.size++, slot);
      return;
    }
    const { slots, times } = this;
    const time = this.doubles[(slot << 3) + TIME]!;
    let position = this.size++;
    for (; position > 0; position--) {
      const other = times[position - 1]!;
      if (other > time) break;
      times[position] = other;
      slots[position] = slots[position - 1]!;
    }
    times[position] = time;
    slots[position] = slot;
  }

  /** Takes over a bucket, the list of records from `first` on, in whatever order they are there; nothing else may be here. */
  // Not by `add`: if that had to look at insertion numbers too, HOLD would take 4 to 18 % longer.
  fill(first: number): void {
    const { slots, times, doubles, ints } = this;
    for (let slot = first; slot >= 0; slot = ints[(slot << 4) + NEXT]!) {
      ints[(slot << 4) + HOME] = NEAR;
      if (this.size === IN_ORDER && !this.heap) this.makeHeap();
      if (this.heap) {
        this.siftUp(this.size++, slot);
        continue;
      }
      const time = doubles[(slot << 3) + TIME]!;
      let position = this.size++;
      for (; position > 0; position--) {
        const other = times[position - 1]!;
        const before = slots[position - 1]!;
        if (other > time || (other === time && doubles[(before << 3) + ORDER]! > doubles[(slot << 3) + ORDER]!)) break;
        times[position] = other;
        slots[position] = before;
      }
      times[position] = time;
      slots[position] = slot;
    }
  }

  /** Takes the earliest record out: its slot. There must be one. */
  shift(): number {
    const last = --this.size;
    if (!this.heap) return this.slots[last]!;
    const slot = this.slots[0]!;
    if (last > 0) this.siftDown(0, this.slots[last]!);
    else this.heap = false;
    return slot;
  }

  /** Takes a record out that is here. */
  remove(slot: number): void {
    const { slots, times } = this;
    const last = --this.size;
    if (this.heap) {
      const position = this.ints[(slot << 4) + PLACE]!;
      if (position === last) return;
      const other = slots[last]!;
      this.siftUp(position, other);
      if (slots[position] === other) this.siftDown(position, other);
      return;
    }
    let position = last;
    while (slots[position] !== slot) position--;
    for (; position < last; position++) {
      slots[position] = slots[position + 1]!;
      times[position] = times[position + 1]!;
    }
  }

  /** Hands all slots over, in no order, and is empty. */
  drain(into: (slot: number) => void): void {
    for (let position = 0; position < this.size; position++) into(this.slots[position]!);
    this.size = 0;
    this.heap = false;
  }

  /** The same with room for more, over the lines that have grown with it. */
  grown(capacity: number, doubles: Float64Array, ints: Int32Array): Near {
    const near = new Near(capacity, doubles, ints);
    near.size = this.size;
    near.heap = this.heap;
    near.slots.set(this.slots);
    near.times.set(this.times);
    near.orders.set(this.orders);
    return near;
  }

  /** From latest first to earliest first: what is in order is a heap. */
  private makeHeap(): void {
    const { slots, times, orders, doubles, ints, size } = this;
    this.heap = true;
    slots.subarray(0, size).reverse();
    times.subarray(0, size).reverse();
    for (let position = 0; position < size; position++) {
      const slot = slots[position]!;
      orders[position] = doubles[(slot << 3) + ORDER]!;
      ints[(slot << 4) + PLACE] = position;
    }
  }

  private siftUp(position: number, slot: number): void {
    const { slots, times, orders, doubles, ints } = this;
    const time = doubles[(slot << 3) + TIME]!;
    const order = doubles[(slot << 3) + ORDER]!;
    while (position > 0) {
      const parent = (position - 1) >> 2;
      const parentTime = times[parent]!;
      const parentSlot = slots[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[position] = parentTime;
      orders[position] = orders[parent]!;
      slots[position] = parentSlot;
      ints[(parentSlot << 4) + PLACE] = position;
      position = parent;
    }
    times[position] = time;
    orders[position] = order;
    slots[position] = slot;
    ints[(slot << 4) + PLACE] = position;
  }

  private siftDown(position: number, slot: number): void {
    const { slots, times, orders, size, doubles, ints } = this;
    const time = doubles[(slot << 3) + TIME]!;
    const order = doubles[(slot << 3) + ORDER]!;
    for (;;) {
      let child = (position << 2) + 1;
      if (child >= size) break;
      const end = Math.min(child + 4, size);
      let least = child;
      let leastTime = times[child]!;
      for (child++; child < end; child++) {
        const t = times[child]!;
        if (t < leastTime || (t === leastTime && orders[child]! < orders[least]!)) {
          least = child;
          leastTime = t;
        }
      }
      const leastSlot = slots[least]!;
      if (leastTime > time || (leastTime === time && orders[least]! > order)) break;
      times[position] = leastTime;
      orders[position] = orders[least]!;
      slots[position] = leastSlot;
      ints[(leastSlot << 4) + PLACE] = position;
      position = least;
    }
    times[position] = time;
    orders[position] = order;
    slots[position] = slot;
    ints[(slot << 4) + PLACE] = position;
  }
}
