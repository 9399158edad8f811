import { describe, expect, it } from 'vitest';
import { runStudy, runStudyRows, StudyInterrupted, type Progress } from '../../sim/study/run.ts';
import { summarise } from '../../sim/study/summary.ts';
import type { BatchResult, BatchTask } from '../../sim/study/batch.ts';
import type { Executor } from '../../sim/study/executor.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { fakeRun, inline, planOf, world } from './fake.ts';

describe('a study', () => {
  it('gives every arm its estimates, and what the attack adds', async () => {
    const plan = planOf(100);
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.replications).toBe(100);
    expect(result.arms.map((arm) => arm.id)).toEqual(plan.arms.map((arm) => arm.id));
    const none = result.arms[0]!;
    expect(none.succeeded).toMatchObject({ n: 100, level: 0.95, method: 'clopper-pearson' });
    expect(none.succeeded!.mean!).toBeGreaterThan(0.6);
    // The fake's attack costs 300 minutes where it succeeds and nothing else: attributable = 300 × share, exactly.
    expect(none.attributable.gapMinutes!.mean!).toBeCloseTo(300 * none.succeeded!.mean!, 6);
    // A time within the run is bounded by it; a count is not.
    expect(none.outcomes.gapMinutes!.method).toBe('betting');
    expect(none.outcomes.records!.method).toBe('student-t');
    expect(result.attackFree.map((free) => free.id)).toEqual(['attack-free/none', 'attack-free/typical', 'attack-free/recommended']);
    expect(result.failures).toEqual([]);
  });

  it('tells a time that did not happen as a proportion and a restricted mean', async () => {
    const plan = planOf(50);
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    const detect = result.arms[0]!.outcomes.detectHours!;
    expect(detect.restrictedTo).toBe(24);
    expect(detect.happened!.mean!).toBeGreaterThan(0);
    expect(detect.happened!.mean!).toBeLessThan(1);
    expect(detect.mean!).toBeGreaterThan(24 * (1 - detect.happened!.mean!));
  });

  it('runs the attack-free world once for all threats of a set', async () => {
    const plan = planOf(5);
    let free = 0;
    let attacked = 0;
    const executor = inline(plan, (spec, options) => {
      if (spec.threat === null) free++;
      else attacked++;
      return fakeRun(spec, options);
    });
    await runStudy(plan, { workers: 1, executor });
    expect({ free, attacked }).toEqual({ free: 3 * 5, attacked: 6 * 5 });
  });

  it('gives a threat whose world differs in more than the threat an attack-free run of its own', async () => {
    const plan = planOf(3);
    const [first, ...rest] = plan.arms;
    const other = { ...plan, arms: [{ ...first!, spec: world('none', 'te1', { hours: 23 }) }, ...rest] };
    const { rows } = await runStudyRows(other, { workers: 1, executor: inline(other) });
    expect(rows.groups.map((group) => group.id)).toContain('attack-free/none#2');
  });

  it('is the same whatever the order and size of batches', async () => {
    const plan = planOf(40);
    const straight = await runStudy(plan, { workers: 1, executor: inline(plan) });
    for (const seed of [1, 2, 3]) {
      const shuffled = await runStudy(plan, { workers: 1, executor: shuffling(inline(plan), seed) });
      expect(shuffled).toEqual(straight);
    }
  });

  it('rests interim estimates on the finished prefix alone', async () => {
    const plan = planOf(30);
    const seen: Progress[] = [];
    const { rows } = await runStudyRows(plan, {
      workers: 1,
      executor: shuffling(inline(plan), 4),
      onProgress: (progress) => {
        const now = progress.estimates();
        expect(now.replications).toBe(progress.replications);
        for (const arm of now.arms) expect(arm.succeeded!.n).toBe(progress.replications);
        seen.push(progress);
      },
    });
    expect(seen.at(-1)).toMatchObject({ done: 30 * 9, total: 30 * 9, replications: 30, target: 30 });
    expect(seen.some((progress) => progress.done > 9 * progress.replications)).toBe(true);
    expect(summarise(rows, 10, 0.95).replications).toBe(10);
  });
});

describe('a replication that throws', () => {
  it('is named with arm, replication, seed and message, and left out of the means', async () => {
    const base = planOf(20);
    const plan = {
      ...base,
      arms: [...base.arms, { id: 'throws/none', threat: 'throws', set: 'none', mitigations: [], spec: world('none', 'throws') }],
    };
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.failures).toEqual([
      { arm: 'throws/none', replication: 7, seed: 1, error: 'Error: no route at replication 7' },
      { arm: 'throws/none', replication: 17, seed: 1, error: 'Error: no route at replication 17' },
    ]);
    expect(result.arms.at(-1)!.succeeded!.n).toBe(18);
    expect(result.arms[0]!.succeeded!.n).toBe(20);
  });

  it('includes one that reports an undeclared outcome', async () => {
    const plan = {
      ...planOf(1),
      arms: [{ id: 'strange/none', threat: 'strange', set: 'none', mitigations: [], spec: world('none', 'strange') }],
      baseline: null,
    };
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.failures[0]!.error).toMatch(/unheardOf is not declared/);
  });
});

