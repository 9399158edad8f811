import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { mean, quantile, type Distribution } from '../../sim/kernel/distributions.ts';
import type { ChannelSpec, DeviceContext, DeviceEvent, DeviceModel, Outgoing } from '../../sim/model/device.ts';
import { Machine } from '../../sim/model/machine.ts';
import type { Body, Message, Role } from '../../sim/model/message.ts';
import type { Parameter } from '../../sim/model/parameters.ts';
import type { PolicyTable } from '../../sim/model/policy.ts';
import type { RecordValue } from '../../sim/model/records.ts';
import type { SettingValue } from '../../sim/model/settings.ts';
import type { CareSpec } from '../../sim/model/spec.ts';
import { chances } from '../support/bound.ts';
import { defaultsOf } from '../support/defaults.ts';

/** The registry as it stands in the project, by id, without what only attacks may read: no device knows those figures. */
const registry: ReadonlyMap<string, Parameter> = new Map(
  readdirSync('scenarios/parameters')
    .filter((file) => file.endsWith('.yaml') && file !== 'attack.yaml')
    .flatMap((file) => (parse(readFileSync(`scenarios/parameters/${file}`, 'utf8')) ?? []) as Parameter[])
    .map((entry) => [entry.id, entry]),
);

/** Something a model did, in the order it did it. */
export interface Deed {
  readonly what:
    | 'request'
    | 'reply'
    | 'refuse'
    | 'push'
    | 'datagram'
    | 'notify'
    | 'stream'
    | 'stop'
    | 'act'
    | 'mend'
    | 'publish'
    | 'record'
    | 'alert'
    | 'change'
    | 'policy'
    | 'foreign-code'
    | 'after'
    | 'cancel';
  /** Kind of message or record, name of act, timer, quantity or setting; the refusal's fact. */
  readonly name: string;
  /** Channel, target, host or session. */
  readonly to: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly n: number;
  readonly bytes: number;
}

export interface FakeOptions {
  readonly id?: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly care?: Partial<CareSpec>;
  /** Uniform draws by purpose (and number); 0.5 where it gives undefined. */
  readonly draw?: (purpose: string, n: number, sub: number) => number | undefined;
  /** Registry values that this test wants otherwise. */
  readonly parameters?: Readonly<Record<string, number | Distribution>>;
}

interface Timer {
  readonly handle: number;
  readonly at: number;
  readonly type: string;
  readonly n: number;
  readonly body: Body | null;
}

/**
 * One device without a world: its machine runs, what it does is written down, timers fire by `run`, messages come by `fire`.
 * Draws are all 0.5 unless told otherwise, so that waits are medians.
 */
export class FakeDevice<M extends object = any> implements DeviceContext<M> {
  readonly id: string;
  readonly kind: string;
  now = 0;
  memory: M;
  state: string;
  readonly care: CareSpec;
  readonly deeds: Deed[] = [];
  /** Names of the effects that ran, in order. */
  readonly ran: string[] = [];
  readonly timers: Timer[] = [];
  /** What `sense`, `throughput`, `verified`, `push` and `session` tell. */
  readonly senses = new Map<string, number>();
  share = 1;
  /** What `mend` finds. */
  mending: 'ran' | 'mended' | 'dark' = 'mended';
  trusts = true;
  lineOpen = true;
  client: { clientAuth: ChannelSpec['clientAuth']; credential: string | null; encrypted: boolean } = {
    clientAuth: 'none',
    credential: null,
    encrypted: true,
  };
  private readonly model: DeviceModel<M>;
  private readonly machine: Machine<M>;
  readonly bound: DeviceContext<M>['bound'];
  readonly chance: DeviceContext<M>['chance'];
  readonly sampleOf: DeviceContext<M>['sampleOf'];
  readonly afterChance: DeviceContext<M>['afterChance'];
  private readonly options: FakeOptions;
  private readonly settings: Record<string, SettingValue>;
  private readonly raised: DeviceEvent[] = [];
  private handles = 0;
  private messages = 0;

