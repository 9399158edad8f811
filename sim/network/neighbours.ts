import { childKey } from '../kernel/draws.ts';
import { NO_HANDLE } from '../kernel/record.ts';
import { SECOND } from '../kernel/time.ts';
import type { Address, Message } from '../model/message.ts';
import type { Network } from './network.ts';
import { put, type InterfaceState, type UnresolvedEntry } from './state.ts';

/** Ethernet II / 802.11 frame of an ARP packet or a neighbour solicitation, bytes. */
const ARP_BYTES = 64;

/** Who is at an address of the same segment: ARP, and neighbour discovery in the same form. */
export class Neighbours {
  private readonly net: Network;
  private readonly resolveHandler: number;
  private readonly neighbourLife: number;
  private readonly resolveTimeout: number;
  private readonly resolveTries: number;

  constructor(net: Network) {
    this.net = net;
    this.neighbourLife = Math.round(net.parameter('arp.lifetime') * SECOND);
    this.resolveTimeout = Math.round(net.parameter('arp.timeout') * SECOND);
    this.resolveTries = net.parameter('arp.tries');
    this.resolveHandler = net.kernel.register('net.resolve', (node, address) => this.resolveAgain(node, address), { digest: () => {} });
  }

  /** Sends on a segment to an address: by the neighbour table where the medium has one, asking first when it does not know. */
  resolve(node: number, at: InterfaceState, address: Address, message: Message): void {
    const segment = this.net.segments[at.segment]!;
    if (segment.medium !== 'wifi' && segment.medium !== 'ethernet') {
      const holder = this.net.ownerOf(address);
      if (holder < 0) this.net.stop(message, node, { fact: 'nobody has the address' });
      else this.net.wire.transmit(node, at, message, holder);
      return;
    }
    const state = this.net.nodeState(node);
    const known = state.neighbours[address];
    if (known !== undefined && known !== null && known.until > this.net.kernel.now) {
      this.net.wire.transmit(node, at, message, known.node);
      return;
    }
    const waiting = state.unresolved.get(address);
    if (waiting !== undefined) {
      waiting.messages.push(message);
      return;
    }
    const entry: UnresolvedEntry = { messages: [message], tries: 1, timer: NO_HANDLE };
    state.unresolved.set(address, entry);
    entry.timer = this.askFor(node, at, address, message, 1);
  }

  /** Returns the handle of the timer after which it is asked again. */
  private askFor(node: number, at: InterfaceState, address: Address, about: Message, tries: number): number {
    // Further tries of a message ask anew, and so does whoever forwards it.
    const luck = childKey({ k0: about.luck0, k1: ~about.luck1 }, about.attempt, about.hop);
    const question = this.net.frames.make('arp-request', 'datagram', 'arp', node, { address }, ARP_BYTES, luck.k0, luck.k1);
    question.src = at.address4;
    question.dst = address;
    question.attempt = tries;
    question.cause = about.id;
    this.net.wire.transmit(node, at, question, -1);
    return this.net.kernel.at(this.net.kernel.now + this.resolveTimeout, this.resolveHandler, node, address);
  }

  private resolveAgain(node: number, address: Address): void {
    const state = this.net.nodeState(node);
    const waiting = state.unresolved.get(address);
    if (waiting === undefined) return;
    const first = waiting.messages[0]!;
    const hop = this.net.routes.nextHop(node, first.dst);
    if (waiting.tries >= this.resolveTries || hop === null) {
      state.unresolved.delete(address);
      for (const message of waiting.messages) this.net.stop(message, node, { fact: 'the next hop does not answer (ARP)' });
      return;
    }
    waiting.tries++;
    waiting.timer = this.askFor(node, hop.at, address, first, waiting.tries);
  }

  /** A neighbour table is an interface's own: what is said on one segment says nothing about addresses of another. */
  private belongs(address: Address, at: InterfaceState): boolean {
    return address > 0 && this.net.addresses.segment(address) === at.segment;
  }

  /** ARP and neighbour discovery: questions are answered by the holder, answers are believed. */
  news(node: number, at: InterfaceState, message: Message): void {
    const net = this.net;
    if (message.l2src === node) return; // nobody hears his own frames
    const state = net.nodeState(node);
    const now = net.kernel.now;
    if (message.kind === 'arp-request') {
      // Without a lease the address is not its own.
      if (!at.up || (message.dst !== at.address4 && message.dst !== at.address6)) return;
      if (this.belongs(message.src, at)) put(state.neighbours, message.src, { node: message.l2src, until: now + this.neighbourLife });
      const answer = net.frames.make(
        'arp-answer',
        'datagram',
        'arp',
        node,
        { address: message.dst },
        ARP_BYTES,
        ~message.luck0,
        message.luck1,
      );
      answer.src = message.dst;
      answer.dst = message.src;
      answer.attempt = message.attempt;
      answer.cause = message.id;
      net.wire.transmit(node, at, answer, message.l2src);
      return;
    }
    const claimed = message.body!.address as number;
    if (!this.belongs(claimed, at)) {
      net.stop(message, node, { fact: 'the claimed address belongs to another segment' });
      return;
    }
    if (net.nodeState(node).policy?.arpInspection === true && net.ownerOf(claimed) !== message.l2src) {
      net.stop(message, node, { rule: 'ARP inspection: the claim contradicts the lease table' });
      return;
    }
    put(state.neighbours, claimed, { node: message.l2src, until: now + this.neighbourLife });
    const waiting = state.unresolved.get(claimed);
    if (waiting === undefined) return;
    state.unresolved.delete(claimed);
    net.kernel.cancel(waiting.timer);
    for (const held of waiting.messages) net.wire.transmit(node, at, held, message.l2src);
  }
}
