import { present } from './numbered.ts';
import type { Network } from './network.ts';
import type { Exchange } from './state.ts';

/**
 * Devices that lose their power and get it back. What a device has in its working memory is gone: connections, names,
 * neighbours, translations, what waits to be sent. Leases are kept, as clients and servers keep them.
 *
 * Nobody is told: others find out by what stays unanswered. (One shortcut: a server knows at once that a client's connection
 * is gone, and does not push into it until its tries are used up.)
 */
export class Power {
  private readonly net: Network;

  constructor(net: Network) {
    this.net = net;
  }

  /** One more reason why a device is without power. */
  cut(node: number): void {
    const state = this.net.nodeState(node);
    if (++state.cuts === 1) this.lose(node);
  }

  /** One reason less. */
  restore(node: number): void {
    const state = this.net.nodeState(node);
    if (--state.cuts > 0) return;
    state.power = true;
    state.boots++;
    this.net.host.onPower(node, true);
    this.net.leases.comeBack(node);
    if (this.net.nodes[node]!.forwards) this.net.failures.lookForUplink(node);
  }

  private lose(node: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    state.power = false;
    net.streams.cutAt(node);
    for (const { messages, timer } of state.unresolved.values()) {
      net.kernel.cancel(timer);
      for (const message of messages) net.stop(message, node, { fact: 'switched off' });
    }
    state.unresolved.clear();
    state.names.clear();
    state.asking.clear();
    state.neighbours.length = 0;
    state.tracks = [];
    state.flows.clear();
    state.peersSeen.clear();
    for (const exchange of present(net.state.exchanges)) this.forget(node, exchange);
    for (const conn of present(net.state.conns)) {
      if (conn.client === node) net.connections.close(conn);
      // It will not know the connection any more: the next request over it is answered with a reset.
      else if (conn.server === node && conn.state === 'open') conn.peerAddress = conn.peerPort = 0;
    }
    net.host.onPower(node, false);
  }

  private forget(node: number, exchange: Exchange): void {
    const { net } = this;
    if (exchange.node === node) {
      net.transport.finish(exchange);
      // The adversary's own doing is in its head, not in the device.
      if (exchange.purpose === 'attack') net.host.answerAttack(exchange.reference, 'failed', null, { reason: 'switched off' });
    } else if (net.conn(exchange.sentOn)?.server === node) {
      exchange.served = 'no';
      exchange.answer = null;
    }
  }
}
