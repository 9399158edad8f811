import { SECOND } from '../../../kernel/time.ts';
import type { ChannelSpec, DeviceContext, DeviceEvent, DeviceModel, Effect } from '../../../model/device.ts';
import type { Body, Message } from '../../../model/message.ts';
import type { Deed, Plan, Thing } from './plan.ts';

/** Who wants to know what became of the parts' deeds, by their numbers. */
export interface Witness {
  /** A request was made by a part. */
  asked(deed: number): void;
  /** It was answered, refused or given up. */
  ended(deed: number): void;
  /** A stream was begun; its end was told. */
  streams(deed: number): void;
  over(deed: number, told: Body): void;
  /** A part stopped it, unless it was over by then: its end is not told. */
  stopped(deed: number): void;
}

interface Memory {
  /** Requests to be answered later, by deed. */
  readonly late: Record<number, Message>;
  /** Streams that were begun, with their deeds. */
  readonly flows: [id: number, deed: number][];
}
type Part = DeviceContext<Memory>;
type Effects = Record<string, Effect<Memory>>;

const NAME_SERVICE = 53;
const WEB = [80, 443] as const;
const DATAGRAMS = 9;
const MILLISECOND = SECOND / 1000;
/** After how long a late answer comes, ms: before some askers' patience ends and after others'. */
const LATE_MS = 700;

const channelOf = (deed: Deed): string => [deed.to, deed.port, deed.how, deed.tls, deed.verify, deed.auth, deed.keepOpenMs].join(' ');

const channelFacts = (deed: Deed): ChannelSpec => ({
  host: `${deed.to}.example`,
  port: deed.port,
  transport: deed.how === 'udp' ? 'udp' : 'tcp',
  tls: deed.tls && deed.how === 'request',
  verifyServer: deed.verify,
  clientAuth: deed.auth,
  credential: deed.auth === 'none' ? null : 'secret',
  keepOpen: deed.keepOpenMs * MILLISECOND,
});

function perform(part: Part, deed: Deed, n: number, witness: Witness): void {
  const out = { kind: 'word', body: { n }, bytes: deed.bytes, n };
  switch (deed.how) {
    case 'request':
    case 'udp':
      witness.asked(n);
      return part.request(channelOf(deed), { ...out, kind: 'ask', body: { how: deed.answer, phiRecords: 1 }, sign: deed.verify });
    case 'datagram':
      return part.datagram(`${deed.to}.example`, deed.port, out);
    case 'one-way':
      return part.datagram(`${deed.to}.example`, deed.port, { ...out, oneWay: true });
    case 'broadcast':
      return part.datagram('*', DATAGRAMS, { ...out, kind: deed.verify ? 'mdns-query' : 'word', body: { name: deed.to } });
    case 'notify':
      return part.notify({ ...out, kind: 'vital', bytes: Math.min(deed.bytes, 200) });
    case 'stream': {
      witness.streams(n);
      const { bitsPerSecond, seconds, bytes, port } = deed;
      const id = part.stream(`${deed.to}.example`, {
        mode: deed.elastic ? 'elastic' : 'unresponsive',
        direction: deed.down ? 'down' : 'up',
        bitsPerSecond,
        type: 'over',
        n,
        port,
        ...(seconds > 0 ? { seconds } : {}),
        ...(seconds === 0 || bytes > 1000 ? { bytes: bytes * 100 + 1 } : {}),
      });
      part.memory.flows.push([id, n]);
      return;
    }
    case 'stop': {
      const [id, begun] = part.memory.flows.pop() ?? [0, -1];
      part.stop(id);
      return witness.stopped(begun);
    }
    case 'act':
      return part.act(deed.to, 'poke', { n }, n, deed.bytes);
  }
}

/** Takes a request as the deed wishes. */
function take(part: Part, event: DeviceEvent): void {
  const message = event.message!;
  const answer = { kind: 'told', body: { n: event.n }, bytes: 100 };
  switch (event.body?.['how']) {
    case 'twice':
      part.reply(message, answer);
      return part.reply(message, { ...answer, bytes: 101 });
    case 'push-later':
      part.reply(message, answer);
      part.after(LATE_MS * MILLISECOND, 'push', part.sessionOf(message));
      return;
    case 'late':
      part.memory.late[event.n] = message;
      part.after(LATE_MS * MILLISECOND, 'late', event.n);
      return;
    case 'refuse':
      return part.refuse(message, 'the fuzz says no', 403);
    case 'never':
      return;
    case 'push':
      part.push(part.sessionOf(message), { kind: 'news', bytes: 50, n: event.n, cause: message });
      return part.reply(message, answer);
    default:
      return part.reply(message, answer);
  }
}

function machineOf(effects: Effects): DeviceModel<Memory>['machine'] {
  const types = Object.keys(effects).filter((name) => name !== 'start');
  return { initial: 'on', states: { on: { entry: ['start'], on: Object.fromEntries(types.map((type) => [type, { actions: [type] }])) } } };
}

/** Model of one of the fuzz's own things, for one plan; it does what the plan says. */
export function partModel(thing: Thing, plan: Plan, witness: Witness): DeviceModel<Memory> {
  const own = plan.deeds.map((deed, n) => ({ deed, n })).filter(({ deed }) => deed.who === thing.id);
  const router = thing.kind === 'router';
  const resolver = thing.kind === 'resolver';
  const nothing = (): void => {};
  const effects: Effects = {
    start: (part) => {
      for (const { deed, n } of own) part.after(deed.at * MILLISECOND, 'do', n);
      if (!router) return;
      plan.tables.forEach(({ at }, n) => part.after(at * MILLISECOND, 'install', n));
      plan.changes.forEach(({ at }, n) => part.after(at * MILLISECOND, 'change', n));
    },
    do: (part, { n }) => perform(part, plan.deeds[n]!, n, witness),
    install: (part, { n }) => part.installPolicy(plan.tables[n]!.table),
    change: (part, { n }) => part.change(plan.changes[n]!.name, plan.changes[n]!.value),
    ask: take,
    late: (part, { n }) => {
      part.reply(part.memory.late[n]!, { kind: 'told', bytes: 100 });
      delete part.memory.late[n];
    },
    push: (part, { n }) => void part.push(n, { kind: 'news', bytes: 50, n }),
    told: (_part, { n }) => witness.ended(n),
    'ask-failed': (_part, { n }) => witness.ended(n),
    over: (_part, { n, body }) => witness.over(n, body!),
    'dns-query': (part, event) => {
      const name = String(event.body?.['name']);
      const address = Math.max(0, part.sense(`address.${name.replace('.example', '')}`));
      part.reply(event.message!, { kind: 'dns-answer', body: { name, address, ttl: part.setting<number>('ttl') }, bytes: 60 });
    },
    word: nothing,
    news: nothing,
    vital: nothing,
    poke: nothing,
  };
  return {
    kind: kindOf(thing),
    title: thing.id,
    family: 'home',
    roles: [],
    settings: {},
    memory: () => ({ late: {}, flows: [] }),
    serves: resolver ? ['dns-query'] : ['ask', 'word', 'news', 'vital'],
    listens: resolver ? [NAME_SERVICE] : [...WEB, DATAGRAMS],
    forwards: router || thing.kind === 'forwarder',
    machine: machineOf(effects),
    effects,
    channels: Object.fromEntries(own.map(({ deed }) => [channelOf(deed), () => channelFacts(deed)])),
  };
}

/** The fuzz's own models differ from thing to thing. */
export const kindOf = (thing: Thing): string => `${thing.kind} ${thing.id}`;
