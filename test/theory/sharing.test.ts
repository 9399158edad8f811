import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import { maxMinShares } from '../../sim/network/shares.ts';
import { bench, type Part } from '../network/bench.ts';
import { expectAgreement, meanOf } from '../support/agreement.ts';
import { meanFrom, replications } from '../support/queues.ts';

/** Elastic flows share max-min: closed forms for rates, for times, and for the mean stay of flows that come at random. */
const loadsOf = (links: number) =>
  Array.from({ length: links }, () => ({ unresponsive: 0, unresponsiveCount: 0, favoured: 0, elastic: 0, elasticCount: 0, wait: 0 }));

describe('a chain of links, each with short flows of its own and one long flow over all', () => {
  const chain = fc.array(fc.record({ capacity: fc.integer({ min: 1, max: 1000 }), short: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 8,
  });
  it('the long flow has the least of capacity/(flows), the short ones share the rest of their link', () => {
    fc.assert(
      fc.property(chain, (links) => {
        const long = { offered: 1e9, links: links.map((_, i) => i), favoured: false, rate: 0 };
        const short = links.map((one, i) =>
          Array.from({ length: one.short }, () => ({ offered: 1e9, links: [i], favoured: false, rate: 0 })),
        );
        maxMinShares(
          [long, ...short.flat()],
          links.map(({ capacity }) => capacity),
          loadsOf(links.length),
        );
        const least = Math.min(...links.map((one) => one.capacity / (one.short + 1)));
        expect(Math.abs(long.rate / least - 1)).toBeLessThan(1e-8);
        links.forEach((one, i) => {
          const rest = (one.capacity - least) / one.short;
          for (const flow of short[i]!) expect(Math.abs(flow.rate / rest - 1)).toBeLessThan(1e-8);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

/** Mbit/s of the one link in the worlds below. Its buffer is small, so that opening a flow takes no time worth mentioning. */
const RATE = 10;
const wire = (parts: Record<string, Part>, replication = 0, more: { readonly hours: number } = { hours: 10_000 }) =>
  bench({
    ...more,
    traced: false,
    replication,
    segments: [{ id: 'wire', medium: 'hospital' }],
    parameters: { 'ethernet.rate': RATE, 'ethernet.buffer': 1500, 'ethernet.delay': 0 },
    parts: { ...parts, sink: { on: ['wire'], listens: [9] } },
  });
const fetch = (d: DeviceContext<any>, seconds: number, n: number, megabits = 1000): number =>
  d.stream('sink.example', {
    mode: 'elastic',
    direction: 'up',
    bitsPerSecond: megabits * 1e6,
    bytes: (seconds * RATE * 1e6) / 8,
    type: 'over',
    n,
    port: 9,
  });

describe('streams in a world', () => {
  it('of unequal wishes: rates are the water level, min(wish, level)', () => {
    const wishes = [1, 2, 4, 8, 16];
    const rates: number[] = [];
    const source: Part = {
      on: ['wire'],
      start: (d) => {
        const streams = wishes.map((wish, n) => fetch(d, 1e6, n, wish));
        d.memory['streams'] = streams;
        d.after(10 * SECOND, 'look');
      },
      does: {
        look: (d) => rates.push(...(d.memory['streams'] as number[]).map((stream, i) => d.throughput(stream) * wishes[i]!)),
      },
    };
    wire({ source }).run(11);
    // 10 − 1 − 2 = 7 for three: 7/3 each.
    [1, 2, 7 / 3, 7 / 3, 7 / 3].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 9));
  });

  it('begun together: the k-th shortest of n is over when all have had as much, Σ min(size, its size)/rate', () => {
    const sizes = [10, 70, 25, 40];
    const ends: number[] = [];
    const source: Part = {
      on: ['wire'],
      start: (d) => sizes.forEach((size, n) => fetch(d, size, n)),
      does: { over: (d, { n }) => void (ends[n] = d.now / SECOND) },
    };
    wire({ source }).run();
    // Opening exchanges of some ms come first: the tolerance.
    sizes.forEach((size, n) => {
      const shared = sizes.reduce((sum, other) => sum + Math.min(other, size), 0);
      expect(ends[n]).toBeGreaterThanOrEqual(shared);
      expect(ends[n]).toBeLessThan(shared + 0.05);
    });
  });

  /**
   * M/G/1 processor sharing: a flow stays S/(1 − ρ) in the mean, whatever the law of the sizes (Kleinrock II, 4.4; Sakata
   * et al. 1969). False alarm 1e-4; finds 12 % with probability 0.99. Opening costs about 3 ms of 60 s.
   */
  const ALONE = 60;
  it.each<[string, Distribution]>([
    ['exponential', { kind: 'exponential', mean: ALONE }],
    ['constant', { kind: 'constant', value: ALONE }],
  ])('that come at random, of %s size, stay 1/(1 − ρ) times as long as alone (finds 12 %)', (_, size) => {
    const [rho, count, warm] = [0.5, 2000, 100];
    const gap: Distribution = { kind: 'exponential', mean: ALONE / rho };
    const stays = replications(25).map((replication) => {
      const stay = new Float64Array(count);
      const next = (d: DeviceContext<any>, n: number) => void (n < count && d.afterRandom(gap, 'gap', n, 'go'));
      const source: Part = {
        on: ['wire'],
        start: (d) => next(d, 0),
        does: {
          go: (d, { n }) => {
            fetch(d, d.sample(size, 'size', n), n);
            next(d, n + 1);
          },
          over: (_device, { n, body }) => void (stay[n] = Number(body!['seconds'])),
        },
      };
      wire({ source }, replication).run();
      return meanFrom(stay, warm);
    });
    expectAgreement(meanOf(stays, ALONE / (1 - rho)), 0.12);
  });
});
