import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { poolExecutor } from '../../sim/study/executor.ts';
import { batchSetup, runStudy } from '../../sim/study/run.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { inline, planOf, world } from './fake.ts';

const ENGINE = new URL('fake-engine.mjs', import.meta.url).href;
const pool = (plan: StudyPlan, workers: number) => poolExecutor(batchSetup(plan), workers, ENGINE);

/** Threads run compiled code: `npm test` builds it before. */
describe('the pool', () => {
  it('finds the compiled worker', () => {
    expect(existsSync(new URL('../../dist/sim/study/worker.js', import.meta.url))).toBe(true);
  });

  it('gives the same result with one thread, two threads, and none', async () => {
    const base = planOf(60);
    const plan = {
      ...base,
      arms: [...base.arms, { id: 'throws/none', threat: 'throws', set: 'none', mitigations: [], spec: world('none', 'throws') }],
    };
    const none = await runStudy(plan, { workers: 1, executor: inline(plan) });
    const one = await runStudy(plan, { workers: 1, executor: pool(plan, 1) });
    const two = await runStudy(plan, { workers: 2, executor: pool(plan, 2) });
    expect(one).toEqual(none);
    expect(two).toEqual(none);
    expect(none.failures).toHaveLength(6);
  });

  it('lets batches grow until they are worth a message', async () => {
    const plan = planOf(400);
    const executor = pool(plan, 2);
    const sizes: number[] = [];
    const counted = {
      ...executor,
      run: (task: Parameters<typeof executor.run>[0]) => (sizes.push(task.replications.length), executor.run(task)),
    };
    await runStudy(plan, { workers: 2, executor: counted });
    expect(sizes[0]).toBe(1);
    expect(Math.max(...sizes)).toBeGreaterThan(20);
  });

  it('names the replication that takes its thread with it, and finishes the others', async () => {
    const plan = planOf(12, {
      arms: [...planOf(1).arms, { id: 'dies/none', threat: 'dies', set: 'none', mitigations: [], spec: world('none', 'dies') }],
    });
    const result = await runStudy(plan, { workers: 2, executor: pool(plan, 2) });
    expect(new Set(result.failures.map((failure) => failure.replication))).toEqual(new Set([3]));
    expect(result.failures.map((failure) => failure.arm)).toContain('dies/none');
    expect(result.failures[0]!.error).toMatch(/^the worker died/);
    expect(result.arms.find((arm) => arm.id === 'te1/typical')!.succeeded!.n).toBe(12);
    expect(result.arms.at(-1)!.succeeded!.n).toBe(11);
  });

  it('gives up when no thread can load the engine', async () => {
    const plan = planOf(50);
    const executor = poolExecutor(batchSetup(plan), 1, new URL('no-such-engine.mjs', import.meta.url).href);
    await expect(runStudy(plan, { workers: 1, executor })).rejects.toThrow(/no-such-engine/);
  });

  it('stops at once when told to', async () => {
    const plan = planOf(5000, {
      arms: [{ id: 'slow/none', threat: 'slow', set: 'none', mitigations: [], spec: world('none', 'slow') }],
      baseline: null,
    });
    const stop = new AbortController();
    const started = performance.now();
    const study = runStudy(plan, {
      workers: 2,
      executor: pool(plan, 2),
      signal: stop.signal,
      onProgress: (progress) => progress.done > 10 && stop.abort(),
    });
    await expect(study).rejects.toThrow(/was stopped after/);
    expect(performance.now() - started).toBeLessThan(10_000); // the whole study would take 20 s
  });
});
