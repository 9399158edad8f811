import { describe, expect, it } from 'vitest';
import { singleServer } from '../../sim/cli/bench/kernel.ts';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { expectAgreement, meanOf } from '../support/agreement.ts';
import { constant, exponential, meanFrom, passage, replications } from '../support/queues.ts';
import { waited, wire } from '../support/wires.ts';

/**
 * Mean waits in queue: M/M/1 ρ/(1 − ρ), M/D/1 ρ/(2(1 − ρ)) service times (Pollaczek and Khinchine; Kleinrock, "Queueing
 * Systems" I, 5.6). False alarm 1e-4 a check; each finds, with probability 0.99, the error that it names. What is left out at
 * the start lets the queue forget that it began empty: the rest of that error is below a thousandth.
 */
const WARM = 1000;

describe('the kernel', () => {
  it('M/M/1 at ρ = 0.8: the benchmark’s own queue waits 4 service times (finds 7 %)', () => {
    const waits = replications(40).map((r) => singleServer(r + 1, 60_000).meanWait);
    expectAgreement(meanOf(waits, 4), 0.07);
  });
  it('M/M/1 at ρ = 0.5 waits 1 service time (finds 7 %)', () => {
    const waits = replications(30).map((r) => meanFrom(passage(r, exponential(2), [{ service: exponential(1) }], 21_000).waits[0]!, WARM));
    expectAgreement(meanOf(waits, 1), 0.07);
  });
  it('M/D/1 at ρ = 0.7 waits 7/6 service times (finds 7 %)', () => {
    const waits = replications(30).map((r) =>
      meanFrom(passage(r, exponential(1 / 0.7), [{ service: constant(1) }], 21_000).waits[0]!, WARM),
    );
    expectAgreement(meanOf(waits, 7 / 6), 0.07);
  });
});

describe('a FIFO link fed by Poisson messages', () => {
  /** 100 kB at 10 Mbit/s: 80 ms a message, so that rounding times to µs does not count. */
  const [RATE, SIZE, SERVICE] = [10, 1e5, 0.08];
  const meanWait = (rho: number, size: Distribution, count: number) => (replication: number) => {
    const heard = wire({ between: exponential(SERVICE / rho), size, count, replication }, RATE, 1e9);
    expect(heard).toHaveLength(count);
    return meanFrom(
      heard.map((one) => waited(one, RATE) / SERVICE),
      WARM,
    );
  };
  it('of exponential size waits as M/M/1: 1 service time at ρ = 0.5 (finds 7 %)', () => {
    expectAgreement(meanOf(replications(30).map(meanWait(0.5, exponential(SIZE), 21_000)), 1), 0.07);
  });
  it('of constant size waits as M/D/1: 7/6 service times at ρ = 0.7 (finds 7 %)', () => {
    expectAgreement(meanOf(replications(30).map(meanWait(0.7, constant(SIZE), 21_000)), 7 / 6), 0.07);
  });
  it('serves each as Lindley’s recursion says of the same arrivals, to the microsecond', () => {
    const heard = wire({ between: exponential(0.1), size: exponential(SIZE), count: 5000, replication: 99 }, RATE, 1e9);
    let free = 0;
    for (const { sent, arrived, bytes } of heard) {
      free = Math.max(free, sent) + (bytes * 8e-6) / RATE;
      expect(Math.abs(arrived - free)).toBeLessThan(1.01e-6);
    }
  });
});
