import type { Field, Shape, TraceBlock, TraceColumns, Values } from './trace-columns.ts';
import type { TraceLine } from './trace.ts';

/** A shape, and where among its lines of a block the reader stands. */
interface Place {
  readonly kind: TraceLine['kind'];
  readonly fields: readonly Field[];
  /** JSON between the values: before each of them, and after the last. */
  readonly before: readonly string[];
  readonly after: string;
  row: number;
}

/** Reads a trace in columns line by line. Before the first `next`, and after the last, there is no line. */
export class TraceReader {
  private readonly trace: TraceColumns;
  private readonly places: readonly Place[];
  private readonly quoted: string[] = [];
  private blockIndex = -1;
  private block: TraceBlock | null = null;
  private index = -1;
  private place: Place | null = null;
  private columns: readonly Values[] = [];
  /** Number of the present line in the full trace. */
  n = -1;

  constructor(trace: TraceColumns) {
    this.trace = trace;
    this.places = trace.shapes.map((shape) => ({ kind: shape.kind as TraceLine['kind'], fields: shape.fields, ...frame(shape), row: -1 }));
  }

  /** Goes on to the next line. @returns false when there is none */
  next(): boolean {
    while (this.block === null || this.index + 1 >= this.block.lines) if (!this.nextBlock()) return false;
    const at = ++this.index;
    const shape = this.block.shapes[at]!;
    this.n += this.block.skipped[at]! + 1;
    this.place = this.places[shape]!;
    this.columns = this.block.columns[shape]!;
    this.place.row++;
    return true;
  }

  private nextBlock(): boolean {
    const block = this.trace.blocks[this.blockIndex + 1];
    if (block === undefined) return false;
    this.blockIndex++;
    this.block = block;
    this.index = -1;
    this.n = block.first - 1;
    for (const place of this.places) place.row = -1;
    return true;
  }

  /** Time of the present line, µs. */
  get t(): number {
    return this.block!.times[this.index]!;
  }

  get kind(): TraceLine['kind'] {
    return this.place!.kind;
  }

  /** The present line as it was recorded. */
  line(): TraceLine {
    const { kind, fields, row } = this.place!;
    const line: { [name: string]: unknown } = { n: this.n, t: this.t, kind };
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      const value = this.value(field, this.columns[i]![row]!);
      if (field.within === null) line[field.name] = value;
      else ((line[field.within] ??= {}) as { [name: string]: unknown })[field.name] = value;
    }
    return line as unknown as TraceLine;
  }

  /** The present line as JSON: the bytes that JSON.stringify makes of `line()`. */
  text(): string {
    const { fields, row, before, after } = this.place!;
    let text = `{"n":${this.n},"t":${this.t}`;
    for (let i = 0; i < before.length; i++) text += before[i]! + this.json(fields[i]!, this.columns[i]![row]!);
    return text + after;
  }

  private value(field: Field, stored: number): unknown {
    switch (field.type) {
      case 'number':
        return stored;
      case 'text':
        return this.trace.texts[stored];
      case 'flag':
        return stored === 1;
      case 'null':
        return null;
      case 'json':
        return JSON.parse(this.trace.texts[stored]!);
    }
  }

  private json(field: Field, stored: number): string {
    switch (field.type) {
      case 'number':
        return Number.isFinite(stored) ? `${stored}` : 'null';
      case 'text':
        return (this.quoted[stored] ??= JSON.stringify(this.trace.texts[stored]));
      case 'flag':
        return stored === 1 ? 'true' : 'false';
      case 'null':
        return 'null';
      case 'json':
        return this.trace.texts[stored]!;
    }
  }
}

/** What stands around the values of the lines of a shape. */
function frame(shape: Shape): { readonly before: readonly string[]; readonly after: string } {
  let open: string | null = null;
  let lead = `,"kind":${JSON.stringify(shape.kind)}`;
  const before = shape.fields.map(({ name, within }) => {
    const inside = within !== null && within === open;
    if (!inside && open !== null) lead += '}';
    lead += inside || within === null ? ',' : `,${JSON.stringify(within)}:{`;
    open = within;
    const text = `${lead}${JSON.stringify(name)}:`;
    lead = '';
    return text;
  });
  return { before, after: `${lead}${open === null ? '' : '}'}}` };
}
