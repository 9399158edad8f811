import { quantile, type Distribution } from '../kernel/distributions.ts';
import { childKey, type StreamKey } from '../kernel/draws.ts';
import { MINUTE, SECOND, type Micros } from '../kernel/time.ts';
import type { Address, Body, Message } from '../model/message.ts';
import type { AttackContext, FrameView, PositionView, Shot } from '../model/technique.ts';
import { BROADCAST } from '../network/topology.ts';
import { digestOf } from '../network/digest.ts';
import type { Adversary } from './adversary.ts';
import { luckOf, passphraseOf, type Decision } from './adversary-state.ts';

/** Ethernet frame of an ARP packet, bytes. */
const ARP_BYTES = 64;
/** Association and key handshake of a Wi-Fi join, bytes. */
const JOIN_BYTES = 600;

/** The one object a technique is handed. Private fields keep the world out of its reach: a technique sees only the interface. */
export class StepContext implements AttackContext {
  readonly #adversary: Adversary;
  readonly #number: number;
  /** Own copies, frozen: a technique shares no object with the world. */
  #args: AttackContext['args'] | null = null;
  readonly #distributions = new Map<string, Distribution>();
  readonly #keys = new Map<string, StreamKey>();

  constructor(adversary: Adversary, number: number) {
    this.#adversary = adversary;
    this.#number = number;
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

  get #step() {
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
    return this.#adversary.kernel.draws.uniform(this.#key(purpose), n, sub);
  }

  sample(distribution: Distribution, purpose: string, n: number, sub = 0): number {
    return quantile(distribution, this.draw(purpose, n, sub));
  }

  after(delay: Micros, type: string, n = 0): void {
    this.#adversary.setTimer(this.#number, delay, type, n);
  }

  afterRandom(seconds: Distribution, purpose: string, n: number, type: string): void {
    this.#adversary.waitFor(this.#number, seconds, purpose, n, type);
  }

  knows(name: string): boolean {
    return this.#adversary.state.knowledge.has(name);
  }

  recall(name: string): string | number | null {
    return this.#adversary.state.knowledge.get(name) ?? null;
  }

  learn(name: string, value: string | number): void {
    this.#adversary.state.knowledge.set(name, value);
  }

