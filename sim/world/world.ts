import { copyOf } from '../kernel/copy.ts';
import { Fingerprint } from '../kernel/fingerprint.ts';
import { Kernel, type KernelSnapshot } from '../kernel/kernel.ts';
import { HOUR, type Micros } from '../kernel/time.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { machineOf } from '../model/machine.ts';
import type { Body, Message } from '../model/message.ts';
import type { RecordValue } from '../model/records.ts';
import type { RunResult } from '../model/result.ts';
import type { SAID_BY_HOME, SettingValue } from '../model/settings.ts';
import type { DeviceSpec, WorldSpec } from '../model/spec.ts';
import { withOwnTexts } from '../model/text.ts';
import { BROADCAST } from '../network/topology.ts';
import { Network, type NetworkHost } from '../network/network.ts';
import type { NetworkState, Stream } from '../network/state.ts';
import { Adversary } from './adversary.ts';
import { ADVERSARY_KIND, adversaryHosts } from './adversary-hosts.ts';
import { stepResults } from './adversary-results.ts';
import type { AdversaryState } from './adversary-state.ts';
import { Device, type DeviceHost, type DeviceState } from './devices.ts';
import { Observers, type ObserverState } from './observers.ts';
import type { TraceRecorder } from './trace-recorder.ts';
import type { TraceSink, Untimed } from './trace.ts';
import { Tracer, type TraceState } from './tracer.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly replication: number;
  /** Called for every trace line, or keeps what its level holds; absent = trace off. The result is the same in any case. */
  readonly trace?: TraceSink | TraceRecorder;
}

/** A whole world at an instant, as plain data and Maps: can be copied, kept, sent to another thread. */
export interface WorldSnapshot {
  readonly spec: WorldSpec;
  readonly kernel: KernelSnapshot;
  readonly network: NetworkState;
  readonly devices: readonly (readonly [string, DeviceState])[];
  readonly physical: ReadonlyMap<string, number>;
  readonly adversary: AdversaryState | null;
  readonly observers: ObserverState;
  readonly closed: boolean;
  /** Where a trace goes on. */
  readonly trace: TraceState;
}

/** Role whose traffic a gateway may favour. */
const FAVOURED_ROLE = 'hah-kit';
/** The engine's own answer to a question for a name (see Transport.receive). */
const MDNS_QUERY = 'mdns-query';
const MDNS_ANSWER = 'mdns-answer';

/**
 * A home, the clouds behind it and the hospital, in one clock. Built from a specification and a catalogue; knows no
 * particular device or technique.
 */
export class World implements NetworkHost, DeviceHost {
  readonly kernel: Kernel;
  readonly net: Network;
  readonly spec: WorldSpec;
  readonly end: Micros;
  readonly care: WorldSpec['care'];
  readonly timer: number;
  readonly actHandler: number;
  physical = new Map<string, number>();
  private readonly catalogue: Catalogue;
  private readonly devices: (Device | null)[] = []; // by node; null for hosts without a model
  private readonly observers: Observers;
  private readonly adversary: Adversary | null;
  private readonly favouredNodes = new Set<number>();
  private readonly tracer: Tracer | null;
  private readonly told: TraceState = { lines: 0, ahead: [] };
  private closed = false;

  private constructor(given: WorldSpec, catalogue: Catalogue, options: WorldOptions) {
    const spec = withOwnTexts(given);
    this.spec = spec;
    this.catalogue = catalogue;
    this.care = spec.care;
    this.end = Math.round(spec.hours * HOUR);
    this.kernel = new Kernel(options.seed, options.replication);
    const devices = spec.threat === null ? spec.devices : [...spec.devices, ...adversaryHosts(spec)];
    const model = (kind: string) => catalogue.devices.get(kind);
    this.net = new Network(
      { ...spec, devices },
      this.kernel,
      this,
      (kind) => model(kind)?.listens ?? [],
      (kind) => model(kind)?.forwards === true,
    );
    this.tracer = options.trace === undefined ? null : new Tracer(this.net, this.told, options.trace);
    this.observers = new Observers(this.kernel, spec, (id) => this.net.parameter(id));
    this.timer = this.kernel.register('device.timer', (node, n, _b, data: string | { type: string; body: Body }) =>
      typeof data === 'string' ? this.deliver(node, data, null, null, n, '') : this.deliver(node, data.type, null, data.body, n, ''),
    );
    this.actHandler = this.kernel.register('device.act', (node, n, _b, data: { type: string; body: Body | null; from: string }) =>
      this.deliver(node, data.type, null, data.body, n, data.from),
    );
    this.adversary = spec.threat === null ? null : new Adversary(this.kernel, this.net, spec, catalogue, this.observers);
    this.observers.isHostile = (message) => this.adversary?.labels.isHostile(message) ?? false;
    this.observers.isTampered = (reference) => this.adversary?.state.references.has(reference) ?? false;
    this.observers.isHeld = (device, token) => this.adversary?.holds(device, token) ?? false;
    this.observers.underWay = () => this.adversary?.atLastStep() ?? false;
    const { tracer } = this;
    if (tracer !== null) {
      this.observers.emit = (line) => this.write(line);
      this.observers.emitRecord = (by, what, cause, fields) => tracer.record(this.now, by, what, cause, fields);
    }
    for (const device of devices) this.addDevice(device);
  }

