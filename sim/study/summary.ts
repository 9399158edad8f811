import { estimateProportion, type Confidence, type Estimate } from '../stats/index.ts';
import { applies, estimateDifference, estimateOutcome, undefinedHere, type OutcomeEstimate } from './outcome.ts';
import { summarised, type Arm, type StudyPlan } from './plan.ts';
import { failed, finished, type DoneRow, type Failure, type Rows } from './rows.ts';
import { looks as looksOf, type Look } from './stopping.ts';

export interface ArmSummary extends Arm {
  /** Share of replications that reached the threat's goal; null without a threat. */
  readonly succeeded: Estimate | null;
  readonly outcomes: Readonly<Record<string, OutcomeEstimate>>;
  /** With the attack minus the same seed and mitigations without it. */
  readonly attributable: Readonly<Record<string, Estimate>>;
}

export interface AttackFreeSummary {
  readonly id: string;
  readonly set: string;
  readonly mitigations: readonly string[];
  readonly outcomes: Readonly<Record<string, OutcomeEstimate>>;
}

/** The document of `study --json` and `summary.json`. Nothing in it depends on the machine, the workers or the time of day. */
export interface StudyResult {
  readonly study: string;
  readonly question: string;
  /** 128 bits over all runs of the finished prefix. */
  readonly fingerprint: string;
  /** Replications in every arm that the estimates rest on. */
  readonly replications: number;
  readonly seed: number;
  readonly shard: StudyPlan['shard'];
  /** What every figure is conditional on (design section 7). */
  readonly given: { readonly adversary: 'tries'; readonly course: StudyPlan['course']; readonly hours: number };
  readonly baseline: string | null;
  readonly arms: readonly ArmSummary[];
  readonly attackFree: readonly AttackFreeSummary[];
  readonly failures: readonly Failure[];
  /** Looks that a stopping rule took, empty without one. */
  readonly looks: readonly Look[];
}

/** Values of one outcome over rows; NaN where it did not happen. */
export const column = (rows: readonly DoneRow[], outcome: number): number[] => rows.map((row) => row.values[outcome]!);

/** What intervals of a study cover with: also when its rule decided when to stop. */
export const confidenceOf = ({ replications }: StudyPlan, level: number): Confidence => ({ level, looks: looksOf(replications).length });

/** Estimates from the first n replications, in replication order. Failed runs are left out, so n of an estimate tells. */
export function summarise(rows: Rows, n: number, level: number, looks: readonly Look[] = []): StudyResult {
  const { plan } = rows;
  const confidence = confidenceOf(plan, level);
  const specs = summarised(plan).map((spec) => ({ spec, index: plan.outcomeSpecs.findIndex((other) => other.id === spec.id) }));
  const ordinals = Array.from({ length: n }, (_, ordinal) => ordinal);
  const attackFree = rows.groups.map((group, g): AttackFreeSummary => {
    const done = finished(ordinals.map((ordinal) => rows.attackFree(g, ordinal)));
    const of = ({ spec, index }: (typeof specs)[number]): OutcomeEstimate =>
      applies(spec, null) ? estimateOutcome(column(done, index), spec, plan.hours, confidence) : undefinedHere(confidence);
    const outcomes = specs.map((one) => [one.spec.id, of(one)] as const);
    return { id: group.id, set: group.set, mitigations: group.mitigations, outcomes: Object.fromEntries(outcomes) };
  });
  const arms = plan.arms.map((arm, a): ArmSummary => {
    const group = rows.groupOf(a);
    const pairs = ordinals.map((ordinal) => ({ attacked: rows.arm(a, ordinal), free: rows.attackFree(group, ordinal) }));
    const done = finished(pairs.map((pair) => pair.attacked));
    const both = pairs.flatMap(({ attacked, free }) => (failed(attacked) || failed(free) ? [] : [{ attacked, free }]));
    const reached = done.filter((row) => row.succeeded === true).length;
    const outcomes: [string, OutcomeEstimate][] = [];
    const attributable: [string, Estimate][] = [];
    for (const { spec, index } of specs) {
      const attacked = both.map((pair) => pair.attacked.values[index]!);
      const free = both.map((pair) => pair.free.values[index]!);
      const own = applies(spec, arm.threat);
      outcomes.push([spec.id, own ? estimateOutcome(column(done, index), spec, plan.hours, confidence) : undefinedHere(confidence)]);
      const known = applies(spec, null);
      attributable.push([spec.id, known ? estimateDifference(attacked, free, spec, plan.hours, confidence) : undefinedHere(confidence)]);
    }
    return {
      id: arm.id,
      threat: arm.threat,
      set: arm.set,
      mitigations: arm.mitigations,
      succeeded: arm.threat === null ? null : estimateProportion(reached, done.length, confidence),
      outcomes: Object.fromEntries(outcomes),
      attributable: Object.fromEntries(attributable),
    };
  });
  return {
    study: plan.id,
    question: plan.question,
    fingerprint: rows.fingerprint(n),
    replications: n,
    seed: plan.seed,
    shard: plan.shard,
    given: { adversary: 'tries', course: plan.course, hours: plan.hours },
    baseline: plan.baseline,
    arms,
    attackFree,
    failures: rows.failures(n),
    looks,
  };
}

/** Is the interval of every arm that has the stopping outcome narrow enough after n replications, and one to be trusted? */
export function look(rows: Rows, n: number): Look {
  const { plan } = rows;
  const until = plan.replications.until;
  if (until === null) return { replications: n, halfWidth: null, enough: false };
  const index = plan.outcomeSpecs.findIndex((spec) => spec.id === until.outcome);
  const spec = plan.outcomeSpecs[index]!;
  const asked = plan.arms.map((_, a) => a).filter((a) => applies(spec, plan.arms[a]!.threat));
  let widest: number | null = asked.length > 0 ? 0 : null;
  for (const a of asked) {
    const done = finished(Array.from({ length: n }, (_unused, ordinal) => rows.arm(a, ordinal)));
    const { low, high, warn } = estimateOutcome(column(done, index), spec, plan.hours, confidenceOf(plan, until.level));
    if (widest === null || low === null || high === null || warn !== undefined) widest = null;
    else widest = Math.max(widest, (high - low) / 2);
  }
  return { replications: n, halfWidth: widest, enough: widest !== null && widest <= until.halfWidth };
}
