import type { Kernel } from '../kernel/kernel.ts';
import { HOUR, type Micros } from '../kernel/time.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Body, Message } from '../model/message.ts';
import type { RecordValue } from '../model/records.ts';
import type { StepResult } from '../model/result.ts';
import type { StepSpec, WorldSpec } from '../model/spec.ts';
import type { AttackEvent, FrameView } from '../model/technique.ts';
import type { Network } from '../network/network.ts';
import { luckOf, passphraseOf, type AdversaryState, type Decision, type Obstacle, type StepState } from './adversary-state.ts';
import { SeenFrame } from './frame-view.ts';
import { StepContext } from './attack-context.ts';
import { Marks } from './marks.ts';
import type { Observers } from './observers.ts';

/** Who reports what the adversary has read. */
const PARTY = 'adversary';
/** Adversary hosts that a world has when there is a threat event; no model runs on them. */
export const INTERNET_HOST = 'attacker';
export const RADIO_HOST = 'neighbour';

/** Weights of obstacles: what the medium did explains a failure only where no rule or check does. */
const MEDIUM = 1;
const CHECK = 2;
const SEALED = 1.5;
const SEALED_WANTED = 1.75;
const MEDIUM_FACTS = [
  'no such connection',
  'lost in the air',
  'overloaded',
  'buffer full',
  'no acknowledgement',
  'is down',
  'switched off',
];

/**
 * Carries out a threat event: starts techniques as the planner says, hands them what reaches the adversary's positions,
 * and keeps the labels and obstacles that explain the result. Its power over the world is the network's: it can
 * send and listen where it stands.
 */
export class Adversary {
  readonly kernel: Kernel;
  readonly net: Network;
  readonly spec: WorldSpec;
  readonly catalogue: Catalogue;
  readonly observers: Observers;
  state: AdversaryState;
  /** Nodes and segments on which some step listens; follows from state. */
  /** By node and by segment: does a step listen there? */
  private readonly listeningNodes: boolean[];
  private readonly listeningSegments: boolean[];
  /** Messages with a label or an origin among its steps. */
  private readonly marks = new Marks();
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
    this.listeningNodes = net.nodes.map(() => false);
    this.listeningSegments = net.segments.map(() => false);
    this.state = {
      knowledge: new Map(),
      positions: new Map(),
      steps: [],
      asked: new Map(),
      nextAsked: 1,
      labels: new Map(),
      consequences: new Map(),
      references: new Map(),
      read: new Set(),
      startedAt: -1,
      ended: 'no',
    };
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
    const { knowledge, positions } = this.state;
    for (const [name, value] of this.catalogue.publicKnowledge) knowledge.set(name, value);
    const home = this.homeGateway();
    if (home >= 0) knowledge.set('address:home', this.net.publicAddress(home));
    for (const device of this.spec.devices) {
      const node = this.net.nodeIndex.get(device.id)!;
      // Clouds see a home device's IPv6 address whenever it calls; lists of such addresses are traded.
      if (this.net.nodes[node]!.homeClient) knowledge.set(`address6:${device.id}`, this.net.addressOf(node, 6));
    }
    for (const segment of this.spec.segments) {
      if (segment.medium !== 'wifi') continue;
      knowledge.set(`credential:wifi-factory:${segment.id}`, passphraseOf('factory-derived', segment.id));
      knowledge.set(`credential:wifi-wordlist:${segment.id}`, passphraseOf('weak', segment.id));
    }
    for (const known of this.spec.adversary.knows) {
      const at = known.indexOf('=');
      knowledge.set(known.slice(0, at), known.slice(at + 1));
    }
    const add = (id: string, kind: 'internet' | 'radio'): void => {
      const node = this.net.nodeIndex.get(id);
      if (node !== undefined) positions.set(id, { kind, node });
    };
    add(INTERNET_HOST, 'internet');
    add(RADIO_HOST, 'radio');
    for (const device of this.spec.adversary.inside) {
      const node = this.net.nodeIndex.get(device)!;
      if (this.net.nodeState(node).power) this.gain(node, 0); // no code runs on what is switched off
    }
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

