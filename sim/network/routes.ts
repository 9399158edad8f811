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
  private routes: Map<Address, Hop | null>[] = [];

  constructor(net: Network) {
    this.net = net;
    this.forget();
  }

  /** Interface and address of the next hop; null when there is no way. Remembered until something moves. */
  nextHop(node: number, dst: Address): Hop | null {
    const known = this.routes[node];
    if (known === undefined) return this.findHop(node, dst);
    let hop = known.get(dst);
    if (hop === undefined) {
      hop = this.findHop(node, dst);
      known.set(dst, hop);
    }
    return hop;
  }

  /** An attachment or an uplink changed: routes are found anew. */
  forget(): void {
    this.routes = this.net.nodes.map(() => new Map());
  }

  private findHop(node: number, dst: Address): Hop | null {
    const net = this.net;
    const state = net.nodeState(node);
    const owner = net.owners.get(dst);
    if (owner !== undefined) {
      let segment = owner.segment;
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
