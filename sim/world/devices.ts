import { quantile, type Distribution } from '../kernel/distributions.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { SECOND, type Micros } from '../kernel/time.ts';
import type { ChannelSpec, Chance, DeviceContext, DeviceEvent, DeviceModel, Effect, Outgoing, SessionView } from '../model/device.ts';
import { choose, type Machine, type MachineRow } from '../model/machine.ts';
import type { Address, Body, Message } from '../model/message.ts';
import type { PolicyTable } from '../model/policy.ts';
import type { RecordValue } from '../model/records.ts';
import type { SettingValue } from '../model/settings.ts';
import type { CareSpec, DeviceSpec } from '../model/spec.ts';
import { BROADCAST } from '../network/topology.ts';
import type { Network } from '../network/network.ts';
import { Ways } from './ways.ts';

/** What the world does for all devices. */
export interface DeviceHost {
  readonly kernel: Kernel;
  readonly net: Network;
  readonly care: CareSpec;
  readonly timer: number;
  readonly actHandler: number;
  /** Quantities that can be sensed, by name. */
  physical: Map<string, number>;
  record(kind: string, by: string, message: number, fields: Readonly<Record<string, RecordValue>>): void;
  alert(sensor: string, evidence: readonly number[]): void;
  runsCode(node: number, brought: Message): void;
  stopped(message: Message, node: number, fact: string): void;
  settingChanged(device: string, name: string, value: SettingValue): void;
  stateChanged(device: string, state: string): void;
  sensed(quantity: string, value: number): void;
  readonly tracing: boolean;
}

/** What changes about a device: plain data. */
export interface DeviceState {
  value: string;
  memory: object;
  readonly settings: Record<string, SettingValue>;
}

/** Events that a device may raise inside each other before it is called a loop. */
const LIMIT = 64;

/** One device at run time: its model, its machine's state, and the context that the model's effects are handed. */
export class Device implements DeviceContext<any> {
  readonly id: string;
  readonly kind: string;
  readonly node: number;
  readonly care: CareSpec;
  readonly model: DeviceModel;
  /** See DeviceModel.serves. */
  readonly serves: ReadonlySet<string>;
  readonly #host: DeviceHost;
  readonly #machine: Machine<any>;
  /** Row of the machine's table for `#rowOf`, the state it was looked up for. */
  #row: MachineRow<any> | undefined = undefined;
  #rowOf = '';
  #ways: Ways;
  #depth = 0;
  data: DeviceState;

  constructor(spec: DeviceSpec, model: DeviceModel, machine: Machine<any>, node: number, host: DeviceHost) {
    this.id = spec.id;
    this.kind = spec.kind;
    this.node = node;
    this.model = model;
    this.serves = new Set(model.serves);
    this.care = host.care;
    this.#host = host;
    this.#machine = machine;
    this.#ways = this.#waysFor(spec.id);
    this.data = { value: machine.initial, memory: model.memory({ id: spec.id }), settings: { ...spec.settings } };
  }

  get now(): Micros {
    return this.#host.kernel.now;
  }

  get state(): string {
    return this.data.value;
  }

  get memory(): any {
    return this.data.memory;
  }

  set memory(value: any) {
    this.data.memory = value;
  }

