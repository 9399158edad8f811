import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { Body } from '../../sim/model/message.ts';
import { drainRate } from '../../sim/network/link.ts';
import { present } from '../../sim/network/numbered.ts';
import { access, bench, CORE, GUEST, LINE, LTE, resolver, rule, server, table, WIFI, type Bench, type Layout, type Part } from './bench.ts';

const FLOW = { port: 5000, mode: 'unresponsive', direction: 'up', bitsPerSecond: 80_000, type: 'over' } as const;

/** A laptop that opens a flow to the server at these seconds, so many seconds long (0: until somebody ends it); its ends in s. */
function streaming(at: readonly number[], seconds: number, ended: { at: number; bytes: number }[] = []): Part {
  return {
    on: ['private'],
    start: (d) => at.forEach((time, n) => d.after(time * SECOND, 'time', n)),
    does: {
      time: (d, event) => d.stream('server.example', { ...FLOW, seconds, n: event.n }),
      over: (d, event) => ended.push({ at: d.now / SECOND, bytes: Number(event.body!['bytes']) }),
    },
  };
}
const home = (parts: Record<string, Part>, more: Partial<Layout> = {}): Bench =>
  bench({ segments: [WIFI, LINE, CORE], ...more, parts: { ...access(table({ natTo: ['wan'] })), server: server(), ...parts } });

describe('a flow', () => {
  it('leaves nothing behind when it is over', () => {
    const starts = Array.from({ length: 200 }, (_, i) => 1 + 10 * i);
    const ended: { at: number; bytes: number }[] = [];
    const { world } = home({ laptop: streaming(starts, 3, ended) }).run(2500);
    expect(ended.length).toBe(200);
    expect(present(world.net.state.conns).map(({ channel }) => channel)).toEqual(['dns']);
    for (const node of world.net.state.nodes) {
      expect(node.channels.size).toBeLessThan(2);
      expect(present(node.tracks).length).toBeLessThan(2);
    }
  });

  it('that is stopped before the far end has answered leaves nothing behind either', () => {
    const laptop: Part = {
      on: ['private'],
      start: (d) => d.after(SECOND, 'time'),
      does: { time: (d) => d.stop(d.stream('server.example', { ...FLOW, n: 0 })) },
    };
    const { world } = home({ laptop }).run(60);
    expect(present(world.net.state.conns).map(({ channel }) => channel)).toEqual(['dns']);
    expect(present(world.net.state.exchanges)).toEqual([]);
  });

  it('is not taken for idle while it runs, on a device that opens many others', () => {
    const ended: { at: number; bytes: number }[] = [];
    const laptop = streaming([1], 1500, ended);
    const busy: Part = {
      ...laptop,
      start: (d) => {
        laptop.start!(d);
        for (let n = 0; n < 200; n++) d.after((5 + 5 * n) * SECOND, 'word', n);
      },
      does: { ...laptop.does, word: (d, event) => d.datagram('server.example', 6000 + event.n, { kind: 'word', bytes: 1, n: event.n }) },
    };
    const router: Partial<Part> = { settings: { 'monitor.flows': true } }; // looks at each flow that runs, every five minutes
    home({ ...access(table({ natTo: ['wan'] }), router), laptop: busy }).run(2000);
    expect(ended.map(({ at }) => Math.round(at))).toEqual([1501]);
  });

  it('is one to the address that it was opened to, whatever its name stands for later: a new rule about it ends it', () => {
    const ended: { at: number; bytes: number }[] = [];
    const blocked = table({ natTo: ['wan'], rules: [rule('no server', 'deny', { dst: 'server' })] });
    const router: Partial<Part> = {
      start: (d) => {
        d.installPolicy(table({ natTo: ['wan'] }));
        d.after(50 * SECOND, 'close');
      },
      does: { close: (d) => d.installPolicy(blocked) },
    };
    home({ ...access(null, router), resolver: resolver(1), laptop: streaming([1], 0, ended) }).run(100);
    expect(ended.map(({ at }) => at)).toEqual([50]);
  });

  it.each([
    ['elastic', 20, 'goes on where it was when a link is down for a shorter time than its transport is patient', [121, 1_250_000]],
    ['elastic', 60, 'ends when it got nothing through for as long as its transport is patient', [81, 612_500]],
    // Nobody tells a sender that does not listen: it sends into the void until its time is over.
    ['unresponsive', 60, 'goes on, without an answer', [151, 1_125_000]],
  ] as const)('%s, %i s without its line: %s', (mode, outage, _what, [at, bytes]) => {
    const ended: { at: number; bytes: number }[] = [];
    const laptop: Part = {
      on: ['private'],
      start: (d) => d.after(SECOND, 'time'),
      does: {
        time: (d) => {
          const size = mode === 'elastic' ? { bytes: 1_250_000 } : { seconds: 150 };
          d.stream('server.example', { ...FLOW, mode, bitsPerSecond: 100_000, ...size, n: 0 });
        },
        over: (d, event) => ended.push({ at: d.now / SECOND, bytes: Number(event.body!['bytes']) }),
      },
    };
    home({ laptop }, { failures: [{ of: 'link', on: 'line', fromHours: 50 / 3600, minutes: outage / 60 }] }).run(600);
    expect(ended).toHaveLength(1);
    expect(ended[0]!.at).toBeCloseTo(at, -0.5);
    expect(ended[0]!.bytes / bytes).toBeCloseTo(1, 2);
  });

  it('elastic: ends at its own time where that comes before its patience ends, and is patient once for all that fails meanwhile', () => {
    const ends = (seconds: number, failures: Layout['failures']): number[] => {
      const ended: number[] = [];
      const laptop: Part = {
        on: ['private'],
        start: (d) => void d.stream('server.example', { ...FLOW, mode: 'elastic', bitsPerSecond: 100_000, seconds, n: 0 }),
        does: { over: (d) => ended.push(Math.round(d.now / SECOND)) },
      };
      home({ laptop }, { failures: failures ?? [] }).run(600);
      return ended;
    };
    const down = (on: string, from: number): NonNullable<Layout['failures']>[number] => ({
      of: 'link',
      on,
      fromHours: from / 3600,
      minutes: 5,
    });
    expect(ends(60, [down('line', 50)])).toEqual([60]);
    expect(ends(300, [down('line', 50), down('private', 70)])).toEqual([81]);
  });

  it('ends when its gateway changes over to another uplink', () => {
    // Down from 180 s on for ten minutes; noticed half a minute later.
    const parameters = { 'line.time-between-failures': 0.05, 'line.time-to-repair': 10, 'router.failover-detection': 30 };
    const ended: { at: number; bytes: number }[] = [];
    const router = { on: ['private', 'line', 'lte'], settings: { 'lte-backup': true } };
    const mobile: Part = { on: ['lte', 'internet'], forwards: true };
    const parts = { ...access(table({ natTo: ['wan'] }), router), mobile, laptop: streaming([100, 300], 0, ended) };
    const { world } = home(parts, { segments: [WIFI, LINE, LTE, CORE], parameters }).run(900);
    // The second runs over the mobile network until the line is taken up again.
    expect(ended.map(({ at }) => Math.round(at))).toEqual([210, 810]);
    expect(ended[0]!.bytes).toBeCloseTo(80 * 10_000, -4); // nothing got through once the line was down
    expect(ended[1]!.bytes).toBeCloseTo(510 * 10_000, -5);
    expect(world.net.state.streams.size).toBe(0);
  });
});

