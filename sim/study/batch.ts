import type { RunResult } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';
import type { OutcomeSpec } from '../model/result.ts';
import type { Row } from './rows.ts';

/** One run of one world. The engine's `run` with its catalogue bound, or a fake in tests. */
export type RunReplication = (spec: WorldSpec, options: { readonly seed: number; readonly replication: number }) => RunResult;

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
}

/** Runs a batch. A run that throws becomes an error of its own; the others go on. */
export function runBatch(setup: BatchSetup, task: BatchTask, run: RunReplication): BatchResult {
  const started = performance.now();
  const worlds = setup.worlds[task.group];
  if (worlds === undefined) throw new Error(`no group ${task.group}`);
  const width = setup.outcomes.length;
  const count = task.replications.length * worlds.length;
  const values = new Float64Array(count * width).fill(NaN);
  const succeeded = new Int8Array(count).fill(-1);
  const fingerprints: string[] = [];
  const errors: [number, string][] = [];
  let attackFree = -1;
  task.replications.forEach((replication) => {
    worlds.forEach((spec, k) => {
      const at = fingerprints.length;
      if (k === 0) attackFree = at;
      else if (spec.threat === null) {
        // An arm without threat is the attack-free run itself: no need to run it twice.
        fingerprints.push(fingerprints[attackFree]!);
        values.copyWithin(at * width, attackFree * width, (attackFree + 1) * width);
        const cause = errors.find(([index]) => index === attackFree);
        if (cause !== undefined) errors.push([at, cause[1]]);
        return;
      }
      try {
        const result = run(spec, { seed: setup.seed, replication });
        readOutcomes(result, setup.outcomes, values.subarray(at * width, (at + 1) * width));
        if (result.threat !== null) succeeded[at] = result.threat.succeeded ? 1 : 0;
        fingerprints.push(result.fingerprint);
      } catch (error) {
        values.fill(NaN, at * width, (at + 1) * width);
        succeeded[at] = -1;
        fingerprints.push('');
        errors.push([at, errorText(error)]);
      }
    });
  });
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

/** @throws Error on an outcome that is not declared or not finite: neither may reach a mean. */
function readOutcomes(result: RunResult, ids: readonly string[], into: Float64Array): void {
  for (const id of Object.keys(result.outcomes)) if (!ids.includes(id)) throw new Error(`outcome ${id} is not declared`);
  ids.forEach((id, i) => {
    const value = result.outcomes[id] ?? null;
    if (value === null) return;
    if (!Number.isFinite(value)) throw new Error(`outcome ${id} is ${value}`);
    into[i] = value + 0; // −0 becomes 0: both must print alike
  });
}

/** First line only: stacks hold paths of the machine and would make the results differ between machines. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0]!.slice(0, 500);
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
