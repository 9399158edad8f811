import { describe, expect, it } from 'vitest';
import { serve, type Load, type Service } from '../../sim/network/link.ts';
import { periodicWait } from '../../sim/network/periodic.ts';
import { access, bench, CORE, LINE, resolver, table, WIFI, type Part } from './bench.ts';

/** 1 Mbit/s, so that a byte takes 8 µs; room for 1 000 bytes. */
const LINK = { index: 0, id: 'wire', rate: 1e6, buffer: 1000, queuedBy: -1 };
const IDLE: Load = { unresponsive: 0, unresponsiveCount: 0, favoured: 0, elastic: 0, elasticCount: 0, wait: 0 };
const meet = (
  bytes: number,
  more: {
    load?: Partial<Load>;
    queue?: 'fifo' | 'fair' | 'priority';
    favoured?: boolean;
    link?: Partial<typeof LINK>;
    busyUntil?: number;
    busyFavoured?: number;
  } = {},
): Service => {
  const out: Service = { done: 0, loss: 0 };
  const state = { busyUntil: more.busyUntil ?? 0, busyFavoured: more.busyFavoured ?? 0, up: true, failures: 0 };
  serve({ ...LINK, ...more.link }, state, { ...IDLE, ...more.load }, bytes, 0, more.queue ?? 'fifo', more.favoured === true, out);
  return out;
};
/** A full-size packet on the link, µs. */
const PACKET = 12_000;

describe('a link', () => {
  it('takes a message’s bytes at its rate, to fractions of a microsecond', () => {
    expect(meet(1, { link: { rate: 3e6 } }).done).toBeCloseTo(8 / 3, 12);
  });
  it('serves messages in turn without rounding in between', () => {
    const state = { busyUntil: 0, busyFavoured: 0, up: true, failures: 0 };
    const out: Service = { done: 0, loss: 0 };
    for (let i = 1; i <= 30; i++) {
      serve({ ...LINK, rate: 3e6 }, state, IDLE, 1, 0, 'fifo', false, out);
      expect(out.done).toBeCloseTo((8 / 3) * i, 9);
    }
  });
  it('keeps no queue while it is idle', () => {
    expect(meet(10, { busyUntil: -500 }).done).toBe(80);
  });
  it('loses what finds its buffer full, and takes what just fits', () => {
    expect(meet(10, { busyUntil: 8000 }).done).toBe(8080);
    expect(meet(10, { busyUntil: 8001 }).done).toBe(-1);
  });
  it('of infinite rate does not delay', () => {
    expect(meet(1e9, { link: { rate: Infinity } })).toEqual({ done: 0, loss: 0 });
  });
});

