import { unpack, type BatchResult, type BatchSetup, type BatchTask } from './batch.ts';
import { poolExecutor, type Executor } from './executor.ts';
import { folderError } from './files.ts';
import { identify, type Identity } from './identity.ts';
import { groupsOf, ordinalOf, replicationAt, shareOf, type StudyPlan } from './plan.ts';
import { Rows, type Row } from './rows.ts';
import { looks, type Look } from './stopping.ts';
import { ResultsFolder } from './store.ts';
import { look, summarise, type StudyResult } from './summary.ts';

export interface StudyOptions {
  /** Threads, at least 1. */
  readonly workers: number;
  /** Confidence of the summary's intervals; 0.95 when absent. */
  readonly level?: number;
  /** Called after every finished batch; cheap unless `estimates` is called. Pacing is the caller's. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the study: what is in flight is lost, what is finished is kept. */
  readonly signal?: AbortSignal;
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

export interface Progress {
  /** Runs finished (attack-free runs included), and to be finished by the present target. */
  readonly done: number;
  readonly total: number;
  /** Replications that all arms have finished, in order; and the count that the study goes to next. */
  readonly replications: number;
  readonly target: number;
  readonly elapsedMs: number;
  /** Estimates from the finished prefix: the same form as the final result. */
  estimates(): StudyResult;
}

/** The study was stopped before its end; a results folder can be resumed. */
export class StudyInterrupted extends Error {
  override readonly name = 'StudyInterrupted';
  readonly replications: number;
  readonly target: number;
  readonly folder: string | null;

