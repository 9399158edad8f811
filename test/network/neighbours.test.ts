import { describe, expect, it } from 'vitest';
import type { AttackContext } from '../../sim/model/technique.ts';
import { access, bench, client, CORE, GUEST, LINE, server, table, WIFI, type Bench, type Heard, type Layout } from './bench.ts';

const home = (at: number[], heard: Heard[], more: Partial<Layout> = {}, policy = table()) =>
  bench({
    segments: [WIFI, LINE, CORE],
    ...more,
    parts: { ...access(policy), server: server(), laptop: client(at, heard), camera: { on: ['private'] }, ...more.parts },
  });
const questions = (world: Bench, from: string) => world.sent('arp-request').filter((line) => line.from === from);

describe('neighbour tables', () => {
  it('are learned by one question and used until the entry is too old', () => {
    const heard: Heard[] = [];
    const world = home([1, 100, 290, 400], heard, { parameters: { 'arp.lifetime': 300 } }).run(500);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told', 'told', 'told']);
    // At 1 s for the first time, and at 400 s again.
    expect(questions(world, 'laptop').map(({ t }) => Math.floor(t / 1e6))).toEqual([1, 400]);
  });
  it('a question that nobody answers is asked three times, then the message is given up with the reason', () => {
    const heard: Heard[] = [];
    const parts = {
      printer: { on: ['private'], power: false, listens: [80] },
      laptop: client([1], heard, { host: 'printer.example', transport: 'udp' }),
    };
    const world = home([], heard, { parts }).run(100);
    expect(world.stops('ask')).toContain('the next hop does not answer (ARP)');
    // One question for the router, and threes for the printer.
    const forPrinter = questions(world, 'laptop').length - 1;
    expect(forPrinter).toBeGreaterThanOrEqual(3);
    expect(forPrinter % 3).toBe(0);
    expect(heard).toMatchObject([{ what: 'ask-failed', body: { reason: 'timeout' } }]);
  });
});

interface Stage {
  world?: Bench;
}
/** [from where, whom it tells, whose address it claims] */
type Claim = readonly [position: string, victim: string, claimed: string];
/** What an adversary claims 10 s into the run. */
function claiming(
  stage: Stage,
  claims: readonly Claim[],
  before: (attack: AttackContext) => void = () => {},
): NonNullable<Layout['technique']> {
  const address = (id: string) => stage.world!.world.net.addressOf(stage.world!.world.net.nodeIndex.get(id)!);
  return {
    start: (attack: AttackContext) => attack.after(10e6, 'claim'),
    on: {
      claim: (attack: AttackContext) => {
        before(attack);
        for (const [position, victim, claimed] of claims) attack.claimAddress(position, address(victim), address(claimed));
      },
    },
  };
}
/** From the camera, tells the laptop that the router's address is the camera's. */
const forgery = (stage: Stage, answer: (attack: AttackContext) => void = (attack) => attack.listen('camera', false)) =>
  claiming(stage, [['camera', 'laptop', 'router']], answer);
function forged(policy = table(), answer?: (attack: AttackContext) => void): { world: Bench; heard: Heard[] } {
  const stage: Stage = {};
  const heard: Heard[] = [];
  stage.world = home([1, 20], heard, { inside: ['camera'], technique: forgery(stage, answer) }, policy);
  return { world: stage.world.run(120), heard };
}

