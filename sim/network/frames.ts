import { quantile } from '../kernel/distributions.ts';
import { childKey } from '../kernel/draws.ts';
import { MILLISECOND, SECOND } from '../kernel/time.ts';
import type { Address, Body, Message } from '../model/message.ts';
import { serve, type Service } from './link.ts';
import { digestOf, type Network } from './network.ts';
import type { InterfaceState } from './state.ts';
import { familyOf, type Segment } from './topology.ts';

export const BROADCAST: Address = -1;
/** Ethernet II / 802.11 frame of an ARP packet or a neighbour solicitation, bytes. */
const ARP_BYTES = 64;
/** Preamble, access address, header, L2CAP, ATT, integrity check and CRC of a notification, bytes (Bluetooth Core Specification, arithmetic). */
const BLE_OVERHEAD = 21;
/** Purposes of a hop's draws, in the low bits of their address. */
const LOSS = 0; // and delay: two uniforms of one block
const OVERLOAD = 2;

/** What the engine fills in when a message is made. */
export interface Draft {
  readonly kind: string;
  readonly role: Message['role'];
  readonly transport: Message['transport'];
  readonly src: Address;
  readonly sport: number;
  readonly dst: Address;
  readonly dport: number;
  readonly bytes: number;
  readonly body: Body | null;
  readonly conn: number;
  readonly exchange: number;
  readonly sealed: boolean;
  readonly signer: string | null;
  readonly luck0: number;
  readonly luck1: number;
  readonly attempt: number;
  readonly origin: number;
  readonly cause: number;
  readonly n: number;
}

/** Where a message goes next: the interface it leaves by and the address to reach there. */
export interface Hop {
  readonly at: InterfaceState;
  readonly address: Address;
}

/** Layer 2 and 3: hops, neighbour resolution, bridging, routing. */
export class Frames {
  private readonly net: Network;
  private readonly arriveHandler: number;
  private readonly resolveHandler: number;
  private readonly neighbourLife: number;
  private readonly resolveTimeout: number;
  private readonly resolveTries: number;
  private readonly bleTries: number;
  private readonly service: Service = { done: 0, loss: 0 };
  private routes: Map<Address, Hop | null>[] = [];

  constructor(net: Network) {
    this.net = net;
    this.forgetRoutes();
    this.neighbourLife = net.parameter('arp.lifetime') * SECOND;
    this.resolveTimeout = net.parameter('arp.timeout') * SECOND;
    this.resolveTries = net.parameter('arp.tries');
    this.bleTries = net.parameter('ble.tries');
    this.arriveHandler = net.kernel.register('net.arrive', (node, _a, _b, message: Message) => this.arrive(node, message), {
      digest: (fingerprint, _a, _b, message: Message) => {
        fingerprint.pair(message.luck0, message.luck1);
        fingerprint.pair(message.hop * 256 + message.attempt * 4 + (message.intact ? 1 : 0) + (message.signatureFits ? 2 : 0), message.bytes);
        if (message.digest !== 0) fingerprint.word(message.digest);
      },
    });
    this.resolveHandler = net.kernel.register('net.resolve', (node, address) => this.resolveAgain(node, address), { digest: () => {} });
  }

  /** A new message with its identity; nothing is sent yet. */
  make(d: Draft): Message {
    return {
      id: this.net.state.nextMessage++, kind: d.kind, role: d.role, transport: d.transport, src: d.src, sport: d.sport, dst: d.dst, dport: d.dport,
      bytes: d.bytes, body: d.body, conn: d.conn, exchange: d.exchange, sealed: d.sealed, intact: true, signer: d.signer, signatureFits: true,
      luck0: d.luck0, luck1: d.luck1, digest: digestOf(d.body), attempt: d.attempt, hop: 0, origin: d.origin, l2src: d.origin, l2dst: -1, segment: -1, cause: d.cause, n: d.n,
    };
  }

