import { NO_HANDLE } from '../kernel/record.ts';
import { MINUTE, SECOND, type Micros } from '../kernel/time.ts';
import type { Address, Message } from '../model/message.ts';
import type { Network } from './network.ts';
import { present } from './numbered.ts';
import type { InterfaceState } from './state.ts';

/** A DHCP message with its options, IP bytes. */
const DHCP_BYTES = 328;
/** T1 and T2 of RFC 2131, section 4.4.5, as shares of the lease: whoever gave it is asked to renew it, then anybody. */
const RENEWAL = 0.5;
const REBINDING = 0.875;
/** Least time between two requests to renew (the same section). */
const LEAST_WAIT = MINUTE;
/** Of what is asked anew after a lease has ended, and of a newcomer's renewals: luck of their own. */
const AFTER_EXPIRY = ' after expiry';
const OF_NEWCOMER = ' of newcomer';

/**
 * Addresses by DHCP (RFC 2131). Home devices have a lease when a run starts; a newcomer goes through discover, offer,
 * request, acknowledge. Half of a lease's time later it is renewed, which is asked for again while no answer comes; whose
 * lease ends has no address, IPv6 included, until it is given one again. A gateway keeps book of what it has given, and has
 * `dhcp.pool` addresses on each segment.
 */
export class Leases {
  private readonly net: Network;
  private readonly renewal: number;
  private readonly retry: number;
  private readonly firstTimeout: Micros;
  private readonly tries: number;
  private readonly duration: Micros;
  private readonly pool: number;

  constructor(net: Network) {
    this.net = net;
    this.firstTimeout = Math.round(net.parameter('dhcp.first-timeout') * SECOND);
    this.tries = net.parameter('dhcp.tries');
    this.duration = net.parameter('dhcp.lease') * SECOND;
    this.pool = net.parameter('dhcp.pool');
    this.renewal = net.kernel.register('net.lease-renewal', (node, n) => this.due(node, n));
    this.retry = net.kernel.register('net.lease-retry', (node, n, attempt, segment: number) => this.askAgain(node, n, attempt, segment), {
      digest: () => {},
    });
  }

  start(): void {
    const { kernel, nodes } = this.net;
    for (const { index, id } of nodes) {
      const at = this.leased(index);
      if (at === undefined || !this.net.nodeState(index).power) continue;
      // How old it is shows when it is first renewed; whoever gave it is taken to have done so just now.
      this.bookOf(at).set(at.address4, this.duration);
      const law = { kind: 'uniform', low: 0, high: this.duration * RENEWAL } as const;
      this.net.nodeState(index).lease.timer = kernel.wait(law, 1, kernel.keys.key(`${id} lease`), 0, 0, this.renewal, index);
    }
  }

  /**
   * A station that has just associated asks for an address on a segment, until it has one or has asked in vain: 'net-joined',
   * 'net-join-failed'. Whatever it had there before is over.
   */
  discover(node: number, at: InterfaceState): void {
    const { net } = this;
    const { lease } = net.nodeState(node);
    if (this.leased(node) === at) {
      this.drop(node);
      at.up = false;
      net.indexOwners();
      net.routes.forget();
    }
    this.ask(node, at, ++lease.asks, 0);
  }

  /** A device that has its power back asks whether its address still holds (RFC 2131, section 3.2), and uses it meanwhile. */
  comeBack(node: number): void {
    const { lease, boots } = this.net.nodeState(node);
    const at = this.leased(node);
    if (at === undefined) return;
    if (at.up) {
      lease.asked = this.net.kernel.now;
      this.send(node, at, 'dhcp-request', -1, boots, 0, ' after boot');
      return;
    }
    // Its lease has ended, or it was off from the start and never had one.
    lease.lapsed = true;
    this.net.indexOwners();
    this.ask(node, at, ++lease.asks, 0);
  }

