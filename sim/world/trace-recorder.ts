import type { RecordValue } from '../model/records.ts';
import { put } from '../network/state.ts';
import type { FieldType, Shape, TraceBlock, TraceColumns } from './trace-columns.ts';
import { holds, TRACE_KINDS, type TraceLevel } from './trace-level.ts';
import { HOP, isFlat, QUANTITY, shapeOf, typeOf, VERDICT } from './trace-shapes.ts';
import { narrow, Rows, WholeRows } from './trace-rows.ts';
import type { TraceLine } from './trace.ts';

type Inner = { readonly [name: string]: unknown };

export interface RecorderOptions {
  /** Default: full. */
  readonly level?: TraceLevel;
  /** Takes each block when it is full, and the rest at `finish`; nothing is kept then. Without it all is. */
  readonly take?: (columns: TraceColumns) => void;
}

/** Words whose codes are at hand: a table of hashes without chains, as one look-up in a Map costs as much as half a line. A power of two. */
const WORDS = 256;
/** Lines in a block: few enough that what is being filled stays in the processor's cache. */
const BLOCK = 8192;

/**
 * Keeps a trace in typed columns: a table for lines of one shape, texts interned, objects of one level taken apart, anything
 * deeper as JSON. A seventh of the JSON text, and no object a line.
 */
export class TraceRecorder {
  readonly level: TraceLevel;
  private readonly leftOut: ReadonlySet<string>;
  private readonly holdsRecords: boolean;
  private readonly handOver: ((columns: TraceColumns) => void) | null;
  private readonly blocks: TraceBlock[] = [];
  private readonly texts: string[] = [];
  private readonly codes = new Map<string, number>();
  private readonly words: (string | null)[] = new Array<string | null>(WORDS).fill(null);
  private readonly wordCodes = new Int32Array(WORDS);
  private readonly tables: (Rows | WholeRows)[] = [];
  private readonly byShape = new Map<string, Rows>();
  /** Where the last line that said the same `what` went, by its code: nearly always the right table. */
  private readonly guesses: (Rows | null)[] = [];
  /** Of the shapes HOP, VERDICT and QUANTITY: written without making an object, then added. Texts as codes. */
  readonly hops: WholeRows;
  readonly verdicts: WholeRows;
  readonly quantities: Rows;
  private lines = 0;
  private first = 0;
  private next = 0;
  private readonly skipped = new Float64Array(BLOCK);
  private readonly times = new Float64Array(BLOCK);
  private readonly shapes = new Float64Array(BLOCK);

  constructor(options: RecorderOptions = {}) {
    this.level = options.level ?? 'full';
    this.leftOut = new Set(TRACE_KINDS.filter((kind) => !holds(this.level, kind)));
    this.holdsRecords = this.holds('record');
    this.handOver = options.take ?? null;
    this.hops = new WholeRows(0, HOP);
    this.verdicts = new WholeRows(1, VERDICT);
    this.tables.push(this.hops, this.verdicts);
    this.quantities = this.table(QUANTITY);
  }

  holds(kind: string): boolean {
    return !this.leftOut.has(kind);
  }

