import { workerData } from 'piscina';
import { runBatch, type BatchResult, type BatchSetup, type BatchTask, type RunReplication } from './batch.ts';

/** Sent once when a worker starts. */
export interface WorkerSetup extends BatchSetup {
  /** URL of a module that exports `runReplication`. */
  readonly engine: string;
}

const setup = workerData as WorkerSetup;
const { runReplication } = (await import(setup.engine)) as { readonly runReplication: RunReplication };

/** The pool's entry: one call per batch. */
export default function batch(task: BatchTask): BatchResult {
  return runBatch(setup, task, runReplication);
}
