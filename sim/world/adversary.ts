import type { Distribution } from '../kernel/distributions.ts';
import type { StreamKey } from '../kernel/draws.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { HOUR, type Micros } from '../kernel/time.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { WorldSpec } from '../model/spec.ts';
import type { AttackEvent } from '../model/technique.ts';
import type { Network } from '../network/network.ts';
import type { Stream } from '../network/state.ts';
import { Ears } from './adversary-ears.ts';
import { Labels } from './adversary-labels.ts';
import { isBlocked, Obstacles } from './adversary-obstacles.ts';
import { Positions } from './adversary-positions.ts';
import { stopperOf } from './adversary-results.ts';
import { learnAtStart } from './adversary-start.ts';
import { blankState, isLast, stepAt, type AdversaryState, type Decision } from './adversary-state.ts';
import { StepContext } from './attack-context.ts';
import type { Observers } from './observers.ts';

/** Weight of an obstacle that only says what did not come about: any that says why explains more. */
const UNEXPLAINED = 0;
/** Time of a failed association, µs. */
const REFUSAL_DELAY = 2_000_000;

/**
 * Carries out a threat event: starts techniques as the planner says, hands them what reaches the adversary's positions,
 * and ends them. Its power over the world is the network's: it can send and listen where it stands. Its parts share this
 * object; all that changes lies in `state`.
 */
export class Adversary {
  readonly kernel: Kernel;
  readonly net: Network;
  readonly spec: WorldSpec;
  readonly catalogue: Catalogue;
  readonly observers: Observers;
  state: AdversaryState;
  readonly positions: Positions;
  readonly ears: Ears;
  readonly labels: Labels;
  readonly obstacles: Obstacles;
  private readonly contexts: StepContext[] = [];
  /** What is being decided about the frame that a technique holds just now. */
  decision: Decision | null = null;
  private readonly timer: number;
  private readonly proceed: number;
  private readonly refusal: number;
  private readonly subject: number;
  private readonly onAct: (() => never) | null;

  /** @param onAct where it only rehearses: called before it does anything that the world could notice (see rehearsal.ts) */
  constructor(
    kernel: Kernel,
    net: Network,
    spec: WorldSpec,
    catalogue: Catalogue,
    observers: Observers,
    onAct: (() => never) | null = null,
  ) {
    this.kernel = kernel;
    this.net = net;
    this.spec = spec;
    this.catalogue = catalogue;
    this.observers = observers;
    this.onAct = onAct;
    this.subject = kernel.subject('adversary');
    this.state = blankState();
    this.positions = new Positions(this);
    this.ears = new Ears(this);
    this.labels = new Labels(this);
    this.obstacles = new Obstacles(this);
    this.proceed = kernel.register('attack.proceed', () => this.next(), { digest: () => {}, apart: true });
    this.refusal = kernel.register(
      'attack.join-refused',
      (_subject, step, _n, data: { position: string; security: string }) =>
        this.emit(step, { type: 'refused', position: data.position, frame: null, n: 0, body: { security: data.security } }),
      { apart: true },
    );
    this.timer = kernel.register(
      'attack.timer',
      (_subject, step, n, type: string) => this.emit(step, { type, position: '', frame: null, n, body: null }),
      {
        digest: (fingerprint, step, n, type: string) => {
          fingerprint.number(step);
          fingerprint.number(n);
          fingerprint.text(type);
        },
        apart: true,
      },
    );
  }

  /** Learns what it starts with and waits for its hour. Once, when the world starts. */
  begin(): void {
    learnAtStart(this.state.knowledge, this.net, this.spec, this.catalogue);
    this.positions.takeFirst();
    this.kernel.wait(
      this.net.distribution('adversary.start'),
      HOUR,
      this.kernel.keys.key('adversary start'),
      0,
      0,
      this.proceed,
      this.subject,
    );
  }

