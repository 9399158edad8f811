import { NO_HANDLE } from '../kernel/record.ts';
import type { StreamKey } from '../kernel/draws.ts';
import { SECOND } from '../kernel/time.ts';
import type { Address, Message } from '../model/message.ts';
import { divide, redivide } from './loads.ts';
import type { Network } from './network.ts';
import { Retransmission } from './retransmission.ts';
import type { Conn, Stream } from './state.ts';

export interface Flow {
  readonly node: number;
  readonly host: string | Address;
  readonly port: number;
  readonly mode: 'elastic' | 'unresponsive';
  readonly direction: 'up' | 'down';
  readonly bitsPerSecond: number;
  readonly seconds: number; // 0 = until stopped
  readonly bytes: number; // 0 = no limit
  readonly type: string;
  readonly n: number;
  readonly purpose: 'device' | 'attack';
  /** Label beside the wire, see Conn.attack. */
  readonly label: number;
  /** Key of the luck of its opening, which n completes. */
  readonly luck: StreamKey;
}

/** Bytes of the exchange that opens a stream (a request such as RTSP PLAY or HTTP GET). */
const OPEN_BYTES = 400;

/**
 * Fluid flows beside the messages. A flow is opened by a real exchange that must pass every policy on its way; the
 * exchange's hops tell which links it loads. Rates change only when a flow starts or stops or a rule or link changes.
 */
export class Streams {
  private readonly net: Network;
  private readonly ending: number;
  /** How long an elastic flow's transport tries to get something over a link that is down, µs: as long as a message's. */
  private readonly patience: number;

  constructor(net: Network) {
    this.net = net;
    this.patience = new Retransmission(net).patience;
    this.ending = net.kernel.register('net.stream-end', (_node, id) => this.end(id, true), { digest: () => {} });
  }

  /** Opens a flow; returns its number. */
  open(flow: Flow): number {
    const { net } = this;
    const id = net.state.nextStream++;
    const now = net.kernel.now;
    const stream: Stream = {
      id,
      node: flow.node,
      host: flow.host,
      mode: flow.mode,
      direction: flow.direction,
      offered: flow.bitsPerSecond,
      favoured: net.host.favoured(flow.node),
      port: flow.port,
      type: flow.type,
      n: flow.n,
      purpose: flow.purpose,
      state: 'opening',
      links: [],
      passed: [],
      opening: 0,
      label: flow.label,
      conn: 0,
      startedAt: now,
      rate: 0,
      lost: 0,
      changedAt: now,
      bits: 0,
      offeredBits: 0,
      endBits: flow.bytes * 8,
      endAt: flow.seconds > 0 ? now + Math.ceil(flow.seconds * SECOND) : 0,
      stalledAt: -1,
      timer: NO_HANDLE,
    };
    net.state.streams.set(id, stream);
    net.transport.open({
      node: flow.node,
      channel: 'stream',
      session: `stream ${id}`,
      host: flow.host,
      kind: 'stream-open',
      body: null,
      bytes: OPEN_BYTES,
      n: flow.n,
      signed: false,
      luck: flow.luck,
      cause: 0,
      purpose: 'stream',
      reference: id,
      label: flow.label,
      spec: { port: flow.port, transport: 'udp', tls: false, verifyServer: false, clientAuth: 'none', credential: null, keepOpen: 0 },
    });
    return id;
  }

  /** A forwarding device let a message through: if it opens a stream, this hop is part of the stream's way. */
  note(node: number, from: string, to: string, message: Message): void {
    if (message.kind !== 'stream-open') return;
    const exchange = this.net.exchange(message.exchange);
    const stream = exchange === null ? undefined : this.net.state.streams.get(exchange.reference);
    if (stream === undefined || stream.state !== 'opening') return;
    stream.opening = message.id;
    if (!stream.passed.some((hop) => hop.node === node)) stream.passed.push({ node, from, to, told: 0 });
  }

  /** The far end answered: the flow runs from now on, unless it was stopped meanwhile. */
  ready(id: number, conn: Conn): void {
    const stream = this.net.state.streams.get(id);
    if (stream === undefined) {
      this.net.connections.close(conn);
      return;
    }
    stream.conn = conn.id;
    conn.busy++; // until it is closed: a flow sends no messages, and is not idle
    stream.links = this.path(stream, conn);
    stream.state = 'running';
    stream.changedAt = this.net.kernel.now;
    this.share();
    if (stream.purpose === 'attack') this.net.host.onFlow(stream, 'runs');
  }

