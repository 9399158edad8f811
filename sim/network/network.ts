import type { Distribution } from '../kernel/distributions.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Address, Body, Message } from '../model/message.ts';
import type { WorldSpec } from '../model/spec.ts';
import { Answers } from './answers.ts';
import { Attachments } from './attachments.ts';
import { build } from './build.ts';
import { Connections } from './connections.ts';
import { Failures } from './failures.ts';
import { Figures } from './figures.ts';
import { Filter } from './filter.ts';
import { FlowStatistics } from './flow-statistics.ts';
import { Frames } from './frames.ts';
import { Neighbours } from './neighbours.ts';
import { Power } from './power.ts';
import { Routes } from './routes.ts';
import { Wire } from './wire.ts';
import { laidOutState } from './layout.ts';
import { Leases } from './leases.ts';
import { drainRates, keepWork } from './loads.ts';
import { Names } from './names.ts';
import { numbered } from './numbered.ts';
import type { Discipline, Load } from './link.ts';
import type { Conn, Exchange, NetworkState, NodeState, Stream } from './state.ts';
import { Streams } from './streams.ts';
import { Addresses, addressText, familyOf, type Link, type Node, type Segment } from './topology.ts';
import { Transport } from './transport.ts';

/** What the network needs of the world above it. */
export interface NetworkHost {
  /** Hands an event to a device's model. */
  deliver(node: number, type: string, message: Message | null, body: Body | null, n: number, from: string): void;
  /** An answer to something the adversary sent. */
  answerAttack(reference: number, type: 'reply' | 'refused' | 'failed', message: Message | null, body: Body | null): void;
  /** A flow of the adversary's runs from now on, is over, or was not opened. */
  onFlow(flow: Stream, state: 'runs' | 'over' | 'failed'): void;
  /** A frame passes a node on which the adversary listens. false: it goes no further. May alter body, intact, signatureFits. */
  hold(node: number, message: Message): boolean;
  /** A message reached the node it is for, and foreign code listens there. */
  hear(node: number, message: Message): void;
  /** A frame was in the air where the adversary listens. */
  overhear(segment: number, message: Message): void;
  /** Would this node do anything with a message that is said to everybody? */
  cares(node: number, message: Message): boolean;
  /** Does anybody listen, at this node / in this segment? (fast path) */
  listening(node: number): boolean;
  listeningIn(segment: number): boolean;
  /** A gateway's setting that the network obeys: `wan.queue`, `wifi.security`, `dns-server`, `monitor.flows`, `lte-backup`. */
  setting(node: number, name: string): string | number | boolean | undefined;
  /** May this device's traffic be favoured where a gateway queues by priority? */
  favoured(node: number): boolean;
  /** A message crosses a segment. `time`: when it is put on the wire, now or (where hops are merged) later, µs. */
  onHop(message: Message, from: number, to: number, segment: number, time: number): void;
  /** A message went no further: a rule or a fact at a device. */
  onStop(message: Message, node: number, reason: { readonly rule?: string; readonly fact?: string }): void;
  onPass(message: Message, node: number, rule: string): void;
  /** A device has lost its power, or has it back and begins anew. */
  onPower(node: number, on: boolean): void;
  /** A segment's link fails, or works again. */
  onLink(segment: number, up: boolean): void;
  /** A device's lease has ended, or it has an address again. */
  onLease(node: number, held: boolean): void;
  /** The gateway of a segment has no address left to give, or some again. */
  onAddresses(segment: number, free: boolean): void;
}

/** The network of one world. Its parts share this object; all that changes lies in `state`. */
export class Network {
  readonly kernel: Kernel;
  readonly host: NetworkHost;
  readonly nodes: readonly Node[];
  readonly segments: readonly Segment[];
  readonly links: readonly Link[];
  readonly loads: Load[];
  readonly segmentIndex: ReadonlyMap<string, number>;
  readonly nodeIndex: ReadonlyMap<string, number>;
  state: NetworkState;
  /** Address → node and segment; follows leases. Rebuilt from state on restore. */
  readonly addresses: Addresses;
  /** Address → node that holds it, −1 while nobody does; follows state. */
  private owners = new Int16Array(0);
  /** Addresses as people write them, once asked for. */
  private texts: string[] = [];
  /** How the link's gateway queues; follows the gateway's setting. */
  readonly queues: Discipline[];
  /** Does the gateway keep flow statistics? Follows its setting. */
  readonly monitors: boolean[];
  readonly routes: Routes;
  readonly wire: Wire;
  readonly neighbours: Neighbours;
  readonly frames: Frames;
  readonly filter: Filter;
  readonly names: Names;
  readonly transport: Transport;
  readonly connections: Connections;
  readonly answers: Answers;
  readonly streams: Streams;
  readonly attachments: Attachments;
  readonly leases: Leases;
  readonly failures: Failures;
  readonly power: Power;
  readonly flowStatistics: FlowStatistics;
  private readonly figures: Figures;

