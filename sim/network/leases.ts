import { SECOND } from '../kernel/time.ts';
import type { Message } from '../model/message.ts';
import type { InterfaceState } from './state.ts';
import type { Network } from './network.ts';

/** A DHCP message with its options, IP bytes. */
const DHCP_BYTES = 328;

/**
 * Addresses by DHCP (RFC 2131): home devices have a lease when a run starts and renew it at half its life; a newcomer
 * goes through discover, offer, request, acknowledge.
 */
export class Leases {
  private readonly net: Network;
  private readonly renewal: number;
  private readonly retry: number;
  private readonly firstTimeout: number;
  private readonly tries: number;

  constructor(net: Network) {
    this.net = net;
    this.firstTimeout = Math.round(net.parameter('dhcp.first-timeout') * SECOND);
    this.tries = net.parameter('dhcp.tries');
    this.renewal = net.kernel.register('net.lease-renewal', (node, n) => this.renew(node, n));
    this.retry = net.kernel.register('net.lease-retry', (node, n, attempt, segment: number) => this.askAgain(node, n, attempt, segment), {
      digest: () => {},
    });
  }

  start(): void {
    for (const node of this.net.nodes) {
      if (!node.homeClient || !this.net.nodeState(node.index).power) continue;
      const period = this.net.parameter('dhcp.lease') * SECOND * 0.5; // T1 of RFC 2131: half the lease
      const { kernel } = this.net;
      kernel.wait({ kind: 'uniform', low: 0, high: period }, 1, kernel.keys.key(`${node.id} lease`), 0, 0, this.renewal, node.index);
    }
  }

  /** A station that has just associated asks for an address on a segment, until it has one or has asked in vain: 'net-joined', 'net-join-failed'. */
  discover(node: number, at: InterfaceState, n: number): void {
    this.ask(node, at, n, 0);
  }

  private ask(node: number, at: InterfaceState, n: number, attempt: number): void {
    this.send(node, at, 'dhcp-discover', -1, n, attempt);
    const { kernel } = this.net;
    kernel.at(kernel.now + this.firstTimeout * (1 << attempt), this.retry, node, n, attempt, at.segment);
  }

  private askAgain(node: number, n: number, attempt: number, segment: number): void {
    const { interfaces, power } = this.net.nodeState(node);
    const at = interfaces.find((candidate) => candidate.segment === segment);
    if (at === undefined || at.up || !power) return;
    if (attempt + 1 < this.tries) this.ask(node, at, n, attempt + 1);
    else this.net.host.deliver(node, 'net-join-failed', null, null, n, this.net.segments[segment]!.id);
  }

  private renew(node: number, n: number): void {
    const period = this.net.parameter('dhcp.lease') * SECOND * 0.5;
    this.net.kernel.at(this.net.kernel.now + Math.ceil(period), this.renewal, node, n + 1);
    const at = this.net.nodeState(node).power ? this.leased(node) : undefined;
    if (at !== undefined) this.send(node, at, 'dhcp-request', this.net.segments[at.segment]!.gatewayNode, n);
  }

  /** A device that has its power back asks whether its address still holds (RFC 2131, section 3.2), and uses it meanwhile. */
  comeBack(node: number): void {
    const at = this.leased(node);
    if (at !== undefined && at.up) this.send(node, at, 'dhcp-request', -1, this.net.nodeState(node).boots, 0, ' after boot');
  }

  private leased(node: number): InterfaceState | undefined {
    return this.net.nodeState(node).interfaces.find((at) => {
      const { medium, gatewayNode } = this.net.segments[at.segment]!;
      return (medium === 'wifi' || medium === 'ethernet') && gatewayNode >= 0 && gatewayNode !== node;
    });
  }

  private send(node: number, at: InterfaceState, kind: string, target: number, n: number, attempt = 0, occasion = ''): void {
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

  receive(node: number, message: Message): void {
    const { net } = this;
    const at = net.nodeState(node).interfaces.find((candidate) => candidate.segment === message.segment);
    if (at === undefined || message.kind === 'wifi-join') return;
    if (net.segments[at.segment]!.gatewayNode === node) {
      const kind = message.kind === 'dhcp-discover' ? 'dhcp-offer' : 'dhcp-ack';
      const answer = net.frames.make(kind, 'datagram', 'dhcp', node, null, DHCP_BYTES, ~message.luck0, message.luck1);
      answer.src = at.address4;
      answer.sport = 67;
      answer.dst = message.src;
      answer.dport = 68;
      answer.cause = message.id;
      answer.attempt = message.attempt;
      answer.n = message.n;
      net.wire.transmit(node, at, answer, message.l2src);
    } else if (message.kind === 'dhcp-offer')
      this.send(node, at, 'dhcp-request', net.segments[at.segment]!.gatewayNode, message.n, message.attempt);
    else if (message.kind === 'dhcp-ack' && !at.up) {
      at.up = true;
      this.net.routes.forget();
      net.host.deliver(node, 'net-joined', message, null, message.n, net.segments[at.segment]!.id);
    }
  }
}