  constructor(model: DeviceModel<M>, options: FakeOptions = {}) {
    ({ bound: this.bound, chance: this.chance, sampleOf: this.sampleOf, afterChance: this.afterChance } = chances(() => this));
    this.model = model;
    this.options = options;
    this.id = options.id ?? model.kind;
    this.kind = model.kind;
    this.memory = model.memory({ id: this.id });
    this.care = { plan: 'copd', news2Scale: 2, oxygen: true, spo2Target: [88, 92], ...options.care };
    this.settings = defaultsOf(model);
    for (const [name, value] of Object.entries(options.settings ?? {})) {
      if (!(name in this.settings)) throw new Error(`${model.kind} has no setting ${name}`);
      this.settings[name] = value;
    }
    this.machine = new Machine(model.machine, model.effects, model.kind);
    this.state = this.machine.initial;
    this.perform(this.machine.initialActions, this.event('', {}));
    this.settle();
  }

  /** Gives the machine an event; `from` is who acted or the channel; `message: true` wraps the body in a message. */
  fire(type: string, body: Body | null = null, more: { n?: number; from?: string; message?: boolean; role?: Role } = {}): this {
    this.take(this.event(type, { body, ...more }));
    this.settle();
    return this;
  }
  /** Gives the machine a request or push with a message. */
  receive(kind: string, body: Body | null = null, n = 0): this {
    return this.fire(kind, body, { n, message: true });
  }
  /** Gives the machine an answer with its message. */
  hear(kind: string, body: Body | null = null, n = 0): this {
    return this.fire(kind, body, { n, message: true, role: 'reply' });
  }
  /** Lets timers fire for this many µs. */
  run(micros: number): this {
    const end = this.now + micros;
    for (;;) {
      let next: Timer | null = null;
      for (const timer of this.timers) if (timer.at <= end && (next === null || timer.at < next.at)) next = timer;
      if (next === null) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.now = next.at;
      this.take(this.event(next.type, { body: next.body, n: next.n }));
      this.settle();
    }
    this.now = end;
    return this;
  }
  /** Deeds of a sort, optionally with this name. */
  did(what: Deed['what'], name?: string): Deed[] {
    return this.deeds.filter((deed) => deed.what === what && (name === undefined || deed.name === name));
  }
  forget(): this {
    this.deeds.length = 0;
    this.ran.length = 0;
    return this;
  }

  private event(type: string, more: { body?: Body | null; n?: number; from?: string; message?: boolean; role?: Role }): DeviceEvent {
    const body = more.body ?? null;
    this.messages++;
    const message =
      more.message === true
        ? ({ id: this.messages, kind: type, role: more.role ?? 'request', body, signer: null } as unknown as Message)
        : null;
    return { type, message, body, n: more.n ?? 0, from: more.from ?? '', settings: this.settings };
  }
  private take(event: DeviceEvent): void {
    const found = this.machine.find(this.state, event, this.memory);
    if (found === null) return;
    // As in @xstate/fsm: actions run in the new state.
    this.state = found.target;
    this.perform(found.actions, event);
  }
  private perform(actions: readonly string[], event: DeviceEvent): void {
    for (const name of actions) {
      this.ran.push(name);
      this.model.effects[name]!(this, event);
    }
  }
  private settle(): void {
    for (let event = this.raised.shift(); event !== undefined; event = this.raised.shift()) this.take(event);
    // Memory must survive being written down.
    const copy = JSON.parse(JSON.stringify(this.memory)) as M;
    if (JSON.stringify(copy) !== JSON.stringify(this.memory)) throw new Error(`${this.kind}: memory is not plain data`);
  }
  private note(what: Deed['what'], name: string, to: string, body: Deed['body'] = null, n = 0, bytes = 0): void {
    this.deeds.push({ what, name, to, body, n, bytes });
  }
  private send(what: Deed['what'], to: string, out: Omit<Outgoing, 'n'> & { n?: number }): void {
    if (!(out.bytes >= 0)) throw new Error(`${this.kind}: ${out.kind} has ${out.bytes} bytes`);
    if (out.n !== undefined && !Number.isSafeInteger(out.n)) throw new Error(`${this.kind}: ${out.kind} has number ${out.n}`);
    this.note(what, out.kind, to, out.body ?? null, out.n ?? 0, out.bytes);
  }

