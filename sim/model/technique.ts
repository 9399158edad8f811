import type { Distribution } from '../kernel/distributions.ts';
import type { Micros } from '../kernel/time.ts';
import type { Address, Body } from './message.ts';

/** A place the adversary can act from. */
export interface PositionView {
  readonly id: string;
  /** own host on the internet, own radio near the home, or a device it runs code on */
  readonly kind: 'internet' | 'radio' | 'foothold';
  /** Segment it is attached to, null when it has not joined any. */
  readonly segment: string | null;
  /** Address it has there, 0 for none. */
  readonly address: Address;
}

/** A frame as it looks from a position: what the wire shows, and the content only where the session's facts let it be read. */
export interface FrameView {
  readonly id: number;
  readonly src: Address;
  readonly sport: number;
  readonly dst: Address;
  readonly dport: number;
  readonly bytes: number;
  readonly transport: string;
  readonly role: string;
  /** Null when encrypted and not readable from here. */
  readonly kind: string | null;
  readonly body: Body | null;
  readonly readable: boolean;
  /** true: held here, on its way through this position, until forwarded, altered or dropped; false: a copy that was overheard. */
  readonly held: boolean;
}

export interface AttackEvent {
  /**
   * A timer's name; 'reply', 'refused', 'failed' (no answer, no network to join, or a flow that was not opened), 'frame', 'joined', 'opened' (a flow
   * runs), 'gained' (code now runs on `body.device`).
   */
  readonly type: string;
  /** Position at which it happened ('' for timers, and for a flow that was not opened). */
  readonly position: string;
  readonly frame: FrameView | null;
  /** Tag given with the request, the timer's number, or the flow's. */
  readonly n: number;
  readonly body: Body | null;
}

export interface Shot {
  /** A name (`router.example`), or a numeric address. */
  readonly to: string | Address;
  readonly port: number;
  readonly transport?: 'tcp' | 'udp';
  /** Open a TLS session first. */
  readonly tls?: boolean;
  readonly clientAuth?: 'none' | 'password' | 'token' | 'certificate';
  readonly credential?: string | null;
  readonly kind: string;
  readonly body?: Body | null;
  readonly bytes: number;
  /** Tag returned with the answer. */
  readonly n?: number;
}

/** All that a technique can do: what the adversary knows, where it stands, send and listen. No world, no settings, no other device. */
export interface AttackContext {
  readonly now: Micros;
  readonly args: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Plain JSON bookkeeping of this step. */
  readonly memory: Record<string, unknown>;
  parameter(id: string): number;
  distribution(id: string): Distribution;
  draw(purpose: string, n: number, sub?: number): number;
  sample(distribution: Distribution, purpose: string, n: number, sub?: number): number;
  after(delay: Micros, type: string, n?: number): void;
  afterRandom(seconds: Distribution, purpose: string, n: number, type: string): void;

  /** Knowledge is facts by name, e.g. 'address:camera', 'credential:portal-token'. */
  knows(name: string): boolean;
  recall(name: string): string | number | null;
  learn(name: string, value: string | number): void;

  positions(): readonly PositionView[];
  position(id: string): PositionView | null;

  /** Sends a request from a position; the answer is an event. Returns the message's id, or 0 when it cannot be sent from there. */
  request(position: string, shot: Shot): number;
  /** Unsolicited datagram; `as` forges the source address. '*' = everybody on the segment. */
  datagram(position: string, shot: Shot & { readonly as?: Address }): number;
  /** Claims an address on the position's segment towards one station (forged ARP answer). */
  claimAddress(position: string, victim: Address, claimed: Address): number;
  /** Joins a Wi-Fi segment from a radio position with a passphrase; answer 'joined', 'refused' or 'failed'. */
  join(position: string, segment: string, passphrase: string): number;
  /** Listens at a position: frames held there, and (promiscuous) what the radio hears and can read. */
  listen(position: string, promiscuous: boolean): void;
  /** Sends a held frame on, with changed fields where readable; an alteration of an unreadable frame goes out as damage. */
  forward(frame: FrameView, change?: Body): void;
  drop(frame: FrameView): void;
  /** On-path only, on a held TLS 'finished': answer with an own certificate. Works on clients that do not check it. */
  impersonate(frame: FrameView): void;
  /** Asks for a fluid flow from a position; answer 'opened' or 'failed'. Returns its number, for `stop`, or 0 when it cannot be asked for from there. */
  stream(
    position: string,
    to: string | Address,
    flow: { mode: 'elastic' | 'unresponsive'; bitsPerSecond: number; seconds: number },
  ): number;
  stop(stream: number): void;

  /** Ends this step well: the next one starts. Listening and timers of a step that ended well go on. */
  succeed(): void;
  /** Ends this step; another alternative is tried. */
  fail(reason: string): void;
}

/** An argument that a threat event's step gives to its technique. */
export interface ArgumentSpec {
  /**
   * `device` and `segment`: ids that the home must have; `host`: a device's name on the network, `<id>.example`; `kind`: a
   * device kind; `number`: a whole one.
   */
  readonly type: 'device' | 'host' | 'segment' | 'kind' | 'word' | 'number';
  /** The technique cannot do without it. */
  readonly needed?: boolean;
  /** Of a `device` or a `host`: the kind whose first device in the home is meant where the step does not say. */
  readonly kind?: string;
  /** Of a `kind`: the argument whose devices' kinds are meant where the step does not say. */
  readonly of?: string;
  /** A list may stand for one value. */
  readonly many?: boolean;
  /** Length of the list, where it must have one. */
  readonly count?: number;
  /** Allowed words. */
  readonly choices?: readonly string[];
  /** Inclusive range of a number. */
  readonly low?: number;
  readonly high?: number;
}

export interface Technique {
  readonly id: string;
  readonly title: string;
  /** By name. A step with an argument that is not among them is refused. */
  readonly args?: Readonly<Record<string, ArgumentSpec>>;
  /**
   * Devices whose sessions it is after, for telling what stopped it: that other people's sessions cannot be read does not.
   * Default: those that its arguments name.
   */
  readonly wants?: (args: AttackContext['args']) => readonly string[];
  /** MITRE ATT&CK ids, assignment ours. */
  readonly attack: readonly string[];
  readonly start: (attack: AttackContext) => void;
  readonly on: Readonly<Record<string, (attack: AttackContext, event: AttackEvent) => void>>;
}

/** Keeps literal types. */
export const defineTechnique = (technique: Technique): Technique => technique;
