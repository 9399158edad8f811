import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { HOUR, SECOND } from '../../sim/kernel/time.ts';
import type { ChannelSpec, DeviceContext, DeviceEvent, DeviceModel } from '../../sim/model/device.ts';
import type { Parameter } from '../../sim/model/parameters.ts';
import type { PolicyRule, PolicyTable } from '../../sim/model/policy.ts';
import type { SettingValue } from '../../sim/model/settings.ts';
import type { DeviceSpec, SegmentSpec, StepSpec, WorldSpec } from '../../sim/model/spec.ts';
import type { Technique } from '../../sim/model/technique.ts';
import type { TraceLine } from '../../sim/world/trace.ts';
import { World } from '../../sim/world/world.ts';

/**
 * Small worlds, built by hand, for the laws of the network. What goes wrong by chance is switched off unless a test
 * wants it: no loss in the air, no failing line, constant delays, so that times can be worked out on paper.
 */
const registry = parse(readFileSync('scenarios/parameters/engine.yaml', 'utf8')) as Parameter[];
const ALSO: Readonly<Record<string, number>> = { 'monitor.flow-interval': 300 };

/** Figures that the tests reckon with. */
export const QUIET: Readonly<Record<string, number>> = {
  'wifi.hop-latency': 1,
  'wifi.residual-loss': 0,
  // A frame costs its bytes and nothing else.
  'wifi.try-loss': 0,
  'wifi.header': 0,
  'wifi.preamble': 0,
  'wifi.difs': 0,
  'wifi.sifs': 0,
  'wifi.slot': 0,
  'wifi.acknowledgement': 0,
  'line.cable.delay': 5,
  'line.lte.delay': 20,
  'core.delay': 10,
  'ble.loss': 0,
  'line.time-between-failures': 1e6,
  'power.time-between-failures': 1e6,
  'adversary.start': 0,
};

export type Does = (device: DeviceContext<any>, event: DeviceEvent) => void;

/** A participant of a test's world: what it is attached to and what it does on which event. */
export interface Part {
  readonly on: readonly string[];
  readonly does?: Readonly<Record<string, Does>>;
  /** At the start of the run. */
  readonly start?: (device: DeviceContext<any>) => void;
  readonly serves?: readonly string[];
  readonly listens?: readonly number[];
  readonly forwards?: boolean;
  readonly channels?: Readonly<Record<string, Partial<ChannelSpec> & { readonly host: string }>>;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly roles?: readonly string[];
  readonly via?: string;
  readonly power?: boolean;
  readonly supply?: DeviceSpec['supply'];
  /** Fields of the memory that outlast a loss of power. */
  readonly keeps?: readonly string[];
  readonly memory?: () => object;
}

export interface Layout {
  readonly parts: Readonly<Record<string, Part>>;
  readonly segments: readonly (Pick<SegmentSpec, 'id' | 'medium'> & Partial<SegmentSpec>)[];
  readonly parameters?: Readonly<Record<string, number | Parameter['distribution']>>;
  readonly hours?: number;
  /** The adversary's technique, begun at once. */
  readonly technique?: Pick<Technique, 'start' | 'on'>;
  readonly args?: StepSpec['args'];
  /** Starts on a radio near the home, in range. */
  readonly radio?: boolean;
  readonly inside?: readonly string[];
  readonly line?: 'cable' | 'lte';
  readonly failures?: WorldSpec['failures'];
  readonly seed?: number;
  readonly replication?: number;
  /** false: no trace is kept, for worlds of very many messages. */
  readonly traced?: boolean;
}

export interface Bench {
  readonly world: World;
  readonly lines: TraceLine[];
  /** Lets so many seconds pass (all, without a number). */
  run(seconds?: number): Bench;
  /** First hops of messages of a kind. */
  sent(kind: string): TraceLine[];
  /** All hops. */
  hops(kind: string): TraceLine[];
  /** Why messages of a kind went no further. */
  stops(kind: string): string[];
  /** Rules that let messages of a kind pass, in order. */
  passes(kind: string): string[];
}