  /** A station leaves the segment that it had its address on. */
  drop(node: number): void {
    const { lease } = this.net.nodeState(node);
    this.net.kernel.cancel(lease.timer);
    lease.timer = NO_HANDLE;
    lease.until = 0;
    lease.lapsed = false;
  }

  receive(node: number, message: Message): void {
    const { net } = this;
    const at = net.nodeState(node).interfaces.find((candidate) => candidate.segment === message.segment);
    if (at === undefined || message.kind === 'wifi-join') return;
    if (net.segments[at.segment]!.gatewayNode === node) this.serve(node, at, message);
    else if (message.kind === 'dhcp-offer') this.accept(node, at, message);
    else if (message.kind === 'dhcp-ack') this.granted(node, at, message);
    // Refused what it was offered, it has nothing to lose, and asks again when it has waited for its answer.
    else if (message.kind === 'dhcp-nak' && at.up) this.expire(node);
  }

  // ---- the client --------------------------------------------------------------------------------------------------

  private ask(node: number, at: InterfaceState, n: number, attempt: number): void {
    const { kernel } = this.net;
    this.send(node, at, 'dhcp-discover', -1, n, attempt, this.net.nodeState(node).lease.lapsed ? AFTER_EXPIRY : '');
    kernel.at(kernel.now + this.firstTimeout * (1 << attempt), this.retry, node, n, attempt, at.segment);
  }

  private askAgain(node: number, n: number, attempt: number, segment: number): void {
    const { interfaces, power, lease } = this.net.nodeState(node);
    const at = interfaces.find((candidate) => candidate.segment === segment);
    // Answered, or overtaken by what it has asked since.
    if (at === undefined || !power || at.up || lease.asks !== n) return;
    if (attempt + 1 < this.tries) this.ask(node, at, n, attempt + 1);
    else if (lease.lapsed) this.ask(node, at, ++lease.asks, 0);
    else this.net.host.deliver(node, 'net-join-failed', null, null, n, this.net.segments[segment]!.id);
  }

  private accept(node: number, at: InterfaceState, { n, attempt }: Message): void {
    const { lease } = this.net.nodeState(node);
    if (!lease.lapsed && at.up) return; // has it by now
    lease.asked = this.net.kernel.now;
    this.send(node, at, 'dhcp-request', this.net.segments[at.segment]!.gatewayNode, n, attempt, lease.lapsed ? AFTER_EXPIRY : '');
  }

  /** The lease runs from when it was asked for (RFC 2131, section 4.4.1). */
  private granted(node: number, at: InterfaceState, message: Message): void {
    const { net } = this;
    const { lease } = net.nodeState(node);
    const { kernel } = net;
    const until = lease.asked + this.duration;
    if (until <= kernel.now) return; // over before it came
    lease.until = until;
    kernel.cancel(lease.timer);
    const renewal = lease.asked + Math.ceil(this.duration * RENEWAL);
    lease.timer = kernel.at(Math.max(kernel.now, renewal), this.renewal, node, lease.turn + 1);
    if (at.up) return;
    const { lapsed } = lease;
    at.up = true;
    lease.lapsed = false;
    net.routes.forget();
    if (lapsed) {
      net.indexOwners();
      net.host.onLease(node, true);
    } else {
      lease.newcomer = true;
      net.host.deliver(node, 'net-joined', message, null, message.n, net.segments[at.segment]!.id);
    }
  }

