import { childKey } from '../kernel/draws.ts';
import { NO_HANDLE } from '../kernel/record.ts';
import { SECOND } from '../kernel/time.ts';
import type { Address, Body, Message } from '../model/message.ts';
import { FINISHED_BYTES, HELLO_BYTES, RESET_BYTES, SYN_BYTES } from './message-sizes.ts';
import type { Network } from './network.ts';
import { enter, strike } from './numbered.ts';
import { Retransmission } from './retransmission.ts';
import type { Conn, Exchange } from './state.ts';
import { familyOf } from './topology.ts';

/** Parts of a connection's luck. */
const SYN = 1;
const SYNACK = 2;
const HELLO = 3;
const FINISHED = 4;
/** A node with so many connections looks whether it still needs its flows. */
const MANY = 32;
/** Parts of a request's luck: the reset that it meets; a connection that one of its further tries opens. */
const RESET = 5;
const REOPENED = 6;

/** Connections and TLS sessions: opened for the first exchange of a session, shared by those that follow, closed when idle or given up. */
export class Connections {
  private readonly net: Network;
  private readonly timer: number;
  private readonly retransmission: Retransmission;
  private readonly flowLife: number;

  constructor(net: Network) {
    this.net = net;
    this.retransmission = new Retransmission(net);
    this.flowLife = net.parameter('nat.udp-timeout') * SECOND;
    this.timer = net.kernel.register('net.handshake-timeout', (_node, id) => this.timeout(id), { digest: () => {} });
  }

  /** Sends an exchange over the connection that its session has, at once or when it opens. false when it has none. */
  reuse(exchange: Exchange): boolean {
    const conn = this.usable(exchange);
    if (conn === null) return false;
    if (conn.state === 'open') this.net.transport.transmit(exchange, conn);
    else this.wait(exchange, conn);
    return true;
  }

