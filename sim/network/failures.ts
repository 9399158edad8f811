import { SECOND } from '../kernel/time.ts';
import type { Network } from './network.ts';
import type { Segment } from './topology.ts';

/**
 * What fails without any attacker: the access line goes down and comes back; a gateway with a mobile backup changes over
 * when its line is silent.
 */
export class Failures {
  private readonly net: Network;
  private readonly down: number;
  private readonly up: number;
  private readonly changeOver: number;

  constructor(net: Network) {
    this.net = net;
    const { kernel } = net;
    this.down = kernel.register('net.line-down', (_subject, segment, n) => this.lineDown(segment, n));
    this.up = kernel.register('net.line-up', (_subject, segment, n) => this.lineUp(segment, n));
    this.changeOver = kernel.register('net.uplink-check', (node) => this.chooseUplink(node));
  }

  start(): void {
    for (const segment of this.net.segments) if (segment.medium === 'line') this.awaitFailure(segment, 0);
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

  /** The first uplink whose line works; a mobile one only where the gateway has the backup switched on. Where none works, the first. */
  chooseUplink(node: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    const backup = net.host.setting(node, 'lte-backup') === true;
    const uplinks = state.interfaces.flatMap((at, index) => {
      const { medium, gatewayNode, uplink } = net.segments[at.segment]!;
      const wan = medium === 'line' || (medium === 'lte' && backup);
      return wan && gatewayNode !== node ? [{ index, up: net.state.links[uplink]!.up }] : [];
    });
    const chosen = (uplinks.find(({ up }) => up) ?? uplinks[0])?.index ?? state.uplink;
    if (chosen === state.uplink) return;
    const { segment } = state.interfaces[state.uplink]!;
    state.uplink = chosen;
    net.routes.forget();
    state.tracks = []; // another public address: no tracked connection survives
    net.streams.cut(segment);
  }
}
