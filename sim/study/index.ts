/**
 * Studies: arms × replications over a pool, a results folder that survives interruption, and comparisons.
 *
 * - `planStudy` turns a study file's content into a `StudyPlan` (plain data, every world resolved).
 * - `runStudy` runs a plan and returns the document of `study --json`; `runStudyRows` returns the table as well.
 * - `readResults`, `summaryOf`, `replayOf`, `mergeShards`, `joinShards` work on results folders.
 * - `compare` gives differences from a baseline; `readForComparison` joins folders for it.
 *
 * Everything that a person can mend (a folder in use, damaged or foreign results, an output that cannot be written) is
 * an InputError with place and remedy.
 */
export { type OutcomeEstimate } from './outcome.ts';
export { compare, type Comparison, type ComparedArm, type CompareOptions } from './compare.ts';
export { readForComparison } from './comparison-input.ts';
export { inlineExecutor, poolExecutor, type Executor } from './executor.ts';
export { runReplication } from './engine.ts';
export { planStudy, type PlanChoices } from './from-study.ts';
export { identify, type Identity } from './identity.ts';
export { joinShards, mergeShards } from './merge.ts';
export { groupsOf, withoutAttack, type Arm, type PlannedArm, type Replications, type Shard, type StudyPlan } from './plan.ts';
export { readResults, replayOf, summaryOf, type Replay, type StoredStudy } from './read.ts';
export { Rows, type Failure, type Row } from './rows.ts';
export { batchSetup, runStudy, runStudyRows, StudyInterrupted, type FinishedStudy, type Progress, type StudyOptions } from './run.ts';
export { holdsResults } from './store.ts';
export { summarise, type ArmSummary, type AttackFreeSummary, type StudyResult } from './summary.ts';
