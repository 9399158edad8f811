import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutcomeSpec } from '../../sim/model/result.ts';
import { compare } from '../../sim/study/compare.ts';
import { estimateDifference, estimateOutcome } from '../../sim/study/outcome.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { runStudy, runStudyRows } from '../../sim/study/run.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import { readResults, summaryOf } from '../../sim/study/read.ts';
import { identity, inline, newFolder, OUTCOMES, planOf, world } from './fake.ts';

const CONFIDENCE = { level: 0.95 };
const time = (more: Partial<OutcomeSpec> = {}): OutcomeSpec => ({
  id: 'responseMinutes',
  unit: 'min',
  kind: 'harm',
  better: 'low',
  bounds: [0, null],
  withinRun: true,
  ...more,
});

describe('a run without a value', () => {
  it('counts as the whole run where something never came', () => {
    expect(estimateOutcome([30, NaN], time(), 2, CONFIDENCE)).toMatchObject({ mean: 75, restrictedTo: 120, happened: { mean: 0.5 } });
    expect(estimateDifference([30, NaN], [30, 60], time(), 2, CONFIDENCE).mean).toBe(30);
  });

  it('is left out, and counted, where there was nothing to time', () => {
    const untimed = time({ absent: 'untimed' });
    const estimate = estimateOutcome([30, NaN, 10, NaN], untimed, 2, CONFIDENCE);
    expect(estimate).toMatchObject({ mean: 20, n: 2, method: 'betting', happened: { mean: 0.5, n: 4 } });
    expect(estimate.restrictedTo).toBeUndefined();
    const difference = estimateDifference([30, NaN, 10, 5], [10, 20, NaN, 5], untimed, 2, CONFIDENCE);
    expect(difference).toMatchObject({ mean: 10, n: 2, warn: '2 of 4 pairs lack a value; mean over the others' });
  });

  it('never hides a value outside its bounds, nor is stopped by it', () => {
    expect(estimateOutcome([-3, NaN, 4], time(), 2, CONFIDENCE).warn).toMatch(/value -3 lies outside/);
    expect(estimateDifference([-3, NaN], [1, 2], time(), 2, CONFIDENCE).warn).toMatch(/value -3 lies outside/);
  });
});

describe('a time since the attack', () => {
  const plan = planOf(20, { outcomeSpecs: OUTCOMES.map((spec) => (spec.id === 'detectHours' ? { ...spec, sinceAttack: true } : spec)) });

  it('has no meaning without an attack, and so no part that is attributable to it', async () => {
    const result = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(result.arms[0]!.outcomes.detectHours).toMatchObject({ restrictedTo: 24, n: 20 });
    expect(result.arms[0]!.attributable.detectHours).toMatchObject({ mean: null, low: null, high: null, n: 0 });
    expect(result.attackFree[0]!.outcomes.detectHours).toMatchObject({ mean: null, n: 0 });
  });
});

describe('a comparison of runs without an attack', () => {
  it('has nothing to say of times since one', async () => {
    const arms = ['none', 'typical'].map((set) => ({ id: set, threat: null, set, mitigations: [set], spec: world(set, null) }));
    const specs = OUTCOMES.map((spec) => (spec.id === 'detectHours' ? { ...spec, sinceAttack: true } : spec));
    const plan = planOf(5, { arms, outcomeSpecs: specs });
    const { rows } = await runStudyRows(plan, { workers: 1, executor: inline(plan) });
    const compared = compare(rows, 5, { level: 0.95, outcome: 'detectHours' }).arms;
    expect(compared.map(({ difference: { mean, low, high } }) => [mean, low, high])).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });
});