  /** A BLE notification from a peripheral to its central, which owns the piconet. */
  notify(node: number, kind: string, body: Body | null, bytes: number, n: number, key: { readonly k0: number; readonly k1: number }): void {
    const { net } = this;
    const at = net.nodeState(node).interfaces.find((face) => net.segments[face.segment]!.medium === 'ble');
    if (at === undefined) return; // not paired
    const luck = childKey(key, n, 0);
    const message = this.make({
      kind, role: 'datagram', transport: 'ble', src: at.address6, sport: 0, dst: 0, dport: 0, bytes: bytes + BLE_OVERHEAD, body, conn: 0, exchange: 0, sealed: true, signer: null,
      luck0: luck.k0, luck1: luck.k1, attempt: 0, origin: node, cause: 0, n,
    });
    this.transmit(node, at, message, net.segments[at.segment]!.gatewayNode);
  }

  /** A node's stack sends what it authored. Code that runs on the node may see it first. */
  send(node: number, message: Message): void {
    if (this.net.host.listening(node) && !this.net.host.hold(node, message)) return;
    this.route(node, message);
  }

  /** Finds the interface and the next hop and puts the message on the wire. */
  route(node: number, message: Message): void {
    const state = this.net.nodeState(node);
    if (message.dst === BROADCAST) {
      const at = state.interfaces[0];
      if (at !== undefined) this.transmit(node, at, message, -1);
      return;
    }
    const hop = this.nextHop(node, message.dst);
    if (hop === null) {
      this.net.stop(message, node, { fact: 'no route to the destination' });
      return;
    }
    this.resolve(node, hop.at, hop.address, message);
  }

  /** Interface and address of the next hop; null when there is no way. Remembered until something moves. */
  nextHop(node: number, dst: Address): Hop | null {
    const known = this.routes[node];
    if (known === undefined) return this.findHop(node, dst);
    let hop = known.get(dst);
    if (hop === undefined) {
      hop = this.findHop(node, dst);
      known.set(dst, hop);
    }
    return hop;
  }

  /** An attachment or an uplink changed: routes are found anew. */
  forgetRoutes(): void {
    this.routes = this.net.nodes.map(() => new Map());
  }

  private findHop(node: number, dst: Address): Hop | null {
    const net = this.net;
    const state = net.nodeState(node);
    const owner = net.owners.get(dst);
    if (owner !== undefined) {
      let segment = owner.segment;
      let towards = dst;
      for (let depth = 0; depth < 4; depth++) {
        for (const at of state.interfaces) if (at.segment === segment && at.up) return { at, address: towards };
        // Not on a segment of ours: reach it by the gateway that leads there, and that one by its own uplink.
        const gateway = net.segments[segment]!.gatewayNode;
        if (gateway < 0 || gateway === node) break;
        const via = net.nodeState(gateway).interfaces[net.nodeState(gateway).uplink];
        if (via === undefined || via.segment === segment) break;
        segment = via.segment;
        towards = familyOf(dst) === 6 ? via.address6 : via.address4;
      }
    }
    if (net.nodes[node]!.forwards) {
      const at = state.interfaces[state.uplink];
      return at !== undefined && at.up ? this.gatewayOf(at, node, dst) : null;
    }
    for (const at of state.interfaces) {
      if (!at.up) continue;
      const hop = this.gatewayOf(at, node, dst);
      if (hop !== null) return hop;
    }
    return null;
  }

  private gatewayOf(at: InterfaceState, node: number, dst: Address): Hop | null {
    const gateway = this.net.segments[at.segment]!.gatewayNode;
    if (gateway < 0 || gateway === node) return null;
    const face = this.net.nodeState(gateway).interfaces.find((candidate) => candidate.segment === at.segment);
    return face === undefined ? null : { at, address: familyOf(dst) === 6 ? face.address6 : face.address4 };
  }

  /** Sends on a segment to an address: by the neighbour table where the medium has one, asking first when it does not know. */
  private resolve(node: number, at: InterfaceState, address: Address, message: Message): void {
    const segment = this.net.segments[at.segment]!;
    if (segment.medium !== 'wifi' && segment.medium !== 'ethernet') {
      const holder = this.net.ownerOf(address);
      if (holder < 0) this.net.stop(message, node, { fact: 'nobody has the address' });
      else this.transmit(node, at, message, holder);
      return;
    }
    const state = this.net.nodeState(node);
    const known = state.neighbours.get(address);
    if (known !== undefined && known.until > this.net.kernel.now) {
      this.transmit(node, at, message, known.node);
      return;
    }
    const waiting = state.unresolved.get(address);
    if (waiting !== undefined) {
      waiting.messages.push(message);
      return;
    }
    state.unresolved.set(address, { messages: [message], tries: 1 });
    this.askFor(node, at, address, message, 1);
  }

