import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../sim/model/message.ts';
import type { AttackContext, AttackEvent } from '../../sim/model/technique.ts';
import { access, bench, CORE, GUEST, LINE, LTE, rule, server, table, WIFI, type Bench, type Layout, type Part } from './bench.ts';

/** One thing that somebody does at a time: talk to somebody in some way. */
interface Deed {
  readonly who: number;
  readonly to: number;
  readonly how: 'request' | 'tls' | 'verified' | 'udp' | 'datagram' | 'broadcast' | 'notify' | 'stream' | 'vain';
  readonly at: number;
  readonly bytes: number;
}
const HOSTS = ['laptop', 'camera', 'hub', 'visitor', 'server', 'stranger', 'nobody'] as const;

const deeds = fc.array(
  fc.record<Deed>({
    who: fc.nat(5),
    to: fc.nat(HOSTS.length - 1),
    how: fc.constantFrom('request', 'tls', 'verified', 'udp', 'datagram', 'broadcast', 'notify', 'stream', 'vain'),
    at: fc.integer({ min: 0, max: 120_000 }),
    bytes: fc.constantFrom(0, 1, 100, 5000, 300_000),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);
const zone = fc.constantFrom('private', 'guest', 'wan', 'self');
const rules = fc.array(
  fc.record({ from: zone, to: zone, dport: fc.constantFrom(80, 443, 9), action: fc.constantFrom('allow' as const, 'deny' as const) }),
  { maxLength: 6 },
);
const home = fc.record({
  deeds,
  rules,
  open: fc.constantFrom(true, true, true, false),
  nat: fc.boolean(),
  mapped: fc.boolean(),
  isolated: fc.boolean(),
  inspected: fc.boolean(),
  flush: fc.boolean(),
  changeAt: fc.option(fc.integer({ min: 1, max: 100 }), { nil: null }),
  loss: fc.constantFrom(0, 0, 0.02, 0.3),
  lineFails: fc.boolean(),
  queue: fc.constantFrom('fifo', 'fair', 'priority'),
  off: fc.option(fc.constantFrom('camera', 'server', 'resolver'), { nil: null }),
  adversary: fc.constantFrom('none', 'on path', 'forger', 'dropper'),
  seed: fc.nat(1000),
});
type Home = typeof home extends fc.Arbitrary<infer T> ? T : never;

function resident(index: number, on: readonly string[], plan: readonly Deed[], more: Partial<Part> = {}): Part {
  const own = plan.map((deed, n) => ({ deed, n })).filter(({ deed }) => deed.who === index);
  const base = server([], { listens: [80, 443, 9], serves: ['ask', 'word', 'news', 'vital'] });
  const hosts = HOSTS.map((id) => `${id}.example`);
  const facts = (deed: Deed) => ({
    host: hosts[deed.to]!,
    port: deed.how === 'vain' ? 81 : deed.how === 'tls' || deed.how === 'verified' ? 443 : 80,
    transport: deed.how === 'udp' ? ('udp' as const) : ('tcp' as const),
    tls: deed.how === 'tls' || deed.how === 'verified',
    verifyServer: deed.how === 'verified',
  });
  return {
    ...base,
    on,
    channels: Object.fromEntries(own.map(({ deed, n }) => [`c${n}`, facts(deed)])),
    start: (d) => own.forEach(({ deed, n }) => void d.after(deed.at * 1000, 'do', n)),
    ...more,
    does: {
      ...base.does,
      ask: (d, event) => {
        d.reply(event.message!, { kind: 'told', bytes: 100 });
        d.push(d.sessionOf(event.message!), { kind: 'news', bytes: 50, n: event.n });
      },
      do: (d, event) => {
        const { how, to, bytes } = plan[event.n]!;
        const out = { kind: 'word', bytes, n: event.n };
        if (how === 'datagram') d.datagram(hosts[to]!, 9, out);
        else if (how === 'broadcast') d.datagram('*', 9, out);
        else if (how === 'notify') d.notify({ ...out, kind: 'vital', bytes: 20 });
        else if (how === 'stream')
          d.stream(hosts[to]!, {
            mode: bytes > 1000 ? 'unresponsive' : 'elastic',
            direction: bytes % 2 === 0 ? 'up' : 'down',
            bitsPerSecond: 1e5 + bytes * 100,
            seconds: 20,
            type: 'over',
            n: event.n,
            port: 9,
          });
        else d.request(`c${event.n}`, { ...out, kind: 'ask' });
      },
      word: () => {},
      news: () => {},
      vital: () => {},
    },
  };
}

function adversary(kind: Home['adversary'], stage: { world?: Bench }): Partial<Layout> {
  if (kind === 'none') return {};
  const address = (id: string) => stage.world!.world.net.addressOf(stage.world!.world.net.nodeIndex.get(id)!);
  let count = 0;
  return {
    inside: kind === 'forger' ? ['camera'] : ['router'],
    technique: {
      start: (attack: AttackContext) => {
        attack.listen(kind === 'forger' ? 'camera' : 'router', true);
        attack.after(1e6, 'claim');
      },
      on: {
        claim: (attack: AttackContext) => kind === 'forger' && void attack.claimAddress('camera', address('laptop'), address('router')),
        frame: (attack: AttackContext, { frame }: AttackEvent) => {
          if (kind === 'dropper' && count++ % 3 === 0) attack.drop(frame!);
          else if (kind === 'on path' && frame!.role === 'finished') attack.impersonate(frame!);
          else if (kind === 'on path' && count++ % 2 === 0) attack.forward(frame!, { ...frame!.body, forged: true });
        },
      },
    },
  };
}

/** What became of every message, told by the trace, by who received it, and by what the calendar still holds. */
interface Account {
  readonly world: Bench;
  /** Unicast messages of applications, handshakes included, that were put on a wire. */
  readonly sent: ReadonlyMap<number, string>;
  readonly delivered: ReadonlySet<number>;
  readonly stopped: ReadonlySet<number>;
  readonly inFlight: ReadonlySet<number>;
}

function play(plan: Home): Account {
  const stage: { world?: Bench } = {};
  const policy = table({
    rules: plan.rules.map((one, i) => rule(`rule ${i}`, one.action, one)),
    fallback: plan.open ? { name: 'open', action: 'allow' } : { name: 'default-deny', action: 'deny' },
    natTo: plan.nat ? ['wan'] : [],
    portMaps: plan.mapped ? [{ port: 80, device: 'camera', inside: 80 }] : [],
    isolated: { private: plan.isolated },
    arpInspection: plan.inspected,
    flushOnChange: plan.flush,
  });
  const change = { ...policy, rules: [] };
  const base = access(policy);
  const world = bench({
    seed: plan.seed,
    hours: 180 / 3600,
    segments: [WIFI, GUEST, { id: 'ble', medium: 'ble', gateway: 'hub' }, LINE, LTE, CORE],
    parameters: {
      'wifi.residual-loss': plan.loss,
      'ble.loss': plan.loss,
      'wifi.hop-latency': { kind: 'lognormal', mu: 3, sigma: 1.2 },
      ...(plan.lineFails ? { 'line.time-between-failures': 0.02, 'line.time-to-repair': 1 } : {}),
    },
    ...adversary(plan.adversary, stage),
    parts: {
      ...base,
      router: {
        ...base['router']!,
        on: ['private', 'guest', 'line', 'lte'],
        settings: { 'wan.queue': plan.queue, 'lte-backup': true },
        start: (d) => (d.installPolicy(policy), void (plan.changeAt !== null && d.after(plan.changeAt * 1e6, 'change'))),
        does: { change: (d) => d.installPolicy(change) },
      },
      mobile: { on: ['lte', 'internet'], forwards: true },
      resolver: { ...base['resolver']!, power: plan.off !== 'resolver' },
      laptop: resident(0, ['private'], plan.deeds),
      camera: resident(1, ['private', 'ble'], plan.deeds, { via: 'hub', power: plan.off !== 'camera' }),
      hub: resident(2, ['private', 'ble'], plan.deeds, { roles: ['hah-kit'] }),
      visitor: resident(3, ['guest'], plan.deeds),
      server: resident(4, ['internet'], plan.deeds, { power: plan.off !== 'server' }),
      stranger: resident(5, ['internet'], plan.deeds),
    },
  });
  stage.world = world;
  const delivered = new Set<number>();
  const { net } = world.world;
  const receive = net.transport.receive.bind(net.transport);
  net.transport.receive = (node: number, message: Message) => {
    delivered.add(message.id);
    receive(node, message);
  };
  const deliver = world.world.deliver.bind(world.world);
  world.world.deliver = (node, type, message, ...rest) => {
    if (message !== null) delivered.add(message.id);
    deliver(node, type, message, ...rest);
  };
  world.run();
  const sent = new Map<number, string>();
  for (const line of world.lines) {
    const what = String(line.what);
    if (line.kind === 'message' && line.to !== '*' && !what.startsWith('arp') && !what.startsWith('dhcp'))
      sent.set(line.id!, `${what} from ${line['origin']}`);
  }
  // What everybody hears needs nobody in particular.
  for (const line of world.lines) if (line.kind === 'message' && line.to === '*') sent.delete(line.id!);
  const snapshot = world.world.snapshot();
  const inFlight = new Set(
    snapshot.kernel.records.filter(({ handler }) => handler === 'net.arrive').map(({ data }) => (data as Message).id),
  );
  for (const node of snapshot.network.nodes)
    for (const entry of node.unresolved.values()) for (const message of entry.messages) inFlight.add(message.id);
  const stopped = new Set(world.lines.filter((line) => line.kind === 'verdict' && line.verdict === 'stopped').map((line) => line.id!));
  return { world, sent, delivered, stopped, inFlight };
}

describe('in random small worlds', () => {
  it('every message ends delivered or stopped for a reason, or is still on its way; no time runs backwards', () => {
    let messages = 0;
    let stops = 0;
    fc.assert(
      fc.property(home, (plan) => {
        const { world, sent, delivered, stopped, inFlight } = play(plan);
        const lost = [...sent].filter(([id]) => !delivered.has(id) && !stopped.has(id) && !inFlight.has(id));
        expect(lost).toEqual([]);
        expect(world.lines.filter((line) => line.kind === 'verdict' && (line.rule === undefined || line.rule === ''))).toEqual([]);
        let last = 0;
        for (const { t } of world.lines) {
          expect(t).toBeGreaterThanOrEqual(last);
          last = t;
        }
        messages += sent.size;
        stops += stopped.size;
      }),
      { seed: 5, numRuns: 150 },
    );
    // Not a law about nothing.
    expect(messages).toBeGreaterThan(10_000);
    expect(stops).toBeGreaterThan(500);
  });

  it('give the same trace and fingerprint when run again', () => {
    fc.assert(
      fc.property(home, (plan) => {
        const first = play(plan).world;
        const second = play(plan).world;
        expect(second.lines).toEqual(first.lines);
        expect(second.world.result().fingerprint).toBe(first.world.result().fingerprint);
      }),
      { seed: 6, numRuns: 15 },
    );
  });
});