  /** Starts the next step, as the planner says. */
  private next(): void {
    if (this.state.startedAt < 0) this.state.startedAt = this.kernel.now;
    const attempts = this.state.steps
      .filter((step) => step.status !== 'running')
      .map(({ technique, args, status, alternative }) => ({ technique, args, status: status as 'succeeded' | 'failed', alternative }));
    const answer = this.catalogue.planner(this.spec.threat!.alternatives, { attempts });
    if (typeof answer === 'string') {
      this.state.ended = answer;
      return;
    }
    const spec = this.spec.threat!.alternatives[answer.alternative]![answer.step]!;
    const number = this.state.steps.push(stepAt(answer.alternative, answer.step, spec, this.kernel.now)) - 1;
    if (this.atLastStep()) this.acts(); // from now on the goal can be reached
    this.observers.step(this.state.steps[number]!, 'running', null);
    this.catalogue.techniques.get(spec.technique)!.start(this.context(number));
  }

  /** Called before what somebody else could notice, now or later, and the network is not asked to do. */
  acts(): void {
    this.onAct?.();
  }

  /** Ends a step; the next one is chosen at once, as an event of its own. */
  end(number: number, status: 'succeeded' | 'failed', reason: string | null): void {
    const step = this.state.steps[number]!;
    if (step.status !== 'running') return;
    step.status = status;
    step.endedAt = this.kernel.now;
    step.reason = reason;
    if (status === 'failed') {
      step.listens.clear();
      this.ears.relisten();
    }
    if (status === 'succeeded') this.observers.step(step, status, null);
    else this.observers.step(step, isBlocked(step) ? 'blocked' : status, stopperOf(step));
    this.kernel.at(this.kernel.now, this.proceed, this.subject);
  }

  /** The object a step's technique is handed; one a step, made again after a restore. */
  private context(number: number): StepContext {
    return (this.contexts[number] ??= new StepContext(this, number));
  }

  /** Hands an event to a step's technique. Steps that failed hear nothing more. */
  emit(number: number, event: AttackEvent, decision: Decision | null = null): void {
    const step = this.state.steps[number]!;
    if (step.status === 'failed') return;
    this.decision = decision;
    this.catalogue.techniques.get(step.technique)!.on[event.type]?.(this.context(number), event);
  }

  /** Sets a timer of a step's technique. */
  setTimer(step: number, delay: Micros, type: string, n: number): void {
    this.kernel.at(this.kernel.now + Math.max(0, Math.round(delay)), this.timer, this.subject, step, n, type);
  }

  /** The same after a random time, drawn with a key of the step's luck. */
  waitFor(step: number, seconds: Distribution, key: StreamKey, n: number, type: string): void {
    this.kernel.wait(seconds, 1e6, key, n, 0, this.timer, this.subject, step, n, type);
  }

  /** The access point turns a try to join down: the step learns it a moment later, with the kind of protection. */
  refuseLater(step: number, position: string, security: string): void {
    this.kernel.at(this.kernel.now + REFUSAL_DELAY, this.refusal, this.subject, step, 0, { position, security });
  }

  /** What became of a flow that a step asked for. */
  flow({ id, node, label }: Stream, state: 'runs' | 'over' | 'failed'): void {
    const step = label - 1;
    const position = this.net.nodes[node]!.id;
    if (state === 'failed') {
      this.obstacles.obstruct(step, { device: position, fact: 'its flow could not be opened' }, UNEXPLAINED);
      this.setTimer(step, 0, 'failed', id); // an event of its own: this may be known before `stream` has returned
      return;
    }
    this.observers.flooding(id, state === 'runs');
    if (state === 'runs') this.emit(step, { type: 'opened', position, frame: null, n: id, body: null });
  }

  /** Has it begun, and does it stand on this device or know this session's token? Then cutting it off contains the attack. */
  holds(device: string, token: string | null): boolean {
    const { startedAt, positions, knowledge, learned } = this.state;
    if (startedAt < 0) return false;
    if (positions.has(device)) return true;
    return token !== null && (learned.has(token) || [...knowledge.values()].includes(token));
  }

  /** Has the last step of some alternative begun (and not failed)? Only then can the goal be the adversary's doing. */
  atLastStep(): boolean {
    return this.state.steps.some((step) => step.status !== 'failed' && isLast(step, this.spec.threat!));
  }

  /** Goes on from a state; what follows from it is made anew. */
  restore(state: AdversaryState): void {
    this.state = state;
    this.contexts.length = 0;
    this.labels.restore();
    this.ears.relisten();
  }
}
