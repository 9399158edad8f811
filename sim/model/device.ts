import type { Distribution } from '../kernel/distributions.ts';
import type { StreamKey } from '../kernel/draws.ts';
import type { Micros } from '../kernel/time.ts';
import type { Address, Body, Message } from './message.ts';
import type { MachineConfig } from './machine.ts';
import type { PolicyTable } from './policy.ts';
import type { RecordFields, RecordValue } from './records.ts';
import type { SettingSpecs, SettingValue } from './settings.ts';
import type { CareSpec, Supply } from './spec.ts';

/** What a device is told: a message, a timer, an answer, a happening in the room. `type` is also the machine's event type. */
export interface DeviceEvent {
  readonly type: string;
  /** The message that brought it, or null (timers, acts of people). */
  readonly message: Message | null;
  /** Content: the message's body, or what a person did. */
  readonly body: Body | null;
  /** Decision number given by whoever scheduled or sent it: the n-th sample, check-in, … */
  readonly n: number;
  /** For acts: who did it. For answers: the channel's name. */
  readonly from: string;
  /** For guards in the machine's configuration. */
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** How a device talks to a server: facts, computed from its settings when the session opens. */
export interface ChannelSpec {
  /** Name that DNS resolves: the server device's id followed by `.example`. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  /** Session encrypted and integrity protected? */
  readonly tls: boolean;
  /** Does this client check the server's certificate? (only with tls) */
  readonly verifyServer: boolean;
  readonly clientAuth: 'none' | 'password' | 'token' | 'certificate';
  /** What it presents: the password, the token, or its own id for a certificate. Crosses the wire in each request. */
  readonly credential: string | null;
  /** Session is kept open this long after its last use, µs. */
  readonly keepOpen: Micros;
}

/** What a server can see of the session that a message came on. */
export interface SessionView {
  readonly encrypted: boolean;
  readonly clientAuth: ChannelSpec['clientAuth'];
  /** What the client presented, as received. */
  readonly credential: string | null;
  /** Source address as seen here (after any NAT). */
  readonly peer: Address;
}

export interface Outgoing {
  readonly kind: string;
  readonly body?: Body | null;
  /** Application payload, bytes; headers are added by the network. */
  readonly bytes: number;
  /** Which decision this belongs to, in terms a counterfactual twin shares. Names the message's luck together with channel and kind. */
  readonly n: number;
  /** Datagrams only: no answer is wanted, so no flow is kept for one. */
  readonly oneWay?: boolean;
  /** Sign the body end to end with this device's own key. */
  readonly sign?: boolean;
  /** The message that made this device send it, for the trace. */
  readonly cause?: Message | null;
}

/** See DeviceContext.chance. */
export interface Chance {
  readonly law: Distribution;
  readonly purpose: string;
  /** Of the purpose's luck. */
  readonly key: StreamKey;
}

/**
 * All that a device model can do. Nothing else of the world is reachable from a model.
 * Times are µs; probabilities and draws are in (0, 1).
 */
export interface DeviceContext<M extends object = Record<string, unknown>> {
  readonly id: string;
  readonly kind: string;
  readonly now: Micros;
  /** The machine's context and the model's own bookkeeping: plain JSON data only. Re-read after `assign` actions. */
  memory: M;
  /** Value of the state machine. */
  readonly state: string;
  readonly care: CareSpec;

  setting<T extends SettingValue = SettingValue>(name: string): T;
  /** Changes a setting of this very device during the run (an authorised management message, a playbook). */
  change(name: string, value: SettingValue): void;
  /** A registry value (the mean when the entry is a distribution). Unknown ids throw. */
  parameter(id: string): number;
  distribution(id: string): Distribution;

