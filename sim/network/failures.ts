import { SECOND } from '../kernel/time.ts';
import { flowFields } from '../model/flow-report.ts';
import type { Network } from './network.ts';
import type { Segment } from './topology.ts';

/**
 * What fails without any attacker: the access line goes down and comes back; a gateway with a mobile backup changes over
 * when its line is silent. Also the periodic flow statistics of gateways that monitor.
 */
export class Failures {
  private readonly net: Network;
  private readonly down: number;
  private readonly up: number;
  private readonly changeOver: number;
  private readonly report: number;

  constructor(net: Network) {
    this.net = net;
    const { kernel } = net;
    this.down = kernel.register('net.line-down', (_subject, segment, n) => this.lineDown(segment, n));
    this.up = kernel.register('net.line-up', (_subject, segment, n) => this.lineUp(segment, n));
    this.changeOver = kernel.register('net.uplink-check', (node) => this.chooseUplink(node));
    this.report = kernel.register('net.flow-report', (node, n) => this.flowReport(node, n), { digest: () => {} });
  }

  start(): void {
    for (const segment of this.net.segments) if (segment.medium === 'line') this.awaitFailure(segment, 0);
    const interval = this.net.parameter('monitor.flow-interval') * SECOND;
    for (const node of this.net.nodes)
      if (node.forwards && this.net.monitors[node.index]) this.net.kernel.at(interval, this.report, node.index, 0);
  }

  private awaitFailure(segment: Segment, n: number): void {
    const { kernel } = this.net;
    kernel.wait(
      this.net.distribution('line.time-between-failures'),
      SECOND * 3600,
      kernel.keys.key(`${segment.id} failure`),
      n,
      0,
      this.down,
      kernel.subject(segment.id),
      segment.index,
      n,
    );
  }

  private lineDown(index: number, n: number): void {
    const { kernel } = this.net;
    const segment = this.net.segments[index]!;
    this.setLine(segment, false);
    kernel.wait(
      this.net.distribution('line.time-to-repair'),
      SECOND * 60,
      kernel.keys.key(`${segment.id} repair`),
      n,
      0,
      this.up,
      kernel.subject(segment.id),
      index,
      n,
    );
  }

  private lineUp(index: number, n: number): void {
    const segment = this.net.segments[index]!;
    this.setLine(segment, true);
    this.awaitFailure(segment, n + 1);
  }

  private setLine(segment: Segment, up: boolean): void {
    const { net } = this;
    net.state.links[segment.uplink]!.up = up;
    net.state.links[segment.downlink]!.up = up;
    net.streams.share();
    const detection = net.parameter('router.failover-detection') * SECOND;
    for (const member of segment.members)
      if (member !== segment.gatewayNode && net.nodes[member]!.forwards) net.kernel.at(net.kernel.now + detection, this.changeOver, member);
  }

  /** The first uplink whose line works; a mobile one only where the gateway has the backup switched on. */
  private chooseUplink(node: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    const backup = net.host.setting(node, 'lte-backup') === true;
    const chosen = state.interfaces.findIndex((at) => {
      const segment = net.segments[at.segment]!;
      const wan = segment.medium === 'line' || (segment.medium === 'lte' && backup);
      return wan && segment.gatewayNode !== node && net.state.links[segment.uplink]!.up;
    });
    if (chosen < 0 || chosen === state.uplink) return;
    state.uplink = chosen;
    net.routes.forget();
    state.tracks = []; // another public address: no tracked connection survives
    net.streams.share();
  }

  private flowReport(node: number, n: number): void {
    const { net } = this;
    const interval = net.parameter('monitor.flow-interval') * SECOND;
    net.kernel.at(net.kernel.now + interval, this.report, node, n + 1);
    const { flows } = net.nodeState(node);
    for (const stream of net.state.streams.values()) {
      // What a station sends; what it fetches (video) says little about it.
      if (stream.state !== 'running' || stream.direction === 'down' || !stream.passed.some((hop) => hop.node === node)) continue;
      const seconds = Math.min(interval, net.kernel.now - stream.startedAt) / SECOND;
      net.streams.tally(
        node,
        net.nodes[stream.node]!.id,
        Math.round((stream.offered * seconds) / 8),
        net.names.known(stream.node, stream.host),
        stream.opening,
      );
    }
    const body: Record<string, number> = {};
    for (const [station, entry] of flows) {
      const fields = flowFields(station);
      body[fields.bytes] = entry.bytes;
      body[fields.peers] = entry.peers.size;
      body[fields.evidence] = entry.evidence;
      body[fields.newPeers] = net.streams.newcomers(node, station, entry.peers);
    }
    flows.clear();
    net.host.deliver(node, 'flow-report', null, body, n, '');
  }
}