it('a gateway that queues otherwise from now on keeps the work that stands before it', () => {
  const works: number[] = [];
  const work = (): void => {
    const { net } = scene.world;
    const i = net.links.findIndex(({ id }) => id === 'line up');
    works.push((net.state.links[i]!.busyUntil - net.kernel.now) * drainRate(net.links[i]!, net.loads[i]!, net.queues[i]!));
  };
  const router: Partial<Part> = {
    start: (d) => {
      d.installPolicy(table({ natTo: ['wan'] }));
      d.after(10.05 * SECOND, 'switch');
    },
    does: {
      switch: (d) => {
        for (const queue of ['fair', 'priority', 'fifo']) {
          work();
          d.change('wan.queue', queue);
          work();
        }
      },
    },
  };
  const sender: Part = {
    ...streaming([1], 0),
    start: (d) => {
      d.after(SECOND, 'time');
      for (let n = 0; n < 200; n++) d.after(10 * SECOND, 'word', n);
    },
    does: {
      time: (d) => d.stream('server.example', { ...FLOW, bitsPerSecond: 11e6, n: 0 }),
      word: (d, event) => d.datagram('server.example', 5000, { kind: 'word', bytes: 1000, n: event.n, oneWay: true }),
    },
  };
  const scene = home({ ...access(null, router), sender });
  scene.run(20);
  expect(works[0]).toBeGreaterThan(200_000 * 1e6); // bits, by microseconds in a second
  for (const each of works) expect(each / works[0]!).toBeCloseTo(1, 9);
});