  /** Sends this device event `type` after `delay` µs. Returns a handle for `cancel`. */
  after(delay: Micros, type: string, n?: number, body?: Body | null): number;
  /**
   * A random wait: stays re-drawable in a fork. `purpose` and `n` address the draw. `unit`: µs per unit of the distribution, a
   * second unless told otherwise. `start`: when the wait began or will begin, µs; now unless told otherwise.
   */
  afterRandom(law: Distribution, purpose: string, n: number, type: string, body?: Body | null, unit?: Micros, start?: Micros): number;
  cancel(handle: number): void;
  /** Uniform in (0, 1), a function of (seed, replication, branch, this device, purpose, n, sub). */
  draw(purpose: string, n: number, sub?: number): number;
  /** `draw` through a distribution's quantile. */
  sample(distribution: Distribution, purpose: string, n: number, sub?: number): number;
  /**
   * What follows from the registry and the care plan alone, worked out once in the device's life, by `make`'s identity: for
   * what is asked for at every turn. No part of its state.
   */
  bound<T>(make: (device: DeviceContext<any>) => T): T;
  /** A distribution of the registry with a purpose's luck, to keep in `bound`. */
  chance(distribution: string, purpose: string): Chance;
  /** As `sample` and `afterRandom`, without looking anything up. */
  sampleOf(chance: Chance, n: number, sub?: number): number;
  afterChance(chance: Chance, n: number, type: string): number;

  /**
   * Client: asks over a channel of this model. Opens and keeps the session (DNS, handshake, TLS) as needed, retransmits,
   * times out. Answers arrive as events: the reply's kind as type (body, message set), or `<kind>-failed` with body
   * { reason: 'timeout'|'refused'|'dns'|'certificate'|'no-route', status? }.
   */
  request(channel: string, out: Outgoing): void;
  /** Server: answers a request. */
  reply(to: Message, out: Omit<Outgoing, 'n'>): void;
  /** Server: refuses a message and names the fact ("setting x", "token unknown"). Answers with kind `refused` and body { status }. */
  refuse(message: Message, fact: string, status?: number): void;
  /** Server: sends on the open session that `session` (a number from `sessionOf`) denotes; false when it is gone. */
  push(session: number, out: Outgoing): boolean;
  /** Session number a message came on (0 = none), to store and push to later. */
  sessionOf(message: Message): number;
  session(message: Message): SessionView;
  /** Fire and forget over UDP, to a name or to this segment ('*'). */
  datagram(host: string, port: number, out: Outgoing): void;
  /** BLE notification to the central that this peripheral is paired with. */
  notify(out: Outgoing): void;
  /**
   * A fluid flow to a host. `unresponsive` does not back off (media, floods); `elastic` shares what is left.
   * Ends by `stop`, after `seconds`, or when `bytes` are through; then event `type` arrives with body { bytes, seconds, lost } (lost = share 0..1).
   */
  stream(
    host: string,
    flow: {
      mode: 'elastic' | 'unresponsive';
      direction: 'up' | 'down';
      bitsPerSecond: number;
      seconds?: number;
      bytes?: number;
      type: string;
      n: number;
      port: number;
    },
  ): number;
  stop(stream: number): void;
  /** Share of its offered rate that a stream gets through now, 0..1. */
  throughput(stream: number): number;

  /** Something done in the physical world (speech, a look at a screen, a body on a sensor) to another device or person, after `delay` µs. */
  act(target: string, type: string, body: Body | null, n: number, delay?: Micros): void;
  /** As `act`, after a random wait whose draw `purpose` and `n` address. */
  actRandom(target: string, type: string, body: Body | null, n: number, seconds: Distribution, purpose: string): void;
  /**
   * For people: somebody stands before a device and gets it going: switches it on, charges it, or puts a spare with the same
   * settings in its place. `ran`: it had its power all along, so what ails it lies elsewhere · `mended` · `dark`: there is no power
   * to be had, or no such device. A program that somebody installed on it stays (a shortcut: a spare would not have it).
   */
  mend(target: string): 'ran' | 'mended' | 'dark';
  /** Physical quantities that anyone in the room can sense, e.g. 'patient.spo2'. Only the owner publishes. */
  publish(quantity: string, value: number): void;
  sense(quantity: string): number;

