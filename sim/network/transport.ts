import { childKey, type StreamKey } from '../kernel/draws.ts';
import { NO_HANDLE } from '../kernel/record.ts';
import { SECOND } from '../kernel/time.ts';
import type { Address, Body, Message } from '../model/message.ts';
import type { Network } from './network.ts';
import type { ChannelFacts, Conn, Exchange } from './state.ts';
import { familyOf } from './topology.ts';

/** Header and handshake sizes, IP bytes (IPv4 20 + TCP 20 + record 29; hello and certificate flights as in evidence on TLS 1.3). */
const TCP_OVERHEAD = 40;
const UDP_OVERHEAD = 28;
const TLS_OVERHEAD = 29;
const SYN_BYTES = 60;
const HELLO_BYTES = 600;
const FINISHED_BYTES = 4200;
const ACK_BYTES = 52;
const RESET_BYTES = 40;
const MDNS_BYTES = 80;
/** Parts of a connection's luck. */
const SYN = 1;
const SYNACK = 2;
const HELLO = 3;
const FINISHED = 4;

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

/** Connections, TLS sessions, requests with retransmission and time-out, pushes, datagrams (design section 4). */
export class Transport {
  private readonly net: Network;
  private readonly exchangeTimer: number;
  private readonly connTimer: number;
  private readonly firstTimeout: number;
  private readonly tries: number;

  constructor(net: Network) {
    this.net = net;
    this.firstTimeout = net.parameter('tcp.first-timeout') * SECOND;
    this.tries = net.parameter('tcp.tries');
    const silent = { digest: () => {} };
    this.exchangeTimer = net.kernel.register('net.retransmit', (_node, id) => this.exchangeTimeout(id), silent);
    this.connTimer = net.kernel.register('net.handshake-timeout', (_node, id) => this.connTimeout(id), silent);
  }