describe('beside streams', () => {
  it('below saturation a message waits for the streams’ packets that it finds, and leaves at the full rate', () => {
    const { done, loss } = meet(100, { load: { unresponsive: 4e5, wait: 123 } });
    expect(loss).toBe(0);
    expect(done).toBeCloseTo(800 + 123, 6);
  });
  it('the backlog of messages shrinks by what streams leave of the rate', () => {
    // 3 000 µs of work will have left after 5 000 µs at 60 % of the rate.
    expect(meet(100, { load: { unresponsive: 4e5, wait: 123 }, busyUntil: 5000 }).done).toBeCloseTo(3000 + 800 + 123, 6);
  });
  it('overloaded by streams that do not back off, everybody loses 1 − rate/offered and waits for the full buffer', () => {
    const { done, loss } = meet(100, { load: { unresponsive: 4e6 } });
    expect(loss).toBe(0.75);
    expect(done).toBeCloseTo(8000 + 800, 6);
  });
  it('saturated by elastic flows, a message waits behind their standing queue, but is not lost', () => {
    const { done, loss } = meet(100, { load: { elastic: 1e6, elasticCount: 3 } });
    expect(loss).toBe(0);
    expect(done).toBeCloseTo(0.925 * 8000 + 800, 6);
  });
  it('elastic flows give way: messages below the rate are served, above it they fill the buffer', () => {
    const beside = (busyUntil: number) => meet(100, { load: { elastic: 1e6, elasticCount: 3 }, busyUntil }).done;
    expect(beside(7700)).toBeCloseTo(7700 + 800, 6);
    expect(beside(8001)).toBe(-1);
  });
  it('fair queueing gives a message its share whatever others offer', () => {
    const { done, loss } = meet(100, { load: { unresponsive: 100e6, unresponsiveCount: 1 }, queue: 'fair' });
    expect(loss).toBe(0);
    expect(done).toBeCloseTo((100 * 8e6) / 5e5 + PACKET, 6);
  });
  it('priority lets the favoured wait for the packet on the wire only', () => {
    const flood = { load: { unresponsive: 100e6, unresponsiveCount: 1 }, queue: 'priority' as const };
    expect(meet(100, { ...flood, favoured: true })).toEqual({ done: 800 + PACKET, loss: 0 });
    // Not behind what others have in the queue either; behind its own kind it does wait.
    expect(meet(100, { queue: 'priority', busyUntil: 7000, favoured: true }).done).toBeCloseTo(800 + PACKET, 6);
    expect(meet(100, { queue: 'priority', busyUntil: 7000, busyFavoured: 4000, favoured: true }).done).toBeCloseTo(4000 + 800 + PACKET, 6);
    expect(meet(100, { queue: 'priority', busyUntil: 9000, busyFavoured: 8001, favoured: true }).done).toBe(-1);
  });
  it('priority gives the others nothing: they fare as first come, first served on what is left', () => {
    const loads: Partial<Load>[] = [
      { unresponsive: 4e6, unresponsiveCount: 1 },
      { unresponsive: 4e5, unresponsiveCount: 1, wait: 50 },
      { elastic: 1e6, elasticCount: 3 },
    ];
    for (const load of loads)
      for (const busyUntil of [0, 3000])
        expect(meet(100, { load, busyUntil, queue: 'priority' })).toEqual(meet(100, { load, busyUntil, queue: 'fifo' }));
    // Favoured streams take 60 % first: the rest is a link of 40 % to the others.
    const beside = meet(100, { load: { unresponsive: 4.6e6, unresponsiveCount: 2, favoured: 6e5 }, queue: 'priority' });
    expect(beside.loss).toBeCloseTo(0.9, 12);
    expect(beside.done).toBeCloseTo((8000 + 800) / 0.4, 6);
  });
  it('favoured streams that overload the link by themselves cost the favoured their share', () => {
    const own = { unresponsive: 4e6, unresponsiveCount: 1, favoured: 4e6 };
    expect(meet(100, { load: own, queue: 'priority', favoured: true })).toEqual({ done: 8000 + 800 + PACKET, loss: 0.75 });
  });
  it('a favoured message goes before the others, who wait for it', () => {
    const state = { busyUntil: 5000, busyFavoured: 0, up: true, failures: 0 };
    const out: Service = { done: 0, loss: 0 };
    serve(LINK, state, IDLE, 100, 0, 'priority', true, out);
    serve(LINK, state, IDLE, 100, 0, 'priority', false, out);
    expect(out.done).toBeCloseTo(5000 + 800 + 800, 6);
  });
});

/** Two servers on one wire; `times` are the arrivals at b, µs. */
const pair = (times: number[], send: NonNullable<Part['start']>, parameters: Record<string, number>, extra: Record<string, Part> = {}) =>
  bench({
    segments: [{ id: 'wire', medium: 'hospital' }],
    parameters: { 'ethernet.delay': 0.2, ...parameters },
    parts: {
      a: { on: ['wire'], start: send, does: { go: (d, event) => d.datagram('b.example', 9, { kind: 'word', bytes: 100, n: event.n }) } },
      b: { on: ['wire'], listens: [9], serves: ['word'], does: { word: (d) => times.push(d.now) } },
      ...extra,
    },
  });
const words =
  (count: number, bytes: number): NonNullable<Part['start']> =>
  (d) => {
    for (let n = 0; n < count; n++) d.datagram('b.example', 9, { kind: 'word', bytes, n });
  };

