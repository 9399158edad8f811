import { availableParallelism } from 'node:os';
import { loadStudy } from '../scenario/index.ts';
import { planStudy } from '../study/index.ts';
import type { PlanChoices, StudyPlan } from '../study/index.ts';
import { OUTCOMES } from '../world/outcomes.ts';
import { MOST_WORKERS } from './options.ts';
import { findInput, openProject } from './project.ts';

export const DEFAULT_LEVEL = 0.95;
export const defaultWorkers = (): number => Math.min(MOST_WORKERS, availableParallelism());

/** Reads a study by path or name and works out the world of every arm. @throws InputError, UsageError */
export function planOf(argument: string, choices: PlanChoices): StudyPlan {
  const { reader, catalogue, library } = openProject();
  const file = findInput(argument, 'study', 'scenarios/studies');
  const study = loadStudy(
    file,
    reader,
    catalogue,
    library,
    OUTCOMES.map(({ id }) => id),
  );
  return planStudy(study, library, catalogue, OUTCOMES, choices);
}
