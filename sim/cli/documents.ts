import { warningLines } from '../stats/index.ts';
import type { Comparison } from '../study/compare.ts';
import type { StudyResult } from '../study/summary.ts';

/**
 * The documents of `--json`, with the keys that the design's section 9 promises, and `happened` and `restrictedTo` where a
 * mean cannot be read without them. What else is known (methods, warnings, attack-free runs) is in the results folder's
 * summary.json; warnings go to standard error as well.
 */
export interface EstimateDocument {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number;
  readonly n: number;
}

/** Of an outcome that not every run has: in how many it came, and what a time counts as where it never did. */
interface OutcomeDocument extends EstimateDocument {
  readonly happened?: EstimateDocument;
  readonly restrictedTo?: number;
}

const estimate = ({ mean, low, high, level, n }: EstimateDocument): EstimateDocument => ({ mean, low, high, level, n });

const outcome = ({ happened, restrictedTo, ...one }: OutcomeDocument): OutcomeDocument => ({
  ...estimate(one),
  ...(happened === undefined ? {} : { happened: estimate(happened) }),
  ...(restrictedTo === undefined ? {} : { restrictedTo }),
});

const estimates = (all: Readonly<Record<string, OutcomeDocument>>): Readonly<Record<string, OutcomeDocument>> =>
  Object.fromEntries(Object.entries(all).map(([id, one]) => [id, outcome(one)]));

/** `study --json`, also of `merge` and `results`. */
export function studyDocument({ study, fingerprint, replications, arms, failures }: StudyResult) {
  return {
    study,
    fingerprint,
    replications,
    arms: arms.map(({ id, threat, mitigations, succeeded, outcomes, attributable }) => ({
      id,
      threat,
      mitigations,
      succeeded: succeeded === null ? null : estimate(succeeded),
      outcomes: estimates(outcomes),
      attributable: estimates(attributable),
    })),
    failures,
  };
}

/** `compare --json`. */
export function compareDocument({ level, arms }: Comparison) {
  return {
    level,
    arms: arms.map(({ id, threat, baseline, outcome, difference: { mean, low, high }, varianceRatio, rank }) => ({
      id,
      threat,
      baseline,
      outcome,
      difference: { mean, low, high },
      varianceRatio,
      rank,
    })),
  };
}

/** What should not be trusted yet about the estimates of a study, a line for each kind. */
export function warningsOf(result: StudyResult): readonly string[] {
  return warningLines(
    result.arms.flatMap((arm) => [
      ...(arm.succeeded === null ? [] : [arm.succeeded]),
      ...Object.values(arm.outcomes),
      ...Object.values(arm.attributable),
    ]),
  );
}
