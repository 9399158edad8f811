import type { Shape, Values } from './trace-columns.ts';

const FIRST_ROWS = 16;
/** What a record's line says beside its fields. */
const RECORD = ['from', 'what', 'cause'] as const;

/**
 * Lines of one shape while a block is being filled: row by row in one array, since a line's values are known together and
 * a store into one array is cheap. `narrow` turns them into columns.
 */
abstract class Table<V extends Float64Array | Int32Array> {
  /** Position of the shape among the recorder's. */
  readonly index: number;
  readonly shape: Shape;
  protected readonly width: number;
  values: V;
  count = 0;

  constructor(index: number, shape: Shape) {
    this.index = index;
    this.shape = shape;
    this.width = shape.fields.length;
    this.values = this.array(FIRST_ROWS * this.width);
  }

  protected abstract array(length: number): V;
  /** A column at its narrowest; `scratch` has room for it. */
  protected abstract column(index: number, scratch: Int32Array): Values;

  /** @returns where in `values` the next row begins; it counts once `count` is raised */
  room(): number {
    const at = this.count * this.width;
    if (at + this.width > this.values.length) {
      const values = this.array(2 * this.values.length);
      values.set(this.values);
      this.values = values;
    }
    return at;
  }

  /** Empties the rows. @returns their columns, each at its narrowest */
  narrow(): Values[] {
    const columns: Values[] = [];
    if (this.count === 0) return columns;
    const scratch = new Int32Array(this.count);
    for (let column = 0; column < this.width; column++) columns.push(this.column(column, scratch));
    this.count = 0;
    return columns;
  }
}

export class Rows extends Table<Float64Array> {
  /** Is this the shape of records, all of whose fields lie in one object? */
  readonly ofRecords: boolean;

  constructor(index: number, shape: Shape) {
    super(index, shape);
    this.ofRecords =
      shape.kind === 'record' &&
      shape.fields.every(({ name, within }, i) => (i < RECORD.length ? name === RECORD[i] && within === null : within === 'fields'));
  }

  protected array(length: number): Float64Array {
    return new Float64Array(length);
  }

  protected column(index: number, scratch: Int32Array): Values {
    return narrow(this.values, index, this.width, scratch);
  }
}

/** For a shape that has nothing but integers of 32 bits: half the memory, and nothing to be found out of a value but its size. */
export class WholeRows extends Table<Int32Array> {
  protected array(length: number): Int32Array {
    return new Int32Array(length);
  }

  protected column(index: number, scratch: Int32Array): Values {
    return narrowest(scratch, gather(this.values, index, this.width, scratch));
  }
}

/** Puts every `stride`-th value from `start` on into `to`. @returns all bits that are set in some value */
function gather(values: Int32Array, start: number, stride: number, to: Int32Array): number {
  let bits = 0;
  for (let row = 0, at = start; row < to.length; row++, at += stride) {
    const value = values[at]!;
    to[row] = value;
    bits |= value;
  }
  return bits;
}

/** A copy, as wide as the bits that are set need it. */
function narrowest(integers: Int32Array, bits: number): Values {
  if (bits >= 0 && bits <= 0xff) return new Uint8Array(integers);
  return bits >= 0 && bits <= 0xffff ? new Uint16Array(integers) : integers.slice();
}

/**
 * Every `stride`-th value from `start` on, as many as `integers`, which serves as scratch, has room for: exactly as they are,
 * except −0 as 0 (which JSON does not tell apart).
 */
export function narrow(values: Float64Array, start: number, stride: number, integers: Int32Array): Values {
  const rows = integers.length;
  let bits = 0; // all that are set in some value: how wide the column must be
  let whole = true;
  for (let row = 0, at = start; row < rows; row++, at += stride) {
    const value = values[at]!;
    const integer = value | 0;
    integers[row] = integer;
    bits |= integer;
    if (integer !== value) whole = false;
  }
  if (!whole) {
    const column = new Float64Array(rows);
    for (let row = 0, at = start; row < rows; row++, at += stride) column[row] = values[at]!;
    return column;
  }
  return narrowest(integers, bits);
}
