import { quantile, type Distribution } from '../kernel/distributions.ts';
import type { Micros } from '../kernel/time.ts';
import type { Address, Body } from '../model/message.ts';
import type { AttackContext, FrameView, PositionView, Shot } from '../model/technique.ts';
import { digestOf } from '../network/digest.ts';
import type { Adversary } from './adversary.ts';
import type { Decision, StepState } from './adversary-state.ts';
import { StepLuck } from './attack-luck.ts';
import { Sender, type Flow } from './attack-sending.ts';

/** The one object a technique is handed. Private fields keep the world out of its reach: a technique sees only the interface. */
export class StepContext implements AttackContext {
  readonly #adversary: Adversary;
  readonly #number: number;
  /** Own copies, frozen: a technique shares no object with the world. */
  #args: AttackContext['args'] | null = null;
  readonly #distributions = new Map<string, Distribution>();
  readonly #luck: StepLuck;
  readonly #sender: Sender;

  constructor(adversary: Adversary, number: number) {
    this.#adversary = adversary;
    this.#number = number;
    this.#luck = new StepLuck(adversary.kernel, this.#step);
    this.#sender = new Sender(adversary, number, this.#luck);
  }

  get now(): Micros {
    return this.#adversary.kernel.now;
  }

  get args(): AttackContext['args'] {
    return (this.#args ??= frozen(structuredClone(this.#step.args)));
  }

  get memory(): Record<string, unknown> {
    return this.#step.memory;
  }

  get #step(): StepState {
    return this.#adversary.state.steps[this.#number]!;
  }

  parameter(id: string): number {
    return this.#adversary.net.parameter(id);
  }

  distribution(id: string): Distribution {
    let own = this.#distributions.get(id);
    if (own === undefined) {
      own = frozen(structuredClone(this.#adversary.net.distribution(id)));
      this.#distributions.set(id, own);
    }
    return own;
  }

  draw(purpose: string, n: number, sub = 0): number {
    return this.#adversary.kernel.draws.uniform(this.#luck.key(purpose), n, sub);
  }

  sample(distribution: Distribution, purpose: string, n: number, sub = 0): number {
    return quantile(distribution, this.draw(purpose, n, sub));
  }

  after(delay: Micros, type: string, n = 0): void {
    this.#adversary.setTimer(this.#number, delay, type, n);
  }

  afterRandom(seconds: Distribution, purpose: string, n: number, type: string): void {
    this.#adversary.waitFor(this.#number, seconds, this.#luck.key(purpose), n, type);
  }

  knows(name: string): boolean {
    return this.#adversary.state.knowledge.has(name);
  }

  recall(name: string): string | number | null {
    return this.#adversary.state.knowledge.get(name) ?? null;
  }

  learn(name: string, value: string | number): void {
    const { knowledge, learned } = this.#adversary.state;
    knowledge.set(name, value);
    if (typeof value === 'string') learned.add(value);
  }

  positions(): readonly PositionView[] {
    return [...this.#adversary.state.positions.keys()].map((id) => this.position(id)!);
  }

  position(id: string): PositionView | null {
    const { net, state } = this.#adversary;
    const position = state.positions.get(id);
    if (position === undefined) return null;
    // A router stands on its inside networks too; the first of them is where it is most useful. A radio without an address is nowhere.
    const faces = net.nodeState(position.node).interfaces.filter(({ up }) => up);
    const at = faces.find((face) => net.segments[face.segment]!.medium === 'wifi') ?? faces.find((face) => face.address4 !== 0);
    return { id, kind: position.kind, segment: at === undefined ? null : net.segments[at.segment]!.id, address: at?.address4 ?? 0 };
  }

  request(position: string, shot: Shot): number {
    return this.#sender.request(position, shot);
  }

  datagram(position: string, shot: Shot & { readonly as?: Address }): number {
    return this.#sender.datagram(position, shot);
  }

  claimAddress(position: string, victim: Address, claimed: Address): number {
    return this.#sender.claimAddress(position, victim, claimed);
  }

  join(position: string, segment: string, passphrase: string): number {
    return this.#sender.join(position, segment, passphrase);
  }

  stream(position: string, to: string | Address, flow: Flow): number {
    return this.#sender.stream(position, to, flow);
  }

  stop(stream: number): void {
    this.#adversary.net.streams.stop(stream);
  }

  listen(position: string, promiscuous: boolean): void {
    this.#adversary.acts();
    this.#step.listens.set(position, promiscuous);
    this.#adversary.ears.relisten();
  }

  forward(frame: FrameView, change?: Body): void {
    const held = this.#held(frame);
    if (held === null || change === undefined) return;
    const { message } = held;
    held.change = change;
    if (!frame.readable) message.intact = false;
    else {
      message.body = change;
      message.digest = digestOf(change);
      if (message.signer !== null) message.signatureFits = false;
    }
    this.#adversary.labels.altered(message, this.#number);
  }

  drop(frame: FrameView): void {
    const held = this.#held(frame);
    if (held !== null) held.dropped = true;
  }

  impersonate(frame: FrameView): void {
    const held = this.#held(frame);
    if (held !== null && held.message.role === 'finished') held.impersonator = this.#number;
  }

  succeed(): void {
    this.#adversary.end(this.#number, 'succeeded', null);
  }

  fail(reason: string): void {
    this.#adversary.end(this.#number, 'failed', reason);
  }

  #held(frame: FrameView): Decision | null {
    const { decision } = this.#adversary;
    return decision !== null && frame.held && decision.message.id === frame.id ? decision : null;
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
