import { expect, it } from 'vitest';
import { access, bench, client, CORE, LINE, server, WIFI, type Part } from './bench.ts';

/** A thing with a clock of its own, which also takes questions on port 80 and datagrams on port 9. */
function clockwork(ticks: number[], jobs: string[]): Part {
  return {
    on: ['private'],
    listens: [80, 9],
    serves: ['ask', 'nudge'],
    start: (d) => d.after(100e6, 'tick'),
    does: {
      tick: (d) => ticks.push(d.now),
      ask: (d, event) => (jobs.push('ask'), d.reply(event.message!, { kind: 'told', bytes: 10 })),
      nudge: () => jobs.push('nudge'),
    },
  };
}
const sender = (kind: string, way: 'request' | 'datagram', port = 9): Part => ({
  on: ['private'],
  channels: { it: { host: 'thing.example' } },
  start: (d) => {
    if (way === 'request') d.request('it', { kind, bytes: 10, n: 0 });
    else d.datagram('thing.example', port, { kind, bytes: 10, n: 0 });
  },
});
const home = (from: Part, ticks: number[], jobs: string[]) =>
  bench({ segments: [WIFI, LINE, CORE], parts: { ...access(), thing: clockwork(ticks, jobs), from } }).run(200);

it('a request named like a timer sets nothing off, and the trace says why', () => {
  const ticks: number[] = [];
  const world = home(sender('tick', 'request'), ticks, []);
  expect(ticks).toEqual([100e6]);
  expect(world.stops('tick')).toContain('does not serve tick');
});

it('neither does a datagram', () => {
  const ticks: number[] = [];
  const world = home(sender('tick', 'datagram'), ticks, []);
  expect(ticks).toEqual([100e6]);
  expect(world.stops('tick')).toEqual(['does not serve tick']);
});

it('a datagram to a port on which nobody listens goes no further, whatever it is called', () => {
  const jobs: string[] = [];
  expect(home(sender('nudge', 'datagram', 10), [], jobs).stops('nudge')).toEqual(['port 10 is closed']);
  expect(jobs).toEqual([]);
});

it('what is served is served, by request and by datagram', () => {
  const jobs: string[] = [];
  home(sender('ask', 'request'), [], jobs);
  home(sender('nudge', 'datagram'), [], jobs);
  expect(jobs).toEqual(['ask', 'nudge']);
});

it('answers to own questions need not be listed, nor what the engine itself tells', () => {
  const heard: { what: string; at: number; body: unknown; n: number }[] = [];
  bench({ segments: [WIFI, LINE, CORE], parts: { ...access(), server: server(), laptop: client([1], heard as never) } }).run(60);
  expect(heard.map(({ what }) => what)).toEqual(['told']);
});

it('a notification that its central does not serve is not acted on', () => {
  const seen: string[] = [];
  const world = bench({
    segments: [{ id: 'ble', medium: 'ble', gateway: 'hub' }],
    parts: {
      hub: { on: ['ble'], serves: ['vital'], does: { vital: () => seen.push('vital'), 'ping-time': () => seen.push('ping-time') } },
      sensor: {
        on: ['ble'],
        via: 'hub',
        start: (d) => {
          d.notify({ kind: 'ping-time', bytes: 10, n: 0 });
          d.notify({ kind: 'vital', bytes: 10, n: 0 });
        },
      },
    },
  }).run(5);
  expect(seen).toEqual(['vital']);
  expect(world.stops('ping-time')).toEqual(['does not serve ping-time']);
});
