import { describe, expect, it } from 'vitest';
import { compare } from '../../sim/study/compare.ts';
import { readForComparison } from '../../sim/study/comparison-input.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { runStudy, StudyInterrupted } from '../../sim/study/run.ts';
import { identity, inline, newFolder, planOf } from './fake.ts';

/** A study of some of the usual arms. */
const part = (n: number, ...ids: readonly string[]): StudyPlan => planOf(n, { arms: planOf(n).arms.filter(({ id }) => ids.includes(id)) });

/** Arms whose worlds follow the other course. */
const worse = (n: number): Pick<StudyPlan, 'arms'> => ({
  arms: planOf(n).arms.map((arm) => ({ ...arm, spec: { ...arm.spec, course: 'deteriorating' } })),
});

async function run(plan: StudyPlan, stopAt = Infinity): Promise<string> {
  const out = newFolder();
  const stop = new AbortController();
  await runStudy(plan, {
    workers: 1,
    executor: inline(plan),
    identity: { ...identity, scenario: scenarioHash(plan) },
    out,
    signal: stop.signal,
    onProgress: ({ done }) => done >= stopAt && stop.abort(),
  }).catch((error: unknown) => expect(error).toBeInstanceOf(StudyInterrupted));
  return out;
}

describe('studies side by side', () => {
  it('rename the sets of a threat event that both have, and of no other', async () => {
    const first = await run(part(6, 'te1/none', 'te1/typical'));
    const second = await run(part(6, 'te1/typical', 'te1/recommended', 'te2/typical', 'te2/recommended'));
    const { rows, replications } = await readForComparison([first, second]);
    expect(rows.plan.arms.map(({ id }) => id)).toEqual([
      'te1/none',
      'te1/typical',
      'te1/typical@results',
      'te1/recommended@results',
      'te2/typical',
      'te2/recommended',
    ]);
    const { arms } = compare(rows, replications, { level: 0.95, outcome: 'gapMinutes' });
    const difference = (id: string) => arms.find((arm) => arm.id === id)!.difference.mean;
    expect(difference('te1/typical@results')).toBe(0);
    const alone = await readForComparison([second]);
    const own = compare(alone.rows, 6, { level: 0.95, outcome: 'gapMinutes' }).arms;
    expect(difference('te2/recommended')).toBe(own.find((arm) => arm.id === 'te2/recommended')!.difference.mean);
  });

  it('have intervals that cover for the looks of whichever rule took most, in whatever order they are named', async () => {
    const until = { outcome: 'gapMinutes', halfWidth: 1000, level: 0.95 };
    const ruled = await run(planOf(6, { replications: { atLeast: 6, atMost: 96, until } }));
    const fixed = await run(part(6, 'te1/none', 'te1/typical'));
    const widths = async (...paths: readonly string[]) => {
      const { rows, replications } = await readForComparison(paths);
      const { arms } = compare(rows, replications, { level: 0.95, outcome: 'gapMinutes' });
      const { low, high } = arms.find(({ id }) => id.startsWith('te1/none'))!.difference;
      return high! - low!;
    };
    expect(await widths(fixed, ruled)).toBe(await widths(ruled, fixed));
    expect(await widths(fixed, ruled)).toBeGreaterThan(await widths(fixed));
  });

  it('are refused when their patients fare differently from the start', async () => {
    const [one, other] = [await run(planOf(2)), await run(planOf(2, { course: 'deteriorating', ...worse(2) }))];
    await expect(readForComparison([one, other])).rejects.toThrow(/another course \(deteriorating and natural\)/);
  });

  it('tell a folder by its name, however it was given', async () => {
    const [first, second] = [await run(planOf(3)), await run(planOf(3))];
    const { rows } = await readForComparison([first, `${second}/.`]);
    expect(rows.plan.arms.at(-1)!.id).toBe('te2/recommended@results');
  });

  it('say of which folders not everything is compared', async () => {
    const [short, long, cut] = [await run(planOf(4)), await run(planOf(9)), await run(planOf(9), 40)];
    expect((await readForComparison([short])).partly).toEqual([]);
    const shard = await run(planOf(9, { shard: { index: 2, of: 2 } }));
    expect(await readForComparison([shard])).toMatchObject({ replications: 4, partly: [] });
    await expect(readForComparison([shard, short])).rejects.toThrow(/it is a shard/);
    expect((await readForComparison([short, long])).partly).toEqual([{ path: long, complete: true, replications: 9 }]);
    const { partly, replications } = await readForComparison([cut]);
    expect(replications).toBeLessThan(9);
    expect(partly).toEqual([{ path: cut, complete: false, replications }]);
  });
});
