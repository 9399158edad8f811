import type { Catalogue } from '../model/catalogue.ts';
import type { OutcomeSpec } from '../model/result.ts';
import { InputError, startOf } from '../scenario/errors.ts';
import type { Library } from '../scenario/library.ts';
import { resolve } from '../scenario/resolve.ts';
import type { Study } from '../scenario/study.ts';
import type { PlannedArm, Shard, StudyPlan } from './plan.ts';

/** What the command line may say in place of the study's file. */
export interface PlanChoices {
  /** Exactly so many replications; no stopping rule then. */
  readonly replications?: number;
  readonly seed?: number;
  readonly shard?: Shard | null;
}

/**
 * Resolves every arm of a study to its world. @param outcomeSpecs every outcome of the engine.
 * @throws InputError for an arm that cannot be resolved, or a shard of a study whose length depends on what it finds.
 */
export function planStudy(
  study: Study,
  library: Library,
  catalogue: Catalogue,
  outcomeSpecs: readonly OutcomeSpec[],
  choices: PlanChoices = {},
): StudyPlan {
  const arms = study.arms.map((arm): PlannedArm => {
    const course = study.course === null ? {} : { course: study.course };
    const spec = resolve(
      study.home,
      { threat: arm.threat, mitigations: arm.mitigations, hours: study.hours, set: study.set, ...course },
      library,
      catalogue,
    );
    return { id: arm.id, threat: arm.threat, set: arm.set, mitigations: arm.mitigations, spec };
  });
  const count = choices.replications;
  const replications = count === undefined ? study.replications : { atLeast: count, atMost: count, until: null };
  const shard = choices.shard ?? null;
  const refuse = (message: string, remedy: string): never => {
    throw new InputError([{ ...startOf('--shard'), message, remedy }]);
  };
  if (shard !== null) {
    if (replications.until !== null)
      refuse("a shard does not see the others' estimates, so it cannot stop by them", 'Add --replications N');
    if (shard.index < 1 || shard.index > shard.of)
      refuse(`there is no shard ${shard.index} of ${shard.of}`, `Write 1/${shard.of} to ${shard.of}/${shard.of}`);
    if (shard.of > replications.atLeast)
      refuse(
        `${shard.of} shards for ${replications.atLeast} replications leave some without work`,
        'Use fewer shards or more replications',
      );
  }
  return {
    id: study.id,
    question: study.question,
    hours: study.hours,
    course: arms[0]!.spec.course,
    seed: choices.seed ?? study.seed,
    arms,
    baseline: study.baseline,
    outcomes: study.outcomes,
    outcomeSpecs,
    replications,
    shard,
  };
}
