import { childKey, type StreamKey } from '../kernel/draws.ts';
import { SECOND } from '../kernel/time.ts';
import type { Address, Message } from '../model/message.ts';
import { listed } from '../model/settings.ts';
import type { Network } from './network.ts';
import type { Exchange } from './state.ts';

/** DNS message sizes, IP bytes: a query for one name and its answer. */
export const QUERY_BYTES = 72;
/** Part of a query's luck when the same exchange asks once more. */
const AGAIN = 8;
const PUBLISHED = 'address.';

/**
 * Name resolution of home devices: a query to the resolver that the gateway's DHCP names, an answer that is believed,
 * kept for its time to live. Servers know their peers by configuration and ask nobody.
 */
export class Names {
  private readonly net: Network;
  /** Name → node, looked up once. */
  private readonly hosts = new Map<string, number>();
  /** Published quantity → node, looked up once. */
  private readonly quantities = new Map<string, number>();
  private readonly lucks: Map<string, StreamKey>[] = [];
  /** Name of the flow to a resolver, by its address. */
  private readonly sessions: string[] = [];

  constructor(net: Network) {
    this.net = net;
  }

  /** Address for a name if it is known now, 0 when it must be asked for, −1 when it does not exist. */
  known(node: number, host: string | Address): Address {
    if (typeof host === 'number') return host;
    if (!this.net.nodes[node]!.homeClient) return this.directory(host);
    const entry = this.net.nodeState(node).names.get(host);
    return entry !== undefined && entry.until > this.net.kernel.now ? entry.address : 0;
  }

  /** What the public name system says: `<device id>.example` → that device's public address; −1 for unknown names. */
  directory(host: string): Address {
    let node = this.hosts.get(host);
    if (node === undefined) {
      node = this.net.nodeIndex.get(host.endsWith('.example') ? host.slice(0, -8) : host) ?? -1;
      this.hosts.set(host, node);
    }
    return node < 0 ? -1 : this.net.publicAddress(node) || -1;
  }

  /** What can be sensed as `address.<device id>`: the device's public address; 0 for other quantities. */
  published(quantity: string): Address {
    let node = this.quantities.get(quantity);
    if (node === undefined) {
      node = quantity.startsWith(PUBLISHED) ? this.net.nodeIndex.get(quantity.slice(PUBLISHED.length)) : undefined;
      if (node === undefined) return 0;
      this.quantities.set(quantity, node);
    }
    return this.net.publicAddress(node);
  }

  /** Asks for a name on behalf of an exchange; several askers share one query. */
  ask(exchange: Exchange): void {
    const host = exchange.host as string;
    const asking = this.net.nodeState(exchange.node).asking;
    const waiting = asking.get(host);
    if (waiting !== undefined) {
      waiting.push(exchange.id);
      return;
    }
    asking.set(host, [exchange.id]);
    const resolver = this.resolverOf(exchange.node);
    this.net.transport.open({
      node: exchange.node,
      channel: 'dns',
      session: (this.sessions[resolver] ??= `dns ${resolver}`),
      host: resolver,
      kind: 'dns-query',
      body: { name: host },
      bytes: QUERY_BYTES,
      n: exchange.n,
      signed: false,
      luck: this.luckFor(exchange, host),
      cause: exchange.cause,
      purpose: 'name',
      reference: exchange.id,
      label: exchange.label,
      spec: { port: 53, transport: 'udp', tls: false, verifyServer: false, clientAuth: 'none', credential: null, keepOpen: 0 },
    });
  }

  /** An exchange that has to ask again, for another connection, asks with luck of its own. */
  private luckFor({ node, luck0, luck1, attempt }: Exchange, host: string): StreamKey {
    const luck = childKey(this.luckOf(node, host), luck0, luck1);
    return attempt === 0 ? luck : childKey(luck, attempt, AGAIN);
  }

  /** Key of the luck of a node's queries for a name; put together once. */
  private luckOf(node: number, host: string): StreamKey {
    const known = (this.lucks[node] ??= new Map());
    let key = known.get(host);
    if (key === undefined) {
      key = this.net.kernel.keys.key(`${this.net.nodes[node]!.id} dns ${host}`);
      known.set(host, key);
    }
    return key;
  }

  /** An answer came (or none did: message null). */
  answered(query: Exchange, message: Message | null): void {
    const host = query.body!['name'] as string;
    const state = this.net.nodeState(query.node);
    const waiting = state.asking.get(host) ?? [];
    state.asking.delete(host);
    const address = message === null ? 0 : Number(message.body?.['address'] ?? 0);
    const seconds = message === null ? 0 : Number(message.body?.['ttl'] ?? 0);
    // Registered before the askers go on, and valid at least for this instant, so that a zero time to live works once.
    if (address > 0) state.names.set(host, { address, until: this.net.kernel.now + Math.max(1, seconds * SECOND) });
    for (const id of waiting) {
      const exchange = this.net.exchange(id);
      if (exchange === null) continue;
      if (address > 0) this.net.connections.connect(exchange, address);
      else this.net.transport.fail(exchange, 'dns');
    }
  }

  /** The resolver that a device's gateway hands out. */
  private resolverOf(node: number): Address {
    const at = this.net.nodeState(node).interfaces.find((candidate) => candidate.address4 !== 0);
    const gateway = at === undefined ? -1 : this.net.segments[at.segment]!.gatewayNode;
    const named = gateway < 0 ? undefined : this.net.host.setting(gateway, 'dns-server');
    return Math.max(0, this.directory(typeof named === 'string' ? (listed(named)[0] ?? '') : 'resolver'));
  }
}
