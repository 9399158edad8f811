import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { oneByOne, runBatch, type BatchResult, type BatchSetup, type BatchTask, type RunReplication } from './batch.ts';
import type { WorkerSetup } from './worker.ts';

/** Who runs batches. */
export interface Executor {
  /** Batches that can run at the same time. */
  readonly parallel: number;
  /** @param fresh in a thread that has run nothing yet, where there are threads */
  run(task: BatchTask, fresh?: boolean): Promise<BatchResult>;
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
  const shared = startThreads(data, workers);
  const open = new Set([shared]);
  return {
    parallel: workers,
    run: async (task, fresh = false) => {
      if (!fresh) return shared.run(task);
      const own = startThreads(data, 1);
      open.add(own);
      try {
        return await own.run(task);
      } finally {
        open.delete(own);
        await own.close();
      }
    },
    close: async () => {
      await Promise.all([...open].map((threads) => threads.close()));
    },
  };
}

function startThreads(data: WorkerSetup, count: number): Pick<Executor, 'run' | 'close'> {
  const pool = new Piscina({
    filename: fileURLToPath(worker()),
    minThreads: count,
    maxThreads: count,
    idleTimeout: 60_000,
    workerData: data,
  });
  // An error outside any batch (a thread that cannot start) reaches nobody's promise: without this it would end the process.
  // It goes to those that wait now; one promise for all to race with would keep every batch's result as long as it lives.
  const waiting = new Set<(error: unknown) => void>();
  pool.on('error', (error) => {
    for (const reject of waiting) reject(error);
    waiting.clear();
  });
  return {
    run: (task) =>
      new Promise<BatchResult>((resolve, reject) => {
        waiting.add(reject);
        const settled = (): void => void waiting.delete(reject);
        (pool.run(task) as Promise<BatchResult>).then(resolve, reject).then(settled, settled);
      }),
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