  positions(): readonly PositionView[] {
    return [...this.#adversary.state.positions.keys()].map((id) => this.position(id)!);
  }

  position(id: string): PositionView | null {
    const { net, state } = this.#adversary;
    const position = state.positions.get(id);
    if (position === undefined) return null;
    // A router stands on its inside networks too; the first of them is where it is most useful.
    const faces = net.nodeState(position.node).interfaces;
    const at = faces.find((face) => net.segments[face.segment]!.medium === 'wifi') ?? faces.find((face) => face.address4 !== 0);
    return { id, kind: position.kind, segment: at === undefined ? null : net.segments[at.segment]!.id, address: at?.address4 ?? 0 };
  }

  request(position: string, shot: Shot): number {
    const node = this.#nodeOf(position);
    if (node < 0) return 0;
    const { net, state } = this.#adversary;
    const reference = state.nextAsked++;
    state.asked.set(reference, { step: this.#number, position, tag: shot.n ?? 0 });
    const auth = shot.clientAuth ?? 'none';
    net.transport.open({
      node,
      channel: 'attack',
      session: `attack ${this.#number} ${shot.port} ${shot.tls === true} ${auth} ${shot.to}`,
      host: shot.to,
      kind: shot.kind,
      body: shot.body ?? null,
      bytes: shot.bytes,
      n: shot.n ?? 0,
      signed: false,
      luck: childKey(this.#key(`${position} ${shot.kind}`), this.#count('requests'), 0),
      cause: 0,
      purpose: 'attack',
      reference,
      label: this.#number + 1,
      spec: {
        port: shot.port,
        transport: shot.transport ?? 'tcp',
        tls: shot.tls === true,
        verifyServer: false,
        clientAuth: auth,
        // A certificate's private key cannot be claimed: a position can only show its own.
        credential: auth === 'certificate' ? position : (shot.credential ?? null),
        keepOpen: MINUTE,
      },
    });
    return reference;
  }

  datagram(position: string, shot: Shot & { readonly as?: Address }): number {
    const node = this.#nodeOf(position);
    if (node < 0) return 0;
    const { net } = this.#adversary;
    const dst = shot.to === '*' ? BROADCAST : typeof shot.to === 'number' ? shot.to : net.names.directory(shot.to);
    const faces = net.nodeState(node).interfaces;
    const at = faces.find((face) => net.segments[face.segment]!.medium === 'wifi') ?? faces[0];
    if (at === undefined || (dst < 0 && dst !== BROADCAST)) return 0;
    const message = this.#make(node, shot.kind, 'datagram', 'udp', shot.as ?? at.address4, dst, shot.port, shot.bytes, shot.body ?? null);
    this.#noteAbsent(at.segment, shot.body ?? null);
    if (dst === BROADCAST) net.wire.transmit(node, at, message, -1);
    else net.frames.route(node, message);
    return message.id;
  }

  claimAddress(position: string, victim: Address, claimed: Address): number {
    const node = this.#nodeOf(position);
    if (node < 0) return 0;
    const { net } = this.#adversary;
    const holder = net.ownerOf(victim);
    const at = net.nodeState(node).interfaces.find((face) => face.segment === net.segmentOf(victim));
    if (holder < 0 || at === undefined) {
      this.#adversary.obstruct(this.#number, { device: position, fact: 'ARP does not cross from one segment to another' });
      return 0;
    }
    const message = this.#make(node, 'arp-answer', 'datagram', 'arp', claimed, victim, 0, ARP_BYTES, { address: claimed });
    net.wire.transmit(node, at, message, holder);
    return message.id;
  }

  join(position: string, segment: string, passphrase: string): number {
    const adversary = this.#adversary;
    const { net, spec } = adversary;
    const node = this.#nodeOf(position);
    const index = net.segmentIndex.get(segment);
    if (node < 0) return 0;
    if (index === undefined) {
      adversary.obstruct(this.#number, {
        device: net.nodes[adversary.homeGateway()]?.id ?? position,
        fact: `there is no Wi-Fi network ${segment}`,
      });
      adversary.setTimer(this.#number, 0, 'failed', 0);
      return -1;
    }
    const { gatewayNode } = net.segments[index]!;
    if (!spec.adversary.inRange) {
      adversary.obstruct(this.#number, { device: position, fact: 'out of radio range of the home' });
      adversary.setTimer(this.#number, JOIN_PATIENCE, 'failed', 0);
      return -1;
    }
    const security = String(net.host.setting(gatewayNode, 'wifi.security') ?? 'wpa2');
    const expected = passphraseOf(String(net.host.setting(gatewayNode, 'wifi.passphrase') ?? 'strong'), segment);
    if (security !== 'none' && passphrase !== expected) {
      adversary.obstruct(this.#number, {
        device: net.nodes[gatewayNode]!.id,
        fact: `wifi.passphrase: the passphrase of ${segment} is not the one tried`,
      });
      adversary.refuseLater(this.#number, position, security);
      return -1;
    }
    net.attach(node, index);
    adversary.relisten();
    const at = net.nodeState(node).interfaces.find((face) => face.segment === index)!;
    const message = this.#make(node, 'wifi-join', 'datagram', 'dhcp', 0, BROADCAST, 0, JOIN_BYTES, null);
    net.wire.transmit(node, at, message, gatewayNode);
    net.leases.discover(node, at, this.#step.messages.length);
    return message.id;
  }

  listen(position: string, promiscuous: boolean): void {
    this.#adversary.acts();
    this.#step.listens.set(position, promiscuous);
    this.#adversary.relisten();
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
    this.#adversary.altered(message, this.#number);
  }

  drop(frame: FrameView): void {
    const held = this.#held(frame);
    if (held !== null) held.dropped = true;
  }

  impersonate(frame: FrameView): void {
    const held = this.#held(frame);
    if (held !== null && held.message.role === 'finished') held.impersonated = true;
  }

  stream(
    position: string,
    to: string | Address,
    flow: { mode: 'elastic' | 'unresponsive'; bitsPerSecond: number; seconds: number },
  ): number {
    const node = this.#nodeOf(position);
    if (node < 0) return 0;
    const { net } = this.#adversary;
    const count = this.#count('streams');
    this.#adversary.observers.flooding(this.now + flow.seconds * SECOND);
    return net.streams.open({
      node,
      host: to,
      port: FLOOD_PORT,
      mode: flow.mode,
      direction: 'up',
      bitsPerSecond: flow.bitsPerSecond,
      seconds: flow.seconds,
      bytes: 0,
      type: 'flood',
      n: count,
      purpose: 'attack',
      label: this.#number + 1,
    });
  }

  stop(stream: number): void {
    this.#adversary.net.streams.stop(stream);
  }

  succeed(): void {
    this.#adversary.end(this.#number, 'succeeded', null);
  }

  fail(reason: string): void {
    this.#adversary.end(this.#number, 'failed', reason);
  }

  #nodeOf(position: string): number {
    return this.#adversary.state.positions.get(position)?.node ?? -1;
  }

  #held(frame: FrameView): Decision | null {
    const { decision } = this.#adversary;
    return decision !== null && frame.held && decision.message.id === frame.id ? decision : null;
  }

  /** Asking a segment for a station that is elsewhere gets no answer; the reason is worth telling. */
  #noteAbsent(segment: number, body: Body | null): void {
    const { net } = this.#adversary;
    const name = body?.['name'];
    const wanted = typeof name === 'string' ? net.nodeIndex.get(name) : undefined;
    if (wanted === undefined) return;
    const state = net.nodeState(wanted);
    const faces = state.interfaces.filter((face) => net.segments[face.segment]!.medium !== 'ble');
    if (!state.power) this.#adversary.obstruct(this.#number, { device: String(name), fact: 'switched off' });
    else if (!faces.some((face) => face.segment === segment))
      this.#adversary.obstruct(this.#number, {
        device: String(name),
        fact: `not on segment ${net.segments[segment]!.id}: it is on ${faces.map((face) => net.segments[face.segment]!.id).join(', ') || 'none'}`,
      });
  }

  /** Key of this step's luck for a purpose, worked out once. */
  #key(purpose: string): StreamKey {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = this.#adversary.kernel.keys.key(`${luckOf(this.#step)} ${purpose}`);
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** How many of a sort this step has made before; counts on. */
  #count(sort: string): number {
    const { memory } = this.#step;
    const count = Number(memory[`#${sort}`] ?? 0);
    memory[`#${sort}`] = count + 1;
    return count;
  }

  #make(
    node: number,
    kind: string,
    role: Message['role'],
    transport: Message['transport'],
    src: Address,
    dst: Address,
    dport: number,
    bytes: number,
    body: Body | null,
  ): Message {
    const { net } = this.#adversary;
    const count = this.#count('datagrams');
    const key = childKey(this.#key(kind), count, 0);
    const message = net.frames.make(kind, role, transport, node, body, bytes, key.k0, key.k1);
    message.src = src;
    message.sport = transport === 'udp' ? FLOOD_PORT : 0;
    message.dst = dst;
    message.dport = dport;
    message.n = count;
    this.#adversary.label(message.id, this.#number);
    return message;
  }
}

/** Ephemeral-range port for what answers nobody. */
const FLOOD_PORT = 40000;
/** How long a radio waits for an access point that does not answer, µs. */
const JOIN_PATIENCE = 10_000_000;

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
