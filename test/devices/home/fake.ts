import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { quantile, type Distribution } from '../../../sim/kernel/distributions.ts';
import type { DeviceContext, DeviceEvent, DeviceModel, Outgoing, SessionView } from '../../../sim/model/device.ts';
import { Machine } from '../../../sim/model/machine.ts';
import type { Body, Message } from '../../../sim/model/message.ts';
import type { Parameter } from '../../../sim/model/parameters.ts';
import type { SettingValue } from '../../../sim/model/settings.ts';
import { chances } from '../../support/bound.ts';
import { defaultsOf } from '../../support/defaults.ts';

/** Something a device did, as one readable line's worth of data. */
export interface Deed {
  readonly what: string;
  readonly name: string;
  readonly body: Body | null;
  readonly bytes: number;
  readonly more: Readonly<Record<string, unknown>>;
}

const registry = new Map<string, Parameter>();
for (const area of ['home', 'voice', 'traffic', 'network', 'platform']) {
  let text = '';
  try {
    text = readFileSync(new URL(`../../../scenarios/parameters/${area}.yaml`, import.meta.url), 'utf8');
  } catch {
    continue;
  }
  for (const entry of parse(text) as Parameter[]) registry.set(entry.id, entry);
}

/** Kinds whose receiver looks whether it asked. */
const ANSWERS: readonly string[] = ['update-image'];

let messages = 0;
/** A message as a server or client sees it. */
export const messageOf = (kind: string, body: Body | null = null): Message =>
  ({
    id: ++messages,
    kind,
    role: ANSWERS.includes(kind) ? 'reply' : 'request',
    transport: 'tcp',
    src: 1,
    sport: 1,
    dst: 2,
    dport: 2,
    bytes: 100,
    body,
    conn: 1,
    exchange: 1,
    sealed: false,
    mac: 0,
    signer: null,
    signature: 0,
  }) as unknown as Message;

/**
 * One device alone: everything it does is written down, time stands still unless `elapse` is called, draws are what the
 * test says (0.5 otherwise). Raised events are carried out at once, as the engine does after the present one.
 */
export class Fake<M extends object> {
  readonly deeds: Deed[] = [];
  readonly timers: { type: string; n: number; body: Body | null; at: number; handle: number }[] = [];
  readonly draws = new Map<string, number>();
  readonly settings: Record<string, SettingValue> = {};
  session: SessionView = { encrypted: true, clientAuth: 'none', credential: null, peer: 0 };
  signedBy: string | null = null;
  state: string;
  now = 0;
  memory: M;
  private readonly model: DeviceModel<M>;
  private readonly machine: Machine<M>;
  private readonly raised: { type: string; body: Body | null; n: number }[] = [];
  private next = 1;
  readonly id: string;

  constructor(model: DeviceModel<M>, id: string, settings: Readonly<Record<string, SettingValue>> = {}) {
    this.model = model;
    this.id = id;
    Object.assign(this.settings, defaultsOf(model));
    for (const [name, value] of Object.entries(settings)) {
      if (!(name in this.settings)) throw new Error(`${model.kind} has no setting ${name}`);
      this.settings[name] = value;
    }
    this.memory = model.memory({ id });
    this.machine = new Machine(model.machine, model.effects, model.kind);
    this.state = this.machine.initial;
    this.perform(this.machine.initialActions, { type: 'init', message: null, body: null, n: 0, from: '', settings: this.settings });
    this.drain();
  }

  /** Delivers an event; with `message` as if a message of that kind had brought it. Returns what the device did. */
  send(type: string, body: Body | null = null, options: { n?: number; from?: string; message?: boolean; unasked?: boolean } = {}): Deed[] {
    const before = this.deeds.length;
    this.deliver({
      type,
      message:
        options.unasked === true ? { ...messageOf(type, body), role: 'request' } : options.message === true ? messageOf(type, body) : null,
      body,
      n: options.n ?? 0,
      from: options.from ?? '',
      settings: this.settings,
    });
    this.drain();
    return this.deeds.slice(before);
  }
  /** A request or an answer. */
  message(type: string, body: Body | null = null, n = 0): Deed[] {
    return this.send(type, body, { message: true, n });
  }

  /** Lets the first timer of this type fire. */
  fire(type: string): Deed[] {
    const index = this.timers.findIndex((timer) => timer.type === type);
    if (index < 0) throw new Error(`no timer ${type}: ${this.timers.map((timer) => timer.type).join(' ')}`);
    const [timer] = this.timers.splice(index, 1);
    this.now = Math.max(this.now, timer!.at);
    return this.send(type, timer!.body, { n: timer!.n });
  }
  waits(type: string): boolean {
    return this.timers.some((timer) => timer.type === type);
  }