  private askFor(node: number, at: InterfaceState, address: Address, about: Message, tries: number): void {
    const question = this.make({
      kind: 'arp-request', role: 'datagram', transport: 'arp', src: at.address4, sport: 0, dst: address, dport: 0, bytes: ARP_BYTES, body: { address },
      conn: 0, exchange: 0, sealed: false, signer: null, luck0: about.luck0, luck1: ~about.luck1, attempt: tries, origin: node, cause: about.id, n: 0,
    });
    this.transmit(node, at, question, -1);
    this.net.kernel.at(this.net.kernel.now + this.resolveTimeout, this.resolveHandler, node, address);
  }

  private resolveAgain(node: number, address: Address): void {
    const state = this.net.nodeState(node);
    const waiting = state.unresolved.get(address);
    if (waiting === undefined) return;
    const first = waiting.messages[0]!;
    const hop = this.nextHop(node, first.dst);
    if (waiting.tries >= this.resolveTries || hop === null) {
      state.unresolved.delete(address);
      for (const message of waiting.messages) this.net.stop(message, node, { fact: 'the next hop does not answer (ARP)' });
      return;
    }
    waiting.tries++;
    this.askFor(node, hop.at, address, first, waiting.tries);
  }

  /** One hop: link service, loss, delay; arrival is scheduled. `target` −1 = every station of the segment. */
  transmit(node: number, at: InterfaceState, message: Message, target: number): void {
    const net = this.net;
    const segment = net.segments[at.segment]!;
    message.segment = at.segment;
    message.l2src = node;
    message.l2dst = target;
    message.hop++;
    net.host.onHop(message, node, target, at.segment, net.kernel.now);
    const gateway = segment.gatewayNode;
    const shared = segment.medium === 'wifi' || segment.medium === 'ethernet';
    // A station's frame goes to the access point first, which bridges it; the access point sends to the station itself.
    const receiver = shared && gateway >= 0 && node !== gateway ? gateway : target;
    const link = node === gateway ? segment.downlink : segment.uplink;
    if (net.host.listeningIn(at.segment)) net.host.overhear(at.segment, message);
    const done = segment.interval > 0 ? this.radioInterval(segment, message) : this.pass(node, link, segment, message);
    if (done < 0) return;
    if (receiver >= 0) {
      if (!this.straightThrough(receiver, message, done)) net.kernel.at(done, this.arriveHandler, receiver, 0, 0, message);
      return;
    }
    for (const member of segment.members) if (member !== node && member !== message.origin) net.kernel.at(done, this.arriveHandler, member, 0, 0, { ...message });
  }

  /**
   * A provider's gateway that forwards everything onto the core adds a delay and nothing else: no rule, no queue, nobody
   * who listens. The two hops are one event then; times, luck and trace are those of two (a test compares).
   */
  private straightThrough(node: number, message: Message, time: number): boolean {
    const net = this.net;
    if (!net.nodes[node]!.forwards || message.dst === BROADCAST || message.transport === 'arp' || message.transport === 'dhcp') return false;
    const state = net.nodeState(node);
    if (state.policy !== null || !state.power || net.host.listening(node)) return false;
    const hop = this.nextHop(node, message.dst);
    if (hop === null) return false;
    const segment = net.segments[hop.at.segment]!;
    const holder = net.ownerOf(hop.address);
    if (segment.medium !== 'core' || holder < 0 || holder === node) return false;
    message.segment = segment.index;
    message.l2src = node;
    message.l2dst = holder;
    message.hop++;
    net.host.onHop(message, node, holder, segment.index, time);
    net.kernel.draws.twoAt(message.luck0, message.luck1, segment.word, message.hop * 256 + message.attempt * 4 + LOSS);
    net.kernel.at(Math.ceil(time + quantile(segment.delay, net.kernel.draws.second) * MILLISECOND), this.arriveHandler, holder, 0, 0, message);
    return true;
  }

