import type { RunResult } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';
import type { OutcomeSpec } from '../model/result.ts';
import type { Ended } from '../world/family.ts';
import { plain } from './plain-text.ts';
import type { Row } from './rows.ts';

/** One run of one world. The engine's `run` with its catalogue bound, or a fake in tests. */
export type RunReplication = (spec: WorldSpec, options: RunNumber) => RunResult;

/** One replication of a group: the attack-free world first, then its arms. A run that throws does not stop the others. */
export type RunGroup = (worlds: readonly WorldSpec[], options: RunNumber) => readonly Ended[];

export interface RunNumber {
  readonly seed: number;
  readonly replication: number;
}

/** Each run by itself. */
export const oneByOne =
  (run: RunReplication): RunGroup =>
  (worlds, options) =>
    worlds.map((spec) => {
      try {
        return { result: run(spec, options) };
      } catch (error) {
        return { error };
      }
    });

/** What a worker is given once: the worlds of every group (attack-free first, then its arms). Plain data. */
export interface BatchSetup {
  readonly worlds: readonly (readonly WorldSpec[])[];
  readonly outcomes: readonly string[];
  readonly seed: number;
}

/** Some replications of one group. How replications are cut into batches has no influence on any result. */
export interface BatchTask {
  readonly group: number;
  readonly replications: readonly number[];
}

/** Rows in the task's order of replications; compact, since every batch is copied between threads. */
export interface BatchResult {
  readonly group: number;
  readonly replications: readonly number[];
  /** By replication, then run. `''` for a failed run. */
  readonly fingerprints: readonly string[];
  /** 1 succeeded, 0 not, −1 no threat. */
  readonly succeeded: Int8Array;
  /** By replication, run, outcome; NaN for null. */
  readonly values: Float64Array;
  /** Failed runs: index into `fingerprints`, and the message. */
  readonly errors: readonly (readonly [number, string])[];
  readonly wallMs: number;
  /** Bytes that the thread holds after the batch, in its heap and outside it; only from a pool's thread. */
  readonly memory?: { readonly heap: number; readonly external: number };
}

/** Runs a batch. A run that fails becomes an error of its own. */
export function runBatch(setup: BatchSetup, task: BatchTask, run: RunGroup): BatchResult {
  const started = performance.now();
  const worlds = setup.worlds[task.group];
  if (worlds === undefined) throw new Error(`no group ${task.group}`);
  // An arm without threat is the attack-free run itself: no need to run it twice.
  const wanted = worlds.filter((spec, k) => k === 0 || spec.threat !== null);
  let seen = 0;
  const places = worlds.map((spec, k) => (k === 0 || spec.threat !== null ? seen++ : 0));
  const width = setup.outcomes.length;
  const count = task.replications.length * worlds.length;
  const values = new Float64Array(count * width).fill(NaN);
  const succeeded = new Int8Array(count).fill(-1);
  const fingerprints: string[] = [];
  const errors: [number, string][] = [];
  for (const replication of task.replications) {
    const ended = run(wanted, { seed: setup.seed, replication });
    for (const place of places) {
      const at = fingerprints.length;
      const row = values.subarray(at * width, (at + 1) * width);
      const one = readOutcomes(ended[place]!, setup.outcomes, row);
      fingerprints.push('result' in one ? one.result.fingerprint : '');
      if ('error' in one) {
        row.fill(NaN);
        errors.push([at, errorText(one.error)]);
      } else if (one.result.threat !== null) succeeded[at] = one.result.threat.succeeded ? 1 : 0;
    }
  }
  return {
    group: task.group,
    replications: task.replications,
    fingerprints,
    succeeded,
    values,
    errors,
    wallMs: performance.now() - started,
  };
}

/** Writes a run's outcomes down. One that is not declared, or not finite, may not reach a mean: an error then. */
function readOutcomes(ended: Ended, ids: readonly string[], into: Float64Array): Ended {
  if ('error' in ended) return ended;
  const { outcomes } = ended.result;
  for (const id of Object.keys(outcomes)) if (!ids.includes(id)) return { error: new Error(`outcome ${id} is not declared`) };
  for (const [i, id] of ids.entries()) {
    const value = outcomes[id] ?? null;
    if (value === null) continue;
    if (!Number.isFinite(value)) return { error: new Error(`outcome ${id} is ${value}`) };
    into[i] = value + 0; // −0 becomes 0: both must print alike
  }
  return ended;
}

/** First line only: stacks hold paths of the machine and would make the results differ between machines. Nothing that a terminal obeys. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return plain(text.split('\n', 1)[0]!.slice(0, 500));
}

/** Turns a batch into rows: for each replication the group's runs in order. */
export function unpack(result: BatchResult, outcomes: readonly OutcomeSpec[]): readonly (readonly Row[])[] {
  const width = outcomes.length;
  const runs = result.fingerprints.length / result.replications.length;
  const errors = new Map(result.errors);
  return result.replications.map((_, r) =>
    Array.from({ length: runs }, (_unused, k): Row => {
      const at = r * runs + k;
      const error = errors.get(at);
      if (error !== undefined) return { error };
      const flag = result.succeeded[at]!;
      return {
        fingerprint: result.fingerprints[at]!,
        succeeded: flag < 0 ? null : flag === 1,
        values: result.values.slice(at * width, (at + 1) * width),
      };
    }),
  );
}