describe('a forged claim', () => {
  it('is believed: the laptop’s messages go to the camera, which passes them on', () => {
    const { world, heard } = forged();
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told']);
    const second = world.hops('ask').filter(({ t }) => t >= 20e6);
    expect(second.slice(0, 2).map(({ from, to }) => `${from}→${to}`)).toEqual(['laptop→camera', 'router→camera']);
    expect(second.map(({ from }) => from)).toContain('camera');
  });
  it('says nothing about the addresses of another segment than the one it is made on', () => {
    const stage: Stage = {};
    const heard: Heard[] = [];
    const parts = { ...access(table(), { on: ['private', 'guest', 'line'] }), camera: { on: ['guest'] } };
    const { start, on } = claiming(stage, [['camera', 'router', 'laptop']], (attack) => attack.listen('camera', false));
    const claim: (typeof on)[string] = (attack, event) => {
      // The victim of a claim is found by its address: the router's on the guests' segment.
      const { net } = stage.world!.world;
      const own = net.addressOf.bind(net);
      const [router, guest] = [net.nodeIndex.get('router')!, net.segmentIndex.get('guest')!];
      net.addressOf = (node, family) => (node === router ? net.addresses.v4(router, guest) : own(node, family));
      on['claim']!(attack, event);
      net.addressOf = own;
    };
    const technique = { start, on: { claim } };
    stage.world = home([1, 20], heard, { segments: [WIFI, GUEST, LINE, CORE], parts, inside: ['camera'], technique });
    const world = stage.world.run(120);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told']);
    expect(world.stops('arp-answer')).toEqual(['the claimed address belongs to another segment']);
  });
  it('and then not passed on by a device without foreign ears, which says so', () => {
    const { world, heard } = forged(table(), () => {});
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed']);
    expect(world.stops('ask')).toContain('not addressed to this device');
  });
  it('is stopped by ARP inspection, by name', () => {
    const { world, heard } = forged(table({ arpInspection: true }));
    expect(world.stops('arp-answer')).toEqual(['ARP inspection: the claim contradicts the lease table']);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told']);
    expect(world.hops('ask').every(({ to }) => to !== 'camera')).toBe(true);
  });
  it('is stopped by client isolation, by name', () => {
    const { world } = forged(table({ isolated: { private: true } }));
    expect(world.stops('arp-answer')).toEqual(['client isolation on private']);
    expect(world.hops('ask').every(({ to }) => to !== 'camera')).toBe(true);
  });
  it('true answers pass inspection', () => {
    const heard: Heard[] = [];
    home([1], heard, {}, table({ arpInspection: true })).run(60);
    expect(heard.map(({ what }) => what)).toEqual(['told']);
  });
  it('of a router to itself says nothing: what is for the laptop still arrives', () => {
    const stage: Stage = {};
    const heard: Heard[] = [];
    stage.world = home([1, 20], heard, { inside: ['router'], technique: claiming(stage, [['router', 'router', 'laptop']]) });
    stage.world.run(120);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'told']);
  });
  it('by each of two routers to the other sends what is for the laptop to and fro, until its hop limit ends that', () => {
    const stage: Stage = {};
    const heard: Heard[] = [];
    const technique = claiming(stage, [
      ['router', 'second', 'laptop'],
      ['second', 'router', 'laptop'],
    ]);
    const parts = { second: { on: ['private'], forwards: true } };
    stage.world = home([1, 20], heard, { inside: ['router', 'second'], technique, parts, parameters: { 'ip.hop-limit': 20 } });
    stage.world.run(120);
    expect(heard.map(({ what }) => what)).toEqual(['told', 'ask-failed']);
    const stops = stage.world.lines.filter(({ rule }) => rule === 'its hop limit is reached');
    expect(stops.length).toBeGreaterThan(0);
    expect(stage.world.lines.filter(({ kind, id }) => kind === 'message' && id === stops[0]!.id)).toHaveLength(20);
  });
});

it('a question for the gateway’s IPv6 address is answered by it and goes no further, as one for its IPv4 address', () => {
  const technique: Layout['technique'] = {
    start: (attack) => void attack.request('laptop', { to: world.world.net.addressOf(server6(), 6), port: 80, kind: 'ask', bytes: 9 }),
    on: {},
  };
  const world: Bench = home([], [], { inside: ['laptop'], technique });
  const server6 = (): number => world.world.net.nodeIndex.get('server')!;
  world.run(60);
  expect(questions(world, 'laptop')).toHaveLength(1);
  expect(world.hops('arp-request').filter(({ from, origin }) => from === 'router' && origin === 'laptop')).toEqual([]);
  expect(world.sent('told')).toHaveLength(1);
});
