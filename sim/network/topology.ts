import { hashText } from '../kernel/draws.ts';
import type { Distribution } from '../kernel/distributions.ts';
import type { Address } from '../model/message.ts';
import type { SegmentSpec, WorldSpec } from '../model/spec.ts';

/** What is fixed for a run: segments, links, nodes and where they are attached. */
export interface Segment extends SegmentSpec {
  readonly index: number;
  /** Node index of access point and gateway; −1 for none. */
  readonly gatewayNode: number;
  /** Base of its IPv4 range. */
  readonly base4: Address;
  /** Link towards and from the gateway (equal on a shared radio). */
  readonly uplink: number;
  readonly downlink: number;
  /** One-way delay of a hop, ms; independent of load. */
  readonly delay: Distribution;
  /** The delay in µs where it is constant, −1 where it is random. */
  readonly fixedDelay: number;
  /** Share of messages that a hop loses when the link is not overloaded. */
  readonly loss: number;
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
  readonly forwards: boolean;
  readonly listens: ReadonlySet<number>;
  /** Does the network use DNS and DHCP for it (home devices), or does it know names by itself (servers)? */
  readonly homeClient: boolean;
}

/**
 * Addresses are small integers, because they are keys of the busiest tables and an engine keeps integers below 2^31
 * unboxed: an IPv4 address counts from 192.0.0.0, which all ranges used here follow; an IPv6 address is numbered above.
 */
const IPV4_BASE = 0xc0000000;
export const IPV6 = 0x10000000;
export const address6 = (segment: number, host: number): Address => IPV6 + segment * 65536 + host;
export const familyOf = (address: Address): 4 | 6 => (address >= IPV6 ? 6 : 4);

/**
 * IPv4 ranges, one per segment, cut from the three documentation blocks (RFC 5737): the home's private network is the
 * whole of TEST-NET-1, everything else a part of TEST-NET-2 and -3.
 */
const RANGES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['private', [0xc0000200 - IPV4_BASE, 256]],
  ['guest', [0xc6336400 - IPV4_BASE, 64]],
  ['medical', [0xc6336440 - IPV4_BASE, 64]],
  ['lan', [0xc6336480 - IPV4_BASE, 64]],
  ['line', [0xc63364c0 - IPV4_BASE, 32]],
  ['lte', [0xc63364e0 - IPV4_BASE, 32]],
  ['internet', [0xcb007100 - IPV4_BASE, 128]],
  ['hospital-dmz', [0xcb007180 - IPV4_BASE, 64]],
  ['hospital-clinical', [0xcb0071c0 - IPV4_BASE, 32]],
  ['hospital-servers', [0xcb0071e0 - IPV4_BASE, 32]],
]);

/**
 * First address and size of a segment's IPv4 range. A home's further segments get 64 addresses each of the block that
 * RFC 2544 reserves for benchmarks, by their index; BLE has none.
 */
export function rangeOf(segment: string, index: number): readonly [number, number] {
  return RANGES.get(segment) ?? (segment.startsWith('ble') ? [0, 0] : [0xc6120000 - IPV4_BASE + index * 64, 64]);
}

/** Text form: dotted IPv4, or IPv6 in the documentation prefix 2001:db8::/32 with segment and host. */
export function formatAddress(address: Address): string {
  if (address < IPV6) {
    const whole = address + IPV4_BASE;
    return [16777216, 65536, 256, 1].map((unit) => Math.floor(whole / unit) % 256).join('.');
  }
  const rest = address - IPV6;
  return `2001:db8:${Math.floor(rest / 65536).toString(16)}::${(rest % 65536).toString(16)}`;
}

export const segmentWord = (id: string): number => hashText(`segment ${id}`).k0;

export type Placement = WorldSpec['devices'][number]['on'];