  /** Uses the session's connection or makes one, for an exchange whose host's address is known by now. */
  connect(exchange: Exchange, address: Address): void {
    if (this.reuse(exchange)) return;
    const { net } = this;
    const { spec } = exchange;
    if (spec.transport === 'udp') this.sweep(exchange.node);
    const source = this.sourceFor(exchange.node, address);
    const id = net.state.nextConn++;
    const luck = { k0: exchange.luck0, k1: exchange.luck1 };
    // A second connection for the same exchange does not meet again what the first one met.
    const { k0, k1 } = exchange.attempt === 0 ? luck : childKey(luck, exchange.attempt, REOPENED);
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
      session: exchange.session,
      channel: exchange.channel,
      attack: exchange.label,
      luck0: k0,
      luck1: k1,
      state: spec.transport === 'udp' ? 'open' : 'syn',
      attempt: 0,
      timer: NO_HANDLE,
      lastUsed: net.kernel.now,
      waiting: [],
      busy: 0,
      server: -1,
      peerAddress: 0,
      peerPort: 0,
      interposer: -1,
    };
    enter(net.state.conns, id, conn);
    net.nodeState(exchange.node).channels.set(exchange.session, id);
    if (conn.state === 'open') net.transport.transmit(exchange, conn);
    else {
      this.wait(exchange, conn);
      this.handshake(conn);
    }
  }

  /** The session's connection if it is open or being opened; one that was idle for too long is closed. */
  private usable(exchange: Exchange): Conn | null {
    const current = this.net.conn(this.net.nodeState(exchange.node).channels.get(exchange.session) ?? 0);
    if (current === null || current.state === 'closed') return null;
    if (current.state !== 'open' || current.busy > 0) return current;
    if (this.net.kernel.now - current.lastUsed <= this.patience(current)) return current;
    this.close(current);
    return null;
  }

  /** How long a connection lies idle before it is closed; a flow, whose name is asked for again then, as long as gateways remember it. */
  private patience({ transport, keepOpen }: Conn): number {
    return transport === 'udp' ? Math.max(keepOpen, this.flowLife) : keepOpen;
  }

  private wait(exchange: Exchange, conn: Conn): void {
    conn.waiting.push(exchange.id);
    exchange.conn = conn.id;
  }

  /** Closes idle flows of a node that opens many, as a scan does: nobody comes back to them. */
  private sweep(node: number): void {
    const { net } = this;
    const { channels } = net.nodeState(node);
    if (channels.size % MANY !== MANY - 1) return;
    for (const id of channels.values()) {
      const conn = net.conn(id);
      if (conn !== null && conn.transport === 'udp' && conn.busy === 0 && net.kernel.now - conn.lastUsed > this.patience(conn))
        this.close(conn);
    }
  }

  /** Source address towards a destination: that of the interface it leaves by. */
  private sourceFor(node: number, address: Address): Address {
    const family = familyOf(address);
    const hop = this.net.routes.nextHop(node, address);
    if (hop === null) return this.net.addressOf(node, family);
    return family === 6 ? hop.at.address6 : hop.at.address4;
  }

  /** Behind a port map the server answers from its own address; the gateway puts the public one back. */
  serverOwnAddress(conn: Conn): Address {
    if (this.net.ownerOf(conn.serverAddress) === conn.server || conn.server < 0) return conn.serverAddress;
    return this.net.addressOf(conn.server, familyOf(conn.serverAddress));
  }

  /** A message of the handshake reached the node it is for. */
  receive(node: number, conn: Conn, message: Message): void {
    switch (message.role) {
      case 'syn':
        return this.accept(node, conn, message);
      case 'synack':
        return this.accepted(conn);
      case 'hello':
        return this.certify(node, conn, message);
      case 'finished':
        return this.secured(node, conn, message);
      case 'reset':
        if (conn.state === 'open') this.renew(conn, message);
        else this.giveUp(conn, 'refused');
    }
  }

  /** Answers what belongs to no connection that this end knows (RFC 9293, section 3.5.2). */
  refuse(node: number, to: Message): void {
    const { net } = this;
    net.stop(to, node, { fact: 'no such connection' });
    const key = childKey({ k0: to.luck0, k1: to.luck1 }, RESET, 7);
    const message = net.frames.make('reset', 'reset', to.transport, node, null, RESET_BYTES, key.k0, key.k1);
    message.src = to.dst;
    message.sport = to.dport;
    message.dst = to.src;
    message.dport = to.sport;
    message.conn = to.conn;
    message.exchange = to.exchange;
    message.attempt = to.attempt;
    net.frames.send(node, message);
  }

  /** The far end does not know the connection any more: it has not taken the request, which is sent again on a new one. */
  private renew(conn: Conn, reset: Message): void {
    if (conn.state !== 'open') return;
    this.close(conn);
    const exchange = this.net.exchange(reset.exchange);
    if (exchange === null) return;
    this.net.kernel.cancel(exchange.timer);
    exchange.attempt++;
    if (exchange.attempt < this.retransmission.tries) this.connect(exchange, conn.serverAddress);
    else this.net.transport.fail(exchange, 'refused');
  }

  /** The client's next step, and when it will be repeated. */
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
    const { kernel } = this.net;
    conn.timer = kernel.at(kernel.now + this.retransmission.timeout(conn.attempt), this.timer, conn.client, conn.id);
  }

  private timeout(id: number): void {
    const conn = this.net.conn(id);
    if (conn === null || conn.state === 'open' || conn.state === 'closed') return;
    conn.attempt++;
    if (conn.attempt < this.retransmission.tries) this.handshake(conn);
    else this.giveUp(conn, 'timeout');
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

  /** The server, or whoever the hello came to instead, shows its certificate. */
  private certify(node: number, conn: Conn, message: Message): void {
    if (message.src !== conn.peerAddress) {
      // It has begun anew since, or the client's public address is another one.
      this.refuse(node, message);
      return;
    }
    const { certificate, id } = this.net.nodes[node]!;
    this.emit(conn, 'server', 'finished', FINISHED, { certificate, by: id }, FINISHED_BYTES, message.attempt);
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
      if (exchange !== null) this.net.transport.transmit(exchange, conn);
    }
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

  /** Ends a connection; what its session asks next opens another one. */
  close(conn: Conn): void {
    conn.state = 'closed';
    this.net.kernel.cancel(conn.timer);
    const { channels } = this.net.nodeState(conn.client);
    if (channels.get(conn.session) === conn.id) channels.delete(conn.session);
    strike(this.net.state.conns, conn.id);
    // Forwarding devices see the connection end (FIN) and forget it.
    this.net.filter.forget(conn.id);
  }

  /** Closes a connection and fails all that waited for it. */
  giveUp(conn: Conn, reason: string): void {
    this.close(conn);
    for (const id of conn.waiting) {
      const exchange = this.net.exchange(id);
      if (exchange !== null) this.net.transport.fail(exchange, reason);
    }
    conn.waiting = [];
  }
}
