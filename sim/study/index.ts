/**
 * Studies: arms × replications over a pool, a results folder that survives interruption, and comparisons.
 *
 * - `planStudy` turns a study file's content into a `StudyPlan` (plain data, every world resolved).
 * - `runStudy` runs a plan and returns the document of `study --json`; `runStudyRows` returns the table as well.
 * - `readResults`, `summaryOf`, `replayOf`, `mergeShards` work on results folders.
 * - `compare` gives differences from a baseline; `readForComparison` joins folders for it.
 *
 * Everything that a person can mend (a folder in use, damaged or foreign results, an output that cannot be written) is
 * an InputError with place and remedy; a disk that is full or fails, a DiskError.
 */
export { baselineSet, compare, type Comparison } from './compare.ts';
export { readForComparison, type ComparisonInput } from './comparison-input.ts';
export { planStudy, type PlanChoices } from './from-study.ts';
export { mergeShards } from './merge.ts';
export type { Shard, StudyPlan } from './plan.ts';
export { readResults, replayOf, summaryOf, type Replay } from './read.ts';
export type { Rows } from './rows.ts';
export { runStudy, runStudyRows, StudyInterrupted, type FinishedStudy, type Progress, type StudyOptions } from './run.ts';
export type { ArmSummary, StudyResult } from './summary.ts';
