import { describe, expect, it } from 'vitest';
import type { AttackContext } from '../../sim/model/technique.ts';
import type { World } from '../../sim/world/run.ts';
import { access, bench, client, CORE, LINE, server, table, WIFI, type Layout } from '../network/bench.ts';

/** What a restored world works out anew must be what the running one had: found by random small worlds taken apart on their way. */
const home = (technique: NonNullable<Layout['technique']>, more: Partial<Layout> = {}) =>
  bench({
    segments: [WIFI, LINE, CORE],
    parameters: { 'wifi.hop-latency': 500 },
    parts: { ...access(table()), server: server(), laptop: client([1, 30, 60]) },
    radio: true,
    technique,
    ...more,
  });
const join = (attack: AttackContext, position: string) => attack.join(position, 'private', 'strong-private');
const privately = (world: World): number => world.net.segmentIndex.get('private')!;

describe('a restored world', () => {
  it('keeps the order in which stations came, which is that of what is said to everybody', () => {
    const { world } = home({ start: (attack) => (join(attack, 'neighbour'), void join(attack, 'attacker')), on: {} }).run(1);
    const members = (of: World) => of.net.segments[privately(of)]!.members.map((node) => of.net.nodes[node]!.id);
    expect(members(world).slice(-2)).toEqual(['neighbour', 'attacker']);
    expect(members(world.fork('same'))).toEqual(members(world));
    // And what joins later comes last in both.
    expect(world.snapshot().network.members[privately(world)]).toHaveLength(members(world).length);
  });

  it('hears what the running one hears between joining and the lease', () => {
    const { world } = home({ start: (attack) => (attack.listen('neighbour', true), void join(attack, 'neighbour')), on: {} }).run(0.2);
    expect(world.listeningIn(privately(world))).toBe(true);
    expect(world.fork('same').listeningIn(privately(world))).toBe(true);
  });

  it('listens where the running one listens once it has got there', () => {
    const shot = { to: 'victim.example', port: 80, kind: 'ask', bytes: 10 };
    const victim = server([], { does: { ask: (d, event) => d.runForeignCode(event.message!) } });
    const parts = { ...access(table()), victim };
    const start = (attack: AttackContext) => (attack.listen('victim', false), void attack.request('attacker', shot));
    const { world } = home({ start, on: {} }, { parts }).run(10);
    const node = world.net.nodeIndex.get('victim')!;
    expect(world.listening(node)).toBe(true);
    expect(world.fork('same').listening(node)).toBe(true);
  });
});

it('a change of the radio’s protection counts at once for who listens already', () => {
  const heard: number[] = [];
  const listens = { start: (attack: AttackContext) => (attack.listen('neighbour', true), void join(attack, 'neighbour')) };
  const parts = {
    ...access(table(), {
      settings: { 'wifi.security': 'wpa3' },
      start: (d) => (d.installPolicy(table()), d.after(20e6, 'open'), void d.after(50e6, 'close')),
      does: { open: (d) => d.change('wifi.security', 'wpa2'), close: (d) => d.change('wifi.security', 'wpa3') },
    }),
    server: server(),
    laptop: client([1, 30, 60]),
  };
  const { world } = home(
    { ...listens, on: { frame: ({ now }, { frame }) => void (frame?.kind === 'ask' && heard.push(now / 1e6)) } },
    { parts },
  ).run();
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.filter((at) => at < 30 || at > 50)).toEqual([]);
  expect(world.listeningIn(privately(world))).toBe(false);
});