const PLAIN: Omit<ChannelSpec, 'host'> = {
  port: 80,
  transport: 'tcp',
  tls: false,
  verifyServer: false,
  clientAuth: 'none',
  credential: null,
  keepOpen: HOUR,
};

function modelOf(id: string, part: Part): DeviceModel {
  const does = part.does ?? {};
  return {
    kind: `kind of ${id}`,
    title: id,
    family: 'home',
    roles: part.roles ?? [],
    settings: {},
    memory: part.memory ?? (() => ({})),
    keeps: part.keeps ?? [],
    serves: part.serves ?? [],
    listens: part.listens ?? [],
    forwards: part.forwards === true,
    machine: {
      initial: 'on',
      states: { on: { entry: ['start'], on: Object.fromEntries(Object.keys(does).map((type) => [type, { actions: [type] }])) } },
    },
    effects: { ...does, start: (device) => part.start?.(device) },
    channels: Object.fromEntries(Object.entries(part.channels ?? {}).map(([name, facts]) => [name, () => ({ ...PLAIN, ...facts })])),
  };
}

/** Parameters as the registry has them, but for the quiet figures and the test's own. */
function parametersOf(own: Layout['parameters'] = {}): Parameter[] {
  const rate = own['wifi.rate'] ?? registry.find(({ id }) => id === 'wifi.rate')!.value!;
  const chosen: Record<string, number | Parameter['distribution']> = {
    ...ALSO,
    ...QUIET,
    'wifi.frame-rate': rate,
    'wifi.broadcast-rate': rate,
    ...own,
  };
  const of = (id: string): Parameter => {
    const value = chosen[id]!;
    const rest = { id, unit: '', source: 'test', grade: 'assumption' as const };
    return (typeof value === 'number' ? { ...rest, value } : { ...rest, distribution: value }) as Parameter;
  };
  return [...registry.filter(({ id }) => !(id in chosen)), ...Object.keys(chosen).map(of)];
}

export function bench(layout: Layout): Bench {
  const models = Object.entries(layout.parts).map(([id, part]) => [id, part, modelOf(id, part)] as const);
  const devices = models.map(([id, part, model]): DeviceSpec => ({
    id,
    kind: model.kind,
    title: id,
    on: part.on,
    via: part.via ?? null,
    zone: 'home',
    room: null,
    roles: part.roles ?? [],
    settings: part.settings ?? {},
    power: part.power !== false,
    supply: part.supply ?? null,
  }));
  const threat = layout.technique === undefined ? null : { technique: 'test', args: layout.args ?? {} };
  const spec: WorldSpec = {
    id: 'bench',
    title: 'bench',
    hours: layout.hours ?? 1,
    course: 'natural',
    segments: layout.segments.map((segment) => ({
      zone: segment.id,
      radio: segment.medium === 'wifi' ? 'home' : null,
      gateway: null,
      ...segment,
    })),
    line: { kind: layout.line ?? 'cable' },
    devices,
    household: { residents: 1, visitorsPerWeek: 0 },
    care: { plan: 'test', news2Scale: 1, oxygen: false, spo2Target: [94, 98] },
    threat:
      threat === null
        ? null
        : {
            id: 'test',
            title: 'test',
            start: { position: layout.radio === true ? 'radio' : 'internet', capability: 'high' },
            alternatives: [[threat]],
            goal: { record: 'reached', where: {}, count: 1 },
          },
    failures: layout.failures ?? [],
    adversary: { inRange: true, inside: layout.inside ?? [], knows: [] },
    parameters: parametersOf(layout.parameters),
  };
  const technique: Technique = { id: 'test', title: 'test', attack: [], start: () => {}, on: {}, ...layout.technique };
  const lines: TraceLine[] = [];
  const world = World.build(
    spec,
    {
      devices: new Map(models.map(([, , model]) => [model.kind, model])),
      techniques: new Map([[technique.id, technique]]),
      planner: (_, { attempts }) => (attempts.length === 0 ? { alternative: 0, step: 0 } : 'done'),
      publicKnowledge: new Map(),
    },
    {
      seed: layout.seed ?? 1,
      replication: layout.replication ?? 0,
      ...(layout.traced === false ? {} : { trace: (line: TraceLine) => lines.push(line) }),
    },
  );
  const verdicts = (kind: string, verdict: string) =>
    lines.filter((line) => line.kind === 'verdict' && line.verdict === verdict && line.what === kind).map((line) => line.rule!);
  const hops = (kind: string) => lines.filter((line) => line.kind === 'message' && line.what === kind);
  const self: Bench = {
    world,
    lines,
    run: (seconds = Infinity) => {
      world.runUntil(world.now + seconds * SECOND);
      return self;
    },
    hops,
    sent: (kind) => hops(kind).filter((line) => line.from === line['origin']),
    stops: (kind) => verdicts(kind, 'stopped'),
    passes: (kind) => verdicts(kind, 'passed'),
  };
  return self;
}