  private addDevice(spec: DeviceSpec): void {
    const node = this.net.nodeIndex.get(spec.id)!;
    const model = this.catalogue.devices.get(spec.kind);
    if (model === undefined) {
      if (spec.kind !== ADVERSARY_KIND) throw new Error(`no device model of kind "${spec.kind}"`);
      this.devices[node] = null;
      return;
    }
    this.devices[node] = new Device(
      { ...spec, settings: { ...spec.settings, ...this.situation(spec.settings) } },
      model,
      machineOf(model),
      node,
      this,
    );
    if (spec.roles.includes(FAVOURED_ROLE)) this.favouredNodes.add(node);
  }

  /** What the scenario says about the stay, for the people's models that have a setting of that name. */
  private situation(settings: DeviceSpec['settings']): Record<string, SettingValue> {
    const { course, household } = this.spec;
    const said: Record<keyof typeof SAID_BY_HOME, SettingValue> = {
      course,
      residents: household.residents,
      'visitors-per-week': household.visitorsPerWeek,
    };
    return Object.fromEntries(Object.entries(said).filter(([name]) => name in settings));
  }

  /** A world at its start: everybody's first effects have run. */
  static build(spec: WorldSpec, catalogue: Catalogue, options: WorldOptions): World {
    const world = new World(spec, catalogue, options);
    world.net.start();
    for (const device of world.devices) if (device !== null && world.net.nodeState(device.node).power) device.start();
    world.adversary?.begin();
    return world;
  }

  get now(): Micros {
    return this.kernel.now;
  }

  /** Time of the next event, at most the end. */
  get next(): Micros {
    return Math.min(this.kernel.next, this.end);
  }

  /** Handles one event; false when the run is over. */
  step(): boolean {
    if (this.kernel.next > this.end) {
      this.kernel.runUntil(this.end);
      return false;
    }
    return this.kernel.step();
  }

  /** Handles all events up to and including `time` (at most the end). */
  runUntil(time: Micros): void {
    this.kernel.runUntil(Math.min(time, this.end));
  }

  /** The result at the end; before it, the result so far. Observing does not change the run. */
  result(): RunResult {
    const ends = !this.closed && this.now >= this.end;
    if (ends) {
      this.observers.close();
      this.tracer?.flush(this.now);
      this.closed = true;
    }
    const { threat } = this.spec;
    const reached = this.observers.state.reachedAt >= 0;
    const attackStart = this.adversary?.state.startedAt ?? 0;
    const outcomes = this.observers.outcomes(attackStart);
    if (ends) for (const [what, value] of Object.entries(outcomes)) this.write({ kind: 'outcome', what, value });
    const fingerprint = Fingerprint.from(this.kernel.fingerprint.state());
    for (const word of this.kernel.apart.state()) fingerprint.word(word);
    fingerprint.value(outcomes);
    return {
      fingerprint: fingerprint.hex(),
      scenario: this.spec.id,
      seed: this.kernel.draws.seed,
      replication: this.kernel.draws.replication,
      simulatedHours: this.now / HOUR,
      events: this.kernel.events,
      messages: this.net.state.nextMessage - 1,
      wallMs: 0,
      threat:
        threat === null || this.adversary === null
          ? null
          : { id: threat.id, succeeded: reached, steps: stepResults(threat, this.adversary.state.steps, reached) },
      alerts: [...this.observers.state.alerts],
      outcomes,
      attributable: null,
    };
  }