  /** The home's access point, −1 for none. */
  homeGateway(): number {
    return this.net.segments.find((segment) => segment.medium === 'wifi')?.gatewayNode ?? -1;
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
    const step: StepState = {
      alternative: answer.alternative,
      index: answer.step,
      technique: spec.technique,
      args: spec.args,
      status: 'running',
      startedAt: this.kernel.now,
      endedAt: -1,
      memory: {},
      messages: [],
      obstacle: null,
      obstacleWeight: 0,
      aftermath: null,
      reason: null,
      listens: new Map(),
    };
    this.state.steps.push(step);
    if (this.atLastStep()) this.acts(); // from now on the goal can be reached
    this.observers.step(spec.technique, 'running', null);
    const number = this.state.steps.length - 1;
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
      this.relisten();
    }
    this.observers.step(step.technique, status === 'failed' && step.obstacle !== null ? 'blocked' : status, step.obstacle);
    this.kernel.at(this.kernel.now, this.proceed, this.subject);
  }

  /** The object a step's technique is handed; one a step, made again after a restore. */
  private context(number: number): StepContext {
    return (this.contexts[number] ??= new StepContext(this, number));
  }

  /** Hands an event to a step's technique. Steps that failed hear nothing more. */
  private emit(number: number, event: AttackEvent, decision: Decision | null = null): void {
    const step = this.state.steps[number]!;
    if (step.status === 'failed') return;
    this.decision = decision;
    this.catalogue.techniques.get(step.technique)!.on[event.type]?.(this.context(number), event);
  }

  setTimer(step: number, delay: Micros, type: string, n: number): void {
    this.kernel.at(this.kernel.now + Math.max(0, Math.round(delay)), this.timer, this.subject, step, n, type);
  }

  waitFor(step: number, seconds: Parameters<Kernel['wait']>[0], purpose: string, n: number, type: string): void {
    const key = this.kernel.keys.key(`${luckOf(this.state.steps[step]!)} ${purpose}`);
    this.kernel.wait(seconds, 1e6, key, n, 0, this.timer, this.subject, step, n, type);
  }

  // ---- what the network tells ------------------------------------------------------------------------------------

  listening(node: number): boolean {
    return this.listeningNodes[node]!;
  }

  listeningIn(segment: number): boolean {
    return this.listeningSegments[segment]!;
  }

  /** After a step changed what it listens to, or positions moved. */
  relisten(): void {
    this.listeningNodes.fill(false);
    this.listeningSegments.fill(false);
    for (const step of this.state.steps)
      for (const [id, promiscuous] of step.listens) {
        const position = this.state.positions.get(id);
        if (position === undefined) continue;
        this.listeningNodes[position.node] = true;
        if (promiscuous)
          for (const at of this.net.nodeState(position.node).interfaces)
            if (this.hears(at.segment)) this.listeningSegments[at.segment] = true;
      }
  }

  /** Can other stations' frames be read on this segment? Open or WPA2 with the passphrase: yes; WPA3 derives a key per station. */
  private hears(segment: number): boolean {
    const { medium, gatewayNode } = this.net.segments[segment]!;
    if (medium !== 'wifi') return false;
    return this.net.host.setting(gatewayNode, 'wifi.security') !== 'wpa3';
  }

  /** A frame is at a node where code of the adversary listens. false: it goes no further. */
  hold(node: number, message: Message): boolean {
    const decision: Decision = { message, change: null, dropped: false, impersonated: false };
    const frame = this.view(node, message, true);
    this.disclose(message, frame);
    for (let number = 0; number < this.state.steps.length; number++) {
      const step = this.state.steps[number]!;
      for (const id of step.listens.keys()) if (this.state.positions.get(id)?.node === node) this.tell(number, id, frame, decision);
    }
    if (decision.dropped) return false;
    if (decision.impersonated) {
      message.body = { ...message.body, certificate: `${this.net.nodes[node]!.id}.example`, by: this.net.nodes[node]!.id };
      this.altered(message, this.state.steps.length - 1);
    }
    return true;
  }

  private tell(number: number, position: string, frame: FrameView, decision: Decision | null): void {
    const step = this.state.steps[number]!;
    if (!frame.readable && step.status === 'running' && step.obstacleWeight < SEALED_WANTED) this.noteSealed(number, frame);
    if (step.status !== 'failed' && this.catalogue.techniques.get(step.technique)!.on['frame'] !== undefined)
      this.emit(number, new FrameEvent(position, frame), decision);
  }

  /** A session that cannot be read explains a failure, more so when it is one that the step is after. */
  private noteSealed(number: number, frame: FrameView): void {
    const step = this.state.steps[number]!;
    const answer = frame.role === 'reply' || frame.role === 'push';
    const client = this.net.ownerOf(answer ? frame.dst : frame.src);
    const server = this.net.ownerOf(answer ? frame.src : frame.dst);
    const named = (node: number): boolean =>
      node >= 0 &&
      Object.values(step.args).some(
        (value) => value === this.net.nodes[node]!.id || (Array.isArray(value) && value.includes(this.net.nodes[node]!.id)),
      );
    const weight = named(client) || named(server) ? SEALED_WANTED : SEALED;
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

  /** A frame was in the air of a segment where the adversary listens. */
  overhear(segment: number, message: Message): void {
    // Several steps may listen at one position: they are shown the same copy.
    let seenAt = -1;
    let seen: SeenFrame | null = null;
    for (let number = 0; number < this.state.steps.length; number++) {
      for (const [id, promiscuous] of this.state.steps[number]!.listens) {
        const position = this.state.positions.get(id);
        if (!promiscuous || position === undefined || position.node === message.l2src || position.node === message.l2dst) continue;
        if (position.node !== seenAt) {
          if (!this.net.nodeState(position.node).interfaces.some((at) => at.segment === segment)) continue;
          seenAt = position.node;
          seen = this.view(position.node, message, false);
          this.disclose(message, seen);
        }
        this.tell(number, id, seen!, null);
      }
    }
  }

  /** Something reached one of the adversary's own hosts, or a device that it listens on. */
  received(node: number, type: string, message: Message | null): void {
    if (type === 'net-joined') {
      this.joined(node);
      return;
    }
    if (message === null) return;
    for (let number = 0; number < this.state.steps.length; number++)
      for (const id of this.state.steps[number]!.listens.keys())
        if (this.state.positions.get(id)?.node === node) this.tell(number, id, this.view(node, message, false), null);
  }

  answered(reference: number, type: 'reply' | 'refused' | 'failed', message: Message | null, body: Body | null): void {
    const asked = this.state.asked.get(reference);
    if (asked === undefined) return;
    this.state.asked.delete(reference);
    const position = this.state.positions.get(asked.position);
    const frame = message === null || position === undefined ? null : this.view(position.node, message, false);
    if (message !== null && frame !== null) this.disclose(message, frame);
    this.emit(asked.step, { type, position: asked.position, frame, n: asked.tag, body: copyOf(body) });
  }

  /** A foreign party's code now runs on a device; was it ours? */
  runsCode(node: number, brought: Message): boolean {
    const step = this.stepOf(brought);
    if (step < 0) return false;
    this.gain(node, step);
    return true;
  }

  private gain(node: number, step: number): void {
    this.acts();
    const id = this.net.nodes[node]!.id;
    this.net.nodeState(node).party = 'adversary';
    if (this.state.positions.has(id)) return;
    this.state.positions.set(id, { kind: 'foothold', node });
    this.relisten();
    this.learnGateway(id, node);
    this.observers.controlled(id);
    if (this.state.steps[step] !== undefined) this.emit(step, { type: 'gained', position: id, frame: null, n: 0, body: { device: id } });
  }

  private learnGateway(position: string, node: number): void {
    const at = this.net.nodeState(node).interfaces.find((face) => this.net.segments[face.segment]!.gatewayNode >= 0);
    if (at === undefined) return;
    const gateway = this.net.segments[at.segment]!.gatewayNode;
    const face = this.net.nodeState(gateway).interfaces.find((candidate) => candidate.segment === at.segment);
    if (face !== undefined) this.state.knowledge.set(`gateway:${position}`, face.address4);
  }

  private joined(node: number): void {
    const id = this.net.nodes[node]!.id;
    this.learnGateway(id, node);
    this.relisten();
    const step = this.state.steps.findIndex((candidate) => candidate.status === 'running');
    if (step >= 0) this.emit(step, { type: 'joined', position: id, frame: null, n: 0, body: null });
  }

  /** The access point turns a try to join down: the step learns it a moment later, with the kind of protection. */
  refuseLater(step: number, position: string, security: string): void {
    this.kernel.at(this.kernel.now + REFUSAL_DELAY, this.refusal, this.subject, step, 0, { position, security });
  }

  // ---- labels and obstacles, beside the trace ----------------------------------------------------------------------

  /** Step that authored a message (or the connection it belongs to), −1 for none. */
  stepOf(message: Message): number {
    const label = this.marks.may(message.id) ? this.state.labels.get(message.id) : undefined;
    if (label !== undefined) return label;
    const conn = this.net.conn(message.conn);
    // On its connection only what its own side says is the adversary's; answers are the server's.
    if (conn !== null && conn.attack > 0 && message.origin === conn.client) return conn.attack - 1;
    return -1;
  }

  /** Called for the first hop of every message. */
  note(message: Message): void {
    const { labels, consequences } = this.state;
    const step = this.stepOf(message);
    if (step >= 0) {
      if (!labels.has(message.id)) this.label(message.id, step);
      return;
    }
    if (message.cause === 0 || !this.marks.may(message.cause)) return;
    const origin = labels.get(message.cause) ?? consequences.get(message.cause);
    if (origin === undefined) return;
    consequences.set(message.id, origin);
    this.marks.add(message.id);
  }

  label(id: number, step: number): void {
    this.state.labels.set(id, step);
    this.marks.add(id);
    const known = this.state.steps[step];
    if (known !== undefined && known.messages.length < MOST_MESSAGES) known.messages.push(id);
  }

  /** Has the last step of some alternative begun (and not failed)? Only then can the goal be the adversary's doing. */
  atLastStep(): boolean {
    return this.state.steps.some(
      (step) => step.status !== 'failed' && step.index === this.spec.threat!.alternatives[step.alternative]!.length - 1,
    );
  }

  isHostile(message: number): boolean {
    return this.state.labels.has(message);
  }

  altered(message: Message, step: number): void {
    if (!this.state.labels.has(message.id)) this.label(message.id, step);
    const reference = message.body?.['ref'];
    if (typeof reference === 'string') this.state.references.set(reference, step);
  }

  /** A message went no further: what it was explains the step it belongs to. */
  stopped(message: Message, obstacle: Obstacle): void {
    let step = this.stepOf(message);
    if (step < 0) {
      const conn = this.net.conn(message.conn);
      if (conn !== null && conn.attack > 0) step = conn.attack - 1;
    }
    const consequence = this.marks.may(message.id) ? this.state.consequences.get(message.id) : undefined;
    if (step < 0 && consequence !== undefined) step = consequence;
    if (step < 0) return;
    const medium = obstacle.fact !== undefined && MEDIUM_FACTS.some((fact) => obstacle.fact!.includes(fact));
    this.obstruct(step, obstacle, medium ? MEDIUM : CHECK);
  }

  obstruct(step: number, obstacle: Obstacle, weight = CHECK): void {
    const state = this.state.steps[step];
    if (state === undefined) return;
    if (state.status === 'succeeded' && weight >= CHECK) state.aftermath = obstacle;
    if (state.status !== 'running' || weight < state.obstacleWeight) return;
    state.obstacle = obstacle;
    state.obstacleWeight = weight;
  }

  // ---- views ---------------------------------------------------------------------------------------------------------

  private view(node: number, message: Message, held: boolean): SeenFrame {
    const conn = this.net.conn(message.conn);
    const readable = !message.sealed || (conn !== null && (conn.interposer === node || conn.client === node || conn.server === node));
    return new SeenFrame(message, readable, held);
  }

  private disclose(message: Message, frame: FrameView): void {
    const { body } = message;
    if (!frame.readable || body === null || typeof body['phiRecords'] !== 'number' || this.state.read.has(message.id)) return;
    this.state.read.add(message.id);
    this.observers.record('disclosure', PARTY, message.id, {
      to: 'adversary',
      kind: message.kind,
      records: body['phiRecords'],
      bytes: Number(body['phiBytes'] ?? 0),
      individuals: Number(body['individuals'] ?? 1),
    });
  }

  /** A check somewhere down the line, told by a device's record, stopped what an altered message had asked for. */
  checked(kind: string, device: string, fields: Readonly<Record<string, RecordValue>>): void {
    if (kind !== 'action-blocked' && kind !== 'order-declined') return;
    const step = this.state.references.get(String(fields['ref']));
    if (step !== undefined)
      this.obstruct(
        step,
        { device, fact: kind === 'order-declined' ? 'order declined: it is not what was said' : String(fields['action']) },
        CHECK,
      );
  }

  /** Steps for the result, in the graph's order; those never begun are skipped. */
  results(): StepResult[] {
    const results: StepResult[] = [];
    this.spec.threat!.alternatives.forEach((steps, alternative) =>
      steps.forEach((spec: StepSpec, index) => {
        const step = this.state.steps.find((candidate) => candidate.alternative === alternative && candidate.index === index);
        results.push(
          step === undefined
            ? { technique: spec.technique, status: 'skipped', at: null, messages: [], blockedBy: null }
            : this.result(step),
        );
      }),
    );
    return results;
  }

  private result(step: StepState): StepResult {
    const last = step.index === this.spec.threat!.alternatives[step.alternative]!.length - 1;
    if (step.status === 'succeeded' && last && step.aftermath !== null && this.observers.state.reachedAt < 0)
      return {
        technique: step.technique,
        status: 'blocked',
        at: step.startedAt / 1e6,
        messages: [...step.messages],
        blockedBy: step.aftermath,
      };
    const failed = step.status !== 'succeeded';
    const blocked = failed && step.obstacle !== null && step.obstacleWeight >= SEALED;
    const target = String(step.args['on'] ?? step.args['server'] ?? step.args['segment'] ?? 'network');
    return {
      technique: step.technique,
      status: !failed ? 'succeeded' : blocked ? 'blocked' : 'failed',
      at: step.startedAt / 1e6,
      messages: [...step.messages],
      blockedBy: !failed ? null : (step.obstacle ?? (step.reason === null ? null : { device: target, fact: step.reason })),
    };
  }

  /** Restores what follows from state. */
  restore(state: AdversaryState): void {
    this.state = state;
    this.contexts.length = 0;
    this.marks.clear();
    for (const id of state.labels.keys()) this.marks.add(id);
    for (const id of state.consequences.keys()) this.marks.add(id);
    this.relisten();
  }
}

/** What a technique reads is its own copy: the sender may keep the original in its memory, and only `forward` alters a message. */
const copyOf = (body: Body | null): Body | null => (body === null ? null : { ...body });

/** A step's result names at most this many messages. */
const MOST_MESSAGES = 500;
/** Time of a failed association, µs. */
const REFUSAL_DELAY = 2_000_000;

/** A frame that a step is told of; its body is copied only when looked at. */
class FrameEvent implements AttackEvent {
  readonly type = 'frame';
  readonly position: string;
  readonly frame: FrameView;
  readonly n = 0;

  constructor(position: string, frame: FrameView) {
    this.position = position;
    this.frame = frame;
  }

  get body(): Body | null {
    return this.frame.body;
  }
}