  /** Number by which a text is known here. */
  code(text: string): number {
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.texts.push(text) - 1;
      this.codes.set(text, code);
    }
    return code;
  }

  /** Adds a line. @throws RangeError unless numbers ascend, and number, time and kind come first, as the world writes them */
  line(line: TraceLine): void {
    const names = Object.keys(line);
    if (names[0] !== 'n' || names[1] !== 't' || names[2] !== 'kind') throw new RangeError('a trace line begins with n, t and kind');
    const what = this.codeOfWord(typeof line.what === 'string' ? line.what : '');
    let table = this.guesses[what] ?? null;
    if (table === null || !this.fill(table, line, names)) {
      table = this.table(shapeOf(line));
      put(this.guesses, what, table);
      this.fill(table, line, names);
    }
    this.add(table, line.n, line.t);
  }

  /** Adds a record as `line` would, without an object of it. @returns false, with nothing done, where no line of its shape came before */
  record(n: number, t: number, by: string, what: string, cause: number, given: Readonly<Record<string, RecordValue>>): boolean {
    if (!this.holdsRecords) return true;
    const word = this.codeOfWord(what);
    const table = this.guesses[word] ?? null;
    if (table === null || !table.ofRecords) return false;
    const names = Object.keys(given);
    const values = Object.values(given); // at once: to ask for one after the other by its name costs more
    if (names.length + 3 !== table.shape.fields.length) return false;
    const row = table.room();
    for (let i = 0; i < names.length; i++) if (!this.set(table, row, i + 3, names[i]!, 'fields', values[i])) return false;
    table.values[row] = this.codeOfWord(by);
    table.values[row + 1] = word;
    table.values[row + 2] = cause;
    this.add(table, n, t);
    return true;
  }

  /** As `code`, for a text that comes again and again and is the same string each time: the program's own words, ids, rules. */
  codeOfWord(text: string): number {
    const { words, wordCodes } = this;
    const last = text.length - 1;
    const at = (7 * last + text.charCodeAt(0) + 3 * text.charCodeAt(last) + 5 * text.charCodeAt(last >> 1)) & (WORDS - 1);
    if (words[at] !== text) {
      words[at] = text;
      wordCodes[at] = this.code(text);
    }
    return wordCodes[at]!;
  }

  /** Adds the line whose values stand in the next row. @throws RangeError unless numbers ascend */
  add(rows: Rows | WholeRows, n: number, t: number): void {
    if (n < this.next) throw new RangeError(`line ${n} after line ${this.next - 1}`);
    const { lines } = this;
    this.skipped[lines] = n - this.next;
    this.times[lines] = t;
    this.shapes[lines] = rows.index;
    rows.count++;
    this.lines++;
    this.next = n + 1;
    if (this.lines === BLOCK) this.seal();
  }

  /** All that is kept. Blocks are shared, nobody may change them. */
  columns(): TraceColumns {
    this.seal();
    return this.handed([...this.blocks]);
  }

  /** Hands over the lines that nobody has taken yet. Call after the run. */
  finish(): void {
    this.seal();
  }

  /** Writes a line's values into the table's next row. @returns false when the line has another shape */
  private fill(table: Rows, line: TraceLine, names: readonly string[]): boolean {
    const { fields } = table.shape;
    if (table.shape.kind !== line.kind) return false;
    const row = table.room();
    let at = 0;
    for (let i = 3; i < names.length; i++) {
      const name = names[i]!;
      const value = line[name];
      if (value === undefined) continue;
      if (at >= fields.length) return false;
      if (fields[at]!.within === name && typeof value === 'object' && value !== null) {
        const inner = Object.keys(value);
        for (let j = 0; j < inner.length; j++, at++)
          if (at >= fields.length || !this.set(table, row, at, inner[j]!, name, (value as Inner)[inner[j]!])) return false;
      } else if (isFlat(value) || !this.set(table, row, at++, name, null, value)) return false;
    }
    return at === fields.length;
  }

  private set(table: Rows, row: number, column: number, name: string, within: string | null, value: unknown): boolean {
    const field = table.shape.fields[column]!;
    const type = typeOf(value);
    if (field.name !== name || field.within !== within || field.type !== type) return false;
    table.values[row + column] = this.stored(type, value);
    return true;
  }

  private stored(type: FieldType, value: unknown): number {
    if (type === 'number') return value as number;
    if (type === 'text') return this.codeOfWord(value as string);
    if (type === 'json') return this.code(JSON.stringify(value));
    return value === true ? 1 : 0;
  }

  private table(shape: Shape): Rows {
    const key = JSON.stringify(shape);
    let table = this.byShape.get(key);
    if (table === undefined) {
      table = new Rows(this.tables.length, shape);
      this.tables.push(table);
      this.byShape.set(key, table);
    }
    return table;
  }

  /** Ends the block that is being filled. */
  private seal(): void {
    const { lines } = this;
    if (lines === 0) return;
    const scratch = new Int32Array(lines);
    const block: TraceBlock = {
      lines,
      first: this.first,
      skipped: narrow(this.skipped, 0, 1, scratch),
      times: this.times.slice(0, lines),
      shapes: narrow(this.shapes, 0, 1, scratch),
      columns: this.tables.map((rows) => rows.narrow()),
    };
    this.lines = 0;
    this.first = this.next;
    if (this.handOver === null) this.blocks.push(block);
    else this.handOver(this.handed([block]));
  }

  private handed(blocks: readonly TraceBlock[]): TraceColumns {
    return { shapes: this.tables.map(({ shape }) => shape), texts: [...this.texts], blocks };
  }
}
