import { hashText } from '../kernel/draws.ts';
import type { QuantileTable } from '../kernel/quantile-table.ts';
import type { Address } from '../model/message.ts';
import type { SegmentSpec, WorldSpec } from '../model/spec.ts';
import type { Airtime } from './airtime.ts';

/** What is fixed for a run: segments, links, nodes and where they are attached. */
export interface Segment extends SegmentSpec {
  readonly index: number;
  /** Node index of access point and gateway; −1 for none. */
  readonly gatewayNode: number;
  /** Link towards and from the gateway (equal on a shared radio). */
  readonly uplink: number;
  readonly downlink: number;
  /** Quantiles of the one-way delay of a hop, ms; independent of load. */
  readonly delay: QuantileTable;
  /** The delay in µs where it is constant, −1 where it is random. */
  readonly fixedDelay: number;
  /** Share of messages that a hop loses when the link is not overloaded. */
  readonly loss: number;
  /** Wi-Fi only: what a frame takes of the radio. */
  readonly airtime: Airtime | null;
  /** BLE only: connection interval, µs. 0 elsewhere. */
  readonly interval: number;
  /** Names the segment in the address of draws. */
  readonly word: number;
  readonly members: number[];
}

export interface Link {
  readonly index: number;
  readonly id: string;
  /** bit/s; Infinity where it never matters */
  readonly rate: number;
  /** bytes */
  readonly buffer: number;
  /** Gateway whose setting says how it is queued; −1 = plain FIFO. */
  readonly queuedBy: number;
}

export interface Node {
  readonly index: number;
  readonly id: string;
  /** Name that its own certificate is for. */
  readonly certificate: string;
  readonly forwards: boolean;
  readonly listens: ReadonlySet<number>;
  /** Does the network use DNS and DHCP for it (home devices), or does it know names by itself (servers)? */
  readonly homeClient: boolean;
}

/**
 * An address is a small number that says who (node) and where (segment), IPv4 even and IPv6 odd: the busiest tables are
 * then plain arrays, and a device's addresses do not depend on who else joined. 0 is no address.
 */
export class Addresses {
  private readonly segments: number;

  constructor(segments: number) {
    this.segments = segments;
  }

  v4(node: number, segment: number): Address {
    return 2 + 2 * (node * this.segments + segment);
  }

  v6(node: number, segment: number): Address {
    return 3 + 2 * (node * this.segments + segment);
  }

  /** Node whose address this is (whether or not it is attached there now), −1 for none. */
  node(address: Address): number {
    return address < 2 ? -1 : Math.floor(((address - 2) >> 1) / this.segments);
  }

  segment(address: Address): number {
    return address < 2 ? -1 : ((address - 2) >> 1) % this.segments;
  }
}

/** Everybody on the segment. */
export const BROADCAST: Address = -1;

/** What is said to everybody is said in IPv4. */
export const familyOf = (address: Address): 4 | 6 => (address > 0 && (address & 1) === 1 ? 6 : 4);

/** First IPv4 address of each segment's range, cut from the three documentation blocks (RFC 5737); others from RFC 2544's. */
const RANGES: ReadonlyMap<string, number> = new Map([
  ['private', 0xc0000200],
  ['guest', 0xc6336400],
  ['medical', 0xc6336440],
  ['lan', 0xc6336480],
  ['line', 0xc63364c0],
  ['lte', 0xc63364e0],
  ['internet', 0xcb007100],
  ['hospital-dmz', 0xcb007180],
  ['hospital-clinical', 0xcb0071c0],
  ['hospital-servers', 0xcb0071e0],
]);
const OTHER_RANGES = 0xc6120000;
const OTHER_SIZE = 64;

/** How an address is written for people: dotted IPv4, or IPv6 in the documentation prefix 2001:db8::/32. `host`: place among the segment's members. */
export function addressText(segment: { readonly id: string; readonly index: number }, host: number, family: 4 | 6): string {
  if (family === 6) return `2001:db8:${segment.index.toString(16)}::${(host + 1).toString(16)}`;
  const whole = (RANGES.get(segment.id) ?? OTHER_RANGES + segment.index * OTHER_SIZE) + host + 1;
  return [16777216, 65536, 256, 1].map((unit) => Math.floor(whole / unit) % 256).join('.');
}

export const segmentWord = (id: string): number => hashText(`segment ${id}`).k0;

export type Placement = WorldSpec['devices'][number]['on'];
