import { EventEmitter } from 'node:events';
import { setImmediate as soon } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import type { BatchResult, BatchTask } from '../../sim/study/batch.ts';
import { poolExecutor } from '../../sim/study/executor.ts';
import { batchSetup } from '../../sim/study/run.ts';
import { planOf } from './fake.ts';

/** Pools that stand in for Piscina's: each answers when the test tells it to. */
const pools: FakePool[] = [];
class FakePool extends EventEmitter {
  readonly options: { readonly minThreads: number };
  readonly answers: ((result: BatchResult) => void)[] = [];
  destroyed = false;
  constructor(options: { readonly minThreads: number }) {
    super();
    this.options = options;
    pools.push(this);
  }
  run(): Promise<BatchResult> {
    return new Promise((resolve) => this.answers.push(resolve));
  }
  async destroy(): Promise<void> {
    this.destroyed = true;
  }
}
vi.mock('piscina', () => ({
  Piscina: function Piscina(options: never) {
    return new FakePool(options);
  },
}));

const task: BatchTask = { group: 0, replications: [0] };
const answer = (): BatchResult => ({
  ...task,
  fingerprints: [],
  succeeded: new Int8Array(0),
  values: new Float64Array(0),
  errors: [],
  wallMs: 1,
});
const start = () => {
  const executor = poolExecutor(batchSetup(planOf(1)), 2);
  return { executor, pool: pools.at(-1)! };
};

describe('a pool', () => {
  it('tells those who wait that a thread could not start, and nobody later', async () => {
    const { executor, pool } = start();
    const waiting = executor.run(task);
    pool.emit('error', new Error('no thread'));
    await expect(waiting).rejects.toThrow('no thread');
    const later = executor.run(task);
    pool.answers.at(-1)!(answer());
    await expect(later).resolves.toMatchObject(task);
  });

  it('does not keep the results that it has handed out', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { executor, pool } = start();
    const handedOut: WeakRef<BatchResult>[] = [];
    for (let i = 0; i < 5; i++) {
      const running = executor.run(task);
      pool.answers.splice(0).forEach((settle) => settle(answer()));
      handedOut.push(new WeakRef(await running));
    }
    await soon();
    collect();
    // The last one may still be on the stack.
    expect(handedOut.slice(0, -1).filter((result) => result.deref() !== undefined)).toEqual([]);
    await executor.close();
  });

  it('has a thread of its own for a batch that shall not follow another', async () => {
    const { executor, pool } = start();
    const running = executor.run(task, true);
    const own = pools.at(-1)!;
    expect(own).not.toBe(pool);
    expect(own.options.minThreads).toBe(1);
    own.answers[0]!(answer());
    await running;
    expect(own.destroyed).toBe(true);
    const unanswered = executor.run(task, true);
    unanswered.catch(() => undefined);
    await executor.close();
    expect([pool.destroyed, pools.at(-1)!.destroyed]).toEqual([true, true]);
  });
});
