import { workerData } from 'piscina';
import { runBatch, type BatchResult, type BatchSetup, type BatchTask, type RunReplication } from './batch.ts';

/** Sent once when a worker starts. */
export interface WorkerSetup extends BatchSetup {
  /** URL of a module that exports `runReplication`. */
  readonly engine: string;
}

const setup = workerData as WorkerSetup;
let loading: Promise<{ readonly runReplication: RunReplication }> | null = null;

/** The pool's entry: one call per batch. The engine is loaded by the first, so that a failure to load is that batch's answer. */
export default async function batch(task: BatchTask): Promise<BatchResult> {
  loading ??= import(setup.engine) as Promise<{ readonly runReplication: RunReplication }>;
  const { runReplication } = await loading;
  return runBatch(setup, task, runReplication);
}
