import { SECOND } from '../kernel/time.ts';
import { flowFields } from '../model/flow-report.ts';
import type { Address, Message } from '../model/message.ts';
import type { Network } from './network.ts';
import type { PeerFlows, Stream } from './state.ts';

/** Flow statistics of gateways that monitor: bytes by inside station and destination, reported to the gateway at fixed intervals. */
export class FlowStatistics {
  private readonly net: Network;
  private readonly timer: number;

  constructor(net: Network) {
    this.net = net;
    this.timer = net.kernel.register('net.flow-report', (node) => this.report(node), { digest: () => {} });
  }

  /** Gateways that monitor by now and have not yet begun to. */
  start(): void {
    for (const node of this.net.nodes) {
      const state = this.net.nodeState(node.index);
      if (!this.net.monitors[node.index]! || state.reporting) continue;
      state.reporting = true;
      state.flowsSince = this.net.kernel.now;
      this.next(node.index);
    }
  }

  private next(node: number): void {
    const { kernel } = this.net;
    kernel.at(kernel.now + Math.round(this.net.parameter('monitor.flow-interval') * SECOND), this.timer, node);
  }

  /** A message passes a gateway that monitors. */
  count(node: number, message: Message): void {
    // By the frame's sender: that is what a gateway sees.
    const id = this.net.nodes[message.l2src]!.id;
    this.tally(node, id, message.bytes, message.dst, message.id);
  }

  /** A flow's part in the present window, at the window's end or its own. */
  add(hop: Stream['passed'][number], stream: Stream): void {
    const { net } = this;
    // What a station sends; what it fetches (video) says little about it.
    if (stream.state !== 'running' || stream.direction === 'down') return;
    net.streams.account(stream, net.kernel.now);
    // One that does not back off sends all that it offers, whatever becomes of it later.
    const sent = stream.mode === 'elastic' ? stream.bits : stream.offeredBits;
    const bytes = Math.round((sent - hop.told) / 8);
    hop.told = sent;
    this.tally(hop.node, net.nodes[stream.node]!.id, bytes, net.streams.peerOf(stream), stream.opening);
  }

  private report(node: number): void {
    const { net } = this;
    const { now } = net.kernel;
    const state = net.nodeState(node);
    state.reporting = net.monitors[node]!;
    if (!state.reporting) {
      state.flows.clear();
      return;
    }
    this.next(node);
    for (const stream of net.state.streams.values()) for (const hop of stream.passed) if (hop.node === node) this.add(hop, stream);
    state.flowsSince = now;
    const { flows } = state;
    const body: Record<string, number> = {};
    for (const [station, entry] of flows) {
      const fields = flowFields(station);
      body[fields.bytes] = entry.bytes;
      body[fields.peers] = entry.peers.size;
      body[fields.evidence] = entry.evidence;
      body[fields.newPeers] = this.newcomers(node, station, [...entry.peers.keys()]);
      let index = 0;
      for (const [address, { bytes, evidence }] of entry.peers) {
        const of = fields.peer(index++);
        body[of.address] = address;
        body[of.bytes] = bytes;
        body[of.evidence] = evidence;
      }
    }
    flows.clear();
    // Numbered by time, so that reports that begin anew have numbers of their own.
    const n = Math.floor(now / (net.parameter('monitor.flow-interval') * SECOND)) - 1;
    net.host.deliver(node, 'flow-report', null, body, n, '');
  }

  private tally(node: number, station: string, bytes: number, peer: Address, evidence: number): void {
    const { flows } = this.net.nodeState(node);
    let entry = flows.get(station);
    if (entry === undefined) {
      entry = { bytes: 0, most: -1, evidence, peers: new Map() };
      flows.set(station, entry);
    }
    let part = entry.peers.get(peer);
    if (part === undefined) {
      part = { bytes: 0, most: -1, evidence };
      entry.peers.set(peer, part);
    }
    add(entry, bytes, evidence);
    add(part, bytes, evidence);
  }

  /** How many of these peers the gateway had never seen the station talk to; it remembers them now. */
  private newcomers(node: number, station: string, peers: readonly Address[]): number {
    const { peersSeen } = this.net.nodeState(node);
    let seen = peersSeen.get(station);
    if (seen === undefined) {
      seen = new Set();
      peersSeen.set(station, seen);
    }
    const before = seen.size;
    for (const peer of peers) seen.add(peer);
    return seen.size - before;
  }
}

/** One more contribution; the largest is the evidence. */
function add(to: PeerFlows, bytes: number, evidence: number): void {
  if (bytes > to.most) {
    to.most = bytes;
    to.evidence = evidence;
  }
  to.bytes += bytes;
}