  private drain(): void {
    for (let raised = this.raised.shift(); raised !== undefined; raised = this.raised.shift())
      this.deliver({ type: raised.type, message: null, body: raised.body, n: raised.n, from: this.id, settings: this.settings });
  }
  private deliver(event: DeviceEvent): void {
    const found = this.machine.find(this.state, event, this.memory);
    if (found === null) return;
    const before = this.state;
    this.perform(found.actions, event);
    if (this.state === before) this.state = found.target;
  }
  private perform(actions: readonly string[], event: DeviceEvent): void {
    for (const action of actions) this.model.effects[action]!(this.context, event);
  }
  private note(what: string, name: string, body: Body | null, bytes: number, more: Readonly<Record<string, unknown>> = {}): void {
    this.deeds.push({ what, name, body, bytes, more });
  }

  readonly context: DeviceContext<M> = this.makeContext();

  private makeContext(): DeviceContext<M> {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const fake = this;
    const parameter = (id: string): Parameter => {
      const found = registry.get(id);
      if (found === undefined) throw new Error(`no parameter ${id}`);
      return found;
    };
    const schedule = (type: string, n: number, body: Body | null, delay: number): number => {
      fake.timers.push({ type, n, body, at: fake.now + delay, handle: fake.next });
      return fake.next++;
    };
    return {
      get id() {
        return fake.id;
      },
      get kind() {
        return fake.model.kind;
      },
      get now() {
        return fake.now;
      },
      get memory() {
        return fake.memory;
      },
      set memory(value: M) {
        fake.memory = value;
      },
      get state() {
        return fake.state;
      },
      care: { plan: 'copd', news2Scale: 2, oxygen: true, spo2Target: [88, 92] },
      setting: (name: string) => {
        if (!(name in fake.settings)) throw new Error(`no setting ${name}`);
        return fake.settings[name] as never;
      },
      change: (name: string, value: SettingValue) => {
        fake.settings[name] = value;
        fake.note('change', name, { value }, 0);
      },
      parameter: (id: string) => {
        const value = parameter(id).value;
        if (value === undefined) throw new Error(`${id} is a distribution`);
        return value;
      },
      distribution: (id: string) => {
        const distribution = parameter(id).distribution;
        if (distribution === undefined) throw new Error(`${id} is a value`);
        return distribution;
      },
      after: (delay: number, type: string, n = 0, body: Body | null = null) => schedule(type, n, body, delay),
      afterRandom: (law: Distribution, purpose: string, n: number, type: string, body: Body | null = null, unit = 1e6, start = fake.now) =>
        schedule(type, n, body, start - fake.now + Math.round(quantile(law, fake.draws.get(purpose) ?? 0.5) * unit)),
      cancel: (handle: number) => {
        const index = fake.timers.findIndex((timer) => timer.handle === handle);
        if (index >= 0) fake.timers.splice(index, 1);
      },
      draw: (purpose: string) => fake.draws.get(purpose) ?? 0.5,
      sample: (distribution: Distribution, purpose: string) => quantile(distribution, fake.draws.get(purpose) ?? 0.5),
      ...chances(() => fake.context),
      request: (channel: string, out: Outgoing) => {
        const spec = fake.model.channels?.[channel]?.(fake.context);
        if (spec === undefined) throw new Error(`no channel ${channel}`);
        fake.note('request', out.kind, out.body ?? null, out.bytes, { channel, spec, n: out.n, sign: out.sign ?? false });
      },
      reply: (to: Message, out) => fake.note('reply', out.kind, out.body ?? null, out.bytes, { to: to.id, sign: out.sign ?? false }),
      refuse: (message: Message, fact: string, status = 400) => fake.note('refuse', message.kind, null, 0, { fact, status }),
      push: (_session: number, out: Outgoing) => {
        fake.note('push', out.kind, out.body ?? null, out.bytes);
        return true;
      },
      sessionOf: () => 1,
      session: () => fake.session,
      datagram: (host: string, port: number, out: Outgoing) => fake.note('datagram', out.kind, out.body ?? null, out.bytes, { host, port }),
      notify: (out: Outgoing) => fake.note('notify', out.kind, out.body ?? null, out.bytes),
      stream: (host: string, flow) => {
        fake.note('stream', flow.type, null, flow.bytes ?? 0, { host, ...flow });
        return fake.next++;
      },
      stop: () => {},
      throughput: () => 1,
      act: (target: string, type: string, body: Body | null, _n: number, delay = 0) => fake.note('act', type, body, 0, { target, delay }),
      actRandom: () => {
        throw new Error('not expected of these models');
      },
      mend: () => 'dark',
      publish: () => {},
      sense: () => 0,
      record: (kind: string, fields) => fake.note('record', kind, fields as Body, 0),
      alert: (sensor: string, evidence) => fake.note('alert', sensor, null, 0, { evidence }),
      raise: (type: string, body: Body | null = null, n = 0) => void fake.raised.push({ type, body, n }),
      runForeignCode: (message: Message) => fake.note('foreign-code', message.kind, message.body, 0),
      verified: (_message: Message, signer: string) => fake.signedBy === signer,
      deviceAt: () => null,
      address: () => 0,
      installPolicy: () => {},
      stations: () => [],
    };
  }
}