  setting<T extends SettingValue = SettingValue>(name: string): T {
    if (!(name in this.settings)) throw new Error(`${this.kind} has no setting ${name}`);
    return this.settings[name] as T;
  }
  change(name: string, value: SettingValue): void {
    this.settings[name] = value;
    this.note('change', name, String(value));
  }
  private entry(id: string): Distribution {
    const own = this.options.parameters?.[id];
    if (own !== undefined) return typeof own === 'number' ? { kind: 'constant', value: own } : own;
    const entry = registry.get(id);
    if (entry === undefined) throw new Error(`no parameter ${id}`);
    return entry.distribution ?? { kind: 'constant', value: entry.value! };
  }
  parameter(id: string): number {
    return mean(this.entry(id));
  }
  distribution(id: string): Distribution {
    return this.entry(id);
  }
  after(delay: number, type: string, n = 0, body: Body | null = null): number {
    if (!(delay >= 0)) throw new Error(`${this.kind}: ${type} after ${delay}`);
    this.handles++;
    this.timers.push({ handle: this.handles, at: this.now + Math.round(delay), type, n, body });
    this.note('after', type, '', body, n);
    return this.handles;
  }
  afterRandom(
    law: Distribution,
    purpose: string,
    n: number,
    type: string,
    body: Body | null = null,
    unit = 1_000_000,
    start = this.now,
  ): number {
    return this.after(start - this.now + this.sample(law, purpose, n) * unit, type, n, body);
  }
  cancel(handle: number): void {
    const at = this.timers.findIndex((timer) => timer.handle === handle);
    if (at >= 0) this.note('cancel', this.timers.splice(at, 1)[0]!.type, '');
  }
  draw(purpose: string, n: number, sub = 0): number {
    return this.options.draw?.(purpose, n, sub) ?? 0.5;
  }
  sample(distribution: Distribution, purpose: string, n: number, sub = 0): number {
    return quantile(distribution, this.draw(purpose, n, sub));
  }
  request(channel: string, out: Outgoing): void {
    const spec = this.model.channels?.[channel];
    if (spec === undefined) throw new Error(`${this.kind} has no channel ${channel}`);
    spec(this);
    this.send('request', channel, out);
  }
  reply(to: Message, out: Omit<Outgoing, 'n'>): void {
    this.send('reply', to.kind, out);
  }
  refuse(message: Message, fact: string, status = 403): void {
    this.note('refuse', fact, message.kind, { status });
  }
  push(session: number, out: Outgoing): boolean {
    if (this.lineOpen) this.send('push', String(session), out);
    return this.lineOpen;
  }
  sessionOf(_message: Message): number {
    return 1;
  }
  session(_message: Message) {
    return { ...this.client, peer: 0 };
  }
  datagram(host: string, _port: number, out: Outgoing): void {
    this.send('datagram', host, out);
  }
  notify(out: Outgoing): void {
    this.send('notify', '', out);
  }
  stream(host: string, flow: { type: string; n: number; seconds?: number; bytes?: number; bitsPerSecond: number }): number {
    this.handles++;
    this.note('stream', flow.type, host, { ...flow }, flow.n);
    return this.handles;
  }
  stop(stream: number): void {
    this.note('stop', String(stream), '');
  }
  throughput(_stream: number): number {
    return this.share;
  }
  act(target: string, type: string, body: Body | null, n: number, delay = 0): void {
    if (!(delay >= 0)) throw new Error(`${this.kind}: ${type} after ${delay}`);
    this.note('act', type, target, body, n);
  }
  actRandom(target: string, type: string, body: Body | null, n: number, seconds: Distribution, purpose: string): void {
    this.act(target, type, body, n, this.sample(seconds, purpose, n) * 1_000_000);
  }
  mend(target: string): 'ran' | 'mended' | 'dark' {
    this.note('mend', target, target);
    return this.mending;
  }
  publish(quantity: string, value: number): void {
    if (!Number.isFinite(value)) throw new Error(`${quantity} is ${value}`);
    this.note('publish', quantity, '', { value });
  }
  sense(quantity: string): number {
    return this.senses.get(quantity) ?? 0;
  }
  record(kind: string, fields: Readonly<Record<string, RecordValue>>): void {
    this.note('record', kind, '', fields);
  }
  alert(sensor: string, evidence: readonly number[]): void {
    this.note('alert', sensor, '', { evidence: evidence.length });
  }
  raise(type: string, body: Body | null = null, n = 0): void {
    this.raised.push(this.event(type, { body, n }));
  }
  runForeignCode(message: Message): void {
    this.note('foreign-code', message.kind, '');
  }
  verified(_message: Message, _signer: string): boolean {
    return this.trusts;
  }
  deviceAt(_address: number): string | null {
    return null;
  }
  address(): number {
    return 1;
  }
  installPolicy(table: PolicyTable): void {
    this.note('policy', '', '', { ...table } as unknown as Body);
  }
  stations(_segment: string): readonly string[] {
    return [];
  }
}

