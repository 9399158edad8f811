import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';
import type { FailureSpec } from '../model/spec.ts';
import type { Network } from './network.ts';
import type { Segment } from './topology.ts';

/**
 * What fails without any attacker, by itself or at a time that the scenario gives: access lines, radios and other links, the
 * home's mains, the power of a device. A gateway with a mobile backup changes over when its line is silent.
 */
export class Failures {
  private readonly net: Network;
  private readonly given: readonly FailureSpec[];
  /** Nodes that hang on the mains. */
  private readonly onMains: readonly number[];
  private readonly down: number;
  private readonly up: number;
  private readonly mainsDown: number;
  private readonly mainsUp: number;
  private readonly begins: number;
  private readonly ends: number;
  private readonly changeOver: number;

  constructor(net: Network, given: readonly FailureSpec[], onMains: readonly number[]) {
    this.net = net;
    this.given = given;
    this.onMains = onMains;
    const { kernel } = net;
    this.down = kernel.register('net.line-down', (_subject, segment, n) => this.lineDown(segment, n));
    this.up = kernel.register('net.line-up', (_subject, segment, n) => this.lineUp(segment, n));
    this.mainsDown = kernel.register('net.mains-down', (_subject, n) => this.powerDown(n));
    this.mainsUp = kernel.register('net.mains-up', (_subject, n) => this.powerUp(n));
    this.begins = kernel.register('net.failure-begins', (_subject, index) => this.change(index, true));
    this.ends = kernel.register('net.failure-ends', (_subject, index) => this.change(index, false));
    this.changeOver = kernel.register('net.uplink-check', (node) => this.chooseUplink(node));
  }

  start(): void {
    for (const segment of this.net.segments) if (segment.medium === 'line') this.awaitFailure(segment, 0);
    if (this.onMains.length > 0) this.awaitPowerFailure(0);
    const { kernel } = this.net;
    this.given.forEach(({ of, on, fromHours, minutes }, index) => {
      const subject = kernel.subject(on ?? MAINS);
      const from = Math.round(fromHours * HOUR);
      kernel.at(from, this.begins, subject, index, KINDS.indexOf(of));
      kernel.at(from + Math.max(1, Math.round(minutes * MINUTE)), this.ends, subject, index, KINDS.indexOf(of));
    });
  }

  private awaitFailure(segment: Segment, n: number): void {
    this.await('line.time-between-failures', HOUR, `${segment.id} failure`, n, this.down, segment.id, segment.index);
  }

  private lineDown(index: number, n: number): void {
    const segment = this.net.segments[index]!;
    this.setLink(segment, false);
    this.await('line.time-to-repair', MINUTE, `${segment.id} repair`, n, this.up, segment.id, index);
  }

  private lineUp(index: number, n: number): void {
    const segment = this.net.segments[index]!;
    this.setLink(segment, true);
    this.awaitFailure(segment, n + 1);
  }

  /** A random wait for the n-th time, told to a handler as (what, n). */
  private await(law: string, unit: number, purpose: string, n: number, handler: number, subject: string, what: number): void {
    const { kernel } = this.net;
    kernel.wait(this.net.distribution(law), unit, kernel.keys.key(purpose), n, 0, handler, kernel.subject(subject), what, n);
  }

  private awaitPowerFailure(n: number): void {
    const { net } = this;
    const { kernel } = net;
    const law = net.distribution('power.time-between-failures');
    kernel.wait(law, HOUR, kernel.keys.key('mains failure'), n, 0, this.mainsDown, kernel.subject(MAINS), n);
  }

  private powerDown(n: number): void {
    const { net } = this;
    const { kernel } = net;
    net.power.mains(this.onMains, false);
    const law = net.distribution('power.time-to-repair');
    kernel.wait(law, MINUTE, kernel.keys.key('mains repair'), n, 0, this.mainsUp, kernel.subject(MAINS), n);
  }

  private powerUp(n: number): void {
    this.net.power.mains(this.onMains, true);
    this.awaitPowerFailure(n + 1);
  }

  /** A failure that the scenario gives begins or is over. */
  private change(index: number, fails: boolean): void {
    const { net } = this;
    const { of, on } = this.given[index]!;
    if (of === 'addresses') return this.useUp(net.segmentIndex.get(on!)!, fails);
    if (of === 'link') return this.setLink(net.segments[net.segmentIndex.get(on!)!]!, !fails);
    const nodes = on === null ? this.onMains : [net.nodeIndex.get(on)!];
    net.power.failure(nodes, index, on === null, fails);
  }

  /** Others have every address that a segment's gateway has not given yet, or leave them again. */
  private useUp(segment: number, fails: boolean): void {
    const { net } = this;
    const { usedUp } = net.state;
    const before = usedUp[segment]!;
    usedUp[segment] = before + (fails ? 1 : -1);
    if (before === 0 || usedUp[segment] === 0) net.host.onAddresses(segment, !fails);
  }

  /** A segment's link (a radio's: that of all who share it) fails once more, or once less. */
  private setLink(segment: Segment, works: boolean): void {
    const { net } = this;
    const links = [...new Set([segment.uplink, segment.downlink])].map((link) => net.state.links[link]!);
    for (const link of links) link.failures += works ? -1 : 1;
    const up = links[0]!.failures === 0;
    if (links[0]!.up === up) return;
    for (const link of links) link.up = up;
    net.streams.share();
    net.host.onLink(segment.index, up);
    for (const member of segment.members) if (member !== segment.gatewayNode && net.nodes[member]!.forwards) this.lookForUplink(member);
  }

  /** May this link, or this gateway's power, fail at some time? What will be there a moment later is not known then. */
  mayFail(node: number, segment: Segment): boolean {
    const id = this.net.nodes[node]!.id;
    return (
      this.onMains.includes(node) || this.given.some(({ of, on }) => (of === 'power' && on === id) || (of === 'link' && on === segment.id))
    );
  }

  /** A gateway notices after a while whether its line works. */
  lookForUplink(node: number): void {
    const { kernel } = this.net;
    kernel.at(kernel.now + Math.round(this.net.parameter('router.failover-detection') * SECOND), this.changeOver, node);
  }

  /** The first uplink whose line works; a mobile one only where the gateway has the backup switched on. Where none works, the first. */
  chooseUplink(node: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    if (!state.power) return;
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

/** By number, for the calendar and the fingerprint. */
const KINDS: readonly FailureSpec['of'][] = ['power', 'link', 'addresses'];

/** Subject of what befalls the home's mains. */
const MAINS = 'mains';
