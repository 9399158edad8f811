import { childKey, type StreamKey } from '../kernel/draws.ts';
import { NO_HANDLE } from '../kernel/record.ts';
import type { Address, Body, Message } from '../model/message.ts';
import { MDNS_BYTES, overhead } from './message-sizes.ts';
import type { Network } from './network.ts';
import { enter, strike } from './numbered.ts';
import { Retransmission } from './retransmission.ts';
import type { ChannelFacts, Conn, Exchange } from './state.ts';

export interface Ask {
  readonly node: number;
  readonly channel: string;
  readonly host: string | Address;
  readonly kind: string;
  readonly body: Body | null;
  readonly bytes: number;
  readonly n: number;
  readonly signed: boolean;
  /** Key of its luck, which n completes. */
  readonly luck: StreamKey;
  /** Name of the connection it may share: channel and host. */
  readonly session: string;
  readonly cause: number;
  readonly purpose: Exchange['purpose'];
  readonly reference: number;
  /** Label beside the wire: number of the adversary's step, 0 for a device's own. */
  readonly label: number;
  readonly spec: ChannelFacts;
}

const WORD = 4_294_967_296;
/** Luck of the n-th of its kind. Numbers of tries that are repeated for days go beyond 32 bits, which is all that a key takes at once. */
const numbered = (luck: StreamKey, n: number): StreamKey => childKey(luck, n, Math.floor(n / WORD));

/** Requests with retransmission and time-out, pushes, datagrams, as who sends them sees them (design section 4). */
export class Transport {
  private readonly net: Network;
  private readonly timer: number;
  private readonly retransmission: Retransmission;

  constructor(net: Network) {
    this.net = net;
    this.retransmission = new Retransmission(net);
    this.timer = net.kernel.register('net.retransmit', (_node, id) => this.timeout(id), { digest: () => {} });
  }

  /** Starts a request. The answer comes through the host. */
  open(ask: Ask): Exchange {
    const { state } = this.net;
    const key = numbered(ask.luck, ask.n);
    const exchange: Exchange = {
      id: state.nextExchange++,
      node: ask.node,
      channel: ask.channel,
      session: ask.session,
      host: ask.host,
      kind: ask.kind,
      body: withCredential(ask),
      bytes: ask.bytes,
      n: ask.n,
      signed: ask.signed,
      luck0: key.k0,
      luck1: key.k1,
      cause: ask.cause,
      purpose: ask.purpose,
      reference: ask.reference,
      label: ask.label,
      spec: ask.spec,
      conn: 0,
      sentOn: 0,
      attempt: 0,
      timer: NO_HANDLE,
      served: 'no',
      answer: null,
    };
    enter(state.exchanges, exchange.id, exchange);
    this.begin(exchange);
    return exchange;
  }

  /** Sends an exchange over its session's connection, or finds out where to open one. */
  private begin(exchange: Exchange): void {
    if (this.net.connections.reuse(exchange)) return;
    const address = this.net.names.known(exchange.node, exchange.host);
    if (address < 0) this.fail(exchange, 'dns');
    else if (address === 0) {
      if (typeof exchange.host === 'number') this.fail(exchange, 'no-route');
      else this.net.names.ask(exchange);
    } else this.net.connections.connect(exchange, address);
  }

  /** Sends on the open session `conn` from its server side. false when it is gone. */
  push(
    node: number,
    conn: number,
    luck: StreamKey,
    kind: string,
    body: Body | null,
    bytes: number,
    n: number,
    signed: boolean,
    cause: number,
  ): boolean {
    const { net } = this;
    const session = net.conn(conn);
    if (session === null || session.state !== 'open') return false;
    // The same may be said to several clients, or over several sessions.
    const key = childKey(numbered(luck, n), net.kernel.keys.key(`to ${net.nodes[session.client]!.id} ${session.session}`).k0, 0);
    const exchange: Exchange = {
      id: net.state.nextExchange++,
      node,
      channel: session.channel,
      session: session.session,
      host: session.host,
      kind,
      body,
      bytes,
      n,
      signed,
      luck0: key.k0,
      luck1: key.k1,
      cause,
      purpose: 'push',
      reference: 0,
      label: 0,
      conn,
      sentOn: 0,
      attempt: 0,
      timer: NO_HANDLE,
      served: 'no',
      answer: null,
      spec: {
        port: session.serverPort,
        transport: session.transport === 'udp' ? 'udp' : 'tcp',
        tls: session.tls,
        verifyServer: false,
        clientAuth: 'none',
        credential: null,
        keepOpen: 0,
      },
    };
    enter(net.state.exchanges, exchange.id, exchange);
    this.transmit(exchange, session);
    return true;
  }

  /** Sends an exchange's message (again) on an open connection and sets its timer; a datagram has none. */
  transmit(exchange: Exchange, conn: Conn): void {
    const { net } = this;
    exchange.conn = conn.id;
    conn.lastUsed = net.kernel.now;
    const push = exchange.purpose === 'push';
    const datagram = exchange.purpose === 'datagram';
    const message = net.frames.make(
      exchange.kind,
      push ? 'push' : datagram ? 'datagram' : 'request',
      conn.transport,
      exchange.node,
      exchange.body,
      exchange.bytes + overhead(conn),
      exchange.luck0,
      exchange.luck1,
    );
    message.src = push ? net.connections.serverOwnAddress(conn) : conn.clientAddress;
    message.sport = push ? conn.serverPort : conn.clientPort;
    message.dst = push ? conn.peerAddress : conn.serverAddress;
    message.dport = push ? conn.peerPort : conn.serverPort;
    message.conn = conn.id;
    message.exchange = datagram ? 0 : exchange.id;
    message.sealed = conn.tls;
    message.signer = exchange.signed ? net.nodes[exchange.node]!.id : null;
    message.attempt = exchange.attempt;
    message.cause = exchange.cause;
    message.n = exchange.n;
    if (datagram) strike(net.state.exchanges, exchange.id);
    else {
      if (exchange.sentOn !== conn.id) {
        exchange.sentOn = conn.id;
        conn.busy++;
      }
      const until = net.kernel.now + this.retransmission.timeout(exchange.attempt);
      exchange.timer = net.kernel.at(until, this.timer, exchange.node, exchange.id);
    }
    net.frames.send(exchange.node, message);
  }

