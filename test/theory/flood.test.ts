import { describe, expect, it } from 'vitest';
import { bench, type Part } from '../network/bench.ts';
import { normalLimit } from '../support/statistics.ts';
import { ALARM, countOf, expectAgreement } from '../support/agreement.ts';
import { constant } from '../support/queues.ts';
import { talkers, wire, type Arrival } from '../support/wires.ts';

/**
 * A FIFO offered more than it carries by flows that do not back off: the buffer stays full and 1 − rate/offered of
 * everything is lost, messages included. Losses are independent draws, so counts are binomial. False alarm 1e-4 a check;
 * each finds, with probability 0.99, the relative error that it names.
 *
 * The model counts as offered what streams bring, not what messages bring: the law is meant for messages that are few
 * beside the streams, and is checked with 10 kbit/s of them.
 */
const COUNT = 10_000;
const RATE = 10;
const flood = (on: string, megabits: number, to = 'sink.example'): Part => ({
  on: [on],
  start: (d) => d.stream(to, { mode: 'unresponsive', direction: 'up', bitsPerSecond: megabits * 1e6, type: 'over', n: 0, port: 5 }),
});
/** Small messages, far enough apart not to meet each other: what is lost is lost to the flood. */
const traffic = (replication: number) => ({ between: constant(0.1), size: constant(128), count: COUNT, replication });

describe('messages beside a flood on one FIFO', () => {
  it.each([
    [11, [11]],
    [20, [20]],
    [35, [5, 10, 20]],
    [90, [90]],
  ])('of %d Mbit/s on a link of 10: lose 1 − rate/offered (finds 25, 7, 5 and 3 % of the loss)', (offered, floods) => {
    const parts = Object.fromEntries(floods.map((each, i) => [`flood${i}`, flood('wire', each)]));
    const heard = wire(traffic(offered), RATE, 20_000, { parts });
    expectAgreement(countOf(COUNT - heard.length, COUNT, 1 - RATE / offered), { 11: 0.25, 20: 0.07, 35: 0.05, 90: 0.03 }[offered]!);
  });
  it('lose nothing while the floods fit', () => {
    expect(wire(traffic(1), RATE, 20_000, { parts: { flood: flood('wire', 9.9) } })).toHaveLength(COUNT);
  });
  it('each by a draw of its own: neighbours’ fates are independent (finds a correlation of 0.063)', () => {
    const heard = new Set(wire(traffic(2), RATE, 20_000, { parts: { flood: flood('wire', 20) } }).map(({ n }) => n));
    const fates = Array.from({ length: COUNT }, (_, n) => (heard.has(n) ? 1 : 0));
    const pairs = [0, 0, 0, 0];
    for (let n = 1; n < COUNT; n++) pairs[fates[n - 1]! * 2 + fates[n]!]!++;
    // Two by two: r²n is chi-square of one degree; 3.89 + 2.33 standard errors of 0.01 are found with probability 0.99.
    const [a, b, c, d] = pairs as [number, number, number, number];
    const r2n = ((a * d - b * c) ** 2 * (a + b + c + d)) / ((a + b) * (c + d) * (a + c) * (b + d));
    expect(r2n).toBeLessThan(normalLimit(ALARM / 2) ** 2);
  });
});

describe('messages through two flooded links', () => {
  it('survive both: rate/offered times rate/what the first lets through (finds 6 % of the loss)', () => {
    // 30 Mbit/s meet a wire of 20, of which 20 and another 20 meet a line of 15.
    const heard: Arrival[] = [];
    bench({
      hours: 10,
      traced: false,
      segments: [
        { id: 'wire', medium: 'hospital', gateway: 'router' },
        { id: 'line', medium: 'line' },
      ],
      parameters: { 'ethernet.rate': 20, 'line.cable.up': 15, 'line.time-between-failures': 1e9 },
      parts: {
        ...talkers({ between: constant(2), size: constant(128), count: COUNT, replication: 0 }, { source: 'wire', sink: 'line' }, heard),
        router: { on: ['wire', 'line'], forwards: true },
        near: flood('wire', 30),
        far: flood('line', 20),
      },
    }).run();
    expectAgreement(countOf(COUNT - heard.length, COUNT, 1 - (20 / 30) * (15 / 40)), 0.06);
  });
});
