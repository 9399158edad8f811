import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../../sim/study/compare.ts';
import { readForComparison } from '../../sim/study/comparison-input.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import { mergeShards } from '../../sim/study/merge.ts';
import { ordinalOf, replicationAt, shareOf, type StudyPlan } from '../../sim/study/plan.ts';
import { runStudy } from '../../sim/study/run.ts';
import { contents, identity as base, inline, newFolder, planOf, world } from './fake.ts';

async function run(plan: StudyPlan, more: object = {}): Promise<string> {
  const out = newFolder();
  await runStudy(plan, {
    workers: 1,
    executor: inline(plan),
    identity: { ...base, seed: plan.seed, scenario: scenarioHash(plan), ...more },
    out,
  });
  return out;
}
const shard = (index: number, of: number, n = 17, more: Partial<StudyPlan> = {}): StudyPlan => planOf(n, { shard: { index, of }, ...more });

describe('shards', () => {
  it('share all replications out, each once', () => {
    const taken = [1, 2, 3].flatMap((index) => {
      const plan = shard(index, 3);
      return Array.from({ length: shareOf(plan, 17) }, (_, k) => {
        const replication = replicationAt(plan, k);
        expect(ordinalOf(plan, replication)).toBe(k);
        return replication;
      });
    });
    expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, r) => r));
  });

  it('merge, in any order, to the bytes of the whole study', async () => {
    const parts = [await run(shard(1, 3)), await run(shard(2, 3)), await run(shard(3, 3))];
    const out = newFolder();
    await mergeShards([parts[2]!, parts[0]!, parts[1]!], out);
    expect(contents(out)).toEqual(contents(await run(planOf(17))));
  });

  it('are refused when one is missing, double, foreign, unfinished or no shard, by name', async () => {
    const [one, two] = [await run(shard(1, 2)), await run(shard(2, 2))];
    const out = newFolder();
    const refused = async (paths: string[], why: RegExp): Promise<void> => expect(mergeShards(paths, out)).rejects.toThrow(why);
    await refused([], /no folder was given/);
    await refused([one], /shard 2\/2 is missing/);
    await refused([one, one, two], /is shard 1\/2, and so is/);
    await refused([one, await run(shard(2, 2), { code: 'other' })], /another code version/);
    await refused([one, await run(shard(2, 2, 17, { seed: 9 }))], /another seed/);
    await refused([one, await run(shard(2, 2, 19))], /made for 19 replications/);
    await refused([one, await run(shard(2, 3))], /shard 2\/3, not one of 2 shards/);
    await refused([await run(planOf(17)), one], /holds a whole study, no shard/);
    const half = newFolder();
    const stop = new AbortController();
    const plan = shard(2, 2);
    await runStudy(plan, {
      workers: 1,
      executor: inline(plan),
      identity: { ...base, scenario: scenarioHash(plan) },
      out: half,
      signal: stop.signal,
      onProgress: (progress) => progress.done > 20 && stop.abort(),
    }).catch(() => undefined);
    await refused([one, half], /is not finished/);
    expect(existsSync(out)).toBe(false);
  });

  it('are refused when they would not be summarised alike, in whichever order, until one is resumed as the other', async () => {
    const study = (plan: StudyPlan, out: string, more: object) =>
      runStudy(plan, { workers: 1, executor: inline(plan), identity: { ...base, scenario: scenarioHash(plan) }, out, ...more });
    const [one, two, out] = [await run(shard(1, 2)), newFolder(), newFolder()];
    const others: readonly (readonly [Partial<StudyPlan>, object, RegExp])[] = [
      [{ baseline: 'none' }, {}, /another baseline \(none and typical in .*--resume/],
      [{ outcomes: ['records'] }, {}, /another list of outcomes/],
      [{ question: 'Does it?' }, {}, /another question/],
      [{ id: 'other' }, {}, /another name/],
      [{}, { level: 0.8 }, /another confidence level \(0.8 and 0.95 in /],
    ];
    for (const [more, options, why] of others) {
      await study(shard(2, 2, 17, more), two, { ...options, overwrite: true });
      await expect(mergeShards([one, two], out)).rejects.toThrow(why);
      await expect(mergeShards([two, one], out)).rejects.toThrow(/another/);
    }
    await study(shard(2, 2), two, { resume: true, level: 0.95 });
    await mergeShards([two, one], out);
    expect(contents(out)).toEqual(contents(await run(planOf(17))));
  });

  it('cannot stop by what they do not see', async () => {
    const plan = shard(1, 2, 4, { replications: { atLeast: 4, atMost: 8, until: { outcome: 'records', halfWidth: 1, level: 0.95 } } });
    await expect(runStudy(plan, { workers: 1, executor: inline(planOf(4)) })).rejects.toThrow(/cannot see the other shards/);
  });
});

describe('comparison of folders', () => {
  it('takes shards, and studies side by side, and pairs them', async () => {
    const whole = await readForComparison([await run(planOf(17))]);
    const parts = await readForComparison([await run(shard(1, 2)), await run(shard(2, 2))]);
    const options = { level: 0.95, outcome: 'gapMinutes' };
    expect(compare(parts.rows, parts.replications, options)).toEqual(compare(whole.rows, whole.replications, options));

    const rest = {
      ...planOf(17),
      arms: [{ id: 'te1/extra', threat: 'te1', set: 'extra', mitigations: ['x'], spec: world('none', 'te1') }],
      baseline: null,
    };
    const both = await readForComparison([await run(planOf(17)), await run(rest)]);
    const entry = compare(both.rows, both.replications, { ...options, baseline: 'none' }).arms.find((arm) => arm.id === 'te1/extra')!;
    expect(entry.difference.mean).toBe(0); // the same world under another name
  });

  it('refuses what cannot be paired', async () => {
    const first = await run(planOf(3));
    await expect(readForComparison([first, await run(planOf(3, { seed: 2 }))])).rejects.toThrow(/another seed \(2 and 1\)/);
    await expect(readForComparison([first, first])).rejects.toThrow(/is named twice/);
  });
});