/** Names of what was done, in order: `request poll`, `record audio`, … */
export const names = (deeds: readonly Deed[]): string[] => deeds.map((deed) => `${deed.what} ${deed.name}`);
export const find = (deeds: readonly Deed[], what: string, name?: string): Deed => {
  const found = deeds.find((deed) => deed.what === what && (name === undefined || deed.name === name));
  if (found === undefined) throw new Error(`no ${what} ${name ?? ''} among: ${names(deeds).join(', ')}`);
  return found;
};

/** All transitions of a machine as `state event#candidate`, to check that a list of stories leaves none out. */
export function transitionsOf(model: DeviceModel): string[] {
  return Object.entries(model.machine.states).flatMap(([state, config]) =>
    Object.entries(config.on ?? {}).flatMap(([type, entry]) =>
      Array.isArray(entry) ? entry.map((_, i) => `${state} ${type}#${i}`) : [`${state} ${type}`],
    ),
  );
}

/** One exercised transition: the device is put into `state`, told `type`, and must have gone and done as said. */
export interface Story {
  /** Which entry of the machine this is about: `state event` or `state event#candidate`. */
  readonly about: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly draws?: Readonly<Record<string, number>>;
  readonly memory?: Readonly<Record<string, unknown>>;
  readonly body?: Body;
  readonly message?: boolean;
  readonly n?: number;
  readonly session?: SessionView;
  /** State afterwards, raised events included. */
  readonly to: string;
  /** Deeds that must be among what it did. */
  readonly does?: readonly string[];
  /** Timers that must be waiting afterwards and were not before. */
  readonly waits?: readonly string[];
  /** Something else that must hold. */
  readonly check?: (fake: Fake<any>, deeds: readonly Deed[]) => void;
}

/** Plays a story; returns what went wrong, or null. */
export function play(model: DeviceModel, id: string, story: Story): string | null {
  const [state, type] = story.about.split('#')[0]!.split(' ') as [string, string];
  const fake = new Fake<any>(model, id, story.settings);
  for (const [purpose, value] of Object.entries(story.draws ?? {})) fake.draws.set(purpose, value);
  fake.state = state;
  fake.timers.length = 0;
  Object.assign(fake.memory, structuredClone(story.memory ?? {}));
  if (story.session !== undefined) fake.session = story.session;
  const deeds = fake.send(type, story.body ?? null, { message: story.message ?? false, n: story.n ?? 0, from: 'patient' });
  if (fake.state !== story.to) return `went to ${fake.state}, not ${story.to}`;
  for (const deed of story.does ?? []) if (!names(deeds).includes(deed)) return `did not ${deed}: ${names(deeds).join(', ')}`;
  for (const timer of story.waits ?? []) if (!fake.waits(timer)) return `does not wait for ${timer}`;
  story.check?.(fake, deeds);
  if (story.to === state && (story.does ?? []).length === 0 && (story.waits ?? []).length === 0 && story.check === undefined)
    return 'the story shows nothing';
  return null;
}

/** The same model with one transition deleted. */
export function without(model: DeviceModel, about: string): DeviceModel {
  const [place, candidate] = about.split('#') as [string, string | undefined];
  const [state, type] = place.split(' ') as [string, string];
  const on = { ...model.machine.states[state]!.on };
  const entry = on[type]!;
  if (candidate === undefined) delete on[type];
  else on[type] = (entry as readonly object[]).filter((_, i) => i !== Number(candidate)) as never;
  return { ...model, machine: { ...model.machine, states: { ...model.machine.states, [state]: { ...model.machine.states[state], on } } } };
}

/** Stories that still hold although their transition has been deleted: there must be none. */
export const indifferent = (model: DeviceModel, id: string, stories: readonly Story[]): string[] =>
  stories
    .filter((story) => {
      try {
        return play(without(model, story.about), id, story) === null;
      } catch {
        return false;
      }
    })
    .map((story) => story.about);
