import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { oneByOne, runBatch, type BatchResult, type BatchSetup, type BatchTask, type RunReplication } from './batch.ts';
import type { WorkerSetup } from './worker.ts';

/** Who runs batches. */
export interface Executor {
  /** Batches that can run at the same time. */
  readonly parallel: number;
  run(task: BatchTask): Promise<BatchResult>;
  /** Stops at once; batches in flight are lost. */
  close(): Promise<void>;
}

/** Compiled code beside this file; from source (tests) the build's, since threads do not load TypeScript on Node 20. */
const worker = (): URL => new URL(import.meta.url.endsWith('.ts') ? '../../dist/sim/study/worker.js' : './worker.js', import.meta.url);

/**
 * A pool of threads. @param engine URL of a module that exports `runReplication`; null: the project's own engine.
 * A thread that dies (memory, `process.exit`) rejects its batch and is replaced.
 */
export function poolExecutor(setup: BatchSetup, workers: number, engine: string | null = null): Executor {
  const data: WorkerSetup = { ...setup, engine };
  const pool = new Piscina({
    filename: fileURLToPath(worker()),
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: 60_000,
    workerData: data,
  });
  // An error outside any batch (a thread that cannot start) reaches nobody's promise; without this it would end the process.
  let fail: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => (fail = reject));
  broken.catch(() => undefined);
  pool.on('error', (error) => fail(error));
  return {
    parallel: workers,
    run: (task) => Promise.race([pool.run(task) as Promise<BatchResult>, broken]),
    close: () => pool.destroy(),
  };
}

/** Runs batches on the calling thread, one at a time, letting events (a key, a timer) through between them. */
export function inlineExecutor(setup: BatchSetup, run: RunReplication): Executor {
  return {
    parallel: 1,
    run: async (task) => {
      await new Promise((resolve) => setImmediate(resolve));
      return runBatch(setup, task, oneByOne(run));
    },
    close: async () => undefined,
  };
}
