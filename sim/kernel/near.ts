import * as layout from './record.ts';

// Constants of this module's own: an imported one is looked up at every use, which costs the calendar an eighth.
const { HOME, NEAR, NEXT, ORDER, PLACE, TIME } = layout;

/**
 * A 4-ary heap of record slots by (time, insertion number), any of which can be taken out: a record's line says where
 * in the heap it is. Times and numbers are kept beside the slots, so that comparing visits no record.
 */
export class Near {
  size = 0;
  /** position → slot */
  readonly slots: Int32Array;
  /** position → µs */
  readonly times: Float64Array;
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

  add(slot: number): void {
    this.ints[(slot << 4) + HOME] = NEAR;
    this.siftUp(this.size++, slot);
  }

  /** Takes over a bucket, the list of records from `first` on; the heap must be empty. */
  fill(first: number): void {
    const { slots, times, orders, doubles, ints } = this;
    let size = 0;
    for (let slot = first; slot >= 0; slot = ints[(slot << 4) + NEXT]!) {
      slots[size] = slot;
      times[size] = doubles[(slot << 3) + TIME]!;
      orders[size] = doubles[(slot << 3) + ORDER]!;
      ints[(slot << 4) + HOME] = NEAR;
      ints[(slot << 4) + PLACE] = size++;
    }
    this.size = size;
    for (let position = (size - 2) >> 2; position >= 0; position--) this.siftDown(position, slots[position]!);
  }

  /** Takes the first record out. */
  shift(): void {
    const last = --this.size;
    if (last > 0) this.siftDown(0, this.slots[last]!);
  }

  remove(position: number): void {
    const last = --this.size;
    if (position === last) return;
    const other = this.slots[last]!;
    this.siftUp(position, other);
    if (this.slots[position] === other) this.siftDown(position, other);
  }

  /** The same heap with room for more, over the lines that have grown with it. */
  grown(capacity: number, doubles: Float64Array, ints: Int32Array): Near {
    const near = new Near(capacity, doubles, ints);
    near.size = this.size;
    near.slots.set(this.slots);
    near.times.set(this.times);
    near.orders.set(this.orders);
    return near;
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
