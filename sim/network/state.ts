import type { Micros } from '../kernel/time.ts';
import type { Address, Body, Transport } from '../model/message.ts';
import type { PolicyTable } from '../model/policy.ts';
import type { Numbered } from './numbered.ts';

/**
 * All that changes in a network, as plain data and Maps: what a snapshot copies. What never changes during a run
 * (segments, who is attached by design) is in topology.ts.
 */
export interface NetworkState {
  nextMessage: number;
  nextConn: number;
  nextExchange: number;
  nextStream: number;
  readonly nodes: NodeState[];
  /** Nodes on each segment, in the order in which they came: that of what is said to everybody. */
  readonly members: readonly number[][];
  readonly links: LinkState[];
  /** Addresses that a segment's gateway has given, by segment: until when. */
  readonly given: readonly Map<Address, Micros>[];
  /** By segment: failures that hold now of which its addresses are used up. */
  readonly usedUp: number[];
  readonly conns: Numbered<Conn>;
  readonly exchanges: Numbered<Exchange>;
  readonly streams: Map<number, Stream>;
}

export interface InterfaceState {
  readonly segment: number;
  address4: Address;
  address6: Address;
  up: boolean;
}

/** What a station knows of its address. */
export interface LeaseState {
  /** 0 = not known: it began with it. */
  until: Micros;
  /** When it last asked for it. */
  asked: Micros;
  /** Handle of what comes next: to renew it, to ask again, its end. */
  timer: number;
  /** Number of its last request to renew it. */
  turn: number;
  /** How often it has begun to ask for one: each time with luck of its own. */
  asks: number;
  /** Has it ended? It asks for another one then. */
  lapsed: boolean;
  /** Did it come during the run? */
  newcomer: boolean;
}

export interface NodeState {
  power: boolean;
  /** Reasons for being without power that hold now, by number: its own from 0 on, the mains' below (see power.ts). */
  cuts: number[];
  /** How often it has come back: what it begins anew then has luck of its own. */
  boots: number;
  readonly interfaces: InterfaceState[];
  readonly lease: LeaseState;
  /** Address → (node it is believed to be at, valid until). */
  readonly neighbours: ({ readonly node: number; readonly until: Micros } | null)[];
  /** Messages that wait for an address to be resolved on a segment. */
  readonly unresolved: Map<Address, UnresolvedEntry>;
  /** Name → address, valid until. */
  readonly names: Map<string, { address: Address; until: Micros }>;
  /** Name → exchanges that wait for it. */
  readonly asking: Map<string, number[]>;
  /** Channel and host → open connection. */
  readonly channels: Map<string, number>;
  policy: PolicyTable | null;
  /** By connection. */
  tracks: Numbered<Track>;
  /** Uplink in use by a gateway with several: index into interfaces. */
  uplink: number;
  /** What stations sent since the last flow report, at `flowsSince`; only while the gateway monitors flows. */
  readonly flows: Map<string, StationFlows>;
  flowsSince: Micros;
  /** Is a flow report to come? */
  reporting: boolean;
  /** Peers that a monitoring gateway has ever seen each station talk to. */
  readonly peersSeen: Map<string, Set<Address>>;
  /** Party that runs code here: 'owner', or an adversary's name. */
  party: string;
}

export interface StationFlows {
  bytes: number;
  /** The largest contribution, bytes, and a message that shows it. */
  most: number;
  evidence: number;
  readonly peers: Map<Address, PeerFlows>;
}

/** What a station sent to one destination; see StationFlows. */
export interface PeerFlows {
  bytes: number;
  most: number;
  evidence: number;
}

export interface UnresolvedEntry {
  readonly messages: import('../model/message.ts').Message[];
  tries: number;
  /** Handle of the next try. */
  timer: number;
}

export interface LinkState {
  /** Time at which what is queued will have left, µs with the sub-microsecond remainder. */
  busyUntil: number;
  /** The same of the favoured alone, where the link's gateway goes by priority. */
  busyFavoured: number;
  up: boolean;
  /** Failures that hold now. */
  failures: number;
}