  /** Tells the observers. Write-only. */
  record(kind: string, fields: Readonly<Record<string, RecordValue>>, cause?: Message | null): void;
  /** A sensor's alarm for `alerts`; `evidence` = ids of the messages it saw. */
  alert(sensor: string, evidence: readonly number[]): void;

  /** Sends this device another event at once (after the present one). */
  raise(type: string, body?: Body | null, n?: number): void;
  /** Runs foreign code that an authenticated message brought: from now on whoever sent it can act from this device. */
  runForeignCode(message: Message): void;
  /** Checks an end-to-end signature: true when `signer`'s key made it over exactly this content. */
  verified(message: Message, signer: string): boolean;
  /** Device that holds an address on this device's own segments by DHCP lease or static assignment, or null. */
  deviceAt(address: Address): string | null;
  /** This device's address on its first segment (family 4 unless asked), 0 when it has none. */
  address(family?: 4 | 6): Address;
  /** Forwarding devices: installs the policy computed from settings; see PolicyTable. */
  installPolicy(table: PolicyTable): void;
  /** Devices attached to a segment of this forwarding device, by id (its station table). */
  stations(segment: string): readonly string[];
}

export type Effect<M extends object> = (device: DeviceContext<M>, event: DeviceEvent) => void;

/** A device, cloud service, hospital system or person. One file each under devices/. */
export interface DeviceModel<M extends object = any> {
  readonly kind: string;
  /** One line for `homeward list devices`. */
  readonly title: string;
  readonly family: 'medical' | 'home' | 'network' | 'cloud' | 'hospital' | 'people';
  /** Roles that mitigations select by, e.g. 'hah-kit', 'iot', 'server'. */
  readonly roles: readonly string[];
  readonly settings: SettingSpecs;
  /** Care plans that it can follow, where what it does depends on the plan; a home with another plan is refused. */
  readonly carePlans?: readonly string[];
  /** Named bundles of settings, e.g. the router's 'typical-2025'. */
  readonly profiles?: Readonly<Record<string, Readonly<Record<string, SettingValue>>>>;
  readonly memory: (device: { readonly id: string }) => M;
  /** Where a device of the home gets its power from; what does not say never loses it. A home may say otherwise. */
  readonly supply?: Supply;
  /** Fields of the memory that outlast a loss of power, as settings do; the others begin anew with the machine. */
  readonly keeps?: readonly (keyof M & string)[];
  /**
   * Kinds of message that it takes from others: requests, pushes, datagrams and BLE notifications. A message of another
   * kind goes no further, so that nobody can set off a timer or an act by giving a message its name. Answers to what the
   * device itself asked are not listed.
   */
  readonly serves: readonly string[];
  /**
   * @xstate/fsm configuration. Every message kind (see `serves`), timer, answer and act is an event type; a type that the
   * present state does not handle is ignored. Actions are names of `effects`. Entry actions of the initial state run at the start.
   */
  readonly machine: MachineConfig<M>;
  readonly effects: Readonly<Record<string, Effect<M>>>;
  /** Ways to reach servers, by name. */
  readonly channels?: Readonly<Record<string, (device: DeviceContext<M>) => ChannelSpec>>;
  /** TCP/UDP ports it listens on; requests to others are reset. `certificate`: presents a valid one for `<id>.example`. */
  readonly listens?: readonly number[];
  /** Forwards what is not its own (routers, gateways, edges). */
  readonly forwards?: boolean;
  /** Kinds of record that only it reports, so that goals may name them. */
  readonly records?: Readonly<Record<string, RecordFields>>;
  /** Other kinds that it does the work of: settings that look for a device of such a kind find this one too. */
  readonly standsFor?: readonly string[];
  /** Hears short-range peripherals and passes on what they say: a home's `via` may name it. */
  readonly relays?: boolean;
}

/** Keeps the memory type for the model's own effects and channels. */
export const defineDevice = <M extends object>(model: DeviceModel<M>): DeviceModel<M> => model;
