import type { Body, Message } from '../model/message.ts';
import { LEFT } from './attachments.ts';
import { digestOf } from './digest.ts';
import type { Network } from './network.ts';
import type { InterfaceState } from './state.ts';
import { BROADCAST } from './topology.ts';

/** A message whose author is still filling it in. */
export type Draft = { -readonly [K in keyof Message]: Message[K] };

/** Another copy on the wire of the same message, with the same identity, in the form in which `make` makes it. */
export const duplicate = (of: Message): Draft => ({
  id: of.id,
  kind: of.kind,
  role: of.role,
  transport: of.transport,
  src: of.src,
  sport: of.sport,
  dst: of.dst,
  dport: of.dport,
  bytes: of.bytes,
  body: of.body,
  conn: of.conn,
  exchange: of.exchange,
  sealed: of.sealed,
  intact: of.intact,
  signer: of.signer,
  signatureFits: of.signatureFits,
  luck0: of.luck0,
  luck1: of.luck1,
  digest: of.digest,
  attempt: of.attempt,
  hop: of.hop,
  origin: of.origin,
  l2src: of.l2src,
  l2dst: of.l2dst,
  segment: of.segment,
  cause: of.cause,
  n: of.n,
});

/** What nodes do with messages at layers 2 and 3: send, bridge, forward, take in. */
export class Frames {
  private readonly net: Network;
  private readonly hopLimit: number;

  constructor(net: Network) {
    this.net = net;
    this.hopLimit = net.parameter('ip.hop-limit');
  }

  /** A new message with its identity; nothing is sent yet. What its author does not fill in is none, 0 or false. */
  make(
    kind: string,
    role: Message['role'],
    transport: Message['transport'],
    origin: number,
    body: Body | null,
    bytes: number,
    luck0: number,
    luck1: number,
  ): Draft {
    return {
      id: this.net.state.nextMessage++,
      kind,
      role,
      transport,
      src: 0,
      sport: 0,
      dst: 0,
      dport: 0,
      bytes,
      body,
      conn: 0,
      exchange: 0,
      sealed: false,
      intact: true,
      signer: null,
      signatureFits: true,
      luck0,
      luck1,
      digest: digestOf(body),
      attempt: 0,
      hop: 0,
      origin,
      l2src: origin,
      l2dst: -1,
      segment: -1,
      cause: 0,
      n: 0,
    };
  }

  /** A node's stack sends what it authored. Code that runs on the node may see it first. */
  send(node: number, message: Message): void {
    if (!this.net.nodeState(node).power) {
      this.net.stop(message, node, { fact: 'switched off' });
      return;
    }
    if (this.net.host.listening(node) && !this.net.host.hold(node, message)) return;
    this.route(node, message);
  }

  /** Finds the interface and the next hop and puts the message on the wire. */
  route(node: number, message: Message): void {
    const state = this.net.nodeState(node);
    if (message.dst === BROADCAST) {
      const at = state.interfaces[0];
      if (at === undefined) this.net.stop(message, node, { fact: 'not attached to any segment' });
      else if (!at.up) this.net.stop(message, node, { fact: 'no address to send from' });
      else this.net.wire.transmit(node, at, message, -1);
      return;
    }
    const hop = this.net.routes.nextHop(node, message.dst);
    if (hop === null) {
      this.net.stop(message, node, { fact: 'no route to the destination' });
      return;
    }
    this.net.neighbours.resolve(node, hop.at, hop.address, message);
  }

  /** A message reaches a node. */
  arrive(node: number, message: Message): void {
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
      net.stop(message, node, { fact: LEFT });
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
    if (
      message.transport === 'arp' &&
      message.kind === 'arp-answer' &&
      table?.arpInspection === true &&
      net.ownerOf(message.body!.address as number) !== message.l2src
    ) {
      net.stop(message, node, { rule: 'ARP inspection: the claim contradicts the lease table' });
      return;
    }
    if (forGateway) this.receive(node, at, duplicate(message));
    const gatewayOnly =
      message.transport === 'dhcp' || (message.kind === 'arp-request' && (message.dst === at.address4 || message.dst === at.address6));
    if (gatewayOnly) return;
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
      const holder = net.ownerOf(message.dst);
      if (holder >= 0 && net.segmentOf(message.dst) === at.segment && holder !== message.l2src) this.relay(node, at, message, holder);
      return;
    }
    this.relay(node, at, message, message.l2dst);
  }

  private relay(node: number, at: InterfaceState, message: Message, target: number): void {
    const author = message.l2src;
    this.net.wire.transmit(node, at, message, target);
    message.l2src = author; // bridging keeps the sender's hardware address
  }

  private receive(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    if (message.transport === 'arp') {
      net.neighbours.news(node, at, message);
      return;
    }
    if (message.transport === 'dhcp') {
      if (this.servesAddresses(node, at, message)) net.leases.receive(node, message);
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
    // Its own until its lease ended or it left: whoever sent it on would get it back from a neighbour who still believes so.
    if (net.addresses.node(message.dst) === node) {
      net.stop(message, node, { fact: 'the address is not this device’s any more' });
      return;
    }
    // Somebody else's packet in a frame addressed to us: only foreign code that forwards would pass it on.
    if (net.host.listening(node)) {
      if (net.host.hold(node, message)) this.passOn(node, message);
    } else net.stop(message, node, { fact: 'not addressed to this device' });
  }

  /** A gateway's rules may keep questions for addresses from its address service. Whoever asked is told nothing. */
  private servesAddresses(node: number, at: InterfaceState, message: Message): boolean {
    const { net } = this;
    const segment = net.segments[at.segment]!;
    if (segment.gatewayNode !== node) return true; // an answer, for a station
    // Who has no address is known by that of his hardware.
    const verdict = net.filter.ask(node, segment.zone, 'self', message, message.l2src);
    if (verdict.allow) net.host.onPass(message, node, verdict.rule);
    else net.stop(message, node, { rule: verdict.rule });
    return verdict.allow;
  }

  /** An on-path party sends a frame on to whoever really holds the next hop's address. */
  private passOn(node: number, message: Message): void {
    const hop = this.net.routes.nextHop(node, message.dst);
    const holder = hop === null ? -1 : this.net.ownerOf(hop.address);
    if (hop === null) this.net.stop(message, node, { fact: 'no route to the destination' });
    else if (holder < 0) this.net.stop(message, node, { fact: 'nobody has the address' });
    else this.net.wire.transmit(node, hop.at, message, holder);
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
      if (!verdict.allow && !(answer && net.transport.endsAt(node, message))) {
        net.stop(message, node, { rule: verdict.rule });
        return;
      }
      net.host.onPass(message, node, verdict.allow ? verdict.rule : 'answer to an own exchange');
      net.transport.receive(node, message);
      return;
    }
    if (net.host.listening(node) && !net.host.hold(node, message)) return;
    if (message.hop >= this.hopLimit) {
      net.stop(message, node, { fact: 'its hop limit is reached' });
      return;
    }
    const hop = this.net.routes.nextHop(node, message.dst);
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
    net.streams.note(node, from, to, message);
    if (net.monitors[node]!) net.flowStatistics.count(node, message);
    this.net.neighbours.resolve(node, hop.at, hop.address, message);
  }
}

function faceOn(interfaces: readonly InterfaceState[], segment: number): InterfaceState | null {
  for (let i = 0; i < interfaces.length; i++) if (interfaces[i]!.segment === segment) return interfaces[i]!;
  return null;
}