/** One line for each transition a configuration has: `state event[i] -> target: effects`. */
export function transitionsOf(model: DeviceModel): string[] {
  const lines: string[] = [];
  for (const [state, config] of Object.entries(model.machine.states))
    for (const [type, entry] of Object.entries(config.on ?? {})) {
      const candidates = typeof entry === 'string' ? [{ target: entry }] : Array.isArray(entry) ? entry : [entry];
      candidates.forEach((candidate, i) => {
        const { target, actions } = candidate as { target?: string; actions?: readonly string[] };
        lines.push(`${state} ${type}${candidates.length > 1 ? `[${i}]` : ''} -> ${target ?? '.'}: ${(actions ?? []).join(' ')}`.trimEnd());
      });
    }
  return lines;
}

/** How to bring about one transition: a line as of `transitionsOf`, and what must hold before. */
export interface Step {
  readonly line: string;
  readonly before?: (device: FakeDevice) => void;
  readonly body?: Body | null;
  readonly n?: number;
  readonly from?: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly options?: FakeOptions;
}

/**
 * Plays one transition: puts the device into the state, fires the event, and returns what happened as a line of the same
 * form. Deleting the transition from the model changes the returned line.
 */
export function play(model: DeviceModel, step: Step): string {
  const [head = '', tail = ''] = step.line.split(' -> ');
  const [state = '', event = ''] = head.split(' ');
  const type = event.replace(/\[\d+\]$/, '');
  const expected = tail.split(': ')[1]?.split(' ') ?? [];
  const device = new FakeDevice(model, { ...step.options, ...(step.settings ? { settings: step.settings } : {}) });
  device.state = state;
  device.now = 3_600_000_000;
  step.before?.(device);
  device.forget();
  // Only this transition: what it raises is another story.
  const quiet = device as unknown as { raised: unknown[]; settle: () => void };
  quiet.settle = () => void (quiet.raised.length = 0);
  device.fire(type, step.body ?? {}, { message: true, n: step.n ?? 1, from: step.from ?? 'nurse-panel' });
  const target = tail.split(':')[0];
  const handled = device.ran.length > 0 || device.state !== state;
  const moved = !handled ? 'not handled' : target === '.' && device.state === state ? '.' : device.state;
  // Exit and entry effects belong to the states; the transition's own stand in between.
  return `${head} -> ${moved}: ${expected.filter((name) => device.ran.includes(name)).join(' ')}`.trimEnd();
}

/** The same transitions in several states. */
export const inEach = (states: readonly string[], steps: readonly Step[]): Step[] =>
  states.flatMap((state) => steps.map((step) => ({ ...step, line: `${state} ${step.line}` })));
export const lines = (...text: readonly string[]): Step[] => text.map((line) => ({ line }));

/** The model with one transition left out, named as `transitionsOf` names it. */
export function without(model: DeviceModel, line: string): DeviceModel {
  const [head = ''] = line.split(' -> ');
  const [state = '', event = ''] = head.split(' ');
  const type = event.replace(/\[\d+\]$/, '');
  const index = Number(/\[(\d+)\]$/.exec(event)?.[1] ?? 0);
  const config = model.machine.states[state]!;
  const { [type]: entry, ...rest } = config.on!;
  const left = Array.isArray(entry) ? entry.filter((_, i) => i !== index) : [];
  const on = left.length === 0 ? rest : { ...rest, [type]: left };
  return { ...model, machine: { ...model.machine, states: { ...model.machine.states, [state]: { ...config, on } } } };
}
