import { statSync } from 'node:fs';
import type { Catalogue } from '../model/catalogue.ts';
import type { RunResult } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';
import { run, runPair, type TraceLevel } from '../world/run.ts';
import { UsageError } from './failures.ts';
import type { Terminal } from './output.ts';
import { printRun } from './summary.ts';
import { TraceComparison, comparisonLines } from './trace-comparison.ts';
import { recorderFor, traceFileOf } from './trace.ts';

/** What the commands that run one replication are asked to tell of it. */
export interface Telling {
  readonly trace?: string;
  readonly traceLevel?: TraceLevel;
  readonly against?: string;
  readonly json?: true;
}

/**
 * Runs one replication, with its attack-free twin where there is an attack, and tells it: the document or the summary, its
 * trace, and where it parts from an earlier one. @throws UsageError or InputError before any work is done
 */
export function runTold(
  spec: WorldSpec,
  catalogue: Catalogue,
  { seed, replication }: { readonly seed: number; readonly replication: number },
  telling: Telling,
  terminal: Terminal,
): RunResult {
  const { against, json } = telling;
  if (telling.trace !== undefined && against !== undefined && isSameFile(telling.trace, against))
    throw new UsageError('--trace would overwrite the file that --against reads (name another)');
  const comparison = against === undefined ? null : new TraceComparison(against);
  const file = traceFileOf(telling);
  const trace = recorderFor([comparison, file].filter((taker) => taker !== null));
  const execute = spec.threat === null ? run : runPair;
  const started = performance.now();
  const finish = (): void => {
    try {
      trace?.finish();
    } finally {
      file?.close();
    }
  };
  let result: RunResult;
  try {
    result = {
      ...execute(spec, catalogue, { seed, replication, ...(trace === undefined ? {} : { trace }) }),
      wallMs: performance.now() - started,
    };
  } catch (error) {
    // Whoever looks for what went wrong needs the trace up to there.
    try {
      finish();
    } catch {
      // Whether it could be written or not: the run's error is the one that counts.
    }
    throw error;
  }
  finish();

  if (json) terminal.json(result);
  else printRun(result, terminal);
  if (comparison !== null) {
    const say = json ? terminal.note : terminal.out;
    for (const line of comparisonLines(comparison.finish(), against!, comparison.level)) say(line);
  }
  return result;
}

/** By whatever names, also over links. */
function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return one !== undefined && other !== undefined && one.isFile() && one.dev === other.dev && one.ino === other.ino;
}