  /** A copy of all that can still matter; the world goes on unharmed. The specification never changes and is shared. */
  snapshot(): WorldSnapshot {
    const state = copyOf({
      kernel: this.kernel.snapshot(),
      network: this.net.state,
      devices: this.devices.flatMap((device): [string, DeviceState][] => (device === null ? [] : [[device.id, device.data]])),
      physical: this.physical,
      adversary: this.adversary?.state ?? null,
      observers: this.observers.state,
      closed: this.closed,
      trace: this.told,
    });
    return { spec: this.spec, ...state };
  }

  /** A world in which nothing has begun yet, to go on from elsewhere: see `take` and `enter`. */
  static prepare(spec: WorldSpec, catalogue: Catalogue, options: WorldOptions): World {
    return new World(spec, catalogue, options);
  }

  /** A world that goes on from a snapshot. @throws Error naming what this catalogue lacks. */
  static restore(snapshot: WorldSnapshot, catalogue: Catalogue, trace?: TraceSink | TraceRecorder): World {
    const { spec, ...state } = snapshot;
    return World.revive({ spec, ...copyOf(state) }, catalogue, trace);
  }

  /** A world that takes a snapshot's state over as its own. */
  private static revive(copy: WorldSnapshot, catalogue: Catalogue, trace?: TraceSink | TraceRecorder): World {
    const { seed, replication } = copy.kernel;
    const world = World.prepare(copy.spec, catalogue, { seed, replication, ...(trace === undefined ? {} : { trace }) });
    world.take(copy);
    return world;
  }

  private take(copy: Omit<WorldSnapshot, 'spec'>): void {
    this.kernel.restore(copy.kernel);
    for (const [id, { value, memory, settings }] of copy.devices) this.device(id)!.data = { value, memory, settings };
    this.physical = new Map(copy.physical);
    this.net.restore(copy.network);
    for (const device of this.devices) device?.renewLuck();
    if (copy.adversary !== null) this.adversary!.restore(copy.adversary);
    this.observers.state = copy.observers;
    this.closed = copy.closed;
    this.told.lines = copy.trace.lines;
    this.told.ahead.push(...copy.trace.ahead);
  }

  /**
   * For a prepared world: goes on from the instant of a world that is the same but has no adversary, with what the adversary
   * has learned and planned by itself until then. false: the order of two events is not known (see Kernel.adopt).
   */
  enter(present: WorldSnapshot, learned: AdversaryState, plans: KernelSnapshot): boolean {
    this.take(present);
    this.adversary!.restore(learned);
    return this.kernel.adopt(plans);
  }

  /** A second world from this instant: with the same luck, or on a fresh branch of it (1, 2, …). */
  fork(branch: 'same' | number): World {
    const world = World.revive(this.snapshot(), this.catalogue);
    if (branch !== 'same') world.kernel.branchTo(branch);
    return world;
  }

  private device(id: string): Device | null {
    return this.devices[this.net.nodeIndex.get(id)!] ?? null;
  }

  // ---- for the network ---------------------------------------------------------------------------------------------

  deliver(node: number, type: string, message: Message | null, body: Body | null, n: number, from: string): void {
    const device = this.devices[node]!;
    if (this.adversary !== null && device === null && type === 'net-joined') this.adversary.positions.joined(node);
    if (this.adversary !== null && device === null && type === 'net-join-failed') this.adversary.positions.unanswered(node);
    if (device === null || !this.net.nodeState(node).power) return;
    if (message !== null && type === message.kind && this.unasked(node, message)) {
      const closed =
        message.role === 'datagram' &&
        message.transport === 'udp' &&
        message.dst !== BROADCAST &&
        !this.net.nodes[node]!.listens.has(message.dport);
      if (closed || !device.serves.has(type)) {
        // What is said to everybody concerns only those who care.
        if (message.dst !== BROADCAST)
          this.onStop(message, node, { fact: closed ? `port ${message.dport} is closed` : `does not serve ${type}` });
        return;
      }
    }
    if (!device.dispatch(type, message, body, n, from) && message !== null && message.role === 'request')
      this.onStop(message, node, { fact: `does not answer ${type} while ${device.state}` });
  }

  cares(node: number, message: Message): boolean {
    if (message.transport !== 'udp' || message.kind === MDNS_QUERY || this.listening(node)) return true;
    const device = this.devices[node]!;
    return device === null || device.serves.has(message.kind);
  }

