import type { Address } from '../model/message.ts';
import type { Network } from './network.ts';
import type { InterfaceState } from './state.ts';
import { familyOf } from './topology.ts';

/** Where a message goes next: the interface it leaves by and the address to reach there. */
export interface Hop {
  readonly at: InterfaceState;
  readonly address: Address;
}

/** Routing: which way to an address, from each node. */
export class Routes {
  private readonly net: Network;
  /** By node and address; undefined = not asked yet. */
  private routes: (Hop | null | undefined)[][] = [];

  constructor(net: Network) {
    this.net = net;
    this.forget();
  }

  /** Interface and address of the next hop; null when there is no way. Remembered until something moves. */
  nextHop(node: number, dst: Address): Hop | null {
    const known = this.routes[node]!;
    const hop = known[dst];
    return hop !== undefined ? hop : (known[dst] = this.findHop(node, dst));
  }

  /** An attachment or an uplink changed: routes are found anew. */
  forget(): void {
    const addresses = 2 + 2 * this.net.nodes.length * this.net.segments.length;
    this.routes = this.net.nodes.map(() => new Array<Hop | null | undefined>(addresses));
  }

  private findHop(node: number, dst: Address): Hop | null {
    const net = this.net;
    const state = net.nodeState(node);
    let segment = net.segmentOf(dst);
    if (segment >= 0) {
      let towards = dst;
      for (let depth = 0; depth < 4; depth++) {
        for (const at of state.interfaces) if (at.segment === segment && at.up) return { at, address: towards };
        // Not on a segment of ours: reach it by the gateway that leads there, and that one by its own uplink.
        const gateway = net.segments[segment]!.gatewayNode;
        if (gateway < 0 || gateway === node) break;
        const via = net.nodeState(gateway).interfaces[net.nodeState(gateway).uplink];
        if (via === undefined || via.segment === segment) break;
        segment = via.segment;
        towards = familyOf(dst) === 6 ? via.address6 : via.address4;
      }
    }
    if (net.nodes[node]!.forwards) {
      const at = state.interfaces[state.uplink];
      return at !== undefined && at.up ? this.gatewayOf(at, node, dst) : null;
    }
    for (const at of state.interfaces) {
      if (!at.up) continue;
      const hop = this.gatewayOf(at, node, dst);
      if (hop !== null) return hop;
    }
    return null;
  }

  private gatewayOf(at: InterfaceState, node: number, dst: Address): Hop | null {
    const gateway = this.net.segments[at.segment]!.gatewayNode;
    if (gateway < 0 || gateway === node) return null;
    const face = this.net.nodeState(gateway).interfaces.find((candidate) => candidate.segment === at.segment);
    return face === undefined ? null : { at, address: familyOf(dst) === 6 ? face.address6 : face.address4 };
  }
}