describe('a replication whose thread dies', () => {
  /** Batches of one, or as they come; `dies` says which runs take their thread along, given how often they ran. */
  const mortal = (plan: StudyPlan, parallel: number, dies: (replication: number, time: number) => boolean): Executor => {
    const inner = inline(plan);
    const times = new Map<string, number>();
    return {
      ...inner,
      parallel,
      run: async (task) => {
        for (const replication of task.replications) {
          const key = `${task.group} ${replication}`;
          times.set(key, (times.get(key) ?? 0) + 1);
          if (dies(replication, times.get(key)!)) throw new Error('exited with code 3');
        }
        return inner.run(task);
      },
    };
  };

  it('is run again, also when it was alone, and named only when that thread dies as well', async () => {
    const plan = planOf(12);
    const healthy = await runStudy(plan, { workers: 1, executor: inline(plan) });
    // Replication 0 is the first of its group and so a batch by itself; 5 is in a larger one.
    const once = mortal(plan, 1, (replication, time) => [0, 5].includes(replication) && time === 1);
    expect(await runStudy(plan, { workers: 1, executor: once })).toEqual(healthy);
    const always = await runStudy(plan, { workers: 1, executor: mortal(plan, 1, (replication) => [0, 5].includes(replication)) });
    expect(always.failures).toHaveLength(2 * 9);
    expect(new Set(always.failures.map(({ replication, error }) => `${replication} ${error}`))).toEqual(
      new Set(['0 the worker died: exited with code 3', '5 the worker died: exited with code 3']),
    );
  });

  it('is the same failure with any number of threads, however early it comes', async () => {
    const plan = planOf(6);
    const results = await Promise.all(
      [1, 2, 8].map((parallel) => runStudy(plan, { workers: 1, executor: mortal(plan, parallel, (replication) => replication < 2) })),
    );
    expect(results[0]!.failures).toHaveLength(2 * 9);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('gets its last chance in a fresh thread', async () => {
    const plan = planOf(4);
    const inner = inline(plan);
    // What ran before has filled the thread: only a fresh one has room for replication 2.
    const executor = {
      ...inner,
      run: async (task: BatchTask, fresh?: boolean) => {
        if (task.replications.includes(2) && fresh !== true) throw new Error('out of memory');
        return inner.run(task);
      },
    };
    expect((await runStudy(plan, { workers: 1, executor })).failures).toEqual([]);
  });
});

describe('stopping', () => {
  const until = { outcome: 'gapMinutes', level: 0.95 };

  it('looks only at fixed counts and records what it saw', async () => {
    const plan = planOf(1, { replications: { atLeast: 20, atMost: 150, until: { ...until, halfWidth: 0.001 } } });
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.looks.map((look) => look.replications)).toEqual([20, 40, 80, 150]);
    expect(result.looks.every((look) => !look.enough)).toBe(true);
    expect(result.replications).toBe(150);
  });

  it('stops at the first look that is narrow enough', async () => {
    const plan = planOf(1, { replications: { atLeast: 20, atMost: 5000, until: { ...until, halfWidth: 90 } } });
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.looks.at(-1)!.enough).toBe(true);
    expect(result.looks.slice(0, -1).every((look) => !look.enough)).toBe(true);
    expect(result.replications).toBeLessThan(5000);
  });
});

describe('an interruption', () => {
  it('says how far the study came', async () => {
    const plan = planOf(50);
    const stop = new AbortController();
    const study = runStudy(plan, {
      workers: 1,
      executor: inline(plan),
      signal: stop.signal,
      onProgress: (progress) => progress.replications >= 10 && stop.abort(),
    });
    await expect(study).rejects.toThrow(StudyInterrupted);
    await expect(study).rejects.toMatchObject({ target: 50, folder: null });
  });
});

/** Finishes batches out of order, as threads do. */
function shuffling(inner: Executor, seed: number): Executor {
  let state = seed;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    waiting.splice(state % waiting.length, 1)[0]?.();
  };
  return {
    parallel: 5,
    run: async (task: BatchTask): Promise<BatchResult> => {
      const result = await inner.run(task);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        setImmediate(release);
      });
      return result;
    },
    close: () => inner.close(),
  };
}
