import { closeSync, openSync, writeSync } from 'node:fs';
import { holds, TRACE_LEVELS, TraceReader, TraceRecorder, type TraceLevel } from '../world/run.ts';
import { UsageError, WorkError, fileReason } from './failures.ts';

const CHUNK = 1 << 16;

/** Wants the lines of a level, as JSON. */
export interface TraceTaker {
  readonly level: TraceLevel;
  take(text: string): void;
}

/** A recorder that keeps nothing: its lines go to all takers, each at its level. Undefined where nobody wants any. Call `finish` after the run. */
export function recorderFor(takers: readonly TraceTaker[]): TraceRecorder | undefined {
  const level = TRACE_LEVELS.findLast((one) => takers.some((taker) => taker.level === one));
  if (level === undefined) return undefined;
  return new TraceRecorder({
    level,
    take: (columns) => {
      const reader = new TraceReader(columns);
      while (reader.next()) {
        const text = reader.text();
        for (const taker of takers) if (taker.level === level || holds(taker.level, reader.kind)) taker.take(text);
      }
    },
  });
}

/** Writes a trace, one JSON object a line. Synchronous, because a run is. */
export class TraceFile implements TraceTaker {
  readonly level: TraceLevel;
  private readonly path: string;
  private readonly descriptor: number;
  private pending = '';

  /** @throws UsageError when the file cannot be written, before any work is done */
  constructor(path: string, level: TraceLevel) {
    this.path = path;
    this.level = level;
    try {
      this.descriptor = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${fileReason(error)}`);
    }
  }

  take(line: string): void {
    this.pending += line;
    this.pending += '\n';
    if (this.pending.length >= CHUNK) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.descriptor, bytes, done);
    } catch (error) {
      throw new WorkError(`cannot write ${this.path}: ${fileReason(error)}`);
    }
    this.pending = '';
  }
}

/** The file that `--trace` and `--trace-level` ask for, null for none. @throws UsageError when a level is given without a file */
export function traceFileOf(flags: { readonly trace?: string; readonly traceLevel?: TraceLevel }): TraceFile | null {
  if (flags.trace !== undefined) return new TraceFile(flags.trace, flags.traceLevel ?? 'full');
  if (flags.traceLevel !== undefined) throw new UsageError('--trace-level says how much --trace writes (add --trace FILE)');
  return null;
}
