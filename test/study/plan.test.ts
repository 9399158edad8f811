import { describe, expect, it } from 'vitest';
import { InputError, loadLibrary, loadStudy, memoryReader, resolve } from '../../sim/scenario/index.ts';
import { planStudy, type PlanChoices } from '../../sim/study/from-study.ts';
import { canonical, identify, mismatch, registryHash, scenarioHash } from '../../sim/study/identity.ts';
import { groupsOf, withoutAttack, type StudyPlan } from '../../sim/study/plan.ts';
import { looks } from '../../sim/study/stopping.ts';
import { fakeCatalogue } from '../scenario/fake-catalogue.ts';
import { files } from '../scenario/project.ts';
import { identity, OUTCOMES, planOf, world } from './fake.ts';

const STUDY = `
id: small
question: Does it matter?
home: ../homes/reference.yaml
hours: 12
course: deteriorating
threats: [te2-reading-tamper]
arms: { sets: [typical, recommended], baseline: typical }
replications: { at-least: 50, at-most: 400, until: { outcome: gapMinutes, half-width: 2, level: 0.9 } }
outcomes: [gapMinutes]
seed: 7
`;
const reader = memoryReader({ ...files, 'scenarios/studies/small.yaml': STUDY });
const library = loadLibrary(reader, fakeCatalogue);
const study = loadStudy('scenarios/studies/small.yaml', reader, fakeCatalogue, library, ['gapMinutes']);
const planned = (choices: PlanChoices = {}): StudyPlan => planStudy(study, library, fakeCatalogue, OUTCOMES, choices);

describe('the hash of the registry', () => {
  const registry = (plan: StudyPlan, arms: readonly number[]): string =>
    registryHash({ ...plan, arms: arms.map((arm) => plan.arms[arm]!) });

  it('does not depend on how many arms use it, nor on their order', () => {
    const plan = planOf(1);
    expect(registry(plan, [0, 1, 2, 3])).toBe(registry(plan, [0, 1]));
    const changed = world('none', 'te9', { parameters: [{ ...plan.arms[0]!.spec.parameters[0]!, value: 2 }] });
    const mixed = { ...plan, arms: [...plan.arms.slice(0, 2), { ...plan.arms[0]!, id: 'te9/none', threat: 'te9', spec: changed }] };
    expect(registry(mixed, [0, 2])).toBe(registry(mixed, [2, 1, 0]));
    expect(registry(mixed, [2])).not.toBe(registry(mixed, [0]));
  });

  it('leaves another study of the same home to be called another scenario', () => {
    const plan = planOf(1);
    const smaller = { ...plan, arms: plan.arms.slice(0, 3) };
    expect(mismatch(identify(smaller), identify(plan))).toMatch(/^scenario/);
  });
});

describe('a plan', () => {
  it('has the world of every arm, as `run` would resolve it', () => {
    const plan = planned();
    expect(plan.arms.map((arm) => arm.id)).toEqual(['te2-reading-tamper/typical', 'te2-reading-tamper/recommended']);
    const choices = { threat: 'te2-reading-tamper', mitigations: 'recommended', hours: 12, course: 'deteriorating' } as const;
    expect(plan.arms[1]!.spec).toEqual(resolve(study.home, choices, library, fakeCatalogue));
    expect(plan).toMatchObject({ seed: 7, hours: 12, course: 'deteriorating', baseline: 'typical', shard: null });
    expect(plan.replications).toEqual({ atLeast: 50, atMost: 400, until: { outcome: 'gapMinutes', halfWidth: 2, level: 0.9 } });
  });

  it('takes a number of replications and a seed in place of the file’s', () => {
    expect(planned({ replications: 5, seed: 0 })).toMatchObject({ seed: 0, replications: { atLeast: 5, atMost: 5, until: null } });
  });

  it('refuses shards that cannot be', () => {
    const refused = (choices: PlanChoices, why: RegExp): void => {
      expect(() => planned(choices)).toThrow(InputError);
      expect(() => planned(choices)).toThrow(why);
    };
    refused({ shard: { index: 1, of: 2 } }, /cannot stop by them.*--replications/);
    refused({ shard: { index: 3, of: 2 }, replications: 10 }, /no shard 3 of 2/);
    refused({ shard: { index: 1, of: 20 }, replications: 10 }, /leave some without work/);
  });

  it('lets all threats of a set share the attack-free world, whatever the adversary has', () => {
    const plan = planOf(1);
    const inside = {
      ...plan,
      arms: plan.arms.map((arm) =>
        arm.threat === 'te2' ? { ...arm, spec: { ...arm.spec, adversary: { inRange: true, inside: ['camera'], knows: [] } } } : arm,
      ),
    };
    expect(groupsOf(inside).map((group) => group.arms)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(groupsOf(inside)[0]!.spec).toEqual(withoutAttack(world('none', 'te1')));
  });

  it('refuses what could not be told apart or run', () => {
    const plan = planOf(1);
    expect(() => groupsOf({ ...plan, arms: [] })).toThrow(/at least one arm/);
    expect(() => groupsOf({ ...plan, arms: [plan.arms[0]!, plan.arms[0]!] })).toThrow(/two arms are called te1\/none/);
    expect(() => groupsOf({ ...plan, arms: [{ ...plan.arms[1]!, threat: null }] })).toThrow(/disagree about the threat/);
    expect(() => groupsOf({ ...plan, baseline: 'best' })).toThrow(/baseline best/);
    expect(() => groupsOf({ ...plan, outcomes: ['luck'] })).toThrow(/outcome luck/);
    expect(() => groupsOf({ ...plan, replications: { atLeast: 0, atMost: 5, until: null } })).toThrow(/at-least/);
  });
});

describe('looks', () => {
  const until = { outcome: 'gapMinutes', halfWidth: 1, level: 0.95 };
  it('are at-least, its doubles, at-most', () => {
    expect(looks({ atLeast: 200, atMost: 5000, until })).toEqual([200, 400, 800, 1600, 3200, 5000]);
    expect(looks({ atLeast: 200, atMost: 200, until })).toEqual([200]);
    expect(looks({ atLeast: 200, atMost: 5000, until: null })).toEqual([200]);
  });
});

describe('identity', () => {
  it('is the same for the same plan and follows scenario, registry and seed', () => {
    const plan = planned();
    expect(identify(plan)).toEqual(identify(planned()));
    expect(identify(planned({ seed: 8 }))).toEqual({ ...identify(plan), seed: 8 });
    const edited = { ...plan, arms: plan.arms.map((arm) => ({ ...arm, spec: { ...arm.spec, hours: 13 } })) };
    expect(scenarioHash(edited)).not.toBe(scenarioHash(plan));
    expect(registryHash(edited)).toBe(registryHash(plan));
    const figures = {
      ...plan,
      arms: plan.arms.map((arm) => ({ ...arm, spec: { ...arm.spec, parameters: arm.spec.parameters.slice(1) } })),
    };
    expect(registryHash(figures)).not.toBe(registryHash(plan));
  });

  it('does not depend on the order of keys', () => {
    expect(canonical({ b: 1, a: [{ d: 2, c: 3 }] })).toBe('{"a":[{"c":3,"d":2}],"b":1}');
  });

  it('names the first difference', () => {
    expect(mismatch(identity, identity)).toBeNull();
    expect(mismatch(identity, { ...identity, seed: 4 })).toBe('seed (4 there, 1 here)');
    expect(mismatch(identity, { ...identity, catalogue: 'e'.repeat(64) })).toBe(
      'catalogue of devices and techniques (eeeeeeeeeeee there, aaaaaaaaaaaa here)',
    );
  });
});
