import type { Message } from '../model/message.ts';
import type { RecordValue } from '../model/records.ts';
import type { FrameView } from '../model/technique.ts';
import type { Network } from '../network/network.ts';
import type { Adversary } from './adversary.ts';
import { isLast, type Obstacle, type StepState } from './adversary-state.ts';

/**
 * Weights of obstacles: what the medium did explains a failure only where no rule or check does, and that some session could
 * not be read only where nothing else is known, not even which one the step is after.
 */
const SEALED = 0.5;
export const MEDIUM = 1;
const SEALED_WANTED = 1.5;
const CHECK = 2;
const MEDIUM_FACTS = [
  'no such connection',
  'lost in the air',
  'overloaded',
  'buffer full',
  'no acknowledgement',
  'is down',
  'switched off',
];

/** Did what a step met stop it, rather than make its failure likely? */
export const isBlocked = (step: StepState): boolean => step.obstacle !== null && step.obstacleWeight >= SEALED_WANTED;

/** What stands in the way of the adversary's steps: of all that a step met, the weightiest explains its result. */
export class Obstacles {
  private readonly adversary: Adversary;
  private readonly net: Network;

  constructor(adversary: Adversary) {
    this.adversary = adversary;
    this.net = adversary.net;
  }

  /** A step met an obstacle; of two with one weight the later counts. */
  obstruct(step: number, obstacle: Obstacle, weight = CHECK): void {
    const state = this.adversary.state.steps[step];
    if (state === undefined) return;
    if (state.status === 'succeeded' && weight >= CHECK) this.undo(state, obstacle);
    if (state.status !== 'running' || weight < state.obstacleWeight) return;
    state.obstacle = obstacle;
    state.obstacleWeight = weight;
  }

  /** What came of a step that went well was stopped. Told where the goal was the step's to reach, once for each way of stopping it. */
  private undo(step: StepState, obstacle: Obstacle): void {
    const known = step.aftermath;
    step.aftermath = obstacle;
    const news = known?.device !== obstacle.device || known.rule !== obstacle.rule || known.fact !== obstacle.fact;
    if (news && isLast(step, this.adversary.spec.threat!)) this.adversary.observers.step(step, 'fruitless', obstacle);
  }

  /** A message went no further: what it was explains the step it belongs to. */
  stopped(message: Message, obstacle: Obstacle): void {
    const step = this.adversary.labels.stepBehind(message);
    if (step < 0) return;
    const medium = obstacle.fact !== undefined && MEDIUM_FACTS.some((fact) => obstacle.fact!.includes(fact));
    this.obstruct(step, obstacle, medium ? MEDIUM : CHECK);
  }

  /** A session that cannot be read explains a failure when it is one that the step is after. */
  sealed(number: number, frame: FrameView): void {
    const step = this.adversary.state.steps[number]!;
    if (step.obstacleWeight >= SEALED_WANTED) return;
    const answer = frame.role === 'reply' || frame.role === 'push';
    const client = this.net.ownerOf(answer ? frame.dst : frame.src);
    const server = this.net.ownerOf(answer ? frame.src : frame.dst);
    const wanted = this.wantedBy(step);
    const isWanted = (node: number): boolean => node >= 0 && wanted.includes(this.net.nodes[node]!.id);
    if (wanted.length > 0 && !isWanted(client) && !isWanted(server)) return;
    const weight = wanted.length > 0 ? SEALED_WANTED : SEALED;
    if (weight <= step.obstacleWeight) return;
    this.obstruct(
      number,
      {
        device: client < 0 ? 'network' : this.net.nodes[client]!.id,
        fact: 'the session is encrypted (TLS): its content cannot be read or altered',
      },
      weight,
    );
  }

  /** Devices whose sessions a step is after, as far as it says. */
  private wantedBy({ technique, args }: StepState): readonly string[] {
    const wants = this.adversary.catalogue.techniques.get(technique)!.wants;
    return (
      wants?.(args) ??
      Object.values(args)
        .flat()
        .map(String)
        .filter((word) => this.net.nodeIndex.has(word))
    );
  }

  /** A check somewhere down the line, told by a device's record, stopped what an altered message had asked for. */
  checked(kind: string, device: string, fields: Readonly<Record<string, RecordValue>>): void {
    if (kind !== 'action-blocked' && kind !== 'order-declined') return;
    const step = this.adversary.state.references.get(String(fields['ref']));
    if (step !== undefined)
      this.obstruct(step, {
        device,
        fact: kind === 'order-declined' ? 'order declined: it is not what was said' : String(fields['action']),
      });
  }
}