describe('in a world', () => {
  it('three messages of 128 bytes at 3 Mbit/s arrive at thirds of a microsecond, rounded up once each', () => {
    const times: number[] = [];
    pair(times, words(3, 100), { 'ethernet.rate': 3 }).run(1);
    // 341.33, 682.67 and 1 024 µs of serialisation, 200 µs of delay.
    expect(times).toEqual([542, 883, 1224]);
  });
  it('a burst beyond the buffer loses its tail, with the link’s name', () => {
    const times: number[] = [];
    const world = pair(times, words(10, 228), { 'ethernet.rate': 1, 'ethernet.buffer': 1000 }).run(1);
    expect(times).toHaveLength(4);
    expect(world.stops('word')).toEqual(Array.from({ length: 6 }, () => 'wire: buffer full'));
  });
  it('a backlog keeps its work when a stream beside it ends', () => {
    const times: number[] = [];
    const stream: Part = {
      on: ['wire'],
      start: (d) => {
        d.stream('b.example', { mode: 'unresponsive', direction: 'up', bitsPerSecond: 9e6, seconds: 1, type: 'over', n: 0, port: 5 });
      },
    };
    // 500 messages of 128 bytes are 51.2 ms of work at 10 Mbit/s; a tenth of 100 ms is done when the stream ends at 1 s, 41.2 ms are left.
    const spread: NonNullable<Part['start']> = (d) => {
      for (let n = 0; n < 500; n++) d.after(900_000, 'go', n);
      d.after(1_020_000, 'go', 500);
      d.after(1_100_000, 'go', 501);
    };
    const world = pair(times, spread, { 'ethernet.rate': 10, 'ethernet.buffer': 1e6 }, { stream }).run(3);
    expect(world.stops('word')).toEqual([]);
    expect(Math.abs(times[500]! - (1_041_200 + 102 + 200))).toBeLessThan(5);
    expect(Math.abs(times[501]! - (1_100_000 + 102 + 200))).toBeLessThan(5);
  });
  it('streams collide on the links that they cross, and with those that cross them', () => {
    const flow = { mode: 'unresponsive', direction: 'up', bitsPerSecond: 1e6, seconds: 0, type: 'over', port: 5 } as const;
    const world = bench({
      segments: [WIFI, LINE, CORE],
      parameters: { 'wifi.rate': 20, 'line.cable.up': 10 },
      parts: {
        ...access(table()),
        server: { on: ['internet'], listens: [5] },
        camera: { on: ['private'], listens: [5] },
        laptop: {
          on: ['private'],
          start: (d) => {
            d.stream('server.example', { ...flow, n: 0 });
            for (let n = 1; n <= 4; n++) d.stream('camera.example', { ...flow, n });
          },
        },
        resolver: resolver(),
      },
    }).run(10);
    const { links, loads } = world.world.net;
    const wait = (id: string): number => loads[links.findIndex((link) => link.id === id)]!.wait;
    // 1 500 bytes are 600 µs on the radio, 1 200 µs on the line.
    expect(wait('radio home')).toBeCloseTo(600 * periodicWait(9, 9 / 20), 6);
    expect(wait('line up')).toBeCloseTo(1200 * periodicWait(1, 1 / 10), 6);
    expect(wait('line down')).toBe(0);
  });
  it('a flood of twice the rate loses half of what others send', () => {
    const times: number[] = [];
    const many = 2000;
    const spread: NonNullable<Part['start']> = (d) => {
      for (let n = 0; n < many; n++) d.after(1e6 + n * 20_000, 'go', n);
    };
    const flood: Part = {
      on: ['wire'],
      start: (d) => d.stream('b.example', { mode: 'unresponsive', direction: 'up', bitsPerSecond: 20e6, type: 'over', n: 0, port: 5 }),
    };
    const world = pair(times, spread, { 'ethernet.rate': 10, 'ethernet.buffer': 10_000 }, { flood }).run(60);
    // Binomial(2 000, 1/2): five standard deviations are 112; false alarm 6e-7, a loss of 0.4 or 0.6 is found with certainty.
    expect(Math.abs(times.length - many / 2)).toBeLessThan(112);
    expect(new Set(world.stops('word'))).toEqual(new Set(['wire: overloaded']));
    // Sent at 1 s: a full buffer of 8 ms, 128 bytes, 0.2 ms.
    const first = times[0]! - 1e6;
    expect((first - (128 * 8) / 10 - 8000 - 200) % 20_000).toBeCloseTo(0, -1);
  });
});
