import { describe, expect, it } from 'vitest';
import { compare } from '../../sim/study/compare.ts';
import { runStudyRows } from '../../sim/study/run.ts';
import { fakeRun, inline, OUTCOMES, planOf, world } from './fake.ts';

const plan = planOf(150, { outcomes: ['gapMinutes', 'detectHours'] });
const study = runStudyRows(plan, { workers: 1, executor: inline(plan) });

describe('compare', () => {
  it('gives each arm its paired difference from the same threat under the baseline', async () => {
    const { rows, result } = await study;
    const { arms, baseline } = compare(rows, 150, { level: 0.95 });
    expect(baseline).toBe('typical');
    expect(arms).toHaveLength(2 * 3 * 2);
    const entry = arms.find((arm) => arm.id === 'te1/recommended' && arm.outcome === 'gapMinutes')!;
    expect(entry.baseline).toBe('te1/typical');
    const mean = (id: string): number => result.arms.find((arm) => arm.id === id)!.outcomes.gapMinutes!.mean!;
    expect(entry.difference.mean).toBeCloseTo(mean('te1/recommended') - mean('te1/typical'), 9);
    expect(entry.difference.high!).toBeLessThan(0);
    expect(entry.difference.n).toBe(150);
  });

  it('shows what common random numbers save', async () => {
    const { rows } = await study;
    const ratios = compare(rows, 150, { level: 0.95, outcome: 'gapMinutes' })
      .arms.filter((arm) => arm.id !== arm.baseline)
      .map((arm) => arm.varianceRatio!);
    expect(ratios).toHaveLength(4);
    for (const ratio of ratios) expect(ratio).toBeLessThan(0.9);
  });

  it('ranks the arms of each threat, the baseline among them', async () => {
    const { rows } = await study;
    for (const threat of ['te1', 'te2']) {
      const ranked = compare(rows, 150, { level: 0.95, outcome: 'gapMinutes' }).arms.filter((arm) => arm.threat === threat);
      expect(ranked.map((arm) => [arm.set, arm.rank])).toEqual([
        ['none', 3],
        ['typical', 2],
        ['recommended', 1],
      ]);
    }
  });

  it('gives equal arms the same rank, and a difference of 0 in every pair', async () => {
    const twins = planOf(40, {
      arms: ['none', 'typical'].map((set) => ({ id: `te1/${set}`, threat: 'te1', set, mitigations: [], spec: world('none', 'te1') })),
    });
    const { rows } = await runStudyRows(twins, { workers: 1, executor: inline(twins) });
    const { arms } = compare(rows, 40, { level: 0.95, outcome: 'gapMinutes' });
    expect(arms.map((arm) => arm.rank)).toEqual([1, 1]);
    expect(arms[0]!.difference.mean).toBe(0);
    expect(arms[0]!.varianceRatio).toBe(0);
    expect(arms[0]!.difference.high!).toBeGreaterThan(0); // 40 equal pairs do not prove that there are no others
  });

  it('ranks what differs by the last digits of a sum as equal', async () => {
    const { rows } = await study;
    /** As if the first arm had been the second, but for a trifle. */
    const trifle = (part: number): typeof rows =>
      Object.assign(Object.create(rows) as typeof rows, {
        arm: (index: number, ordinal: number) => {
          const row = rows.arm(index === 0 ? 1 : index, ordinal);
          return index > 0 || 'error' in row ? row : { ...row, values: row.values.map((x) => x * (1 + part)) };
        },
      });
    const ranks = (part: number): number[] =>
      compare(trifle(part), 150, { level: 0.95, outcome: 'gapMinutes' })
        .arms.slice(0, 3)
        .map((arm) => arm.rank);
    expect(ranks(1e-13)).toEqual([2, 2, 1]);
    expect(ranks(1e-6)).toEqual([3, 2, 1]);
  });

  it('turns round where more is better', async () => {
    const better = planOf(60, { outcomeSpecs: OUTCOMES.map((spec) => ({ ...spec, better: 'high' as const })) });
    const { rows } = await runStudyRows(better, { workers: 1, executor: inline(better) });
    expect(
      compare(rows, 60, { level: 0.95, outcome: 'gapMinutes' })
        .arms.slice(0, 3)
        .map((arm) => arm.rank),
    ).toEqual([1, 2, 3]);
  });

  it('takes success, another baseline by set or arm, another level', async () => {
    const { rows } = await study;
    const bySet = compare(rows, 150, { level: 0.95, outcome: 'succeeded', baseline: 'none' });
    expect(compare(rows, 150, { level: 0.95, outcome: 'succeeded', baseline: 'te2/none' })).toEqual(bySet);
    expect(bySet.arms.find((arm) => arm.id === 'te1/recommended')!.difference.mean!).toBeLessThan(-0.5);
    const wider = compare(rows, 150, { level: 0.99, outcome: 'succeeded', baseline: 'none' });
    expect(wider.arms[2]!.difference.low!).toBeLessThan(bySet.arms[2]!.difference.low!);
  });

  it('names what it does not know', async () => {
    const { rows } = await study;
    expect(() => compare(rows, 150, { level: 0.95, baseline: 'best' })).toThrow(
      /no arm or set is called best; there are none, typical, recommended/,
    );
    expect(() => compare(rows, 150, { level: 0.95, outcome: 'happiness' })).toThrow(/happiness is not defined/);
  });

  it('leaves out pairs of which one failed', async () => {
    const { rows } = await runStudyRows(plan, {
      workers: 1,
      executor: inline(plan, (spec, options) => {
        if (options.replication === 3 && spec.threat?.id === 'te1') throw new Error('broken');
        return fakeRun(spec, options);
      }),
    });
    const { arms } = compare(rows, 150, { level: 0.95, outcome: 'gapMinutes' });
    expect(arms.filter((arm) => arm.threat === 'te1').every((arm) => arm.difference.n === 149)).toBe(true);
    expect(arms.filter((arm) => arm.threat === 'te2').every((arm) => arm.difference.n === 150)).toBe(true);
  });

  it('ranks a time that did not always come', async () => {
    const { rows } = await study;
    const arms = compare(rows, 150, { level: 0.95, outcome: 'detectHours' }).arms.filter((arm) => arm.threat === 'te1');
    const byMean = [...arms].sort((a, b) => a.difference.mean! - b.difference.mean!).map((arm) => arm.set);
    expect([...arms].sort((a, b) => a.rank - b.rank).map((arm) => arm.set)).toEqual(byMean);
    expect(arms.map((arm) => arm.rank).sort()).toEqual([1, 2, 3]);
  });

  it('ranks an arm without a single figure last, be it the baseline', async () => {
    const one = planOf(30, { arms: planOf(1).arms.filter((arm) => arm.threat === 'te1') });
    const without = async (set: string) => {
      const executor = inline(one, (spec, options) => {
        if (spec.threat !== null && spec.devices[0]!.settings['set'] === set) throw new Error('broken');
        return fakeRun(spec, options);
      });
      const { rows } = await runStudyRows(one, { workers: 1, executor });
      return compare(rows, 30, { level: 0.95, outcome: 'gapMinutes' }).arms.map((arm) => [arm.set, arm.difference.mean === null, arm.rank]);
    };
    expect(await without('recommended')).toEqual([
      ['none', false, 2],
      ['typical', false, 1],
      ['recommended', true, 3],
    ]);
    expect((await without('typical')).every(([, unknown]) => unknown)).toBe(true);
  });

  it.each(['failed', 'gave nothing'])('ranks by the replications that all arms have, where one %s in its worst', async (way) => {
    const one = planOf(60, { arms: planOf(1).arms.filter((arm) => arm.threat === 'te1') });
    // Equal worlds but for that: an arm that loses its worst replications must not come out ahead.
    const executor = inline(one, (spec, options) => {
      const result = fakeRun({ ...spec, devices: world('none', null).devices }, options);
      const set = spec.devices[0]!.settings['set'];
      const lost = spec.threat !== null && set === 'recommended' && options.replication >= 30;
      if (lost && way === 'failed') throw new Error('broken');
      return { ...result, outcomes: { ...result.outcomes, records: lost ? null : set === 'typical' ? 0 : options.replication } };
    });
    const { rows } = await runStudyRows(one, { workers: 1, executor });
    const { arms } = compare(rows, 60, { level: 0.95, outcome: 'records' });
    expect(arms.map((arm) => [arm.set, arm.difference.mean, arm.difference.n, arm.rank])).toEqual([
      ['none', 29.5, 60, 2],
      ['typical', 0, 60, 1],
      ['recommended', 14.5, 30, 2],
    ]);
  });

  it('ranks by what each has where no replication is common to all', async () => {
    const one = planOf(20, { arms: planOf(1).arms.filter((arm) => arm.threat === 'te1') });
    const executor = inline(one, (spec, options) => {
      const set = spec.devices[0]!.settings['set'];
      const odd = options.replication % 2 === 1;
      if (spec.threat !== null && (set === 'none' ? odd : set === 'recommended' && !odd)) throw new Error('broken');
      return fakeRun(spec, options);
    });
    const { rows } = await runStudyRows(one, { workers: 1, executor });
    const { arms } = compare(rows, 20, { level: 0.95, outcome: 'gapMinutes' });
    expect(arms.map((arm) => arm.rank).sort()).toEqual([1, 2, 3]);
  });
});