  /** Runs the entry effects of the initial state. */
  start(): void {
    const event: DeviceEvent = { type: 'start', message: null, body: null, n: 0, from: '', settings: this.data.settings };
    for (const name of this.#machine.initialActions) this.model.effects[name]!(this, event);
  }

  /** Its power is gone, and with it every timer that it had set. */
  powerDown(): void {
    const { kernel, timer } = this.#host;
    kernel.cancelAll(timer, this.node);
    this.#depth = 0;
  }

  /** Its power is back: the machine begins anew, with what it keeps of its memory (see DeviceModel.keeps). */
  powerUp(): void {
    const before = this.data.memory as Readonly<Record<string, unknown>>;
    const kept = (this.model.keeps ?? []).map((field): [string, unknown] => [field, before[field]]);
    this.data.value = this.#machine.initial;
    this.data.memory = { ...this.model.memory({ id: this.id }), ...Object.fromEntries(kept) };
    this.renewLuck();
    if (this.#host.tracing) this.#host.stateChanged(this.id, this.data.value);
    this.start();
  }

  /** What it has looked up by its name is looked up anew: a life after a loss of power has luck of its own. */
  renewLuck(): void {
    this.#keys.clear();
    this.#bound = [];
    this.#ways = this.#waysFor(this.#name);
  }

  /** What the addresses of its draws begin with. */
  get #name(): string {
    const { boots } = this.#host.net.nodeState(this.node);
    return boots === 0 ? this.id : `${this.id} boot ${boots}`;
  }

  #waysFor(name: string): Ways {
    return new Ways(name, this.#host.kernel.keys, (channel) => this.#specOf(channel));
  }

  /** Hands an event to the machine and runs the effects it names. false: the present state does not handle it. */
  dispatch(type: string, message: Message | null, body: Body | null, n: number, from: string): boolean {
    const event: DeviceEvent = { type, message, body, n, from, settings: this.data.settings };
    if (this.data.value !== this.#rowOf) {
      this.#rowOf = this.data.value;
      this.#row = this.#machine.row(this.#rowOf);
    }
    const transition = choose(this.#row, event, this.data.memory);
    if (transition === null) return false;
    if (++this.#depth > LIMIT) throw new Error(`${this.id}: events raise each other without end (last: ${type})`);
    if (transition.target !== this.data.value) {
      this.data.value = transition.target;
      if (this.#host.tracing) this.#host.stateChanged(this.id, transition.target);
    }
    const effects = transition.effects as readonly Effect<any>[];
    for (let i = 0; i < effects.length; i++) effects[i]!(this, event);
    this.#depth--;
    return true;
  }

  setting<T extends SettingValue>(name: string): T {
    const value = this.data.settings[name];
    if (value === undefined) throw new Error(`${this.id} (${this.kind}) has no setting "${name}"`);
    return value as T;
  }

  change(name: string, value: SettingValue): void {
    this.data.settings[name] = value;
    this.#ways.forget();
    this.#host.settingChanged(this.id, name, value);
  }

  parameter(id: string): number {
    return this.#host.net.parameter(id);
  }

  distribution(id: string): Distribution {
    return this.#host.net.distribution(id);
  }

  after(delay: Micros, type: string, n = 0, body: Body | null = null): number {
    const { kernel, timer } = this.#host;
    return kernel.at(kernel.now + Math.max(0, Math.round(delay)), timer, this.node, n, 0, body === null ? type : { type, body });
  }

  afterRandom(
    law: Distribution,
    purpose: string,
    n: number,
    type: string,
    body: Body | null = null,
    unit: Micros = SECOND,
    start: Micros = this.now,
  ): number {
    const { kernel, timer } = this.#host;
    return kernel.wait(law, unit, this.#key(purpose), n, 0, timer, this.node, n, 0, body === null ? type : { type, body }, start);
  }

  cancel(handle: number): void {
    this.#host.kernel.cancel(handle);
  }

  #keys = new Map<string, { readonly k0: number; readonly k1: number }>();

  #key(purpose: string): { readonly k0: number; readonly k1: number } {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = this.#host.kernel.keys.key(`${this.#name} ${purpose}`);
      this.#keys.set(purpose, key);
    }
    return key;
  }

  draw(purpose: string, n: number, sub = 0): number {
    return this.#host.kernel.draws.uniform(this.#key(purpose), n, sub);
  }

  sample(distribution: Distribution, purpose: string, n: number, sub = 0): number {
    return quantile(distribution, this.draw(purpose, n, sub));
  }

  #bound: { readonly make: unknown; readonly value: unknown }[] = [];

  bound<T>(make: (device: DeviceContext<any>) => T): T {
    const known = this.#bound;
    for (let i = 0; i < known.length; i++) if (known[i]!.make === make) return known[i]!.value as T;
    const value = make(this);
    known.push({ make, value });
    return value;
  }

  chance(distribution: string, purpose: string): Chance {
    return { law: this.distribution(distribution), purpose, key: this.#key(purpose) };
  }

  sampleOf(chance: Chance, n: number, sub = 0): number {
    return quantile(chance.law, this.#host.kernel.draws.uniform(chance.key, n, sub));
  }

  afterChance(chance: Chance, n: number, type: string): number {
    const { kernel, timer } = this.#host;
    return kernel.wait(chance.law, SECOND, chance.key, n, 0, timer, this.node, n, 0, type);
  }

  #specOf(channel: string): ChannelSpec {
    const make = this.model.channels?.[channel];
    if (make === undefined) throw new Error(`${this.id} (${this.kind}) has no channel "${channel}"`);
    return make(this);
  }

  request(channel: string, out: Outgoing): void {
    const way = this.#ways.channel(channel);
    const { host, spec, session } = way;
    this.#host.net.transport.open({
      node: this.node,
      channel,
      session,
      host,
      kind: out.kind,
      body: out.body ?? null,
      bytes: out.bytes,
      n: out.n,
      signed: out.sign === true,
      luck: this.#ways.luck(way, channel, out.kind),
      cause: out.cause?.id ?? 0,
      purpose: 'device',
      reference: 0,
      label: 0,
      spec,
    });
  }

  reply(to: Message, out: Omit<Outgoing, 'n'>): void {
    this.#host.net.answers.answer(this.node, to, out.kind, out.body ?? null, out.bytes, out.sign === true);
  }

  refuse(message: Message, fact: string, status = 403): void {
    this.#host.stopped(message, this.node, fact);
    if (message.exchange !== 0) this.#host.net.answers.answer(this.node, message, 'refused', { status, fact }, 0, false);
  }

  push(session: number, out: Outgoing): boolean {
    return this.#host.net.transport.push(
      this.node,
      session,
      this.#key(`push ${out.kind}`),
      out.kind,
      out.body ?? null,
      out.bytes,
      out.n,
      out.sign === true,
      out.cause?.id ?? 0,
    );
  }

  sessionOf(message: Message): number {
    return message.conn;
  }

  session(message: Message): SessionView {
    const conn = this.#host.net.conn(message.conn);
    const encrypted = conn?.tls ?? false;
    const auth = conn?.clientAuth ?? 'none';
    const sent = message.body?.['credential'];
    const credential = auth === 'certificate' ? (conn?.credential ?? null) : typeof sent === 'string' ? sent : null;
    return { encrypted, clientAuth: auth, credential, peer: message.src };
  }

  datagram(host: string, port: number, out: Outgoing): void {
    const { net } = this.#host;
    if (host === '*' || out.oneWay === true) {
      const dst = host === '*' ? BROADCAST : net.names.directory(host);
      if (dst < 0 && dst !== BROADCAST) return;
      const key = this.#key(out.kind);
      const message = net.frames.make(
        out.kind,
        'datagram',
        'udp',
        this.node,
        out.body ?? null,
        out.bytes + UDP_HEADER,
        key.k0,
        (key.k1 + out.n) | 0,
      );
      message.src = net.addressOf(this.node);
      message.sport = port;
      message.dst = dst;
      message.dport = port;
      message.cause = out.cause?.id ?? 0;
      message.n = out.n;
      net.frames.send(this.node, message);
      return;
    }
    const { session, luck, spec } = this.#ways.datagram(host, port, out.kind);
    net.transport.open({
      node: this.node,
      channel: 'datagram',
      session,
      host,
      kind: out.kind,
      body: out.body ?? null,
      bytes: out.bytes,
      n: out.n,
      signed: out.sign === true,
      luck: luck.key,
      cause: out.cause?.id ?? 0,
      purpose: 'datagram',
      reference: 0,
      label: 0,
      spec,
    });
  }

  notify(out: Outgoing): void {
    this.#host.net.wire.notify(this.node, out.kind, out.body ?? null, out.bytes, out.n, this.#key(`ble ${out.kind}`));
  }

  stream(host: string, flow: Parameters<DeviceContext['stream']>[1]): number {
    return this.#host.net.streams.open({
      node: this.node,
      host,
      port: flow.port,
      mode: flow.mode,
      direction: flow.direction,
      bitsPerSecond: flow.bitsPerSecond,
      seconds: flow.seconds ?? 0,
      bytes: flow.bytes ?? 0,
      type: flow.type,
      n: flow.n,
      purpose: 'device',
      label: 0,
      luck: this.#key(`stream ${flow.type} ${flow.port}`),
    });
  }

  stop(stream: number): void {
    this.#host.net.streams.stop(stream);
  }

  throughput(stream: number): number {
    return this.#host.net.streams.throughput(stream);
  }

  act(target: string, type: string, body: Body | null, n: number, delay = 0): void {
    const { kernel, net, actHandler } = this.#host;
    const node = net.nodeIndex.get(target);
    if (node === undefined) return; // nobody of that name lives here
    kernel.at(kernel.now + Math.max(0, Math.round(delay)), actHandler, node, n, 0, { type, body, from: this.id });
  }

  actRandom(target: string, type: string, body: Body | null, n: number, seconds: Distribution, purpose: string): void {
    const { kernel, net, actHandler } = this.#host;
    const node = net.nodeIndex.get(target);
    if (node === undefined) return; // as in `act`
    kernel.wait(seconds, SECOND, this.#key(purpose), n, 0, actHandler, node, n, 0, { type, body, from: this.id });
  }

  mend(target: string): 'ran' | 'mended' | 'dark' {
    const { net } = this.#host;
    const node = net.nodeIndex.get(target);
    return node === undefined ? 'dark' : net.power.mend(node);
  }

  publish(quantity: string, value: number): void {
    this.#host.physical.set(quantity, value);
    if (this.#host.tracing) this.#host.sensed(quantity, value);
  }

  sense(quantity: string): number {
    return this.#host.physical.get(quantity) ?? this.#host.net.names.published(quantity);
  }

  record(kind: string, fields: Readonly<Record<string, RecordValue>>, cause: Message | null = null): void {
    this.#host.record(kind, this.id, cause?.id ?? 0, fields);
  }

  alert(sensor: string, evidence: readonly number[]): void {
    this.#host.alert(sensor, evidence);
  }

  raise(type: string, body: Body | null = null, n = 0): void {
    this.dispatch(type, null, body, n, this.id);
  }

  runForeignCode(message: Message): void {
    this.#host.runsCode(this.node, message);
  }

  verified(message: Message, signer: string): boolean {
    return message.signer === signer && message.signatureFits;
  }

  deviceAt(address: Address): string | null {
    const owner = this.#host.net.ownerOf(address);
    const segment = this.#host.net.segmentOf(address);
    const near = owner >= 0 && this.#host.net.nodeState(this.node).interfaces.some((at) => at.segment === segment);
    return near ? this.#host.net.nodes[owner]!.id : null;
  }

  address(family: 4 | 6 = 4): Address {
    return this.#host.net.addressOf(this.node, family);
  }

  installPolicy(table: PolicyTable): void {
    this.#host.net.filter.install(this.node, table);
  }

  stations(segment: string): readonly string[] {
    const { net } = this.#host;
    const index = net.segmentIndex.get(segment);
    return index === undefined ? [] : net.segments[index]!.members.filter((node) => node !== this.node).map((node) => net.nodes[node]!.id);
  }
}

/** UDP and IPv4 headers, bytes. */
const UDP_HEADER = 28;
