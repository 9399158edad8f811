/**
 * A message: one application-level unit (a request, a reply, a notification, a datagram) that crosses the
 * network hop by hop. Plain data. Nothing in it says whether its author is hostile: labels live beside the trace.
 */

/** A number that stands for an IPv4 or IPv6 address; 0 = none. Only the network knows how to read it (`formatAddress`). */
export type Address = number;

export type BodyValue = string | number | boolean | null;
/** The readable content. Flat, so that it can be hashed canonically, copied and altered field by field. */
export type Body = Readonly<Record<string, BodyValue>>;

export type Transport = 'tcp' | 'udp' | 'arp' | 'dhcp' | 'ble';

/** The part a message plays in its exchange. */
export type Role =
  | 'syn'
  | 'synack' // transport handshake
  | 'hello'
  | 'finished' // TLS handshake: client hello, server's certificate and finished
  | 'request'
  | 'reply' // what a client asks and what the server answers
  | 'push' // server to client on an open session
  | 'datagram' // no answer expected by the transport
  | 'reset'; // refused or unknown connection

export interface Message {
  /** Trace identity, unique in a run. */
  readonly id: number;
  readonly kind: string;
  readonly role: Role;
  readonly transport: Transport;
  /** Addresses and ports as the message shows them now (NAT rewrites them). */
  src: Address;
  sport: number;
  dst: Address;
  dport: number;
  /** IP bytes, headers included. */
  bytes: number;
  /** Content, or null where the kind has none. An on-path party may replace it where the session's facts allow. */
  body: Body | null;
  /** Connection this belongs to; 0 for none. */
  readonly conn: number;
  /** Request/reply pair this belongs to; 0 for none. */
  readonly exchange: number;
  /** Encrypted and integrity-protected between the session's ends. */
  readonly sealed: boolean;
  /** Does the session's integrity check still hold? Altering a sealed message without its key makes it false; receivers check it. */
  intact: boolean;
  /** End-to-end signature: whose key made it, and whether it still fits the content. Nobody else can make one. */
  readonly signer: string | null;
  signatureFits: boolean;
  /** Address of its luck: all draws about this message are functions of it. */
  readonly luck0: number;
  readonly luck1: number;
  /** Hash of the content, for the fingerprint. */
  digest: number;
  /** Retransmission number, 0 for the first try. */
  readonly attempt: number;
  /** Hops made so far. */
  hop: number;
  /** Index of the node whose network stack authored it (not visible to receivers: a source address can lie). */
  readonly origin: number;
  /** Index of the node that put it on the present segment, and of the node the frame is addressed to; -1 = everybody. */
  l2src: number;
  l2dst: number;
  /** Segment it is crossing. */
  segment: number;
  /** Message that caused it, 0 for none. */
  readonly cause: number;
  /** Decision number its author gave it. */
  readonly n: number;
}
