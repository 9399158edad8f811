import type { OutcomeSpec } from '../model/result.ts';
import type { PairedEstimate } from '../stats/index.ts';
import { applies, estimateDifference, never, undefinedHere } from './outcome.ts';
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
  /**
   * 1 is best, among the arms of this threat by this outcome's mean difference over the replications that all of them have;
   * equal means share a rank, arms without a figure come last.
   */
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
  /** By member, then replication: null where the run failed, NaN where the outcome did not happen. */
  const figures = members.map((arm) =>
    Array.from({ length: n }, (_, ordinal) => {
      const row = rows.arm(arm, ordinal);
      return failed(row) ? null : valueOf(row);
    }),
  );
  const others = figures[members.indexOf(base)]!;
  // That a time did not come is a figure as well.
  const timed = never(spec, plan.hours) !== null;
  const isFigure = (value: number | null): boolean => value !== null && (timed || !Number.isNaN(value));
  const confidence = confidenceOf(plan, level);
  const differenceOver = (member: number, among: (ordinal: number) => boolean): PairedEstimate => {
    if (!applies(spec, plan.arms[base]!.threat)) return undefinedHere(confidence);
    const first: number[] = [];
    const second: number[] = [];
    figures[member]!.forEach((own, ordinal) => {
      const other = others[ordinal]!;
      if (own === null || other === null || !among(ordinal)) return;
      first.push(own);
      second.push(other);
    });
    if (members[member] !== base) return estimateDifference(first, second, spec, plan.hours, confidence);
    // The baseline against itself is 0 by definition, not by estimation, as soon as there is anything to compare.
    const mean = first.some(isFigure) ? 0 : null;
    return { mean, low: mean, high: mean, level, n: first.length, method: 'none', varianceRatio: null };
  };
  const compared = members.map((_, member) => differenceOver(member, () => true));

  // Ranks rest on the same replications for all: an arm that lost those where things went badly would else come out ahead.
  // Where none is common, on each arm's own.
  const known = figures.filter((_, member) => compared[member]!.mean !== null);
  const shared = Array.from({ length: n }, (_, ordinal) => known.every((values) => isFigure(values[ordinal]!)));
  const apart = shared.includes(false) && shared.includes(true);
  const means = compared.map(({ mean }, member) => (apart && mean !== null ? differenceOver(member, (r) => shared[r]!).mean : mean));
  const ranks = ranksOf(means, spec.better, NEGLIGIBLE * largestOf(figures));
  return compared.map(({ varianceRatio, ...difference }, member) => ({
    id: plan.arms[members[member]!]!.id,
    threat: plan.arms[members[member]!]!.threat,
    set: plan.arms[members[member]!]!.set,
    baseline: plan.arms[base]!.id,
    outcome: spec.id,
    difference,
    varianceRatio,
    rank: ranks[member]!,
  }));
}

/** From 1, the best; means that differ by no more than `negligible` rank alike, none at all comes last. */
function ranksOf(means: readonly (number | null)[], better: OutcomeSpec['better'], negligible: number): readonly number[] {
  const worse = (a: number | null, b: number | null): boolean => {
    if (a === null || b === null) return a === null && b !== null;
    return Math.abs(a - b) > negligible && (better === 'low' ? a > b : a < b);
  };
  return means.map((mean) => 1 + means.filter((other) => worse(mean, other)).length);
}

/** Largest size among the figures that there are. */
function largestOf(figures: readonly (readonly (number | null)[])[]): number {
  let largest = 0;
  for (const values of figures) for (const value of values) if (value !== null && Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}

/** The set that a baseline means: a set's own name, or that of an arm. @throws Error when there is neither */
export function baselineSet(plan: StudyPlan, wanted: string | null): string {
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
