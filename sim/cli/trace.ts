import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { TraceLine, TraceSink } from '../world/run.ts';
import { UsageError, fileReason } from './failures.ts';

const CHUNK = 1 << 16;

/** Writes a trace, one JSON object a line. Synchronous, because a run is. */
export class TraceFile {
  readonly sink: TraceSink;
  private readonly descriptor: number;
  private pending: string[] = [];
  private size = 0;

  /** @throws UsageError when the file cannot be written, before any work is done */
  constructor(path: string) {
    this.descriptor = open(path, 'w', 'write');
    this.sink = (line) => {
      const text = `${JSON.stringify(line)}\n`;
      this.pending.push(text);
      this.size += text.length;
      if (this.size >= CHUNK) this.flush();
    };
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending.join(''));
    for (let done = 0; done < bytes.length;) done += writeSync(this.descriptor, bytes, done);
    this.pending = [];
    this.size = 0;
  }
}

/** Where two traces part: the number of the line, counted from 1, and what stands there in each (null = ended before). */
export interface Parting {
  readonly line: number;
  readonly before: string | null;
  readonly now: string | null;
}

/** Compares a run's trace with one written earlier, line by line, as the run goes. */
export class TraceComparison {
  readonly sink: TraceSink;
  private readonly earlier: Generator<string>;
  private readonly descriptor: number;
  private count = 0;
  private parting: Parting | null = null;

  constructor(path: string) {
    this.descriptor = open(path, 'r', 'read');
    this.earlier = lines(this.descriptor);
    this.sink = (line: TraceLine) => this.compare(JSON.stringify(line));
  }

  /** Call after the run. @returns where they part, or null when they are the same to the end. */
  finish(): Parting | null {
    if (this.parting === null) {
      const rest = this.earlier.next();
      if (rest.done !== true) this.parting = { line: this.count + 1, before: rest.value, now: null };
    }
    closeSync(this.descriptor);
    return this.parting;
  }

  private compare(now: string): void {
    if (this.parting !== null) return;
    this.count++;
    const next = this.earlier.next();
    const before = next.done === true ? null : next.value;
    if (before !== now) this.parting = { line: this.count, before, now };
  }
}

function* lines(descriptor: number): Generator<string> {
  const chunk = Buffer.alloc(CHUNK);
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const count = readSync(descriptor, chunk, 0, CHUNK, null);
    rest += decoder.decode(chunk.subarray(0, count), { stream: count > 0 });
    const parts = rest.split('\n');
    rest = parts.pop()!;
    yield* parts.map((part) => part.replace(/\r$/, ''));
    if (count === 0) break;
  }
  if (rest !== '') yield rest;
}

function open(path: string, flags: 'r' | 'w', verb: string): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw new UsageError(`cannot ${verb} ${path}: ${fileReason(error)}`);
  }
}
