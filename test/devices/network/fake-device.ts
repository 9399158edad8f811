import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { mean, quantile, type Distribution } from '../../../sim/kernel/distributions.ts';
import type { DeviceContext, DeviceEvent, DeviceModel, Outgoing, SessionView } from '../../../sim/model/device.ts';
import { Machine, type MachineConfig, type TransitionConfig } from '../../../sim/model/machine.ts';
import type { Body, Message } from '../../../sim/model/message.ts';
import type { Parameter } from '../../../sim/model/parameters.ts';
import type { PolicyTable } from '../../../sim/model/policy.ts';
import type { SettingValue } from '../../../sim/model/settings.ts';
import { chances } from '../../support/bound.ts';
import { defaultsOf } from '../../support/defaults.ts';

/**
 * One device without a network: events go in, everything the model asks of its world is written down. Timers fire
 * when the test says so. A message's source is the address of its sender: 10 + index of the sender in `people`.
 */
const folder = new URL('../../../scenarios/parameters/', import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'));
const registry = new Map<string, Parameter>();

/** Registry entry by id; only the file that has it is parsed. */
function entry(id: string): Parameter {
  if (!registry.has(id)) {
    const file = files.find((content) => content.includes(`id: ${id},`));
    if (file === undefined) throw new Error(`no parameter ${id}`);
    for (const one of parse(file) as Parameter[]) registry.set(one.id, one);
  }
  return registry.get(id)!;
}

export interface Sent {
  readonly what: 'request' | 'reply' | 'refuse' | 'datagram' | 'stream' | 'alert' | 'record' | 'foreign-code';
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly to: string;
  readonly n: number;
  readonly port: number;
  readonly status: number;
}

export interface Start {
  readonly id?: string;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Value of a draw by purpose; 0.5 otherwise. */
  readonly draws?: Readonly<Record<string, number>>;
  /** A draw by its whole address, before `draws`. */
  readonly draw?: (purpose: string, n: number, sub: number) => number;
  readonly addresses?: Readonly<Record<string, number>>;
}

export interface From {
  readonly body?: Body | null;
  readonly n?: number;
  /** Device that sends. */
  readonly from?: string;
  readonly role?: Message['role'];
  readonly session?: Partial<SessionView>;
  readonly signer?: string;
}

interface Timer {
  readonly due: number;
  readonly type: string;
  readonly n: number;
  readonly body: Body | null;
}

export class FakeDevice {
  readonly sent: Sent[] = [];
  readonly policies: PolicyTable[] = [];
  readonly settings: Record<string, SettingValue>;
  timers: Timer[] = [];
  now = 0;
  readonly context: DeviceContext<any>;
  private readonly model: DeviceModel;
  private readonly machine: Machine<any>;
  private readonly sessions = new Map<number, SessionView>();
  private state: string;
  private ids = 0;
  private raised: { type: string; body: Body | null; n: number }[] = [];

  constructor(model: DeviceModel, start: Start) {
    this.model = model;
    const id = start.id ?? model.kind;
    this.settings = {
      ...defaultsOf(model),
      ...start.settings,
    };
    this.machine = new Machine(model.machine, model.effects, model.kind);
    this.state = this.machine.initial;
    const note = (what: Sent['what'], kind: string, more: Partial<Sent> = {}): void =>
      void this.sent.push({ what, kind, body: null, to: '', n: 0, port: 0, status: 0, ...more });
    const draw = (purpose: string, n = 0, sub = 0): number => start.draw?.(purpose, n, sub) ?? start.draws?.[purpose] ?? 0.5;
    const later = (seconds: number, type: string, n: number, body: Body | null): number =>
      this.timers.push({ due: this.now + seconds, type, n, body });
    const out = (message: Outgoing | Omit<Outgoing, 'n'>): Partial<Sent> => ({ body: message.body ?? null });
    const at = (): number => this.now;
    const standing = (): string => this.state;
    const unused = (): never => {
      throw new Error('not expected of these models');
    };
    this.context = {
      id,
      kind: model.kind,
      get now() {
        return at();
      },
      memory: model.memory({ id }),
      get state() {
        return standing();
      },
      care: { plan: 'copd', news2Scale: 2, oxygen: true, spo2Target: [88, 92] },
      setting: ((name: string) => {
        if (!(name in this.settings)) throw new Error(`no setting ${name}`);
        return this.settings[name];
      }) as DeviceContext['setting'],
      change: (name, value) => {
        if (!(name in this.settings)) throw new Error(`no setting ${name}`);
        this.settings[name] = value;
      },
      parameter: (name) => start.parameters?.[name] ?? entry(name).value ?? mean(entry(name).distribution!),
      distribution: (name) => entry(name).distribution ?? { kind: 'constant', value: entry(name).value! },
      after: (delay, type, n = 0, body = null) => later(delay, type, n, body),
      afterRandom: (law: Distribution, purpose, n, type, body = null, unit = 1e6, start = at()) =>
        later(start - at() + quantile(law, draw(purpose, n)) * unit, type, n, body),
      cancel: unused,
      draw,
      sample: (distribution, purpose, n, sub) => quantile(distribution, draw(purpose, n, sub)),
      ...chances(() => this.context),
      request: (channel, message) => {
        const spec = model.channels![channel]!(this.context);
        note('request', message.kind, { ...out(message), to: spec.host, n: message.n, port: spec.port });
      },
      reply: (to, message) => note('reply', message.kind, { ...out(message), n: to.id }),
      refuse: (to, fact, status = 0) => note('refuse', fact, { n: to.id, status }),
      push: unused,
      sessionOf: unused,
      session: (message) => this.sessions.get(message.id)!,
      datagram: (host, port, message) => note('datagram', message.kind, { ...out(message), to: host, port, n: message.n }),
      notify: unused,
      stream: (host, flow) => {
        note('stream', flow.type, { to: host, n: flow.n, body: { ...flow } });
        return 1;
      },
      stop: unused,
      throughput: unused,
      act: unused,
      actRandom: unused,
      mend: unused,
      publish: unused,
      sense: (quantity) => start.addresses?.[quantity] ?? Number.NaN,
      record: (kind, fields) => note('record', kind, { body: { ...fields } }),
      alert: (sensor, evidence) => note('alert', sensor, { body: { evidence: [...evidence] } }),
      raise: (type, body = null, n = 0) => void this.raised.push({ type, body, n }),
      runForeignCode: (message) => note('foreign-code', message.kind),
      verified: (message, signer) => message.signer === signer,
      deviceAt: (address) => people[address - FIRST] ?? null,
      address: () => 1,
      installPolicy: (table) => void this.policies.push(table),
      stations: (segment) =>
        segment === 'private' ? ['tv', 'camera'] : segment === 'guest' ? ['phone'] : segment === 'medical' ? ['pump'] : [],
    } satisfies DeviceContext<any>;
    this.perform(this.machine.initialActions, this.event('start', null, null, 0));
  }

  get memory(): any {
    return this.context.memory;
  }
  get value(): string {
    return this.state;
  }
  /** Latest thing of a sort that the model did; fails when there is none. */
  last(what: Sent['what'], kind?: string): Sent {
    const found = this.sent.filter((one) => one.what === what && (kind === undefined || one.kind === kind)).at(-1);
    if (found === undefined)
      throw new Error(`no ${what} ${kind ?? ''} among ${this.sent.map((one) => `${one.what} ${one.kind}`).join(', ')}`);
    return found;
  }
  all(what: Sent['what'], kind?: string): Sent[] {
    return this.sent.filter((one) => one.what === what && (kind === undefined || one.kind === kind));
  }

  /** A message arrives; returns its id. */
  tell(kind: string, how: From = {}): number {
    const id = ++this.ids;
    const peer = FIRST + people.indexOf(how.from ?? 'phone');
    this.sessions.set(id, { encrypted: true, clientAuth: 'none', credential: null, peer, ...how.session });
    const message = {
      id,
      kind,
      role: how.role ?? 'request',
      src: peer,
      dport: 443,
      body: how.body ?? null,
      n: how.n ?? 0,
      signer: how.signer ?? null,
    } as unknown as Message;
    this.dispatch(this.event(kind, message, how.body ?? null, how.n ?? 0));
    return id;
  }
  /** The engine or the model itself says something without a message. */
  happen(type: string, body: Body | null = null, n = 0): void {
    this.dispatch(this.event(type, null, body, n));
  }
  /** Fires the earliest timer, which must be of this type. */
  fire(type: string): void {
    this.timers.sort((a, b) => a.due - b.due);
    const timer = this.timers.shift();
    expect(timer?.type).toBe(type);
    this.now = timer!.due;
    this.dispatch(this.event(type, null, timer!.body, timer!.n));
  }

  private event(type: string, message: Message | null, body: Body | null, n: number): DeviceEvent {
    return { type, message, body, n, from: '', settings: this.settings };
  }
  private dispatch(event: DeviceEvent): void {
    const found = this.machine.find(this.state, event, this.context.memory);
    if (found !== null) {
      this.state = found.target;
      this.perform(found.actions, event);
    }
    for (let next = this.raised.shift(); next !== undefined; next = this.raised.shift())
      this.dispatch(this.event(next.type, null, next.body, next.n));
  }
  private perform(actions: readonly string[], event: DeviceEvent): void {
    for (const action of actions) this.model.effects[action]!(this.context, event);
  }
}

/** Addresses of senders in tests start here. */
const FIRST = 10;
const people: readonly string[] = ['phone', 'camera', 'tv', 'hub', 'soc', 'attacker', 'hospital-edge', 'portal'];

export type Story = (begin: (start?: Start) => FakeDevice) => void;

/**
 * Registers the stories as tests, and for each transition of the machine a test that at least one story fails
 * when that transition is deleted.
 */
export function tell(model: DeviceModel, stories: Readonly<Record<string, Story>>): void {
  for (const [title, story] of Object.entries(stories)) it(title, () => story((start = {}) => new FakeDevice(model, start)));
  for (const [state, config] of Object.entries(model.machine.states))
    for (const [type, entry] of Object.entries(config.on ?? {})) {
      const candidates = Array.isArray(entry) ? entry : [entry];
      candidates.forEach((_, index) => {
        it(`needs its transition ${state} --${type}--> (${index + 1} of ${candidates.length})`, () => {
          const crippled = { ...model, machine: without(model.machine, state, type, index) };
          const failed = Object.values(stories).some((story) => {
            try {
              story((start = {}) => new FakeDevice(crippled, start));
              return false;
            } catch {
              return true;
            }
          });
          expect(failed, 'no story notices').toBe(true);
        });
      });
    }
}

function without(config: MachineConfig<any>, state: string, type: string, index: number): MachineConfig<any> {
  const old = config.states[state]!;
  const entry = old.on![type]!;
  const rest = (Array.isArray(entry) ? entry : [entry]).filter((_, i) => i !== index) as TransitionConfig<any>[];
  return { ...config, states: { ...config.states, [state]: { ...old, on: { ...old.on, [type]: rest } } } };
}
