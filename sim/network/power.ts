import { present } from './numbered.ts';
import type { Network } from './network.ts';
import type { Exchange } from './state.ts';

/** Reasons for being without power: 0 and above are the device's own, which whoever stands before it can end; below are the mains'. */
export const SWITCHED_OFF = 0;
const MAINS_FAILED = -1;
/** The i-th failure that the scenario gives. */
const given = (index: number, ofMains: boolean): number => (ofMains ? MAINS_FAILED - 1 - index : SWITCHED_OFF + 1 + index);

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

  /** The mains fail, or are back. */
  mains(nodes: readonly number[], works: boolean): void {
    if (works) this.restore(nodes, MAINS_FAILED);
    else this.cut(nodes, MAINS_FAILED);
  }

  /** The i-th failure that the scenario gives, of the mains or of one device, begins or is over. */
  failure(nodes: readonly number[], index: number, ofMains: boolean, fails: boolean): void {
    if (fails) this.cut(nodes, given(index, ofMains));
    else this.restore(nodes, given(index, ofMains));
  }

  /** Somebody has ended the reasons that lie in the device itself; see DeviceContext.mend. */
  mend(node: number): 'ran' | 'mended' | 'dark' {
    const state = this.net.nodeState(node);
    if (state.power) return 'ran';
    if (state.cuts.includes(SWITCHED_OFF)) {
      // Off from the start, it has never been on its segments. Where it needs an address it asks for one.
      const leased = this.net.leases.leased(node);
      for (const at of state.interfaces) at.up = at !== leased;
      this.net.routes.forget();
    }
    state.cuts = state.cuts.filter((reason) => reason < SWITCHED_OFF);
    if (state.cuts.length > 0) return 'dark';
    this.rise([node]);
    return 'mended';
  }

  /** One more reason why devices are without power. All are dark before anything else happens: none hears of another's end. */
  private cut(nodes: readonly number[], reason: number): void {
    const dark = nodes.filter((node) => this.net.nodeState(node).cuts.push(reason) === 1);
    for (const node of dark) this.net.nodeState(node).power = false;
    for (const node of dark) this.lose(node);
  }

  /** One reason less, unless somebody has ended it before. */
  private restore(nodes: readonly number[], reason: number): void {
    const ended = nodes.filter((node) => this.net.nodeState(node).cuts.includes(reason));
    for (const node of ended) {
      const state = this.net.nodeState(node);
      state.cuts = state.cuts.filter((other) => other !== reason);
    }
    this.rise(ended.filter((node) => this.net.nodeState(node).cuts.length === 0));
  }

  private rise(back: readonly number[]): void {
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