  private timeout(id: number): void {
    const exchange = this.net.exchange(id);
    if (exchange === null) return;
    exchange.attempt++;
    const conn = this.net.conn(exchange.conn);
    if (exchange.attempt < this.retransmission.tries && conn !== null && conn.state === 'open') this.transmit(exchange, conn);
    // Closed meanwhile, by a reset or for another's sake: what it has not answered goes over a new one.
    else if (exchange.attempt < this.retransmission.tries && conn === null && exchange.purpose !== 'push') this.begin(exchange);
    else {
      // A connection whose request was never answered is not used again: the path may have changed.
      if (conn !== null && exchange.spec.transport === 'tcp') this.net.connections.close(conn);
      this.fail(exchange, 'timeout');
    }
  }

  /** Ends an exchange without an answer. */
  fail(exchange: Exchange, reason: string, status: number | null = null, fact = ''): void {
    this.finish(exchange);
    const body: Body = status === null ? { reason } : { reason, status, fact };
    if (exchange.purpose === 'datagram') return;
    if (exchange.purpose === 'name') this.net.names.answered(exchange, null);
    else if (exchange.purpose === 'stream') this.net.streams.refused(exchange.reference, this.net.conn(exchange.conn));
    else if (exchange.purpose === 'attack')
      this.net.host.answerAttack(exchange.reference, status === null ? 'failed' : 'refused', null, body);
    else this.net.host.deliver(exchange.node, `${exchange.kind}-failed`, null, body, exchange.n, exchange.channel);
  }

  /** Ends an exchange, whatever became of it; nobody is told. */
  finish(exchange: Exchange): void {
    this.net.kernel.cancel(exchange.timer);
    const conn = this.net.conn(exchange.sentOn);
    if (conn !== null) conn.busy--;
    strike(this.net.state.exchanges, exchange.id);
  }

  /**
   * Is this node the end that an answer, or a server's push, is for? An answer that a gateway cannot translate back, its
   * track being gone, comes to itself. (Who asks knows his server by the address alone.)
   */
  endsAt(node: number, message: Message): boolean {
    switch (message.role) {
      case 'reply':
        return (this.net.exchange(message.exchange)?.node ?? node) === node;
      case 'synack':
      case 'finished':
      case 'reset':
      case 'push':
        return (this.net.conn(message.conn)?.client ?? node) === node;
      default:
        return true;
    }
  }

  /** A message reached the node it is for: who takes it by its role. */
  receive(node: number, message: Message): void {
    const { net } = this;
    if (message.role === 'datagram') {
      if (message.kind === 'mdns-query' && message.body?.['name'] === net.nodes[node]!.id) {
        // Every consumer stack answers for its own name (RFC 6762).
        net.answers.answer(node, message, 'mdns-answer', { name: net.nodes[node]!.id, address: net.addressOf(node) }, MDNS_BYTES, false);
        return;
      }
      net.host.deliver(node, message.kind, message, message.body, message.n, '');
      return;
    }
    const conn = net.conn(message.conn);
    if (conn === null) {
      // The other end has forgotten the connection. Real stacks answer with a reset; the sender's timer does the same work.
      net.stop(message, node, { fact: 'no such connection' });
      return;
    }
    if (!this.endsAt(node, message)) {
      net.stop(message, node, { fact: 'not addressed to this device' });
      return;
    }
    if (message.sealed && !message.intact) {
      net.stop(message, node, { fact: 'TLS record integrity check failed' });
      return;
    }
    switch (message.role) {
      case 'request':
      case 'push':
        return net.answers.serve(node, conn, message);
      case 'reply':
        return this.answered(message, conn);
      default:
        return net.connections.receive(node, conn, message);
    }
  }

  private answered(message: Message, conn: Conn): void {
    const { net } = this;
    const exchange = net.exchange(message.exchange);
    if (exchange === null) return;
    conn.lastUsed = net.kernel.now;
    if (message.kind === 'refused') {
      this.fail(exchange, 'refused', Number(message.body?.['status'] ?? 400), String(message.body?.['fact'] ?? ''));
      return;
    }
    this.finish(exchange);
    switch (exchange.purpose) {
      case 'name':
        return net.names.answered(exchange, message);
      case 'stream':
        return net.streams.ready(exchange.reference, conn);
      case 'attack':
        return net.host.answerAttack(exchange.reference, 'reply', message, message.body);
      case 'push':
      case 'datagram':
        return;
      case 'device':
        net.host.deliver(exchange.node, message.kind, message, message.body, exchange.n, exchange.channel);
    }
  }
}

/** Passwords and tokens travel in the request, readable wherever the session lets it be read; a certificate's key never travels. */
function withCredential(ask: Ask): Body | null {
  const { clientAuth, credential } = ask.spec;
  if (credential === null || (clientAuth !== 'password' && clientAuth !== 'token')) return ask.body;
  return { ...ask.body, credential };
}