  /** It could not be opened: everything it offered is lost. */
  refused(id: number, conn: Conn | null): void {
    if (conn !== null) this.net.connections.close(conn);
    const stream = this.net.state.streams.get(id);
    if (stream === undefined) return;
    stream.lost = 1;
    this.finish(stream, 1);
  }

  stop(id: number): void {
    if (this.net.state.streams.has(id)) this.end(id, false);
  }

  /** Share of its offered rate that gets through now. */
  throughput(id: number): number {
    const stream = this.net.state.streams.get(id);
    return stream === undefined || stream.state !== 'running' ? 0 : stream.rate / stream.offered;
  }

  /** Address that it was opened to, whatever its name stands for by now; of one that runs. */
  peerOf(stream: Stream): Address {
    return this.net.conn(stream.conn)!.serverAddress;
  }

  /** Links crossed, in order of travel of the data. Walks the route by addresses as it is now. */
  private path(stream: Stream, conn: Conn): number[] {
    const { net } = this;
    const links: number[] = [];
    let node = stream.node;
    let target = conn.serverAddress;
    for (let hops = 0; hops < 8; hops++) {
      // At a gateway that maps the port it goes on to who answers behind it.
      if (net.ownerOf(target) === node) target = net.connections.serverOwnAddress(conn);
      if (net.ownerOf(target) === node) break;
      const hop = net.routes.nextHop(node, target);
      if (hop === null) break;
      const segment = net.segments[hop.at.segment]!;
      const next = net.ownerOf(hop.address);
      if (node !== segment.gatewayNode) links.push(segment.uplink);
      // From station to station of a shared medium it goes over the access point, as messages do.
      const bridged =
        (segment.medium === 'wifi' || segment.medium === 'ethernet') && segment.gatewayNode >= 0 && next !== segment.gatewayNode;
      if (node === segment.gatewayNode || bridged) links.push(segment.downlink);
      node = next;
      if (node < 0) break;
    }
    if (stream.direction === 'up') return links;
    return links.reverse().map((link) => this.opposite(link));
  }

  private opposite(link: number): number {
    for (const segment of this.net.segments) {
      if (segment.uplink === link) return segment.downlink;
      if (segment.downlink === link) return segment.uplink;
    }
    return link;
  }

  /** A gateway has left this segment for another uplink: the flows that crossed it end. */
  cut(segment: number): void {
    const { uplink, downlink } = this.net.segments[segment]!;
    const over = [...this.net.state.streams.values()].filter(({ links }) => links.includes(uplink) || links.includes(downlink));
    for (const { id } of over) this.end(id, true);
  }

  /**
   * Flows that end at a node or cross it end, since it has lost its power or its network: one segment, of which flows that run
   * elsewhere know nothing. Their devices are told; the node itself where it can hear of it.
   */
  cutAt(node: number, hears: boolean, segment = -1): void {
    const { uplink, downlink } = this.net.segments[segment] ?? { uplink: -1, downlink: -1 };
    const elsewhere = ({ state, links }: Stream): boolean =>
      segment >= 0 && state === 'running' && !links.includes(uplink) && !links.includes(downlink);
    const over = [...this.net.state.streams.values()].filter(
      (stream) => !elsewhere(stream) && (stream.node === node || this.crosses(stream, node)),
    );
    for (const stream of over) this.end(stream.id, hears || stream.node !== node);
  }

  private crosses({ passed, conn, links }: Stream, node: number): boolean {
    const { net } = this;
    const over = net.conn(conn);
    if (passed.some((hop) => hop.node === node) || (over !== null && (over.server === node || net.ownerOf(over.serverAddress) === node)))
      return true;
    const own = net.segments.filter(({ gatewayNode }) => gatewayNode === node);
    return own.some(({ uplink, downlink }) => links.includes(uplink) || links.includes(downlink));
  }

