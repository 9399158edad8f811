import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import { access, bench, client, CORE, LINE, resolver, server, table, WIFI, type Bench, type Heard, type Part } from '../network/bench.ts';
import { countOf, expectAgreement, meanOf, sharesOf } from '../support/agreement.ts';

/**
 * How often something is sent until it is through, when each try fails with probability p and `most` tries are made: the
 * geometric law cut off at `most`, mean (1 − p^most)/(1 − p). False alarm 1e-4 a check. Found with probability 0.99: in the
 * counts by number of tries (chi-square) a Σ (Δp)²/p of 0.01, in the mean 8 %, in the share given up what is named.
 */
const meanTries = (p: number, most: number): number => (1 - p ** most) / (1 - p);

function expectGeometric(tries: readonly number[], givenUp: number, p: number, most: number, finds: number): void {
  const counts = Array.from({ length: most }, (_, i) => tries.filter((each) => each === i + 1).length);
  // The last try is made whether it helps or not.
  const chances = counts.map((_, i) => (i + 1 === most ? p ** i : p ** i * (1 - p)));
  expectAgreement(sharesOf(counts, chances), 0.01);
  expect(Math.max(...tries)).toBe(most);
  const batches = Array.from({ length: 25 }, (_, batch) => tries.filter((_each, i) => i % 25 === batch));
  const means = batches.map((batch) => batch.reduce((sum, each) => sum + each, 0) / batch.length);
  expectAgreement(meanOf(means, meanTries(p, most)), 0.08);
  expectAgreement(countOf(givenUp, tries.length, p ** most), finds);
}

const MANY = 8000;

describe('over BLE', () => {
  it.each([
    [0.5, 4, 0.3],
    [0.6, 6, 0.4],
  ])('at a loss of %d a notification is tried until acknowledged, %d times at most', (loss, most, finds) => {
    const INTERVAL = 50;
    const tries = new Map<number, number>();
    const sensor: Part = {
      on: ['ble'],
      via: 'hub',
      start: (d) => Array.from({ length: MANY }, (_, n) => d.after(n * SECOND + 1, 'beat', n)),
      does: { beat: (d, { n }) => d.notify({ kind: 'vital', bytes: 20, n }) },
    };
    // One try at each connection event: the tries are told by the time.
    const vital = (d: { now: number }, { n }: { n: number }) => void tries.set(n, Math.round((d.now - n * SECOND) / (INTERVAL * 1000)));
    const hub: Part = { on: ['ble'], serves: ['vital'], does: { vital } };
    bench({
      hours: 24,
      traced: false,
      replication: most,
      segments: [{ id: 'ble', medium: 'ble', gateway: 'hub' }],
      parameters: { 'ble.interval': INTERVAL, 'ble.loss': loss, 'ble.tries': most },
      parts: { hub, sensor },
    }).run();
    const all = Array.from({ length: MANY }, (_, n) => tries.get(n) ?? most);
    expectGeometric(all, MANY - tries.size, loss, most, finds);
  });
});

describe('over Wi-Fi', () => {
  it.each([
    [0.5, 4, 0.3, 0],
    [0.6, 6, 0.4, 0],
    [0.5, 4, 0.4, 0.4],
  ])(
    'at a loss of %d a frame is tried until acknowledged, %d times at most, whatever outlasts its tries',
    (loss, most, finds, residual) => {
      const tries = new Map<number, number>();
      const laptop: Part = {
        on: ['private'],
        start: (d) => Array.from({ length: MANY + 1 }, (_, n) => d.after((n + 1) * SECOND, 'time', n)),
        does: { time: (d, { n }) => d.datagram('router.example', 9, { kind: 'word', bytes: 97, n, oneWay: true }) },
      };
      // 125 bytes with headers are 1 ms of air a try: the tries are told by the time.
      const word = (d: { now: number }, { n }: { n: number }) => void tries.set(n, (d.now - (n + 1) * SECOND) / 1000);
      const world = bench({
        hours: 3,
        replication: most,
        segments: [WIFI],
        parameters: {
          'wifi.rate': 1,
          'wifi.hop-latency': 0,
          'wifi.try-loss': loss,
          'wifi.tries': most,
          'wifi.residual-loss': residual,
          'arp.lifetime': 1e9,
        },
        parts: { router: { on: ['private'], serves: ['word'], listens: [9], does: { word } }, laptop },
      }).run();
      // The first had to find its neighbour; those that are lost in the air say nothing of tries.
      const inTheAir = new Set(world.lines.filter(({ rule }) => rule === 'private: lost in the air').map(({ id }) => id));
      const words = world.sent('word').filter(({ id }, n) => n > 0 && !inTheAir.has(id));
      const numbers = words.map(({ t }) => Math.round(t / SECOND) - 1);
      const givenUp = numbers.filter((n) => !tries.has(n)).length;
      expect(world.stops('word').filter((fact) => fact === 'private: no acknowledgement').length).toBe(givenUp);
      expectGeometric(
        numbers.map((n) => tries.get(n) ?? most),
        givenUp,
        loss,
        most,
        finds,
      );
    },
  );
});

