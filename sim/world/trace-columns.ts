/** A column at its narrowest. Which of the types it is says nothing more. */
export type Values = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** What stands in a column: a number, the index of a text, 0 or 1, nothing (always null), or the index of a text that is JSON. */
export type FieldType = 'number' | 'text' | 'flag' | 'null' | 'json';

export interface Field {
  readonly name: string;
  /** The field of the line whose object this one lies in (`fields` of a record); null = in the line itself. */
  readonly within: string | null;
  readonly type: FieldType;
}

/** What lines of the same kind and fields, in the same order, have in common. */
export interface Shape {
  readonly kind: string;
  readonly fields: readonly Field[];
}

/** Some thousand lines that follow one another. */
export interface TraceBlock {
  readonly lines: number;
  /** Number that the first line has when none was left out before it. */
  readonly first: number;
  /** By line: how many lines of the full trace were left out just before it. */
  readonly skipped: Values;
  /** By line, µs. */
  readonly times: Float64Array;
  /** By line: its shape. */
  readonly shapes: Values;
  /** By shape and field: the values of its lines, in their order; nothing for a shape without lines here. */
  readonly columns: readonly (readonly Values[])[];
}

/** A trace, or a part of one, as plain data: can be copied, kept, sent to another thread. `TraceReader` reads it. */
export interface TraceColumns {
  readonly shapes: readonly Shape[];
  readonly texts: readonly string[];
  readonly blocks: readonly TraceBlock[];
}
