/**
 * A binary heap of (time, order) over typed arrays that lets any record be taken out: the plain queue that the engine's
 * calendar is compared with where its buckets could do harm. It carries a number for each record and nothing else.
 */
export class PlainHeap {
  /** Of the record that `pop` took out last. */
  time = 0;
  id = 0;
  private size = 0;
  private sequence = 0;
  private readonly times: Float64Array;
  private readonly orders: Float64Array;
  private readonly ids: Int32Array;
  private readonly positions: Int32Array; // id → position

  /** For ids 0 … capacity − 1, each pending once at most. */
  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.orders = new Float64Array(capacity);
    this.ids = new Int32Array(capacity);
    this.positions = new Int32Array(capacity).fill(-1);
  }

  push(time: number, id: number): void {
    this.up(this.size++, time, this.sequence++, id);
  }

  pop(): boolean {
    if (this.size === 0) return false;
    this.time = this.times[0]!;
    this.id = this.ids[0]!;
    this.positions[this.id] = -1;
    const last = --this.size;
    if (last > 0) this.down(0, this.times[last]!, this.orders[last]!, this.ids[last]!);
    return true;
  }

  remove(id: number): boolean {
    const position = this.positions[id]!;
    if (position < 0) return false;
    this.positions[id] = -1;
    const last = --this.size;
    if (position === last) return true;
    const other = this.ids[last]!;
    this.up(position, this.times[last]!, this.orders[last]!, other);
    if (this.ids[position] === other) this.down(position, this.times[position]!, this.orders[position]!, other);
    return true;
  }

  private up(position: number, time: number, order: number, id: number): void {
    const { times, orders } = this;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (times[parent]! < time || (times[parent] === time && orders[parent]! < order)) break;
      this.put(position, times[parent]!, orders[parent]!, this.ids[parent]!);
      position = parent;
    }
    this.put(position, time, order, id);
  }

  private down(position: number, time: number, order: number, id: number): void {
    const { times, orders, size } = this;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && (times[right]! < times[child]! || (times[right] === times[child] && orders[right]! < orders[child]!)))
        child = right;
      if (time < times[child]! || (time === times[child] && order < orders[child]!)) break;
      this.put(position, times[child]!, orders[child]!, this.ids[child]!);
      position = child;
    }
    this.put(position, time, order, id);
  }

  private put(position: number, time: number, order: number, id: number): void {
    this.times[position] = time;
    this.orders[position] = order;
    this.ids[position] = id;
    this.positions[id] = position;
  }
}
