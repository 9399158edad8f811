import { fingerprintOf } from '../kernel/fingerprint.ts';
import type { OutcomeSpec } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';

/** One column of the study: a threat event under a set of mitigations. */
export interface Arm {
  /** `threat/set`. */
  readonly id: string;
  readonly threat: string | null;
  readonly set: string;
  readonly mitigations: readonly string[];
}

export interface PlannedArm extends Arm {
  readonly spec: WorldSpec;
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** When a study has run enough; looked at only at fixed counts (see stopping.ts). */
export interface Replications {
  readonly atLeast: number;
  readonly atMost: number;
  readonly until: { readonly outcome: string; readonly halfWidth: number; readonly level: number } | null;
}

/** Everything that decides a study's numbers; plain data. */
export interface StudyPlan {
  readonly id: string;
  readonly question: string;
  readonly hours: number;
  readonly course: 'natural' | 'deteriorating';
  readonly seed: number;
  readonly arms: readonly PlannedArm[];
  /** Set that differences are taken against, null for none. */
  readonly baseline: string | null;
  /** Ids of the outcomes to summarise, in order; empty for all. The results folder always holds all. */
  readonly outcomes: readonly string[];
  /** Every outcome the engine reports. */
  readonly outcomeSpecs: readonly OutcomeSpec[];
  readonly replications: Replications;
  readonly shard: Shard | null;
}

/** Arms that share one attack-free run: same set, same world but for the threat. */
export interface Group {
  /** `attack-free/set`. */
  readonly id: string;
  readonly set: string;
  readonly mitigations: readonly string[];
  /** The set's world with no adversary. */
  readonly spec: WorldSpec;
  /** Indices into `plan.arms`. */
  readonly arms: readonly number[];
}

/** The same world with nobody attacking it: no threat, and nothing that an adversary would have had. */
export const withoutAttack = (spec: WorldSpec): WorldSpec => ({
  ...spec,
  threat: null,
  adversary: { inRange: false, inside: [], knows: [] },
});

/**
 * Groups of a plan in order of first appearance. Sharing is by content, not by name: should a threat's world differ from
 * its neighbours' in more than the threat, it gets an attack-free run of its own (`attack-free/set#2`).
 * @throws Error for a plan that could not be run or told apart: no arm, equal ids, an impossible count.
 */
export function groupsOf(plan: StudyPlan): readonly Group[] {
  check(plan);
  const groups: { id: string; set: string; mitigations: readonly string[]; spec: WorldSpec; arms: number[]; key: string }[] = [];
  plan.arms.forEach((arm, index) => {
    const spec = withoutAttack(arm.spec);
    const key = fingerprintOf(spec);
    const known = groups.find((group) => group.set === arm.set && group.key === key);
    if (known !== undefined) {
      known.arms.push(index);
      return;
    }
    const sameSet = groups.filter((group) => group.set === arm.set).length;
    const id = `attack-free/${arm.set}${sameSet === 0 ? '' : `#${sameSet + 1}`}`;
    groups.push({ id, set: arm.set, mitigations: arm.mitigations, spec, arms: [index], key });
  });
  return groups;
}

function check(plan: StudyPlan): void {
  if (plan.arms.length === 0) throw new Error('a study needs at least one arm');
  const ids = new Set<string>();
  for (const arm of plan.arms) {
    if (ids.has(arm.id)) throw new Error(`two arms are called ${arm.id}`);
    if ((arm.spec.threat === null) !== (arm.threat === null)) throw new Error(`arm ${arm.id} and its world disagree about the threat`);
    ids.add(arm.id);
  }
  if (plan.baseline !== null && !plan.arms.some((arm) => arm.set === plan.baseline))
    throw new Error(`baseline ${plan.baseline} is not a set of this study`);
  const known = new Set(plan.outcomeSpecs.map((spec) => spec.id));
  for (const id of plan.outcomes) if (!known.has(id)) throw new Error(`outcome ${id} is not defined`);
  const { atLeast, atMost, until } = plan.replications;
  if (!Number.isInteger(atLeast) || !Number.isInteger(atMost) || atLeast < 1 || atMost < atLeast)
    throw new Error(`replications want whole 1 <= at-least <= at-most, got ${atLeast} and ${atMost}`);
  if (until !== null && !known.has(until.outcome)) throw new Error(`outcome ${until.outcome} is not defined`);
  if (plan.shard !== null) {
    const { index, of } = plan.shard;
    if (!Number.isInteger(index) || !Number.isInteger(of) || index < 1 || index > of) throw new Error(`shard ${index}/${of} is impossible`);
    if (of > atMost) throw new Error(`${of} shards are too many for ${atMost} replications`);
    if (until !== null && atLeast !== atMost)
      throw new Error("a shard cannot see the other shards' estimates, so it cannot stop by them: give a number of replications");
  }
}

/** The k-th replication that a plan runs: all of them in order, or every `of`-th for a shard. */
export function replicationAt(plan: StudyPlan, ordinal: number): number {
  return plan.shard === null ? ordinal : plan.shard.index - 1 + ordinal * plan.shard.of;
}

/** How many of the replications 0 … total − 1 the plan runs. */
export function shareOf(plan: StudyPlan, total: number): number {
  if (plan.shard === null) return total;
  const first = plan.shard.index - 1;
  return first >= total ? 0 : Math.floor((total - 1 - first) / plan.shard.of) + 1;
}

/** Position of a replication in the plan's order, or −1 when the plan does not run it. Inverse of `replicationAt`. */
export function ordinalOf(plan: StudyPlan, replication: number): number {
  if (plan.shard === null) return replication;
  const past = replication - (plan.shard.index - 1);
  return past >= 0 && past % plan.shard.of === 0 ? past / plan.shard.of : -1;
}

/** Specs of the outcomes that summaries show, in the study's order. */
export function summarised(plan: StudyPlan): readonly OutcomeSpec[] {
  if (plan.outcomes.length === 0) return plan.outcomeSpecs;
  return plan.outcomes.map((id) => plan.outcomeSpecs.find((spec) => spec.id === id)!);
}
