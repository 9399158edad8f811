/** A line of the trace: what `--trace FILE.jsonl` writes and the viewer draws (design section 9). */
export interface TraceLine {
  readonly n: number;
  /** µs */
  readonly t: number;
  readonly kind: 'message' | 'verdict' | 'draw' | 'state' | 'setting' | 'alert' | 'step' | 'outcome' | 'record';
  readonly id?: number;
  readonly from?: string;
  readonly to?: string;
  readonly link?: string;
  readonly bytes?: number;
  readonly session?: number;
  readonly verdict?: string;
  readonly rule?: string;
  readonly cause?: number;
  readonly what?: string;
  readonly [more: string]: unknown;
}

export type TraceSink = (line: TraceLine) => void;

/** A line before the world stamps number and time on it. */
export type Untimed = Pick<TraceLine, 'kind'> & { readonly [more: string]: unknown };
