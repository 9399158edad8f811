import type { OutcomeSpec } from '../model/result.ts';
import type { PairedEstimate } from '../stats/index.ts';
import { estimateDifference } from './outcome.ts';
import { summarised, type StudyPlan } from './plan.ts';
import { failed, type DoneRow, type Rows } from './rows.ts';
import { confidenceOf } from './summary.ts';

export interface ComparedArm {
  readonly id: string;
  readonly threat: string | null;
  readonly set: string;
  /** Arm that the difference is taken against: the same threat under the baseline's set. */
  readonly baseline: string;
  readonly outcome: string;
  /** This arm minus the baseline, paired by replication. */
  readonly difference: Omit<PairedEstimate, 'varianceRatio'>;
  /** Variance of the paired difference over that of independent runs; null when nothing varies. */
  readonly varianceRatio: number | null;
  /** 1 is best, among the arms of this threat by this outcome's mean difference; equal means share a rank. */
  readonly rank: number;
}

export interface Comparison {
  readonly level: number;
  readonly baseline: string;
  readonly replications: number;
  readonly arms: readonly ComparedArm[];
}

export interface CompareOptions {
  readonly level: number;
  /** A set, or an arm (its set counts); the study's own when absent. */
  readonly baseline?: string;
  /** Outcome id, or `succeeded`; the study's summarised outcomes when absent. */
  readonly outcome?: string;
}

/** Whether the threat reached its goal, compared like any other outcome. */
const SUCCEEDED: OutcomeSpec = { id: 'succeeded', unit: 'share', kind: 'harm', better: 'low', bounds: [0, 1] };

/**
 * Differences from the baseline for each threat event, no ranking over several (design section 11).
 * The baseline itself is listed with difference 0, so that ranks are complete.
 * @throws Error naming an unknown baseline or outcome, or a threat without a baseline arm.
 */
export function compare(rows: Rows, n: number, options: CompareOptions): Comparison {
  const { plan } = rows;
  const baseline = baselineSet(plan, options.baseline ?? plan.baseline);
  const arms: ComparedArm[] = [];
  for (const threat of new Set(plan.arms.map((arm) => arm.threat))) {
    const members = plan.arms.map((_, index) => index).filter((index) => plan.arms[index]!.threat === threat);
    const base = members.find((index) => plan.arms[index]!.set === baseline);
    if (base === undefined) throw new Error(`no arm of ${threat ?? 'the attack-free runs'} has the baseline ${baseline}`);
    for (const spec of outcomesOf(plan, options.outcome, threat)) arms.push(...compareOutcome(rows, n, members, base, spec, options.level));
  }
  return { level: options.level, baseline, replications: n, arms };
}

/** Differences that are no more than this part of the largest figure rank as equal: microseconds in minutes, or the last digits of a sum. */
const NEGLIGIBLE = 1e-9;

function compareOutcome(rows: Rows, n: number, members: readonly number[], base: number, spec: OutcomeSpec, level: number): ComparedArm[] {
  const { plan } = rows;
  const index = plan.outcomeSpecs.findIndex((other) => other.id === spec.id);
  const valueOf = (row: DoneRow): number => (index < 0 ? (row.succeeded === true ? 1 : 0) : row.values[index]!);
  let largest = 0;
  const compared = members.map((arm) => {
    const first: number[] = [];
    const second: number[] = [];
    for (let ordinal = 0; ordinal < n; ordinal++) {
      const own = rows.arm(arm, ordinal);
      const other = rows.arm(base, ordinal);
      if (failed(own) || failed(other)) continue;
      first.push(valueOf(own));
      largest = Math.max(largest, Math.abs(first.at(-1)!));
      second.push(valueOf(other));
    }
    // The baseline against itself is 0 by definition, not by estimation.
    if (arm === base)
      return { arm, difference: { mean: 0, low: 0, high: 0, level, n: first.length, method: 'none' } as const, varianceRatio: null };
    const { varianceRatio, ...difference } = estimateDifference(first, second, spec, plan.hours, confidenceOf(plan, level));
    return { arm, difference, varianceRatio };
  });
  const worse = (a: number | null, b: number | null): boolean =>
    a !== null && b !== null && Math.abs(a - b) > NEGLIGIBLE * largest && (spec.better === 'low' ? a > b : a < b);
  return compared.map(({ arm, difference, varianceRatio }) => ({
    id: plan.arms[arm]!.id,
    threat: plan.arms[arm]!.threat,
    set: plan.arms[arm]!.set,
    baseline: plan.arms[base]!.id,
    outcome: spec.id,
    difference,
    varianceRatio,
    rank: 1 + compared.filter((other) => worse(difference.mean, other.difference.mean)).length,
  }));
}

function baselineSet(plan: StudyPlan, wanted: string | null): string {
  if (wanted === null) throw new Error('this study names no baseline: give one');
  const arm = plan.arms.find((candidate) => candidate.set === wanted) ?? plan.arms.find((candidate) => candidate.id === wanted);
  if (arm !== undefined) return arm.set;
  throw new Error(`no arm or set is called ${wanted}; there are ${[...new Set(plan.arms.map((candidate) => candidate.set))].join(', ')}`);
}

function outcomesOf(plan: StudyPlan, wanted: string | undefined, threat: string | null): readonly OutcomeSpec[] {
  if (wanted === undefined) return summarised(plan);
  if (wanted === SUCCEEDED.id) return threat === null ? [] : [SUCCEEDED];
  const spec = plan.outcomeSpecs.find((candidate) => candidate.id === wanted);
  if (spec === undefined) throw new Error(`outcome ${wanted} is not defined`);
  return [spec];
}
