import type { Estimate, StudySnapshot } from '../protocol/messages.ts';
import type { StudyPlan } from '../study/plan.ts';
import type { StudyResult } from '../study/summary.ts';

export interface Progress {
  readonly state: StudySnapshot['state'];
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** What the viewer shows of a study: the estimates so far, how far it is, what it is conditional on. */
export function snapshotOf(plan: StudyPlan, result: StudyResult | null, progress: Progress, level: number): StudySnapshot {
  const none: Estimate = { mean: null, low: null, high: null, level, n: 0 };
  const byId = new Map((result?.arms ?? []).map((arm) => [arm.id, arm]));
  return {
    study: plan.id,
    question: plan.question,
    ...progress,
    seed: plan.seed,
    replications: plan.replications.atMost,
    atLeast: plan.replications.atLeast,
    hours: plan.hours,
    course: plan.course,
    baseline: plan.baseline,
    outcomes: plan.outcomes.length > 0 ? [...plan.outcomes] : plan.outcomeSpecs.map(({ id }) => id),
    arms: plan.arms.map(({ id, threat, set, mitigations }) => {
      const arm = byId.get(id);
      return {
        id,
        threat,
        set,
        mitigations: [...mitigations],
        n: result?.replications ?? 0,
        succeeded: pick(arm?.succeeded ?? none),
        outcomes: pickAll(arm?.outcomes),
        attributable: pickAll(arm?.attributable),
      };
    }),
    failures: [...(result?.failures ?? [])],
    fingerprint: progress.state === 'done' ? (result?.fingerprint ?? null) : null,
  };
}

type Interval = NonNullable<Estimate['happened']>;

const interval = ({ mean, low, high, level, n, warn }: Interval): Interval => ({
  mean,
  low,
  high,
  level,
  n,
  ...(warn === undefined ? {} : { warn }),
});

/** Without how often it happened, and what "never" counts as, a mean of times would be read as a time. */
const pick = ({ happened, restrictedTo, ...one }: Estimate): Estimate => ({
  ...interval(one),
  ...(happened === undefined ? {} : { happened: interval(happened) }),
  ...(restrictedTo === undefined ? {} : { restrictedTo }),
});

const pickAll = (all: Readonly<Record<string, Estimate>> = {}): Record<string, Estimate> =>
  Object.fromEntries(Object.entries(all).map(([id, one]) => [id, pick(one)]));
