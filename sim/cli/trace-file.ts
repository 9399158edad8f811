import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Complaints, type Place } from '../scenario/errors.ts';
import { suggest } from '../scenario/nearest.ts';
import { levelOf, TRACE_KINDS, type TraceLevel } from '../world/run.ts';
import { UsageError, fileReason } from './failures.ts';

const CHUNK = 1 << 16;
/** Characters. No line of ours comes near; a file without line ends would otherwise fill the memory. */
const LONGEST_LINE = 1 << 20;
/** Bytes of a pipe, which can be read but once and is therefore kept. */
const LARGEST_PIPE = 1 << 29;
const DEEPEST = 8;
const REMEDY = 'Remove the line, or write the trace anew with --trace';

/** A line of a trace file, parsed and found to be one. */
export type EarlierLine = { readonly n: number; readonly t: number; readonly kind: string; readonly [more: string]: unknown };

/** A trace that was written earlier: checked from end to end when opened, then read again line by line. */
export class EarlierTrace {
  /** The lowest level that holds every kind of line in it: at this level it can be compared. */
  readonly level: TraceLevel;
  private readonly descriptor: number;
  private readonly pipe: readonly Uint8Array[] | null;
  private readonly reading: Iterator<string>;

  /** @throws UsageError when it cannot be read; InputError with line and column of whatever is no trace line */
  constructor(path: string) {
    try {
      this.descriptor = openSync(path, 'r');
      this.pipe = fstatSync(this.descriptor).isFile() ? null : drained(this.descriptor, path);
      this.level = check(path, lines(this.chunks()));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw new UsageError(`cannot read ${path}: ${fileReason(error)}`);
    }
    this.reading = lines(this.chunks());
  }

  /** The next line as it stands there; null = there is none. */
  next(): string | null {
    const next = this.reading.next();
    return next.done === true ? null : next.value;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private chunks(): Iterable<Uint8Array> {
    return this.pipe ?? fileChunks(this.descriptor);
  }
}

function* fileChunks(descriptor: number): Generator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK);
  for (let at = 0; ;) {
    const count = readSync(descriptor, chunk, 0, CHUNK, at);
    if (count === 0) return;
    at += count;
    yield chunk.subarray(0, count);
  }
}

function drained(descriptor: number, path: string): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let size = 0; ;) {
    const chunk = Buffer.alloc(CHUNK);
    const count = readSync(descriptor, chunk, 0, CHUNK, null);
    if (count === 0) return parts;
    size += count;
    if (size > LARGEST_PIPE)
      throw new UsageError(`${path} is no file and does not end within ${LARGEST_PIPE} bytes (write it to a file first)`);
    parts.push(chunk.subarray(0, count));
  }
}

/** Lines without their ends. One that is too long comes cut, so that the check can name it. */
function* lines(chunks: Iterable<Uint8Array>): Generator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop()!;
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
    if (rest.length > LONGEST_LINE) break;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

function check(file: string, texts: Iterable<string>): TraceLevel {
  const complaints = new Complaints();
  const kinds = new Set<string>();
  let line = 0;
  for (const text of texts) {
    line++;
    const found = complaintAbout(text);
    if (typeof found === 'string') kinds.add(found);
    else complaints.add({ file, line, column: found.column } satisfies Place, found.message, found.remedy);
    if (complaints.full || (complaints.list.length > 0 && text.length > LONGEST_LINE)) break;
  }
  complaints.settle();
  return levelOf(kinds);
}

/** @returns the kind of a trace line, or what is wrong with it */
function complaintAbout(text: string): string | { readonly column: number; readonly message: string; readonly remedy: string } {
  const wrong = (column: number, message: string, remedy = REMEDY) => ({ column, message, remedy });
  const at = (name: string): number => text.indexOf(JSON.stringify(name)) + 1 || 1;
  if (text.length > LONGEST_LINE) return wrong(LONGEST_LINE, `the line has more than ${LONGEST_LINE} characters, so this is no trace`);
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return wrong(syntaxColumn(text), text.trim() === '' ? 'an empty line' : 'not JSON');
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return wrong(1, 'expected an object, as each line of a trace is');
  const { n, t, kind } = line as { readonly [name: string]: unknown };
  if (!Number.isSafeInteger(n) || (n as number) < 0) return wrong(at('n'), 'expected "n", the number of the event, a whole number from 0');
  if (typeof t !== 'number' || !Number.isFinite(t)) return wrong(at('t'), 'expected "t", the time in µs, a number');
  if (typeof kind !== 'string') return wrong(at('kind'), 'expected "kind", the kind of the event, a word');
  if (!TRACE_KINDS.includes(kind))
    return wrong(at('kind'), `no kind of event is called ${JSON.stringify(kind)}`, suggest(kind, TRACE_KINDS));
  if (isDeep(line, DEEPEST)) return wrong(1, `nested deeper than ${DEEPEST} levels`);
  return kind;
}

/** Column of what makes a text no JSON. The parser says so for some mistakes; for a token it only names which one. */
function syntaxColumn(text: string): number {
  const why = parseError(text);
  const position = /position (\d+)/.exec(why);
  if (position !== null) return Number(position[1]) + 1;
  if (!UNEXPECTED.test(why)) return text.length + 1;
  // The shortest beginning with that mistake ends with the token; all shorter ones merely lack their end.
  let without = 0;
  let having = text.length;
  while (having - without > 1) {
    const middle = (without + having) >> 1;
    if (UNEXPECTED.test(parseError(text.slice(0, middle)))) having = middle;
    else without = middle;
  }
  return having;
}

const UNEXPECTED = /^Unexpected token/;

function parseError(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const isDeep = (value: unknown, left: number): boolean =>
  typeof value === 'object' && value !== null && (left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1)));