describe('a flow between two stations of one radio', () => {
  it('crosses it twice, within a network as between two', () => {
    const rates = (on: string): number[] => {
      const seen: number[] = [];
      const laptop: Part = {
        on: ['private'],
        start: (d) => d.after(SECOND, 'time'),
        does: { time: (d) => d.stream('store.example', { ...FLOW, mode: 'elastic', bitsPerSecond: 1e9, n: 0 }) },
      };
      const { world } = home(
        { ...access(table(), { on: ['private', 'guest', 'line'] }), store: { on: [on] }, laptop },
        { segments: [WIFI, GUEST, LINE, CORE], parameters: { 'wifi.rate': 100 } },
      ).run(10);
      for (const { rate } of world.net.state.streams.values()) seen.push(rate / 1e6);
      return seen;
    };
    expect(rates('private')[0]).toBeCloseTo(50, 6);
    expect(rates('guest')[0]).toBeCloseTo(50, 6);
  });
});

describe('flow statistics', () => {
  /** Reports of a monitoring router every 300 s. */
  const reports = (laptop: Part, resolving = resolver()): Body[] => {
    const told: Body[] = [];
    const router: Partial<Part> = {
      settings: { 'monitor.flows': true },
      does: { 'flow-report': (_, event) => told.push(event.body!) },
    };
    home({ ...access(table({ natTo: ['wan'] }), router), resolver: resolving, laptop }).run(1000);
    return told;
  };
  const figure = (told: readonly Body[], name: string): number[] => told.map((body) => Number(body[`laptop.${name}`] ?? 0));

  it('hold a flow for as long as it ran in each window, also one that is over by then', () => {
    // From 201 s for 150 s; from 701 s for 50 s: 10 000 bytes a second. Beside them questions for the name and openings.
    const bytes = figure(reports(streaming([201, 701], 0)), 'bytes');
    const short = figure(reports({ ...streaming([201], 150) }), 'bytes');
    const within = figure(reports({ ...streaming([701], 50) }), 'bytes');
    expect(bytes.map((b) => Math.round(b / 10_000))).toEqual([99, 300, 499]);
    expect(short.map((b) => Math.round(b / 10_000))).toEqual([99, 51, 0]);
    expect(within.map((b) => Math.round(b / 10_000))).toEqual([0, 0, 50]);
  });

  it('say what went where', () => {
    const told = reports(streaming([201, 701], 0));
    for (const [window, body] of told.entries()) {
      const peers = Array.from({ length: figure(told, 'peers')[window]! }, (_, i) => [`laptop.${i}.address`, `laptop.${i}.bytes`]);
      expect(new Set(peers.map(([address]) => body[address!])).size).toBe(peers.length);
      const sum = peers.reduce((all, [, bytes]) => all + Number(body[bytes!]), 0);
      expect(sum).toBe(figure(told, 'bytes')[window]);
      // All but questions for the name go to one of them.
      expect(Math.max(...peers.map(([, bytes]) => Number(body[bytes!])))).toBeGreaterThan(0.99 * sum);
    }
  });

  it('count one destination once, whatever its name stands for meanwhile', () => {
    // Server and resolver; the answer lives a second.
    expect(figure(reports(streaming([1], 0), resolver(1)), 'newPeers')).toEqual([2, 0, 0]);
  });

  it('begin when the gateway is told to keep them, and end when it is told not to', () => {
    const told: number[] = [];
    const router: Partial<Part> = {
      settings: { 'monitor.flows': false },
      start: (d) => {
        d.installPolicy(table({ natTo: ['wan'] }));
        for (const [n, seconds] of [100, 1200, 1300].entries()) d.after(seconds * SECOND, 'switch', n);
      },
      does: {
        switch: (d, event) => d.change('monitor.flows', event.n !== 1),
        'flow-report': (d) => told.push(d.now / SECOND),
      },
    };
    home({ ...access(null, router), laptop: streaming([1], 0) }, { hours: 1 }).run(2000);
    // Switched off and on between two reports, they go on as they went.
    expect(told).toEqual([400, 700, 1000, 1300, 1600, 1900]);
    told.length = 0;
    home(
      { ...access(null, { ...router, start: (d) => d.after(1200 * SECOND, 'switch', 1), settings: { 'monitor.flows': true } }) },
      { hours: 1 },
    ).run(2000);
    expect(told).toEqual([300, 600, 900]);
  });

  it('show the largest message of a window as evidence', () => {
    const sizes = [300, 100, 350, 100, 200];
    const laptop: Part = {
      on: ['private'],
      start: (d) => sizes.forEach((_, n) => d.after((10 + n) * SECOND, 'time', n)),
      does: { time: (d, event) => d.datagram('server.example', 5000, { kind: 'word', bytes: sizes[event.n]!, n: event.n, oneWay: true }) },
    };
    const told: Body[] = [];
    const router: Partial<Part> = { settings: { 'monitor.flows': true }, does: { 'flow-report': (_, event) => told.push(event.body!) } };
    const world = home({ ...access(table({ natTo: ['wan'] }), router), laptop }).run(400);
    expect(figure(told, 'evidence')).toEqual([world.sent('word')[2]!.id]);
  });
});
