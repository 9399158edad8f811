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

  /** One more reason why devices are without power. All are dark before anything else happens: none hears of another's end. */
  cut(nodes: readonly number[]): void {
    const dark = nodes.filter((node) => ++this.net.nodeState(node).cuts === 1);
    for (const node of dark) this.net.nodeState(node).power = false;
    for (const node of dark) this.lose(node);
  }

  /** One reason less. */
  restore(nodes: readonly number[]): void {
    const back = nodes.filter((node) => --this.net.nodeState(node).cuts === 0);
    for (const node of back) this.net.nodeState(node).power = true;
    for (const node of back) this.begin(node);
  }

  private begin(node: number): void {
    const { net } = this;
    net.nodeState(node).boots++;
    net.host.onPower(node, true);
    net.leases.comeBack(node);
    if (net.nodes[node]!.forwards) net.failures.lookForUplink(node);
  }

  private lose(node: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    net.streams.cutAt(node, false);
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
      else if (conn.server === node) conn.peerAddress = conn.peerPort = 0;
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