describe('a results folder', () => {
  it('gives the same figures when it is read again', async () => {
    const out = join(newFolder(), 'out');
    const specs = OUTCOMES.map((spec) => (spec.id === 'detectHours' ? { ...spec, sinceAttack: true, absent: 'untimed' as const } : spec));
    const plan = planOf(20, { outcomeSpecs: specs });
    const result = await runStudy(plan, {
      workers: 1,
      executor: inline(plan),
      out,
      identity: { ...identity, scenario: scenarioHash(plan) },
    });
    expect(result.arms[0]!.outcomes.detectHours!.restrictedTo).toBeUndefined();
    expect(summaryOf(await readResults(out))).toEqual(result);
  });
});

describe('a study that is resumed', () => {
  it('keeps the level of its folder unless told otherwise', async () => {
    const out = join(newFolder(), 'out');
    const plan = planOf(8);
    const options = { workers: 1, out, identity: { ...identity, scenario: scenarioHash(plan) } };
    const level = async (more: { resume?: true; level?: number }): Promise<number> =>
      (await runStudy(plan, { ...options, ...more, executor: inline(plan) })).arms[0]!.succeeded!.level;
    expect(await level({ level: 0.99 })).toBe(0.99);
    expect(await level({ resume: true })).toBe(0.99);
    expect(await level({ resume: true, level: 0.9 })).toBe(0.9);
    expect(await level({ resume: true })).toBe(0.9);
  });
});

describe('a stopping rule over times since the attack', () => {
  const specs = OUTCOMES.map((spec) => (spec.id === 'detectHours' ? { ...spec, sinceAttack: true } : spec));
  const replications = { atLeast: 10, atMost: 40, until: { outcome: 'detectHours', level: 0.95, halfWidth: 8 } };
  const free = { id: 'free/none', threat: null, set: 'none', mitigations: ['none'], spec: world('none', null) };

  it('is never content where there is no attack, and with one asks for nothing more', async () => {
    const looks = async (...arms: StudyPlan['arms']) => {
      const plan = planOf(1, { arms, baseline: 'none', outcomeSpecs: specs, replications });
      return (await runStudy(plan, { workers: 1, executor: inline(plan) })).looks;
    };
    expect((await looks(free)).map(({ enough }) => enough)).toEqual([false, false, false]);
    const [attacked] = planOf(1).arms;
    expect(await looks(attacked!, free)).toEqual(await looks(attacked!));
  });
});

describe('a stopping rule', () => {
  const until = { level: 0.95, halfWidth: 10 };

  it('does not trust an interval that says not to', async () => {
    // Under "recommended" hardly a run exposes records: five values, mostly zero, have a narrow interval and a warning.
    const plan = planOf(1, { replications: { atLeast: 5, atMost: 320, until: { ...until, outcome: 'records' } } });
    const { looks } = await runStudy(plan, { workers: 1, executor: inline(plan) });
    expect(looks[0]).toEqual({ replications: 5, halfWidth: null, enough: false });
  });

  it('widens the intervals by the looks that it may take, all of them', async () => {
    const ruled = planOf(1, { replications: { atLeast: 40, atMost: 320, until: { ...until, outcome: 'gapMinutes', halfWidth: 1000 } } });
    const result = await runStudy(ruled, { workers: 1, executor: inline(ruled) });
    const fixed = planOf(40);
    const plain = await runStudy(fixed, { workers: 1, executor: inline(fixed) });
    const part = await runStudy(fixed, { workers: 1, level: 1 - 0.05 / 4, executor: inline(fixed) });
    expect(result.replications).toBe(40);
    result.arms.forEach((arm, a) => {
      for (const [of, id] of [['outcomes', 'gapMinutes'] as const, ['attributable', 'records'] as const]) {
        expect(arm[of][id]).toEqual({ ...part.arms[a]![of][id], level: 0.95 });
        expect(arm[of][id]!.high! - arm[of][id]!.low!).toBeGreaterThan(plain.arms[a]![of][id]!.high! - plain.arms[a]![of][id]!.low!);
      }
      expect(arm.succeeded).toEqual({ ...part.arms[a]!.succeeded, level: 0.95 });
    });
  });
});