/** A table that lets everything through unless the test says otherwise. */
export const table = (more: Partial<PolicyTable> = {}): PolicyTable => ({
  rules: [],
  fallback: { name: 'open', action: 'allow' },
  tracking: true,
  natTo: [],
  portMaps: [],
  isolated: {},
  arpInspection: false,
  flushOnChange: false,
  ...more,
});
export const rule = (name: string, action: 'allow' | 'deny', more: Partial<PolicyRule> = {}): PolicyRule => ({ name, action, ...more });

/** What the home's own devices are attached to, with a gateway `router`. */
export const WIFI = { id: 'private', medium: 'wifi', gateway: 'router' } as const;
export const GUEST = { id: 'guest', medium: 'wifi', gateway: 'router' } as const;
export const LINE = { id: 'line', medium: 'line', zone: 'wan', gateway: 'isp' } as const;
export const LTE = { id: 'lte', medium: 'lte', zone: 'wan', gateway: 'mobile' } as const;
export const CORE = { id: 'internet', medium: 'core' } as const;

/** A router with this table, the provider's head end, and a resolver that tells the truth. */
export function access(policy: PolicyTable | null = null, more: Partial<Part> = {}): Record<string, Part> {
  return {
    router: { on: ['private', 'line'], forwards: true, start: (d) => policy !== null && d.installPolicy(policy), ...more },
    isp: { on: ['line', 'internet'], forwards: true },
    resolver: resolver(),
  };
}

/** `ttl` in seconds; `lies` gives other addresses than the true ones, by name. */
export const resolver = (ttl = 3600, lies: Readonly<Record<string, string>> = {}): Part => ({
  on: ['internet'],
  listens: [53],
  serves: ['dns-query'],
  does: {
    'dns-query': (d, event) => {
      const name = String(event.body!['name']);
      const address = d.sense(`address.${lies[name] ?? name.replace('.example', '')}`);
      d.reply(event.message!, { kind: 'dns-answer', body: { name, address, ttl }, bytes: 60 });
    },
  },
});

/** A server on the internet that answers `ask` with `told` and writes down what it was asked. */
export function server(asked: DeviceEvent[] = [], more: Partial<Part> = {}): Part {
  return {
    on: ['internet'],
    listens: [80, 443],
    serves: ['ask'],
    ...more,
    does: {
      ask: (d, event) => {
        asked.push(event);
        d.reply(event.message!, { kind: 'told', body: { echo: event.body?.['word'] ?? null }, bytes: 100 });
      },
      ...more.does,
    },
  };
}

/** Asks `server.example` over the channel `web` at these seconds; answers and failures are written down with their times. */
export function client(at: readonly number[], heard: Heard[] = [], facts: Partial<ChannelSpec> = {}, more: Partial<Part> = {}): Part {
  const note: Does = (d, event) => heard.push({ what: event.type, at: d.now, body: event.body, n: event.n });
  return {
    on: ['private'],
    channels: { web: { host: 'server.example', ...facts } },
    start: (d) => at.forEach((seconds, n) => d.after(seconds * SECOND, 'time', n)),
    ...more,
    does: {
      time: (d, event) => d.request('web', { kind: 'ask', body: { word: `w${event.n}` }, bytes: 200, n: event.n }),
      told: note,
      'ask-failed': note,
      ...more.does,
    },
  };
}
export interface Heard {
  readonly what: string;
  readonly at: number;
  readonly body: DeviceEvent['body'];
  readonly n: number;
}
