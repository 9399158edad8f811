import type { ServerMessage, ViewerMessage } from '../protocol/messages.ts';
import type { StudyFeed } from '../server/feed.ts';
import { StudyInterrupted, runStudyRows } from '../study/index.ts';
import type { FinishedStudy, Progress, StudyOptions, StudyPlan, StudyResult } from '../study/index.ts';
import { placesOf } from './failures.ts';
import { DEFAULT_LEVEL, defaultWorkers, planOf } from './plans.ts';
import { snapshotOf } from './snapshot.ts';

/** Shortest time between two interim estimates, ms, and the largest share of the time they may take. */
const INTERIM_MS = 400;
const INTERIM_SHARE = 0.04;

/** Runs one study at a time and shows it to the viewers. */
export class StudyService {
  private readonly feed: StudyFeed;
  private readonly studies: readonly string[];
  private readonly workers: number;
  private running: AbortController | null = null;

  /** @param studies names that viewers may ask for */
  constructor(feed: StudyFeed, studies: readonly string[], workers: number = defaultWorkers()) {
    this.feed = feed;
    this.studies = studies;
    this.workers = workers;
  }

  /** Runs a study; interim estimates go to the feed, progress to the caller. @throws StudyInterrupted after `stop` */
  async run(
    plan: StudyPlan,
    onProgress: (progress: Progress) => void = () => undefined,
    options: Partial<StudyOptions> = {},
  ): Promise<FinishedStudy> {
    const control = new AbortController();
    this.running = control;
    const level = options.level ?? DEFAULT_LEVEL;
    let latest: Progress | null = null;
    let interim: StudyResult | null = null;
    let due = 0;
    const publish = (state: 'running' | 'done' | 'stopped' | 'failed', result: StudyResult | null): void => {
      const { done = 0, total = 0, elapsedMs = 0 } = latest ?? {};
      this.feed.publish(snapshotOf(plan, result, { state, done, total, elapsedMs }, level));
    };
    try {
      publish('running', null);
      const finished = await runStudyRows(plan, {
        workers: this.workers,
        ...options,
        signal: AbortSignal.any([control.signal, ...(options.signal === undefined ? [] : [options.signal])]),
        onProgress: (progress) => {
          latest = progress;
          onProgress(progress);
          const now = performance.now();
          if (now < due) return;
          if (progress.replications > (interim?.replications ?? 0)) interim = progress.estimates();
          publish('running', interim);
          due = performance.now() + Math.max(INTERIM_MS, (performance.now() - now) / INTERIM_SHARE);
        },
      });
      publish('done', finished.result);
      return finished;
    } catch (error) {
      publish(error instanceof StudyInterrupted ? 'stopped' : 'failed', interim);
      throw error;
    } finally {
      if (this.running === control) this.running = null;
    }
  }

  stop(): void {
    this.running?.abort();
  }

  /** A viewer's wish. Answers go to that viewer alone; what a study shows goes to all. */
  handle(message: ViewerMessage, reply: (message: ServerMessage) => void): void {
    if (message.type === 'study-stop') return this.stop();
    if (message.type !== 'study-start') return;
    if (this.running !== null) return reply({ type: 'refused', message: 'a study is running; stop it first' });
    if (!this.studies.includes(message.study)) return reply({ type: 'refused', message: `there is no study ${message.study}` });
    try {
      const plan = planOf(message.study, { replications: message.replications, seed: message.seed });
      this.run(plan).catch((error: unknown) => {
        if (!(error instanceof StudyInterrupted)) this.feed.fail(reason(error));
      });
    } catch (error) {
      reply({ type: 'refused', message: reason(error) });
    }
  }
}

/** For viewers: what is wrong, without paths of this machine. */
function reason(error: unknown): string {
  const places = placesOf(error);
  return places !== null ? places.map(({ message }) => message).join('; ') : (error as Error).message.split('\n', 1)[0]!;
}