  /** Time to renew, to ask for it again, or to stop using the address. */
  private due(node: number, n: number): void {
    const { power, lease } = this.net.nodeState(node);
    const { kernel } = this.net;
    const { now } = kernel;
    // The first renewal of the lease that it began with: half of it is over.
    if (lease.until === 0) lease.until = now + Math.ceil(this.duration * RENEWAL);
    if (now >= lease.until) return this.expire(node);
    const rebinding = lease.until - Math.round(this.duration * (1 - REBINDING));
    const next = now < rebinding ? rebinding : lease.until;
    lease.turn = n;
    lease.timer = kernel.at(Math.min(lease.until, now + Math.max(LEAST_WAIT, Math.ceil((next - now) / 2))), this.renewal, node, n + 1);
    const at = power ? this.leased(node) : undefined;
    if (at === undefined || !at.up) return;
    lease.asked = now;
    const whom = now < rebinding ? this.net.segments[at.segment]!.gatewayNode : -1;
    this.send(node, at, 'dhcp-request', whom, n, 0, lease.newcomer ? OF_NEWCOMER : '');
  }

  /** The address is not its own any more: what went over it ends, and it asks for one again. */
  private expire(node: number): void {
    const { net } = this;
    const { lease, power } = net.nodeState(node);
    const at = this.leased(node);
    if (at === undefined || lease.lapsed) return;
    this.drop(node);
    lease.lapsed = true;
    at.up = false;
    net.routes.forget();
    net.indexOwners();
    net.host.onLease(node, false);
    if (!power) return;
    net.streams.cutAt(node, true, at.segment);
    for (const conn of present(net.state.conns))
      if (conn.client === node && net.segmentOf(conn.clientAddress) === at.segment) net.connections.giveUp(conn, 'no-route');
    this.ask(node, at, ++lease.asks, 0);
  }

  /** Where a node has its address by DHCP. */
  leased(node: number): InterfaceState | undefined {
    return this.net.nodeState(node).interfaces.find((at) => {
      const { medium, gatewayNode } = this.net.segments[at.segment]!;
      return (medium === 'wifi' || medium === 'ethernet') && gatewayNode >= 0 && gatewayNode !== node;
    });
  }

  private send(node: number, at: InterfaceState, kind: string, target: number, n: number, attempt: number, occasion: string): void {
    const { net } = this;
    const key = net.kernel.keys.key(`${net.nodes[node]!.id} ${kind}${occasion}`);
    const message = net.frames.make(kind, 'datagram', 'dhcp', node, null, DHCP_BYTES, key.k0, (key.k1 + n) | 0);
    message.src = at.address4;
    message.sport = 68;
    message.dst = -1;
    message.dport = 67;
    message.attempt = attempt;
    message.n = n;
    net.wire.transmit(node, at, message, target);
  }

  // ---- whoever gives them ------------------------------------------------------------------------------------------

  private serve(node: number, at: InterfaceState, message: Message): void {
    const { net } = this;
    const free = this.isFree(at, message.src);
    const request = message.kind === 'dhcp-request';
    if (!request && !free) {
      // Who has none to give says nothing (RFC 2131, section 4.3.1).
      net.stop(message, node, { fact: 'no free address' });
      return;
    }
    if (request && free) this.bookOf(at).set(message.src, net.kernel.now + this.duration);
    const kind = !request ? 'dhcp-offer' : free ? 'dhcp-ack' : 'dhcp-nak';
    const answer = net.frames.make(kind, 'datagram', 'dhcp', node, null, DHCP_BYTES, ~message.luck0, message.luck1);
    answer.src = at.address4;
    answer.sport = 67;
    answer.dst = message.src;
    answer.dport = 68;
    answer.cause = message.id;
    answer.attempt = message.attempt;
    answer.n = message.n;
    net.wire.transmit(node, at, answer, message.l2src);
  }

  /** Its own already, or one of those that are left. */
  private isFree(at: InterfaceState, address: Address): boolean {
    const { now } = this.net.kernel;
    const book = this.bookOf(at);
    for (const [given, until] of book) if (until <= now) book.delete(given);
    return book.has(address) || (this.net.state.usedUp[at.segment] === 0 && book.size < this.pool);
  }

  /** What has been given on a segment, by address: until when, µs. */
  private bookOf({ segment }: InterfaceState): Map<Address, Micros> {
    return this.net.state.given[segment]!;
  }
}