  constructor(
    spec: WorldSpec,
    kernel: Kernel,
    host: NetworkHost,
    listens: (kind: string) => readonly number[],
    forwards: (kind: string) => boolean,
  ) {
    this.kernel = kernel;
    this.host = host;
    this.figures = Figures.of(spec.parameters);
    const built = build(spec, this, listens, forwards);
    this.nodes = built.nodes;
    this.segments = built.segments;
    this.links = built.links;
    this.state = built.state;
    this.addresses = new Addresses(built.segments.length);
    this.loads = built.links.map(() => ({ unresponsive: 0, unresponsiveCount: 0, favoured: 0, elastic: 0, elasticCount: 0, wait: 0 }));
    this.segmentIndex = new Map(built.segments.map((segment) => [segment.id, segment.index]));
    this.nodeIndex = new Map(built.nodes.map((node) => [node.id, node.index]));
    this.filter = new Filter(this);
    this.routes = new Routes(this);
    this.wire = new Wire(this);
    this.neighbours = new Neighbours(this);
    this.frames = new Frames(this);
    this.names = new Names(this);
    this.transport = new Transport(this);
    this.connections = new Connections(this);
    this.answers = new Answers(this);
    this.streams = new Streams(this);
    this.attachments = new Attachments(this);
    this.leases = new Leases(this);
    const onMains = spec.devices.filter(({ supply }) => supply === 'mains').map(({ id }) => this.nodeIndex.get(id)!);
    this.failures = new Failures(this, spec.failures, onMains);
    this.power = new Power(this);
    this.flowStatistics = new FlowStatistics(this);
    this.queues = built.links.map(() => 'fifo');
    this.monitors = built.nodes.map(() => false);
    this.indexOwners();
  }

  /** A setting of a gateway has changed, and what the network does by itself may follow. */
  settingChanged(node: number, name: string): void {
    this.readSettings();
    if (name === 'wan.queue') this.streams.share();
    else if (name === 'monitor.flows') this.flowStatistics.start();
    else if (name === 'lte-backup') this.failures.chooseUplink(node);
  }

  /** What the network keeps of gateways' settings is read anew. */
  private readSettings(): void {
    const before = drainRates(this);
    this.links.forEach(
      (link, i) =>
        (this.queues[i] = link.queuedBy < 0 ? 'fifo' : ((this.host.setting(link.queuedBy, 'wan.queue') ?? 'fifo') as Discipline)),
    );
    keepWork(this, before);
    this.nodes.forEach((node, i) => (this.monitors[i] = node.forwards && this.host.setting(i, 'monitor.flows') === true));
  }

  /** A registry figure (the mean where the entry is a distribution). @throws Error naming an unknown id. */
  parameter(id: string): number {
    return this.figures.number(id);
  }

  /** A registry distribution (the constant where the entry is a figure). @throws Error naming an unknown id. */
  distribution(id: string): Distribution {
    return this.figures.distribution(id);
  }

  /** A connection that is still known, or null. */
  conn(id: number): Conn | null {
    return numbered(this.state.conns, id);
  }

  /** An exchange that is still under way, or null. */
  exchange(id: number): Exchange | null {
    return numbered(this.state.exchanges, id);
  }

  nodeState(node: number): NodeState {
    return this.state.nodes[node]!;
  }

  /** Node that holds an address now, −1 for nobody. */
  ownerOf(address: Address): number {
    return this.owners[address] ?? -1;
  }

  /** First address of a node, of the family asked; 0 = none. */
  addressOf(node: number, family: 4 | 6 = 4): Address {
    const first = this.state.nodes[node]!.interfaces.find((candidate) => candidate.address4 !== 0);
    return first === undefined ? 0 : family === 4 ? first.address4 : first.address6;
  }

  /** Does a segment's link work now? */
  works(segment: number): boolean {
    const { uplink, downlink } = this.segments[segment]!;
    return this.state.links[uplink]!.up && this.state.links[downlink]!.up;
  }

  /** Segment that an address belongs to, whoever holds it now; −1 for none. */
  segmentOf(address: Address): number {
    return this.addresses.segment(address);
  }

  /** An address as people write it; '*' for everybody, '' for none. */
  textOf(address: Address): string {
    if (address < 2) return address < 0 ? '*' : '';
    return (this.texts[address] ??= this.written(address));
  }

  private written(address: Address): string {
    const segment = this.segments[this.addresses.segment(address)]!;
    const place = segment.members.indexOf(this.addresses.node(address));
    // Who has left came last.
    return addressText(segment, place < 0 ? segment.members.length : place, familyOf(address));
  }

  /** The address under which others reach a node: a gateway's is that of its uplink. */
  publicAddress(node: number): Address {
    const state = this.state.nodes[node]!;
    return this.nodes[node]!.forwards ? (state.interfaces[state.uplink]?.address4 ?? 0) : this.addressOf(node);
  }

  indexOwners(): void {
    const addresses = 2 + 2 * this.nodes.length * this.segments.length;
    this.owners = new Int16Array(addresses).fill(-1);
    this.texts = [];
    this.state.nodes.forEach((node, index) => {
      const lapsed = node.lease.lapsed ? this.leases.leased(index) : undefined;
      for (const at of node.interfaces) {
        if (at === lapsed) continue;
        const { address4, address6 } = at;
        if (address4 !== 0) this.owners[address4] = index;
        this.owners[address6] = index;
      }
    });
  }

  /** Schedules what happens by itself: lease renewals, failures, flow reports. Once, at the start. */
  start(): void {
    this.readSettings();
    this.leases.start();
    this.failures.start();
    this.flowStatistics.start();
  }

  /** Takes over a snapshot's state. Nodes that it does not have (they are the last ones) stay as they are. */
  restore(state: NetworkState): void {
    const known = state.nodes.length;
    for (const { index, members } of this.segments)
      members.splice(0, members.length, ...state.members[index]!, ...members.filter((node) => node >= known));
    const nodes = [...state.nodes, ...this.state.nodes.slice(known)];
    this.state = laidOutState({ ...state, nodes, members: this.segments.map(({ members }) => members) });
    this.indexOwners();
    this.readSettings();
    this.routes.forget();
    this.filter.forgetVerdicts();
    this.streams.reload();
  }

  /** Stops a message for good and says why. */
  stop(message: Message, node: number, reason: { readonly rule?: string; readonly fact?: string }): void {
    this.host.onStop(message, node, reason);
  }
}