  /** Starts a request. The answer comes through the host. */
  open(ask: Ask): Exchange {
    const { state } = this.net;
    const key = childKey(ask.luck, ask.n, 0);
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
      attempt: 0,
      timer: NO_HANDLE,
      served: 'no',
      answer: null,
    };
    state.exchanges[exchange.id] = exchange;
    const current = this.usable(exchange);
    if (current !== null) {
      this.use(current, exchange);
      return exchange;
    }
    const address = this.net.names.known(exchange.node, exchange.host);
    if (address < 0) this.fail(exchange, 'dns');
    else if (address === 0) {
      if (typeof ask.host === 'number') this.fail(exchange, 'no-route');
      else this.net.names.ask(exchange);
    } else this.connect(exchange, address);
    return exchange;
  }

  /** Uses the channel's open connection or makes one. */
  connect(exchange: Exchange, address: Address): void {
    const { net } = this;
    const state = net.nodeState(exchange.node);
    const key = exchange.session;
    const now = net.kernel.now;
    const current = this.usable(exchange);
    if (current !== null) {
      this.use(current, exchange);
      return;
    }
    const { spec } = exchange;
    const family = familyOf(address);
    const source = this.sourceFor(exchange.node, address, family);
    const id = net.state.nextConn++;
    const conn: Conn = {
      id,
      client: exchange.node,
      host: String(exchange.host),
      transport: spec.transport,
      clientAddress: source,
      clientPort: 49152 + (id % 16384),
      serverAddress: address,
      serverPort: spec.port,
      tls: spec.tls,
      verifyServer: spec.verifyServer,
      clientAuth: spec.clientAuth,
      credential: spec.credential,
      keepOpen: spec.keepOpen,
      session: key,
      channel: exchange.channel,
      attack: exchange.label,
      luck0: exchange.luck0,
      luck1: exchange.luck1,
      state: spec.transport === 'udp' ? 'open' : 'syn',
      attempt: 0,
      timer: NO_HANDLE,
      lastUsed: now,
      waiting: [],
      server: -1,
      peerAddress: 0,
      peerPort: 0,
      interposer: -1,
    };
    net.state.conns[id] = conn;
    state.channels.set(key, id);
    if (conn.state === 'open') this.transmit(exchange, conn);
    else {
      conn.waiting.push(exchange.id);
      exchange.conn = id;
      this.handshake(conn);
    }
  }

  /** The session's connection if it is open or being opened; one that was idle for too long is closed. */
  private usable(exchange: Exchange): Conn | null {
    const current = this.net.conn(this.net.nodeState(exchange.node).channels.get(exchange.session) ?? 0);
    if (current === null || current.state === 'closed') return null;
    if (current.state !== 'open' || current.transport === 'udp' || this.net.kernel.now - current.lastUsed <= current.keepOpen)
      return current;
    this.close(current);
    return null;
  }

  private use(conn: Conn, exchange: Exchange): void {
    if (conn.state === 'open') this.transmit(exchange, conn);
    else {
      conn.waiting.push(exchange.id);
      exchange.conn = conn.id;
    }
  }

  /** Source address towards a destination: that of the interface it leaves by. */
  private sourceFor(node: number, address: Address, family: 4 | 6): Address {
    const hop = this.net.routes.nextHop(node, address);
    if (hop === null) return this.net.addressOf(node, family);
    return family === 6 ? hop.at.address6 : hop.at.address4;
  }

  private handshake(conn: Conn): void {
    const hello = conn.state === 'hello';
    this.emit(
      conn,
      'client',
      hello ? 'hello' : 'syn',
      hello ? HELLO : SYN,
      hello ? { host: conn.host } : null,
      hello ? HELLO_BYTES : SYN_BYTES,
      conn.attempt,
    );
    conn.timer = this.net.kernel.at(this.net.kernel.now + this.backoff(conn.attempt), this.connTimer, conn.client, conn.id);
  }

  private backoff(attempt: number): number {
    return this.firstTimeout * (1 << attempt);
  }

  private connTimeout(id: number): void {
    const conn = this.net.conn(id);
    if (conn === null || conn.state === 'open' || conn.state === 'closed') return;
    conn.attempt++;
    if (conn.attempt < this.tries) this.handshake(conn);
    else this.giveUp(conn, 'timeout');
  }

  /** Closes a connection and fails all that waited for it. */
  private giveUp(conn: Conn, reason: string): void {
    this.close(conn);
    for (const id of conn.waiting) {
      const exchange = this.net.exchange(id);
      if (exchange !== null) this.fail(exchange, reason);
    }
    conn.waiting = [];
  }

  close(conn: Conn): void {
    conn.state = 'closed';
    this.net.kernel.cancel(conn.timer);
    const { channels } = this.net.nodeState(conn.client);
    if (channels.get(conn.session) === conn.id) channels.delete(conn.session);
    this.net.state.conns[conn.id] = null;
    // Forwarding devices see the connection end (FIN) and forget it.
    this.net.filter.forget(conn.id);
  }

  /** Sends a request (again) on an open connection and sets its timer. */
  private transmit(exchange: Exchange, conn: Conn): void {
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
    message.src = push ? this.serverOwnAddress(conn) : conn.clientAddress;
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
    if (datagram) net.state.exchanges[exchange.id] = null;
    else exchange.timer = net.kernel.at(net.kernel.now + this.backoff(exchange.attempt), this.exchangeTimer, exchange.node, exchange.id);
    net.frames.send(exchange.node, message);
  }

  private exchangeTimeout(id: number): void {
    const exchange = this.net.exchange(id);
    if (exchange === null) return;
    exchange.attempt++;
    const conn = this.net.conn(exchange.conn);
    if (exchange.attempt < this.tries && conn !== null && conn.state === 'open') this.transmit(exchange, conn);
    else {
      // A connection whose request was never answered is not used again: the path may have changed.
      if (conn !== null && exchange.spec.transport === 'tcp') this.close(conn);
      this.fail(exchange, 'timeout');
    }
  }

  /** Ends an exchange without an answer. */
  fail(exchange: Exchange, reason: string, status: number | null = null, fact = ''): void {
    this.finish(exchange);
    const body: Body = status === null ? { reason } : { reason, status, fact };
    if (exchange.purpose === 'datagram') return;
    if (exchange.purpose === 'name') this.net.names.answered(exchange, null);
    else if (exchange.purpose === 'stream') this.net.streams.refused(exchange.reference);
    else if (exchange.purpose === 'attack')
      this.net.host.answerAttack(exchange.reference, status === null ? 'failed' : 'refused', null, body);
    else this.net.host.deliver(exchange.node, `${exchange.kind}-failed`, null, body, exchange.n, exchange.channel);
  }

  private finish(exchange: Exchange): void {
    this.net.kernel.cancel(exchange.timer);
    this.net.state.exchanges[exchange.id] = null;
  }

  /** A message reached the node it is for. */
  receive(node: number, message: Message): void {
    const { net } = this;
    if (message.role === 'datagram') {
      if (message.kind === 'mdns-query' && message.body?.['name'] === net.nodes[node]!.id) {
        // Every consumer stack answers for its own name (RFC 6762).
        this.answer(node, message, 'mdns-answer', { name: net.nodes[node]!.id, address: net.addressOf(node) }, MDNS_BYTES, false);
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
    if (message.sealed && !message.intact) {
      net.stop(message, node, { fact: 'TLS record integrity check failed' });
      return;
    }
    switch (message.role) {
      case 'syn':
        return this.accept(node, conn, message);
      case 'synack':
        return this.accepted(conn);
      case 'hello':
        this.emit(
          conn,
          'server',
          'finished',
          FINISHED,
          { certificate: net.nodes[node]!.certificate, by: net.nodes[node]!.id },
          FINISHED_BYTES,
          message.attempt,
        );
        return;
      case 'finished':
        return this.secured(node, conn, message);
      case 'request':
      case 'push':
        return this.serve(node, conn, message);
      case 'reply':
        return this.answered(message, conn);
      case 'reset':
        return this.giveUpOn(conn);
    }
  }

  private accept(node: number, conn: Conn, message: Message): void {
    conn.server = node;
    conn.peerAddress = message.src;
    conn.peerPort = message.sport;
    if (this.net.nodes[node]!.listens.has(message.dport)) this.emit(conn, 'server', 'synack', SYNACK, null, SYN_BYTES, message.attempt);
    else {
      this.net.stop(message, node, { fact: `port ${message.dport} is closed` });
      this.emit(conn, 'server', 'reset', SYNACK, null, RESET_BYTES, message.attempt);
    }
  }

  private accepted(conn: Conn): void {
    if (conn.state !== 'syn') return;
    this.net.kernel.cancel(conn.timer);
    conn.attempt = 0;
    if (conn.tls) {
      conn.state = 'hello';
      this.handshake(conn);
    } else this.opened(conn);
  }

  /** The server's certificate arrived: whose is it, and does this client care? */
  private secured(node: number, conn: Conn, message: Message): void {
    if (conn.state !== 'hello') return;
    const certificate = message.body?.['certificate'];
    const by = this.net.nodeIndex.get(String(message.body?.['by'])) ?? -1;
    if (certificate !== conn.host && conn.verifyServer) {
      this.net.stop(message, node, { fact: `certificate is not valid for ${conn.host}` });
      this.net.kernel.cancel(conn.timer);
      this.giveUp(conn, 'certificate');
      return;
    }
    if (by !== conn.server && by >= 0) {
      if (conn.clientAuth === 'certificate') {
        // An interposed session cannot prove possession of the client's key to the real server.
        this.net.stop(message, conn.server, { fact: 'client certificate missing in an interposed session' });
        this.net.kernel.cancel(conn.timer);
        this.giveUp(conn, 'certificate');
        return;
      }
      conn.interposer = by;
    }
    this.net.kernel.cancel(conn.timer);
    this.opened(conn);
  }

  private opened(conn: Conn): void {
    conn.state = 'open';
    conn.lastUsed = this.net.kernel.now;
    const waiting = conn.waiting;
    conn.waiting = [];
    for (const id of waiting) {
      const exchange = this.net.exchange(id);
      if (exchange !== null) this.transmit(exchange, conn);
    }
  }

  private giveUpOn(conn: Conn): void {
    if (conn.state === 'syn') this.giveUp(conn, 'refused');
  }

  /** A request (or push) arrives: once to the device, a repeated one gets the same answer again. */
  private serve(node: number, conn: Conn, message: Message): void {
    const { net } = this;
    if (message.role === 'request') {
      if (conn.transport === 'udp') {
        conn.server = node;
        conn.peerAddress = message.src;
        conn.peerPort = message.sport;
        // A flow needs no listener: media ports are opened by the call that precedes them, and a flood asks nobody.
        if (message.kind !== 'stream-open' && !net.nodes[node]!.listens.has(message.dport)) {
          net.stop(message, node, { fact: `port ${message.dport} is closed` });
          return;
        }
      }
      conn.lastUsed = net.kernel.now;
    }
    const exchange = net.exchange(message.exchange);
    if (exchange === null) return; // the asker has given up
    if (exchange.served === 'working') return;
    if (exchange.served === 'answered') {
      this.respond(message, exchange.answer!, node);
      return;
    }
    exchange.served = 'working';
    if (message.kind === 'stream-open') {
      this.answer(node, message, 'stream-ready', null, 0, false);
      return;
    }
    if (message.role === 'push') this.answer(node, message, 'ack', null, 0, false);
    net.host.deliver(node, message.kind, message, message.body, message.n, conn.channel);
  }

  /** A device answers a message that reached it. */
  answer(node: number, to: Message, kind: string, body: Body | null, bytes: number, signed: boolean): void {
    const exchange = this.net.exchange(to.exchange);
    // The first answer stands: a second thought (a check that fails later) does not call it back.
    if (exchange?.served === 'answered') return;
    const answer = { kind, body, bytes, signed };
    if (exchange !== null) {
      exchange.served = 'answered';
      exchange.answer = answer;
    } else if (to.role !== 'datagram') return; // the asker has given up meanwhile
    this.respond(to, answer, node);
  }

  private respond(to: Message, answer: NonNullable<Exchange['answer']>, node: number): void {
    const { net } = this;
    const conn = net.conn(to.conn);
    const key = childKey({ k0: to.luck0, k1: to.luck1 }, 1, 0);
    const message = net.frames.make(
      answer.kind,
      to.role === 'datagram' ? 'datagram' : 'reply',
      to.transport,
      node,
      answer.body,
      Math.max(ACK_BYTES, answer.bytes + (conn === null ? UDP_OVERHEAD : overhead(conn))),
      key.k0,
      key.k1,
    );
    message.src = to.dst < 0 ? net.addressOf(node) : to.dst;
    message.sport = to.dport;
    message.dst = to.src;
    message.dport = to.sport;
    message.conn = to.conn;
    message.exchange = to.exchange;
    message.sealed = to.sealed;
    message.signer = answer.signed ? net.nodes[node]!.id : null;
    message.attempt = to.attempt;
    message.cause = to.id;
    message.n = to.n;
    net.frames.send(node, message);
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
        return net.streams.ready(exchange.reference);
      case 'attack':
        return net.host.answerAttack(exchange.reference, 'reply', message, message.body);
      case 'push':
      case 'datagram':
        return;
      case 'device':
        net.host.deliver(exchange.node, message.kind, message, message.body, exchange.n, exchange.channel);
    }
  }

  /** Sends on the open session `conn` from its server side. false when it is gone. */
  push(node: number, conn: number, kind: string, body: Body | null, bytes: number, n: number, signed: boolean, cause: number): boolean {
    const { net } = this;
    const session = net.conn(conn);
    if (session === null || session.state !== 'open') return false;
    const key: StreamKey = childKey(net.kernel.keys.key(`${net.nodes[node]!.id} push ${kind}`), n, 0);
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
      attempt: 0,
      timer: NO_HANDLE,
      served: 'no',
      answer: null,
      spec: {
        port: session.serverPort,
        transport: 'tcp',
        tls: session.tls,
        verifyServer: false,
        clientAuth: 'none',
        credential: null,
        keepOpen: 0,
      },
    };
    net.state.exchanges[exchange.id] = exchange;
    this.transmit(exchange, session);
    return true;
  }

  /** A handshake message of a connection. */
  private emit(
    conn: Conn,
    side: 'client' | 'server',
    role: Message['role'],
    part: number,
    body: Body | null,
    bytes: number,
    attempt: number,
  ): void {
    const { net } = this;
    const key = childKey({ k0: conn.luck0, k1: conn.luck1 }, part, 7);
    const client = side === 'client';
    const node = client ? conn.client : conn.server;
    const message = net.frames.make(role, role, conn.transport, node, body, bytes, key.k0, key.k1);
    message.src = client ? conn.clientAddress : this.serverOwnAddress(conn);
    message.sport = client ? conn.clientPort : conn.serverPort;
    message.dst = client ? conn.serverAddress : conn.peerAddress;
    message.dport = client ? conn.serverPort : conn.peerPort;
    message.conn = conn.id;
    message.attempt = attempt;
    net.frames.send(node, message);
  }

  /** Behind a port map the server answers from its own address; the gateway puts the public one back. */
  private serverOwnAddress(conn: Conn): Address {
    if (this.net.ownerOf(conn.serverAddress) === conn.server || conn.server < 0) return conn.serverAddress;
    return this.net.addressOf(conn.server, familyOf(conn.serverAddress));
  }
}

const overhead = (conn: Conn): number => (conn.transport === 'udp' ? UDP_OVERHEAD : TCP_OVERHEAD) + (conn.tls ? TLS_OVERHEAD : 0);

/** Passwords and tokens travel in the request, readable wherever the session lets it be read; a certificate's key never travels. */
function withCredential(ask: Ask): Body | null {
  const { clientAuth, credential } = ask.spec;
  if (credential === null || (clientAuth !== 'password' && clientAuth !== 'token')) return ask.body;
  return { ...ask.body, credential };
}
