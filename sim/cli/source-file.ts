import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { InputError } from '../scenario/errors.ts';
import { UsageError } from './failures.ts';

/** Largest scenario file that is read, bytes. */
const LARGEST_SOURCE = 4 * 1024 * 1024;
const CHUNK = 1 << 16;

/** What came through pipes, by path: a pipe can be read but once, and inputs are asked for again. */
const piped = new Map<string, string>();

/**
 * Text of a scenario file, which must be a plain file: others never end, or wait for ever.
 * @param path absolute; `name` is how complaints call it
 * @param options.pipe a pipe will do as well
 * @param options.within the folder that the file may not lie outside of, links followed
 * @throws UsageError for what is no such file, InputError for bytes that are no UTF-8
 */
export function readSource(path: string, name: string, options: { readonly pipe: boolean; readonly within: string | null }): string {
  const known = piped.get(path);
  if (known !== undefined) return known;
  if (options.within !== null && !isInside(options.within, path))
    throw new UsageError(`${name} is a link that leads out of the scenario's folder`);
  const isPipe = statSync(path).isFIFO();
  if (isPipe && !options.pipe) throw new UsageError(`${name} is a pipe, a plain file is needed`);
  // Without waiting: between the look at it and its opening a file may become a pipe that nobody writes to.
  const descriptor = openSync(path, isPipe ? 'r' : constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!isPipe && !fstatSync(descriptor).isFile()) throw new UsageError(`${name} is no plain file`);
    const text = decoded(bounded(descriptor, name), name);
    if (isPipe) piped.set(path, text);
    return text;
  } finally {
    closeSync(descriptor);
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(realpathSync(folder), realpathSync(path));
  return !way.startsWith('..') && !isAbsolute(way);
}

/** All bytes, and never more than allowed: what a file says about its size need not be true. */
function bounded(descriptor: number, name: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let size = 0; ;) {
    const chunk = Buffer.alloc(CHUNK);
    const count = readSync(descriptor, chunk, 0, CHUNK, null);
    if (count === 0) return Buffer.concat(chunks);
    size += count;
    if (size > LARGEST_SOURCE) throw new UsageError(`${name} is too large for a scenario: more than ${LARGEST_SOURCE} bytes`);
    chunks.push(chunk.subarray(0, count));
  }
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const lines = goodBeginning(bytes).split('\n');
    const place = { file: name, line: lines.length, column: lines.at(-1)!.length + 1 };
    throw new InputError([{ ...place, message: 'from here on it is not UTF-8', remedy: 'Save the file as UTF-8' }]);
  }
}

/** The text before the first byte that does not go on as UTF-8. */
function goodBeginning(bytes: Uint8Array): string {
  // What may still be completed counts as good, and is left out of the text.
  const decode = (length: number): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      decode(middle);
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return decode(good);
}