/** A connection (TCP) or flow (UDP) as its two ends know it. */
export interface Conn {
  readonly id: number;
  readonly client: number;
  readonly host: string;
  readonly transport: Transport;
  readonly clientAddress: Address;
  readonly clientPort: number;
  readonly serverAddress: Address;
  readonly serverPort: number;
  readonly tls: boolean;
  readonly verifyServer: boolean;
  readonly clientAuth: 'none' | 'password' | 'token' | 'certificate';
  readonly credential: string | null;
  readonly keepOpen: Micros;
  /** Its key among the client's connections: channel and host. */
  readonly session: string;
  /** Name of the channel that opened it. */
  readonly channel: string;
  /** Label beside the wire: the adversary's step that opened it, 0 for a device's own. Nobody in the world can read it. */
  readonly attack: number;
  /** Luck of its handshake. */
  readonly luck0: number;
  readonly luck1: number;
  state: 'syn' | 'hello' | 'open' | 'closed';
  attempt: number;
  timer: number;
  lastUsed: Micros;
  /** Exchanges that wait for it to open. */
  waiting: number[];
  /** Exchanges that went over it and are not answered yet, and the flow that runs on it. */
  busy: number;
  /** Node at the far end, once it has answered; −1 before. */
  server: number;
  /** The client's address and port as the server sees them (after NAT). */
  peerAddress: Address;
  peerPort: number;
  /** Node that stands between the ends with its own certificate; −1 = none. */
  interposer: number;
}

/** A request on its way to an answer (or a push to its acknowledgement). */
export interface Exchange {
  readonly id: number;
  /** Node that asks. */
  readonly node: number;
  readonly channel: string;
  /** Name of the connection it may share. */
  readonly session: string;
  readonly host: string | Address;
  readonly kind: string;
  readonly body: Body | null;
  readonly bytes: number;
  readonly n: number;
  readonly signed: boolean;
  readonly luck0: number;
  readonly luck1: number;
  readonly cause: number;
  /** What the engine does with the answer: hand to the device, resolve a name, complete a stream's opening, tell the adversary; a datagram has no answer. */
  readonly purpose: 'device' | 'name' | 'stream' | 'attack' | 'push' | 'datagram';
  readonly reference: number;
  /** See Conn.attack. */
  readonly label: number;
  readonly spec: ChannelFacts;
  conn: number;
  /** The connection that it went over, 0 before it is sent. */
  sentOn: number;
  attempt: number;
  timer: number;
  /** Server side: the answer already given, so that a repeated request is not processed twice. */
  served: 'no' | 'working' | 'answered';
  answer: { readonly kind: string; readonly body: Body | null; readonly bytes: number; readonly signed: boolean } | null;
}

/** The part of a channel's specification that a connection needs. */
export interface ChannelFacts {
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly tls: boolean;
  readonly verifyServer: boolean;
  readonly clientAuth: Conn['clientAuth'];
  readonly credential: string | null;
  readonly keepOpen: Micros;
}

/** What a forwarding device remembers about a connection it let through. */
export interface Track {
  readonly kind: 'plain' | 'snat' | 'dnat';
  readonly insideAddress: Address;
  readonly insidePort: number;
  readonly natAddress: Address;
  readonly natPort: number;
  /** What the rules are asked about it again when they change: zones, and addresses and port as they are inside. */
  readonly from: string;
  readonly to: string;
  readonly src: Address;
  readonly dst: Address;
  readonly dport: number;
  readonly rule: string;
  readonly udp: boolean;
  seen: Micros;
}

/** Writes into a list by number, filling the gap before it, so that the engine keeps it an array. */
export function put<T>(list: (T | null)[], at: number, value: T | null): void {
  while (list.length < at) list.push(null);
  list[at] = value;
}

/** A fluid flow. */
export interface Stream {
  readonly id: number;
  readonly node: number;
  readonly host: string | Address;
  readonly mode: 'elastic' | 'unresponsive';
  readonly direction: 'up' | 'down';
  readonly offered: number; // bit/s
  /** Is its device one that goes first where a gateway goes by priority? */
  readonly favoured: boolean;
  readonly port: number;
  readonly type: string;
  readonly n: number;
  /** Whose is it: a device's, or the adversary's. */
  readonly purpose: 'device' | 'attack';
  state: 'opening' | 'running';
  /** Links it crosses, in order of travel; empty until it runs. */
  links: number[];
  /** (forwarding node, from zone, to zone) it was let through at, to be asked again when rules change; bits that the node has told a monitor of. */
  passed: { readonly node: number; readonly from: string; readonly to: string; told: number }[];
  /** Message that opened it, as evidence for a monitor; label as Conn.attack. */
  opening: number;
  readonly label: number;
  /** The connection that it runs on, 0 before. */
  conn: number;
  startedAt: Micros;
  rate: number; // bit/s that get through now
  lost: number; // share of the offered rate that is lost now
  changedAt: Micros;
  bits: number; // through so far
  offeredBits: number;
  endBits: number; // 0 = no limit
  endAt: Micros; // 0 = no limit
  /** Since when a link on its way is down; −1 = none is. */
  stalledAt: Micros;
  timer: number;
}