  /** FIFO service with streams beside it, then the medium's own loss and delay. −1 = lost. */
  private pass(node: number, link: number, segment: Segment, message: Message): number {
    const net = this.net;
    const state = net.state.links[link]!;
    if (!state.up || (segment.uplink !== link && !net.state.links[segment.uplink]!.up)) {
      net.stop(message, node, { fact: `${segment.id} is down` });
      return -1;
    }
    const fixed = net.links[link]!;
    serve(fixed, state, net.loads[link]!, message.bytes, net.kernel.now, net.queues[link]!, net.host.favoured(message.origin), this.service);
    const address = message.hop * 256 + message.attempt * 4;
    const { draws } = net.kernel;
    if (this.service.done < 0) {
      net.stop(message, node, { fact: `${fixed.id}: buffer full` });
      return -1;
    }
    if (this.service.loss > 0 && draws.uniformAt(message.luck0, message.luck1, segment.word, address + OVERLOAD) < this.service.loss) {
      net.stop(message, node, { fact: `${fixed.id}: overloaded` });
      return -1;
    }
    if (segment.fixedDelay >= 0 && segment.loss === 0) return Math.ceil(this.service.done + segment.fixedDelay);
    const luck = draws.twoAt(message.luck0, message.luck1, segment.word, address + LOSS);
    if (luck < segment.loss) {
      net.stop(message, node, { fact: `${segment.id}: lost in the air` });
      return -1;
    }
    return Math.ceil(this.service.done + quantile(segment.delay, draws.second) * MILLISECOND);
  }

  /** BLE: one try at each connection event until the link layer's acknowledgement or the last try. */
  private radioInterval(segment: Segment, message: Message): number {
    const { draws, now } = this.net.kernel;
    const u = draws.uniformAt(message.luck0, message.luck1, segment.word, message.hop * 256 + message.attempt * 4 + LOSS);
    // The try at which u first exceeds loss^k: k failures have probability loss^k.
    let tries = 1;
    for (let p = segment.loss; u < p && tries <= this.bleTries; p *= segment.loss) tries++;
    if (tries > this.bleTries) {
      this.net.stop(message, message.l2src, { fact: `${segment.id}: no acknowledgement` });
      return -1;
    }
    return (Math.floor(now / segment.interval) + tries) * segment.interval;
  }

  private arrive(node: number, message: Message): void {
    const net = this.net;
    const state = net.nodeState(node);
    if (!state.power) {
      net.stop(message, node, { fact: 'switched off' });
      return;
    }
    if (message.transport === 'ble') {
      net.host.deliver(node, message.kind, message, message.body, message.n, net.nodes[message.origin]!.id);
      return;
    }
    const at = faceOn(state.interfaces, message.segment);
    if (at === null) {
      net.stop(message, node, { fact: 'not attached to the segment any more' });
      return;
    }
    const gateway = net.segments[message.segment]!.gatewayNode;
    if (gateway === node && message.l2dst !== node && message.l2src !== node) this.bridge(node, at, message);
    else this.receive(node, at, message);
  }

  /** The access point passes a frame between stations of one segment, if it may. */
  private bridge(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    const table = net.nodeState(node).policy;
    const segment = net.segments[at.segment]!;
    const forGateway = message.l2dst === -1;
    if (message.transport === 'arp' && message.kind === 'arp-answer' && table?.arpInspection === true && net.ownerOf(message.body!.address as number) !== message.l2src) {
      net.stop(message, node, { rule: 'ARP inspection: the claim contradicts the lease table' });
      return;
    }
    if (forGateway) this.receive(node, at, { ...message });
    const arpForGateway = message.kind === 'arp-request' && message.dst === at.address4;
    if (arpForGateway) return;
    if (table?.isolated[segment.id] === true) {
      net.stop(message, node, { rule: `client isolation on ${segment.id}` });
      return;
    }
    const about = net.filter.askAboutDevice(node, segment.zone, message, message.l2src, message.l2dst);
    if (about !== null && !about.allow) {
      net.stop(message, node, { rule: about.rule });
      return;
    }
    if (message.l2dst === -1 && message.transport === 'arp') {
      // A question concerns only the holder of the address; the others' stacks drop it unseen, so they get no event.
      const holder = net.owners.get(message.dst);
      if (holder !== undefined && holder.segment === at.segment && holder.node !== message.l2src) this.relay(node, at, message, holder.node);
      return;
    }
    this.relay(node, at, message, message.l2dst);
  }

  private relay(node: number, at: InterfaceState, message: Message, target: number): void {
    const author = message.l2src;
    this.transmit(node, at, message, target);
    message.l2src = author; // bridging keeps the sender's hardware address
  }

