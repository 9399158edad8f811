import type { TraceLevel } from '../world/run.ts';
import { EarlierTrace, type EarlierLine } from './trace-file.ts';
import type { TraceTaker } from './trace.ts';

/** A field in which two lines differ; `fields.value` = inside an object; undefined = it is not there. */
export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly now: unknown;
}

/** Where two traces part: the number of the line, counted from 1, and what stands there in each (null = ended before). */
export interface Parting {
  readonly line: number;
  readonly before: string | null;
  readonly now: string | null;
  /** In the order of the fields; none where one of the two ended before. */
  readonly differences: readonly Difference[];
}

/** Compares a run's trace with one written earlier, line by line, as the run goes; at the level of the earlier one. */
export class TraceComparison implements TraceTaker {
  readonly level: TraceLevel;
  private readonly earlier: EarlierTrace;
  private count = 0;
  private parting: Parting | null = null;

  /** @throws UsageError or InputError when the file cannot be read or is no trace */
  constructor(path: string) {
    this.earlier = new EarlierTrace(path);
    this.level = this.earlier.level;
  }

  take(now: string): void {
    if (this.parting !== null) return;
    this.count++;
    const before = this.earlier.next();
    if (before === now) return;
    const differences = before === null ? [] : differencesOf(before, now);
    // The order of fields and blanks may be another program's: they are no difference.
    if (before === null || differences.length > 0) this.parting = { line: this.count, before, now, differences };
  }

  /** Call after the run. @returns where they part, or null when they are the same to the end. */
  finish(): Parting | null {
    if (this.parting === null) {
      const before = this.earlier.next();
      if (before !== null) this.parting = { line: this.count + 1, before, now: null, differences: [] };
    }
    this.earlier.close();
    return this.parting;
  }
}

function differencesOf(before: string, now: string): Difference[] {
  const earlier = flat(JSON.parse(before) as object);
  const present = flat(JSON.parse(now) as object);
  return [...new Set([...present.keys(), ...earlier.keys()])]
    .map((field) => ({ field, before: earlier.get(field), now: present.get(field) }))
    .filter((pair) => canonical(pair.before) !== canonical(pair.now));
}

/** Fields by name; those of an object inside under `object.field`. */
function flat(line: object): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(line)) {
    const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value as object) : [];
    if (inner.length === 0) fields.set(name, value);
    for (const [within, each] of inner) fields.set(`${name}.${within}`, each);
  }
  return fields;
}

const canonical = (value: unknown): string => JSON.stringify(value) ?? 'absent';

const MOST_NAMED = 6;

/** What a person is told of a comparison. */
export function comparisonLines(parting: Parting | null, path: string, level: TraceLevel): string[] {
  const at = level === 'full' ? '' : ` (at level ${level}, the file's own)`;
  if (parting === null) return [`The trace equals ${path} to the end.${at}`];
  const { line, before, now, differences } = parting;
  const { n, t, kind } = JSON.parse(now ?? before!) as EarlierLine;
  const event = `  event ${n}, ${kind} at ${t} µs:`;
  const named = differences.slice(0, MOST_NAMED).map((one) => `${one.field} ${canonical(one.before)} before, ${canonical(one.now)} now`);
  const more = differences.length - named.length;
  const what = before === null ? 'the file ends before it' : now === null ? 'the run ends before it' : named.join('; ');
  return [
    `The trace parts from ${path} at line ${line}:${at}`,
    `  before: ${before ?? '(ended)'}`,
    `  now:    ${now ?? '(ended)'}`,
    `${event} ${what}${more > 0 ? `; ${more} more fields` : ''}`,
  ];
}
