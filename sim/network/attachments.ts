import type { Network } from './network.ts';
import { present } from './numbered.ts';

/** Stations that come to a segment during a run, and leave it. */
export class Attachments {
  private readonly net: Network;

  constructor(net: Network) {
    this.net = net;
  }

  /**
   * A radio joins a Wi-Fi segment and leaves the one that it was on: it listens on one channel, to one network. It can use its
   * address once it has it by DHCP.
   */
  join(node: number, segment: number): void {
    const { net } = this;
    const { interfaces } = net.nodeState(node);
    // Where a node is the access point itself it is no station.
    const others = interfaces.filter(
      (at) => at.segment !== segment && net.segments[at.segment]!.medium === 'wifi' && net.segments[at.segment]!.gatewayNode !== node,
    );
    for (const at of others) this.leave(node, at.segment);
    if (interfaces.some((at) => at.segment === segment)) return;
    interfaces.push({ segment, address4: net.addresses.v4(node, segment), address6: net.addresses.v6(node, segment), up: false });
    net.segments[segment]!.members.push(node);
    net.indexOwners();
    net.routes.forget();
  }

  /** Nobody is told: what is still sent to it there is lost. Its own connections over the segment and its flows end, and what waits to be sent. */
  private leave(node: number, segment: number): void {
    const { net } = this;
    const state = net.nodeState(node);
    const { interfaces, unresolved } = state;
    const { members } = net.segments[segment]!;
    net.streams.cutAt(node, true, segment);
    for (const conn of present(net.state.conns))
      if (conn.client === node && net.segmentOf(conn.clientAddress) === segment) net.connections.giveUp(conn, 'no-route');
    for (const [address, { messages, timer }] of unresolved) {
      if (net.segmentOf(address) !== segment) continue;
      unresolved.delete(address);
      net.kernel.cancel(timer);
      for (const message of messages) net.stop(message, node, { fact: LEFT });
    }
    if (net.leases.leased(node)?.segment === segment) net.leases.drop(node);
    const uplink = interfaces[state.uplink];
    interfaces.splice(
      interfaces.findIndex((at) => at.segment === segment),
      1,
    );
    state.uplink = uplink === undefined ? state.uplink : interfaces.indexOf(uplink);
    members.splice(members.indexOf(node), 1);
    net.indexOwners();
    net.routes.forget();
  }
}

/** Why a message goes no further at a station that was on its segment. */
export const LEFT = 'not attached to the segment any more';