  private receive(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    if (message.transport === 'arp') {
      this.neighbourNews(node, at, message);
      return;
    }
    if (message.transport === 'dhcp') {
      net.leases.receive(node, message);
      return;
    }
    if (net.nodes[node]!.forwards) {
      this.forward(node, at, message);
      return;
    }
    if (message.dst === BROADCAST || net.ownerOf(message.dst) === node) {
      if (net.host.listening(node)) net.host.hear(node, message);
      net.transport.receive(node, message);
      return;
    }
    // Somebody else's packet in a frame addressed to us: only foreign code that forwards would pass it on.
    if (net.host.listening(node)) {
      if (net.host.hold(node, message)) this.passOn(node, message);
    } else net.stop(message, node, { fact: 'not addressed to this device' });
  }

  /** An on-path party sends a frame on to whoever really holds the next hop's address. */
  private passOn(node: number, message: Message): void {
    const hop = this.nextHop(node, message.dst);
    if (hop === null) this.net.stop(message, node, { fact: 'no route to the destination' });
    else this.transmit(node, hop.at, message, this.net.ownerOf(hop.address));
  }

  private forward(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    const from = net.segments[at.segment]!.zone;
    if (message.dst === BROADCAST) {
      net.transport.receive(node, message);
      return;
    }
    const own = net.ownerOf(message.dst) === node;
    if (own && !net.filter.translateInbound(node, message)) {
      const verdict = net.filter.ask(node, from, 'self', message);
      const answer = message.role === 'reply' || message.role === 'synack' || message.role === 'finished' || message.role === 'reset';
      if (!verdict.allow && !answer) {
        net.stop(message, node, { rule: verdict.rule });
        return;
      }
      net.host.onPass(message, node, verdict.allow ? verdict.rule : 'answer to an own exchange');
      net.transport.receive(node, message);
      return;
    }
    if (net.host.listening(node) && !net.host.hold(node, message)) return;
    const hop = this.nextHop(node, message.dst);
    if (hop === null) {
      net.stop(message, node, { fact: 'no route to the destination' });
      return;
    }
    const to = net.segments[hop.at.segment]!.zone;
    const verdict = net.filter.decide(node, from, to, message);
    if (!verdict.allow) {
      net.stop(message, node, { rule: verdict.rule });
      return;
    }
    net.host.onPass(message, node, verdict.rule);
    net.streams.note(node, from, to, hop.at.segment, message);
    if (net.monitors[node]!) net.streams.count(node, message);
    this.resolve(node, hop.at, hop.address, message);
  }

  /** ARP and neighbour discovery: questions are answered by the holder, answers are believed. */
  private neighbourNews(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    const state = net.nodeState(node);
    const now = net.kernel.now;
    if (message.kind === 'arp-request') {
      if (message.dst !== at.address4 && message.dst !== at.address6) return;
      if (message.src !== 0) state.neighbours.set(message.src, { node: message.l2src, until: now + this.neighbourLife });
      const answer = this.make({
        kind: 'arp-answer', role: 'datagram', transport: 'arp', src: message.dst, sport: 0, dst: message.src, dport: 0, bytes: ARP_BYTES, body: { address: message.dst },
        conn: 0, exchange: 0, sealed: false, signer: null, luck0: ~message.luck0, luck1: message.luck1, attempt: message.attempt, origin: node, cause: message.id, n: 0,
      });
      this.transmit(node, at, answer, message.l2src);
      return;
    }
    const claimed = message.body!.address as number;
    if (net.nodeState(node).policy?.arpInspection === true && net.ownerOf(claimed) !== message.l2src) {
      net.stop(message, node, { rule: 'ARP inspection: the claim contradicts the lease table' });
      return;
    }
    state.neighbours.set(claimed, { node: message.l2src, until: now + this.neighbourLife });
    const waiting = state.unresolved.get(claimed);
    if (waiting === undefined) return;
    state.unresolved.delete(claimed);
    for (const held of waiting.messages) this.transmit(node, at, held, message.l2src);
  }
}

function faceOn(interfaces: readonly InterfaceState[], segment: number): InterfaceState | null {
  for (let i = 0; i < interfaces.length; i++) if (interfaces[i]!.segment === segment) return interfaces[i]!;
  return null;
}
