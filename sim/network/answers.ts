import { childKey } from '../kernel/draws.ts';
import type { Body, Message } from '../model/message.ts';
import { ACK_BYTES, overhead, UDP_OVERHEAD } from './message-sizes.ts';
import type { Network } from './network.ts';
import type { Conn, Exchange } from './state.ts';
import { BROADCAST } from './topology.ts';

/** The far end of an exchange: what was asked reaches the device once, and its answer goes back as often as it is asked for. */
export class Answers {
  private readonly net: Network;

  constructor(net: Network) {
    this.net = net;
  }

  /** A request (or push) arrives: once to the device, a repeated one gets the same answer again. */
  serve(node: number, conn: Conn, message: Message): void {
    const { net } = this;
    if (message.role === 'request') {
      if (conn.transport === 'tcp' && message.src !== conn.peerAddress) {
        // The client's public address is another one since its gateway changed over to another uplink.
        net.connections.refuse(node, message);
        return;
      }
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
    // Several may answer what is said to everybody.
    const who = to.dst === BROADCAST ? net.kernel.keys.key(`answer of ${net.nodes[node]!.id}`).k0 : 0;
    const key = childKey({ k0: to.luck0, k1: to.luck1 }, 1, who);
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
}