  /** Does a message come on its sender's own account, and not as the answer to what this node has sent? */
  private unasked(node: number, message: Message): boolean {
    if (message.role === 'request' || message.role === 'push') return true;
    return message.role === 'datagram' && message.kind !== MDNS_ANSWER && this.net.conn(message.conn)?.client !== node;
  }

  hear(node: number, message: Message): void {
    this.adversary?.ears.received(node, message);
  }

  answerAttack(reference: number, type: 'reply' | 'refused' | 'failed', message: Message | null, body: Body | null): void {
    this.adversary?.ears.answered(reference, type, message, body);
  }

  onFlow(flow: Stream, state: 'runs' | 'over' | 'failed'): void {
    this.adversary!.flow(flow, state);
  }

  hold(node: number, message: Message): boolean {
    const goesOn = this.adversary!.ears.hold(node, message);
    if (!goesOn) this.tracer?.stop(this.now, message, this.net.nodes[node]!.id, 'dropped by foreign code');
    return goesOn;
  }

  overhear(segment: number, message: Message): void {
    this.adversary!.ears.overhear(segment, message);
  }

  listening(node: number): boolean {
    return this.adversary !== null && this.adversary.ears.listening(node);
  }

  listeningIn(segment: number): boolean {
    return this.adversary !== null && this.adversary.ears.listeningIn(segment);
  }

  setting(node: number, name: string): SettingValue | undefined {
    return this.devices[node]?.data.settings[name];
  }

  favoured(node: number): boolean {
    return this.favouredNodes.has(node);
  }

  onHop(message: Message, from: number, to: number, segment: number, time: number): void {
    if (this.adversary !== null && message.hop === 1) this.adversary.labels.note(message);
    if (this.tracer === null) return;
    this.tracer.hop(this.now, message, from, to, segment, time, this.adversary?.labels.isHostile(message.id) === true);
  }

  onStop(message: Message, node: number, reason: { readonly rule?: string; readonly fact?: string }): void {
    const device = this.net.nodes[node]!.id;
    this.adversary?.obstacles.stopped(message, { device, ...reason });
    this.tracer?.stop(this.now, message, device, reason.rule ?? reason.fact ?? '');
  }

  onPower(node: number, on: boolean): void {
    const device = this.devices[node] ?? null;
    this.write({ kind: 'state', from: this.net.nodes[node]!.id, what: on ? 'power on' : 'power off' });
    if (device === null) return;
    if (on) device.powerUp();
    else device.powerDown();
  }

  onLink(segment: number, up: boolean): void {
    this.write({ kind: 'state', from: this.net.segments[segment]!.id, what: up ? 'link up' : 'link down' });
  }

  onLease(node: number, held: boolean): void {
    this.write({ kind: 'state', from: this.net.nodes[node]!.id, what: held ? 'address again' : 'address lost' });
  }

  onAddresses(segment: number, free: boolean): void {
    this.write({ kind: 'state', from: this.net.segments[segment]!.id, what: free ? 'addresses free' : 'addresses used up' });
  }

  onPass(message: Message, node: number, rule: string): void {
    if (this.tracer !== null && this.net.nodeState(node).policy !== null) this.tracer.pass(this.now, message, node, rule);
  }

  // ---- for devices -------------------------------------------------------------------------------------------------

  get tracing(): boolean {
    return this.tracer !== null;
  }

  record(kind: string, by: string, message: number, fields: Readonly<Record<string, RecordValue>>): void {
    this.observers.record(kind, by, message, fields);
    this.adversary?.obstacles.checked(kind, by, fields);
  }

  alert(sensor: string, evidence: readonly number[]): void {
    this.observers.alert(sensor, evidence);
  }

  runsCode(node: number, brought: Message): void {
    if (this.adversary?.positions.runsCode(node, brought) === true) return;
    this.net.nodeState(node).party = this.net.nodes[brought.origin]!.id;
  }

  stopped(message: Message, node: number, fact: string): void {
    this.onStop(message, node, { fact });
  }

  settingChanged(device: string, name: string, value: SettingValue): void {
    this.write({ kind: 'setting', from: device, what: name, value });
    this.net.settingChanged(this.net.nodeIndex.get(device)!, name);
    if (name === 'wifi.security') this.adversary?.ears.relisten();
  }

  stateChanged(device: string, state: string): void {
    this.write({ kind: 'state', from: device, what: state });
  }

  sensed(quantity: string, value: number): void {
    this.tracer?.sensed(this.now, quantity, value);
  }

  private write(line: Untimed): void {
    this.tracer?.write(this.now, line);
  }
}