  constructor(replications: number, target: number, folder: string | null) {
    super(`the study was stopped after ${replications} of ${target} replications`);
    this.replications = replications;
    this.target = target;
    this.folder = folder;
  }
}

/** A finished study with its table, for `compare`. */
export interface FinishedStudy {
  readonly result: StudyResult;
  readonly rows: Rows;
}

/** Batches take about this long: message passing costs 0.1 ms, and progress should still flow. */
const BATCH_MS = 40;
const LARGEST_BATCH = 512;
/** Batches queued per thread, so that no thread waits for the main one. */
const AHEAD = 2;
/** Deaths before the first result that end the study. */
const HOPELESS = 4;

/** Runs a study to its end. The result is exactly the document of `study --json`. @throws StudyInterrupted, InputError */
export async function runStudy(plan: StudyPlan, options: StudyOptions): Promise<StudyResult> {
  return (await runStudyRows(plan, options)).result;
}

/** As `runStudy`, and returns the table too. */
export async function runStudyRows(plan: StudyPlan, options: StudyOptions): Promise<FinishedStudy> {
  const level = options.level ?? 0.95;
  const rows = new Rows(plan);
  const folder = await openFolder(plan, rows, level, options);
  let runner: Runner | null = null;
  try {
    const counts = looks(plan.replications).map((count) => shareOf(plan, count));
    refuseSurplus(rows, counts.at(-1)!, options.out);
    const executor = options.executor ?? poolExecutor(batchSetup(plan), options.workers);
    runner = new Runner(rows, executor, folder, level, options);
    const seen: Look[] = [];
    let n = 0;
    for (n of counts) {
      await runner.upTo(n);
      if (plan.replications.until === null) break;
      seen.push(look(rows, n));
      if (seen.at(-1)!.enough) break;
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

async function openFolder(plan: StudyPlan, rows: Rows, level: number, options: StudyOptions): Promise<ResultsFolder | null> {
  if (options.out === undefined) return null;
  const identity = options.identity ?? identify(plan);
  const { workers } = options;
  if (options.resume === true) return ResultsFolder.resume(options.out, plan, identity, rows, { level, workers });
  return ResultsFolder.create(options.out, plan, identity, { level, workers, overwrite: options.overwrite ?? false });
}

function refuseSurplus(rows: Rows, most: number, out: string | undefined): void {
  if (rows.prefix <= most) return;
  const message = `the folder holds ${rows.prefix} replications, more than the ${most} asked for`;
  throw folderError(out!, message, 'Ask for at least as many, or run into a new folder');
}

/** Keeps the executor busy and files what comes back. */
class Runner {
  private readonly rows: Rows;
  private readonly executor: Executor;
  private readonly folder: ResultsFolder | null;
  private readonly level: number;
  private readonly options: StudyOptions;
  private readonly started = performance.now();
  /** Next ordinal to hand out, by group. */
  private readonly next: number[];
  /** Milliseconds a replication takes, by group; null until measured. */
  private readonly cost: (number | null)[];
  private readonly inFlight = new Set<Promise<void>>();
  /** Batches that took their thread with them while none had come back yet. */
  private deaths = 0;
  private proven = false;

  constructor(rows: Rows, executor: Executor, folder: ResultsFolder | null, level: number, options: StudyOptions) {
    this.rows = rows;
    this.executor = executor;
    this.folder = folder;
    this.level = level;
    this.options = options;
    this.next = rows.groups.map(() => 0);
    this.cost = rows.groups.map(() => null);
  }

  /** Runs until the first n replications of every group are there. */
  async upTo(n: number): Promise<void> {
    this.progress(n);
    let failure: { readonly error: unknown } | null = null;
    for (;;) {
      if (this.options.signal?.aborted === true) throw new StudyInterrupted(this.rows.prefix, n, this.folder?.path ?? null);
      while (failure === null && this.inFlight.size < this.executor.parallel * AHEAD) {
        const task = this.take(n);
        if (task === null) break;
        const job: Promise<void> = this.perform(task, n)
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => this.inFlight.delete(job));
        this.inFlight.add(job);
      }
      if (this.inFlight.size === 0) break;
      await this.nextEvent();
    }
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
  }

  async close(): Promise<void> {
    await this.executor.close();
  }

  /** Waits for a batch or for the signal, whichever is first. */
  private async nextEvent(): Promise<void> {
    const { signal } = this.options;
    if (signal === undefined) {
      await Promise.race(this.inFlight);
      return;
    }
    let wake = (): void => undefined;
    const aborted = new Promise<void>((resolve) => (wake = resolve));
    signal.addEventListener('abort', wake, { once: true });
    await Promise.race([...this.inFlight, aborted]);
    signal.removeEventListener('abort', wake);
  }

  /** The next batch: of the group that is furthest behind, so that all arms share a long prefix. */
  private take(n: number): BatchTask | null {
    let group = -1;
    for (let g = 0; g < this.next.length; g++) {
      while (this.next[g]! < n && this.rows.has(g, this.next[g]!)) this.next[g]!++;
      if (this.next[g]! < n && (group < 0 || this.next[g]! < this.next[group]!)) group = g;
    }
    if (group < 0) return null;
    const cost = this.cost[group]!;
    // Size changes how the work is cut, never what a replication gives.
    const size = cost === null ? 1 : Math.min(LARGEST_BATCH, Math.max(1, Math.ceil(BATCH_MS / Math.max(cost, 0.01))));
    const replications: number[] = [];
    let ordinal = this.next[group]!;
    for (; ordinal < n && replications.length < size; ordinal++)
      if (!this.rows.has(group, ordinal)) replications.push(replicationAt(this.rows.plan, ordinal));
    this.next[group] = ordinal;
    return { group, replications };
  }

  private async perform(task: BatchTask, n: number): Promise<void> {
    let result: BatchResult;
    try {
      result = await this.executor.run(task);
    } catch (error) {
      if (this.options.signal?.aborted === true) return;
      // Threads that never worked will not: the engine cannot be loaded, say. That is no property of a replication.
      if (!this.proven && ++this.deaths >= HOPELESS) throw error;
      await this.isolate(task, error, n);
      return;
    }
    this.proven = true;
    this.cost[task.group] = result.wallMs / task.replications.length;
    const batches = unpack(result, this.rows.plan.outcomeSpecs);
    this.file(task, batches, n);
  }

  /** A thread died with the batch. Run its replications one by one, so that only the guilty one is given up, and named. */
  private async isolate(task: BatchTask, error: unknown, n: number): Promise<void> {
    if (task.replications.length > 1) {
      for (const replication of task.replications) {
        if (this.options.signal?.aborted === true) return;
        await this.perform({ group: task.group, replications: [replication] }, n);
      }
      return;
    }
    const text = `the worker died: ${error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)}`;
    this.file(task, [Array.from({ length: this.rows.runsOf(task.group) }, () => ({ error: text }))], n);
  }

  private file(task: BatchTask, batches: readonly (readonly Row[])[], n: number): void {
    if (this.options.signal?.aborted === true) return; // the folder may be closed by now
    task.replications.forEach((replication, i) => {
      this.rows.add(task.group, ordinalOf(this.rows.plan, replication), batches[i]!);
      this.folder?.append(task.group, replication, batches[i]!);
    });
    this.progress(n);
  }

  private progress(n: number): void {
    const { rows, level } = this;
    const perReplication = rows.groups.reduce((sum, _, group) => sum + rows.runsOf(group), 0);
    this.options.onProgress?.({
      done: rows.done,
      total: n * perReplication,
      replications: Math.min(rows.prefix, n),
      target: n,
      elapsedMs: performance.now() - this.started,
      estimates: () => summarise(rows, Math.min(rows.prefix, n), level),
    });
  }
}