/** Seconds between two requests: longer than a handshake and a request may try together. */
const GAP = 100;
const begins = (n: number): number => GAP * (n + 10);

/** Tries of a kind of message by its author, request by request; the first, which also had to find names, is left out. */
function triesOf(world: Bench, kind: string): Map<number, number> {
  const tries = new Map<number, number>();
  for (const line of world.sent(kind)) {
    const request = Math.floor(line.t / SECOND / GAP) - 10;
    if (line.from === 'laptop' && request > 0) tries.set(request, (tries.get(request) ?? 0) + 1);
  }
  return tries;
}

const LOSS = 0.3;
/** There or back. */
const FAILS = 1 - (1 - LOSS) ** 2;

/** A laptop on a radio with this loss, that does one thing after the other. */
function overTheAir(laptop: Part, parameters: Record<string, number>): Bench {
  const world = bench({
    hours: begins(MANY + 1) / 3600,
    segments: [WIFI, LINE, CORE],
    parameters: { 'wifi.residual-loss': LOSS, 'tcp.tries': 5, 'dhcp.lease': 1e9, ...parameters },
    parts: { ...access(table()), resolver: resolver(1e9), server: server(), laptop },
  });
  return world.run();
}

describe('over the air', () => {
  const times = Array.from({ length: MANY }, (_, n) => begins(n));

  it('a request is sent until it is answered, five times at most, each try lost there or back', () => {
    const heard: Heard[] = [];
    // Neighbours are remembered, so that a try meets the radio twice and nothing else.
    const tries = triesOf(overTheAir(client(times, heard, { transport: 'udp' }), { 'arp.lifetime': 1e9 }), 'ask');
    expect(tries.size).toBe(MANY - 1);
    expectGeometric([...tries.values()], heard.filter(({ what, n }) => what === 'ask-failed' && n > 0).length, FAILS, 5, 0.4);
  });

  it('a connection is opened by a handshake with tries of its own, then the request has its own', () => {
    const heard: Heard[] = [];
    const world = overTheAir(client(times, heard, { keepOpen: SECOND }), { 'arp.lifetime': 1e9 });
    const [syns, asks] = [triesOf(world, 'syn'), triesOf(world, 'ask')];
    expect(syns.size).toBe(MANY - 1);
    expectGeometric([...syns.values()], syns.size - asks.size, FAILS, 5, 0.4);
    const unanswered = heard.filter(({ what, n }) => what === 'ask-failed' && n > 0).length - (syns.size - asks.size);
    expectGeometric([...asks.values()], unanswered, FAILS, 5, 0.4);
  });

  it('a neighbour is asked for until it answers, three times at most', () => {
    const laptop: Part = {
      on: ['private'],
      start: (d) => times.forEach((seconds, n) => d.after(seconds * SECOND, 'time', n)),
      does: { time: (d, { n }) => d.datagram('server.example', 9, { kind: 'word', bytes: 100, n, oneWay: true }) },
    };
    const world = overTheAir(laptop, { 'arp.lifetime': 10 });
    const tries = triesOf(world, 'arp-request');
    const given = world.lines.filter(({ t, rule }) => rule === 'the next hop does not answer (ARP)' && t >= begins(1) * SECOND).length;
    expectGeometric([...tries.values()], given, FAILS, 3, 0.2);
  });
});
