import type { BatchSetup } from './batch.ts';
import { poolExecutor, type Executor } from './executor.ts';
import { identify, type Identity } from './identity.ts';
import { groupsOf, shareOf, type StudyPlan } from './plan.ts';
import { Rows } from './rows.ts';
import { Runner, type RunnerOptions } from './runner.ts';
import { looks, type Look } from './stopping.ts';
import { ResultsFolder } from './store.ts';
import { look, summarise, type StudyResult } from './summary.ts';

export { StudyInterrupted, type Progress } from './runner.ts';

export interface StudyOptions extends RunnerOptions {
  /** Threads, at least 1. */
  readonly workers: number;
  /** Confidence of the summary's intervals; that of the folder, or 0.95, when absent. */
  readonly level?: number;
  /** Results folder. */
  readonly out?: string;
  /** Continue the folder `out`. */
  readonly resume?: boolean;
  /** Replace an earlier study's results in `out`. */
  readonly overwrite?: boolean;
  /** Who runs batches; a pool of threads when absent. Closed at the end. */
  readonly executor?: Executor;
  /** What the results belong to; computed from the program's own files when absent. */
  readonly identity?: Identity;
}

/** A finished study with its table, for `compare`. */
export interface FinishedStudy {
  readonly result: StudyResult;
  readonly rows: Rows;
}

const USUAL_LEVEL = 0.95;

/** Runs a study to its end. The result is exactly the document of `study --json`. @throws StudyInterrupted, InputError */
export async function runStudy(plan: StudyPlan, options: StudyOptions): Promise<StudyResult> {
  return (await runStudyRows(plan, options)).result;
}

/** As `runStudy`, and returns the table too. */
export async function runStudyRows(plan: StudyPlan, options: StudyOptions): Promise<FinishedStudy> {
  const rows = new Rows(plan);
  const folder = await openFolder(plan, rows, options);
  const level = folder?.level ?? options.level ?? USUAL_LEVEL;
  let runner: Runner | null = null;
  try {
    const counts = looks(plan.replications).map((count) => shareOf(plan, count));
    const executor = options.executor ?? poolExecutor(batchSetup(plan), options.workers);
    runner = new Runner(rows, executor, folder, level, options);
    const seen: Look[] = [];
    let n = 0;
    for (n of counts) {
      await runner.upTo(n);
      if (plan.replications.until === null) break;
      seen.push(look(rows, n));
      // A folder that went further is not cut back: what is finished is not thrown away.
      if (seen.at(-1)!.enough && n >= (folder?.held ?? 0)) break;
    }
    const result = summarise(rows, n, level, seen);
    folder?.finish(rows, result);
    return { result, rows };
  } finally {
    await runner?.close();
    folder?.close();
  }
}

/** What every worker is given. */
export function batchSetup(plan: StudyPlan): BatchSetup {
  const worlds = groupsOf(plan).map((group) => [group.spec, ...group.arms.map((arm) => plan.arms[arm]!.spec)]);
  return { worlds, outcomes: plan.outcomeSpecs.map((spec) => spec.id), seed: plan.seed };
}

async function openFolder(plan: StudyPlan, rows: Rows, options: StudyOptions): Promise<ResultsFolder | null> {
  if (options.out === undefined) return null;
  const identity = options.identity ?? identify(plan);
  const { workers } = options;
  if (options.resume === true) return ResultsFolder.resume(options.out, plan, identity, rows, { level: options.level, workers });
  return ResultsFolder.create(options.out, plan, identity, {
    level: options.level ?? USUAL_LEVEL,
    workers,
    overwrite: options.overwrite ?? false,
  });
}
