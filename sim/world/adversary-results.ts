import type { StepResult } from '../model/result.ts';
import type { ThreatSpec } from '../model/spec.ts';
import { isBlocked } from './adversary-obstacles.ts';
import { isLast, type StepState } from './adversary-state.ts';

/**
 * Steps for the result, in the graph's order; those never begun are skipped.
 * @param reached has the threat event come to its goal?
 */
export function stepResults(threat: ThreatSpec, steps: readonly StepState[], reached: boolean): StepResult[] {
  return threat.alternatives.flatMap((road, alternative) =>
    road.map((spec, index): StepResult => {
      const step = steps.find((candidate) => candidate.alternative === alternative && candidate.index === index);
      if (step === undefined) return { technique: spec.technique, status: 'skipped', at: null, messages: [], blockedBy: null };
      return resultOf(step, !reached && isLast(step, threat));
    }),
  );
}

/** @param fruitless the goal was this step's to reach, and it was not reached */
function resultOf(step: StepState, fruitless: boolean): StepResult {
  const { technique } = step;
  const at = step.startedAt / 1e6;
  const messages = [...step.messages];
  if (step.status === 'succeeded') {
    if (fruitless && step.aftermath !== null) return { technique, status: 'blocked', at, messages, blockedBy: step.aftermath };
    return { technique, status: 'succeeded', at, messages, blockedBy: null };
  }
  return { technique, status: isBlocked(step) ? 'blocked' : 'failed', at, messages, blockedBy: stopperOf(step) };
}

/** What stopped a step that did not succeed: the obstacle it met, else what its technique says of its target; null where nobody says. */
export function stopperOf(step: StepState): StepResult['blockedBy'] {
  const target = String(step.args['on'] ?? step.args['server'] ?? step.args['segment'] ?? 'network');
  return step.obstacle ?? (step.reason === null ? null : { device: target, fact: step.reason });
}
