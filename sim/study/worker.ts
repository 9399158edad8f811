import { getHeapStatistics } from 'node:v8';
import { workerData } from 'piscina';
import { oneByOne, runBatch, type BatchResult, type BatchSetup, type BatchTask, type RunGroup, type RunReplication } from './batch.ts';

/** Sent once when a worker starts. */
export interface WorkerSetup extends BatchSetup {
  /** URL of a module that exports `runReplication` in place of the engine; null outside tests. */
  readonly engine: string | null;
}

const setup = workerData as WorkerSetup;
let loading: Promise<RunGroup> | null = null;

/** The pool's composition root (design principle 8): joins engine and catalogue. */
async function load(engine: string | null): Promise<RunGroup> {
  if (engine !== null) return oneByOne(((await import(engine)) as { readonly runReplication: RunReplication }).runReplication);
  const [{ catalogue }, { runFamily }] = await Promise.all([import('../catalogue.ts'), import('../world/family.ts')]);
  return (worlds, options) => runFamily(worlds, catalogue, options);
}

/** The pool's entry: one call per batch. The engine is loaded by the first, so that a failure to load is that batch's answer. */
export default async function batch(task: BatchTask): Promise<BatchResult> {
  loading ??= load(setup.engine);
  const result = runBatch(setup, task, await loading);
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return { ...result, memory: { heap, external } };
}
