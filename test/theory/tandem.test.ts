import { beforeAll, describe, expect, it } from 'vitest';
import { bench, type Part } from '../network/bench.ts';
import { expectAgreement, meanOf } from '../support/agreement.ts';
import { constant, exponential, meanFrom, passage, replications, type Passage } from '../support/queues.ts';
import { talkers, type Arrival } from '../support/wires.ts';

/** Two queues in tandem. False alarm 1e-4 a check; each finds, with probability 0.99, the error that it names. */
const WARM = 1000;
/** Replications that no other file looks at. */
const OWN = 1000;

describe('two M/M/1 stations in tandem on the kernel', () => {
  // ρ = 0.5 and 0.6: what leaves the first is Poisson again (Burke 1956), so that the second is an M/M/1 of its own (Jackson 1957).
  let passages: Passage[];
  beforeAll(() => {
    const stations = [exponential(1), exponential(1.2)].map((service) => ({ service }));
    passages = replications(30).map((r) => passage(OWN + r, exponential(2), stations, 21_000));
  });

  it('each wait as if they stood alone: 1 and 1.8 (finds 7 % and 10 %)', () => {
    expectAgreement(
      meanOf(
        passages.map(({ waits }) => meanFrom(waits[0]!, WARM)),
        1,
      ),
      0.07,
    );
    expectAgreement(
      meanOf(
        passages.map(({ waits }) => meanFrom(waits[1]!, WARM)),
        1.8,
      ),
      0.1,
    );
  });
  it('a customer’s two stays are independent (Reich 1957): finds a correlation of 0.05', () => {
    // Mean stays 2 and 3, each exponential: the standard deviations are the means.
    const correlations = passages.map(({ stays: [first, second] }) => {
      const products = first!.map((stay, n) => ((stay - 2) / 2) * ((second![n]! - 3) / 3));
      return meanFrom(products, WARM);
    });
    expectAgreement(meanOf(correlations, 0), 0.05);
  });
});

describe('two links in series', () => {
  // A message keeps its length, so that Burke's theorem does not hold for links: constant sizes have laws of their own.
  const SIZE = 1e5;
  /** Mbit/s of the first and second wire → arrivals, of messages that come every `gap` seconds in the mean. */
  const series = (first: number, second: number, gap: number, count: number, replication: number): Arrival[] => {
    const heard: Arrival[] = [];
    const router: Part = { on: ['wire', 'line'], forwards: true };
    bench({
      hours: 10_000,
      traced: false,
      replication,
      segments: [
        { id: 'wire', medium: 'hospital', gateway: 'router' },
        { id: 'line', medium: 'line' },
      ],
      parameters: {
        'ethernet.rate': first,
        'ethernet.buffer': 1e9,
        'ethernet.delay': 0,
        'line.cable.up': second,
        'line.cable.delay': 0,
        'line.buffer': 1e9,
        'line.time-between-failures': 1e9,
      },
      parts: {
        ...talkers({ between: exponential(gap), size: constant(SIZE), count, replication }, { source: 'wire', sink: 'line' }, heard),
        router,
      },
    }).run();
    expect(heard).toHaveLength(count);
    return heard;
  };

  it('of equal rate: nobody waits at the second, whatever the load', () => {
    let free = 0;
    for (const { sent, arrived } of series(10, 10, 0.1, 5000, 1)) {
      free = Math.max(free, sent) + 0.08;
      // 80 ms more at the second wire; each of the two arrivals is rounded up to a µs.
      expect(arrived - free).toBeGreaterThan(0.08 - 1e-9);
      expect(arrived - free).toBeLessThan(0.08 + 2.01e-6);
    }
  });
  it.each([
    ['slow after fast', 20, 10],
    ['fast after slow', 10, 20],
  ])('%s: everybody leaves as from the slower alone, and one service of the faster later (Friedman 1965)', (_, first, second) => {
    let free = 0;
    for (const { sent, arrived } of series(first, second, 0.1, 5000, 2)) {
      // The slower may stand first or second: the sum of the waits is the same.
      free = Math.max(free, sent + (first > second ? 0.04 : 0)) + 0.08;
      const rest = first > second ? 0 : 0.04;
      expect(Math.abs(arrived - free - rest)).toBeLessThan(4e-6);
    }
  });
  it('slow after fast: all waits together are those of M/D/1 at the slower, 7/6 of its service times (finds 8 %)', () => {
    const waits = replications(30).map((r) =>
      meanFrom(
        series(20, 10, 0.08 / 0.7, 16_000, OWN + r).map(({ sent, arrived }) => (arrived - sent - 0.08 - 0.04) / 0.08),
        WARM,
      ),
    );
    expectAgreement(meanOf(waits, 7 / 6), 0.08);
  });
});
