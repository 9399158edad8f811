import type { Message } from '../model/message.ts';
import type { Network } from '../network/network.ts';
import type { Adversary } from './adversary.ts';
import { INTERNET_HOST, RADIO_HOST } from './adversary-hosts.ts';
import type { PositionState } from './adversary-state.ts';

/** Where the adversary stands: on hosts of its own, and on every device that runs its code. */
export class Positions {
  private readonly adversary: Adversary;
  private readonly net: Network;

  constructor(adversary: Adversary) {
    this.adversary = adversary;
    this.net = adversary.net;
  }

  /** Node of a position, −1 when the adversary does not stand there. */
  nodeOf(position: string): number {
    return this.adversary.state.positions.get(position)?.node ?? -1;
  }

  /** Stands on its own hosts, and on the devices that are its from the start. */
  takeFirst(): void {
    this.takeOwn(INTERNET_HOST, 'internet');
    this.takeOwn(RADIO_HOST, 'radio');
    for (const device of this.adversary.spec.adversary.inside) {
      const node = this.net.nodeIndex.get(device)!;
      if (this.net.nodeState(node).power) this.gain(node, 0); // no code runs on what is switched off
    }
  }

  private takeOwn(id: string, kind: PositionState['kind']): void {
    const node = this.net.nodeIndex.get(id);
    if (node !== undefined) this.adversary.state.positions.set(id, { kind, node });
  }

  /** A foreign party's code now runs on a device; was it ours? */
  runsCode(node: number, brought: Message): boolean {
    const step = this.adversary.labels.stepOf(brought);
    if (step < 0) return false;
    this.gain(node, step);
    return true;
  }

  /** Code of the adversary runs on a device, thanks to a step. */
  private gain(node: number, step: number): void {
    const { adversary } = this;
    const { positions, steps } = adversary.state;
    adversary.acts();
    const id = this.net.nodes[node]!.id;
    this.net.nodeState(node).party = 'adversary';
    if (positions.has(id)) return;
    positions.set(id, { kind: 'foothold', node });
    adversary.ears.relisten();
    this.learnGateway(id, node);
    adversary.observers.controlled(id);
    if (steps[step] !== undefined) adversary.emit(step, { type: 'gained', position: id, frame: null, n: 0, body: { device: id } });
  }

  /** One of its own hosts has joined a network. */
  joined(node: number): void {
    const { adversary } = this;
    const id = this.net.nodes[node]!.id;
    this.learnGateway(id, node);
    adversary.ears.relisten();
    this.tell('joined', id);
  }

  /** One of its own hosts has found no network to join. */
  unanswered(node: number): void {
    this.tell('failed', this.net.nodes[node]!.id);
  }

  private tell(type: 'joined' | 'failed', position: string): void {
    const { adversary } = this;
    const step = adversary.state.steps.findIndex((candidate) => candidate.status === 'running');
    if (step >= 0) adversary.emit(step, { type, position, frame: null, n: 0, body: null });
  }

  /** Whoever stands on a network knows its gateway's address. */
  private learnGateway(position: string, node: number): void {
    const at = this.net.nodeState(node).interfaces.find((face) => this.net.segments[face.segment]!.gatewayNode >= 0);
    if (at === undefined) return;
    const gateway = this.net.segments[at.segment]!.gatewayNode;
    const face = this.net.nodeState(gateway).interfaces.find((candidate) => candidate.segment === at.segment);
    if (face !== undefined) this.adversary.state.knowledge.set(`gateway:${position}`, face.address4);
  }
}