  /** A gateway's rules changed, and ended these connections, each by a rule: flows over them end, and those that are no longer let through. */
  recheck(node: number, ended: ReadonlyMap<number, string>): void {
    const { net } = this;
    for (const stream of net.state.streams.values()) {
      if (stream.state !== 'running') continue;
      const hop = stream.passed.find((candidate) => candidate.node === node);
      if (hop === undefined || net.filter.tracks(node, stream.conn)) continue;
      const probe = net.frames.make('stream', 'datagram', 'udp', stream.node, null, 0, 0, 0);
      probe.src = net.addressOf(stream.node);
      probe.dst = this.peerOf(stream);
      probe.dport = stream.port;
      probe.n = stream.n;
      const rule = ended.get(stream.conn);
      const verdict = rule === undefined ? net.filter.ask(node, hop.from, hop.to, probe) : { allow: false, rule };
      if (!verdict.allow) {
        net.stop(probe, node, { rule: verdict.rule });
        this.end(stream.id, true);
      }
    }
  }

  /** Link states changed: shares are worked out anew. */
  share(): void {
    const { net } = this;
    const now = net.kernel.now;
    const running: Stream[] = [];
    for (const stream of net.state.streams.values()) {
      if (stream.state !== 'running') continue;
      this.account(stream, now);
      running.push(stream);
    }
    redivide(net, running);
    for (const stream of running) {
      stream.lost = stream.mode === 'unresponsive' ? 1 - stream.rate / stream.offered : 0;
      const dead = stream.links.some((link) => !net.state.links[link]!.up);
      if (!dead) stream.stalledAt = -1;
      else if (stream.stalledAt < 0) stream.stalledAt = now;
      this.plan(stream, now);
    }
  }

  /** Brings a running flow's counts up to date. */
  account(stream: Stream, now: number): void {
    const seconds = (now - stream.changedAt) / SECOND;
    stream.bits += stream.rate * seconds;
    stream.offeredBits += stream.offered * seconds;
    stream.changedAt = now;
  }

  /** When will it end at the present rate? */
  private plan(stream: Stream, now: number): void {
    this.net.kernel.cancel(stream.timer);
    let end = stream.endAt > 0 ? stream.endAt : Infinity;
    if (stream.mode === 'elastic' && stream.stalledAt >= 0) end = Math.min(end, stream.stalledAt + this.patience);
    if (stream.endBits > 0 && stream.rate > 0)
      end = Math.min(end, now + Math.ceil(((stream.endBits - stream.bits) / stream.rate) * SECOND));
    stream.timer = end === Infinity ? NO_HANDLE : this.net.kernel.at(Math.max(now, end), this.ending, stream.node, stream.id);
  }

  private end(id: number, tell: boolean): void {
    const stream = this.net.state.streams.get(id);
    if (stream === undefined) return;
    if (stream.state === 'running') this.account(stream, this.net.kernel.now);
    this.net.kernel.cancel(stream.timer);
    const lost = lostOf(stream);
    for (const hop of stream.passed) if (this.net.monitors[hop.node]!) this.net.flowStatistics.add(hop, stream);
    this.net.state.streams.delete(id);
    const conn = this.net.conn(stream.conn);
    if (conn !== null) this.net.connections.close(conn);
    if (stream.state === 'running') this.share();
    if (stream.purpose === 'attack') this.net.host.onFlow(stream, stream.state === 'running' ? 'over' : 'failed');
    else if (tell) this.report(stream, lost);
  }

  private finish(stream: Stream, lost: number): void {
    this.net.kernel.cancel(stream.timer);
    this.net.state.streams.delete(stream.id);
    if (stream.purpose === 'attack') this.net.host.onFlow(stream, 'failed');
    else this.report(stream, lost);
  }

  private report(stream: Stream, lost: number): void {
    const seconds = (this.net.kernel.now - stream.startedAt) / SECOND;
    this.net.host.deliver(
      stream.node,
      stream.type,
      null,
      { bytes: Math.round(stream.bits / 8), seconds, lost, stream: stream.id },
      stream.n,
      '',
    );
  }

  /** After a snapshot was restored: loads follow from the flows. */
  reload(): void {
    const running = [...this.net.state.streams.values()].filter((stream) => stream.state === 'running');
    divide(this.net, running);
  }
}

/** Share of what it offered that was lost: all of it where it never ran. */
function lostOf({ state, mode, lost, bits, offeredBits }: Stream): number {
  if (state === 'opening') return 1;
  return mode === 'elastic' || offeredBits === 0 ? lost : 1 - bits / offeredBits;
}
