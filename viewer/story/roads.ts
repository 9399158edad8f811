import type { StepResult, ThreatResult } from '../../sim/model/result.ts';
import type { StepSpec, ThreatSpec } from '../../sim/model/spec.ts';
import { reasonOf } from './incidents.ts';
import type { StepView, Story } from './story.ts';

/** A step of a threat event's graph, and how it stands. */
export interface RoadStep {
  readonly technique: string;
  /** 'camera', 'hub, router': what the step is aimed at. */
  readonly target: string;
  /** waiting = not begun; in the end also: not tried, because the adversary did not get there */
  readonly status: 'waiting' | 'running' | StepResult['status'] | 'not tried' | 'done before';
  /** When it began and ended, µs. */
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
}

/**
 * The threat event's roads with the steps on each, as far as the story has come.
 * @param result how the run ends; it has the last word when the story is at its end, also on steps that never came to theirs
 */
export function roadsOf(threat: ThreatSpec, story: Story, result: ThreatResult | null): RoadStep[][] {
  const final = story.ended ? (result?.steps ?? null) : null;
  let place = 0;
  const roads = threat.alternatives.map((road, alternative) =>
    road.map(({ technique, args }, index): RoadStep => {
      const told = story.steps.find((step) => step.alternative === alternative && step.index === index);
      const end = final?.[place++];
      return { technique, target: targetOf(args), ...(end === undefined ? soFar(told, story) : inTheEnd(end, told)) };
    }),
  );
  return roads.map((road) => road.map((step, index) => (doneBefore(road, index) ? { ...step, status: 'done before' } : step)));
}

type Standing = Pick<RoadStep, 'status' | 'from' | 'to' | 'reason'>;

/** As the result would say it if the run ended now: what stopped the fruits of a step counts unless the goal was reached after all. */
function soFar(told: StepView | undefined, { goalAt }: Story): Standing {
  if (told === undefined) return { status: 'waiting', from: null, to: null, reason: '' };
  const { from, to, reason } = told;
  if (told.status !== 'fruitless') return { status: told.status as RoadStep['status'], from, to, reason };
  return goalAt === null ? { status: 'blocked', from, to, reason } : { status: 'succeeded', from, to, reason: '' };
}

function inTheEnd(end: StepResult, told: StepView | undefined): Standing {
  const status = end.status === 'skipped' ? 'not tried' : end.status;
  return { status, from: told?.from ?? null, to: told?.to ?? null, reason: reasonOf(end.blockedBy) };
}

/** What worked on one road is not done again on the next: so it is with a step that was not begun while one after it was. */
function doneBefore(road: readonly RoadStep[], index: number): boolean {
  return road[index]!.from === null && road.slice(index + 1).some(({ from }) => from !== null);
}

function targetOf(args: StepSpec['args']): string {
  const parts = [args['on'] ?? args['between'] ?? args['what'] ?? [], args['path'] ?? []];
  return parts.flat().map(String).join(', ');
}
