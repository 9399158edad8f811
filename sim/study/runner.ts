import { errorText, unpack, type BatchResult, type BatchTask } from './batch.ts';
import type { Executor } from './executor.ts';
import { ordinalOf, replicationAt } from './plan.ts';
import type { Row, Rows } from './rows.ts';
import type { ResultsFolder } from './store.ts';
import { summarise, type StudyResult } from './summary.ts';

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

/** Batches take about this long: message passing costs 0.1 ms, and progress should still flow. */
const BATCH_MS = 40;
const LARGEST_BATCH = 512;
/** Batches queued per thread, so that no thread waits for the main one. */
const AHEAD = 2;

/** What the caller wants to know of a run, and may say meanwhile. */
export interface RunnerOptions {
  /** Called after every finished batch; cheap unless `estimates` is called. Pacing is the caller's. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the study: what is in flight is lost, what is finished is kept. */
  readonly signal?: AbortSignal;
}

/** Keeps the executor busy and files what comes back. */
export class Runner {
  private readonly rows: Rows;
  private readonly executor: Executor;
  private readonly folder: ResultsFolder | null;
  private readonly level: number;
  private readonly options: RunnerOptions;
  private readonly started = performance.now();
  /** Next ordinal to hand out, by group. */
  private readonly next: number[];
  /** Milliseconds a replication takes, by group; null until measured. */
  private readonly cost: (number | null)[];
  private readonly inFlight = new Set<Promise<void>>();
  /** Whether a thread can load the engine at all; asked when a batch takes its thread along. */
  private loading: Promise<BatchResult> | null = null;

  constructor(rows: Rows, executor: Executor, folder: ResultsFolder | null, level: number, options: RunnerOptions) {
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
      if (this.stopped) throw new StudyInterrupted(this.rows.prefix, n, this.folder?.path ?? null);
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

  private get stopped(): boolean {
    return this.options.signal?.aborted === true;
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
    if (this.stopped) return;
    let result: BatchResult;
    try {
      result = await this.executor.run(task);
    } catch {
      if (this.stopped) return;
      await this.isolate(task, n);
      return;
    }
    this.cost[task.group] = result.wallMs / task.replications.length;
    this.file(task, unpack(result, this.rows.plan.outcomeSpecs), n);
  }

  /**
   * A thread died with the batch. Its replications are run one by one, so that only the guilty one is given up, and named.
   * Guilty is who takes a fresh thread along, alone: whatever the thread had done before, and however batches were cut.
   */
  private async isolate(task: BatchTask, n: number): Promise<void> {
    // An engine that cannot be loaded is no property of a replication: that ends the study. Asked by a batch of nothing.
    this.loading ??= this.executor.run({ group: task.group, replications: [] }, true);
    await this.loading;
    if (this.stopped) return;
    if (task.replications.length > 1) {
      for (const replication of task.replications) await this.perform({ group: task.group, replications: [replication] }, n);
      return;
    }
    let replications: readonly (readonly Row[])[];
    try {
      replications = unpack(await this.executor.run(task, true), this.rows.plan.outcomeSpecs);
    } catch (error) {
      const text = errorText(`the worker died: ${error instanceof Error ? error.message : String(error)}`);
      replications = [Array.from({ length: this.rows.runsOf(task.group) }, () => ({ error: text }))];
    }
    this.file(task, replications, n);
  }

  private file(task: BatchTask, batches: readonly (readonly Row[])[], n: number): void {
    if (this.stopped) return; // the folder may be closed by now
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
