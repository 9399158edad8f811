import { beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import { bench, type Part } from '../network/bench.ts';
import { expectAgreement, meanOf } from '../support/agreement.ts';
import { replications } from '../support/queues.ts';

/**
 * SI epidemic on a mixed segment: every infected node contacts a random other at rate BETA by a datagram; who receives one
 * is infected. With I infected of n the next infection comes at rate β I (n − I)/(n − 1): a Markov chain whose law is known
 * exactly, and whose limit for large n is the logistic curve. A datagram's 0.2 ms do not count beside contacts of 100 s.
 * False alarm 1e-4 a check; each finds, with probability 0.99, the error that it names.
 */
const BETA = 0.01;
const rate = (n: number, infected: number): number => (BETA * infected * (n - infected)) / (n - 1);

/** Times of infection, s, of all but the first `seeds` nodes, in order. */
function spread(n: number, seeds: number, replication: number): number[] {
  const times: number[] = [];
  const contact = (d: DeviceContext<any>, k: number) =>
    void d.afterRandom({ kind: 'exponential', mean: 1 / BETA }, 'contact', k, 'contact', null);
  const fall = (d: DeviceContext<any>): void => {
    if (d.memory['ill'] === true) return;
    d.memory['ill'] = true;
    contact(d, 0);
  };
  const node = (self: number): Part => ({
    on: ['wire'],
    listens: [9],
    serves: ['contact-by'],
    start: (d) => void (self < seeds && fall(d)),
    does: {
      contact: (d, event) => {
        // Nobody is left to infect: the world comes to rest.
        if (times.length === n - seeds) return;
        const other = Math.floor(d.draw('whom', event.n) * (n - 1));
        d.datagram(`node${other < self ? other : other + 1}.example`, 9, { kind: 'contact-by', bytes: 100, n: event.n, oneWay: true });
        contact(d, event.n + 1);
      },
      'contact-by': (d) => {
        if (d.memory['ill'] !== true) times.push(d.now / SECOND);
        fall(d);
      },
    },
  });
  bench({
    hours: 100,
    traced: false,
    replication,
    segments: [{ id: 'wire', medium: 'hospital' }],
    parts: Object.fromEntries(Array.from({ length: n }, (_, i) => [`node${i}`, node(i)])),
  }).run();
  expect(times).toHaveLength(n - seeds);
  return times;
}

/** Mean number of infected at a time, by the chain's forward equations (Runge–Kutta of fourth order, steps of a second). */
function chainMean(n: number, seeds: number, until: number): number {
  let p: number[] = Array.from({ length: n + 1 }, (_, i) => (i === seeds ? 1 : 0));
  const change = (q: readonly number[]) => q.map((x, i) => (i === 0 ? 0 : rate(n, i - 1) * q[i - 1]! - rate(n, i) * x));
  const plus = (q: readonly number[], k: readonly number[], h: number) => q.map((x, i) => x + h * k[i]!);
  for (let t = 0; t < until; t++) {
    const k1 = change(p);
    const k2 = change(plus(p, k1, 0.5));
    const k3 = change(plus(p, k2, 0.5));
    const k4 = change(plus(p, k3, 1));
    p = p.map((x, i) => x + (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!) / 6);
  }
  return p.reduce((sum, x, i) => sum + x * i, 0);
}

const logistic = (n: number, seeds: number, t: number): number => n / (1 + (n / seeds - 1) * Math.exp((-BETA * n * t) / (n - 1)));

describe('an epidemic from one of 30', () => {
  const n = 30;
  let times: number[][];
  beforeAll(() => void (times = replications(300).map((r) => spread(n, 1, r))));
  const waits = Array.from({ length: n - 1 }, (_, i) => 1 / rate(n, i + 1));

  it('has everybody after 2 (n − 1)/(β n) (1 + 1/2 + … + 1/(n − 1)) in the mean (finds 12 %)', () => {
    const expected = waits.reduce((sum, x) => sum + x, 0);
    const harmonic = waits.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
    expect(expected).toBeCloseTo((2 * (n - 1) * harmonic) / (BETA * n), 6);
    expectAgreement(
      meanOf(
        times.map((each) => each.at(-1)!),
        expected,
      ),
      0.12,
    );
  });
  it('each next infection takes an exponential time of that state’s rate: mean and mean square of all (finds 8 % and 20 %)', () => {
    const scaled = times.map((each) => each.map((t, i) => (t - (each[i - 1] ?? 0)) / waits[i]!));
    const mean = (f: (x: number) => number) => scaled.map((each) => each.reduce((sum, x) => sum + f(x), 0) / each.length);
    expectAgreement(
      meanOf(
        mean((x) => x),
        1,
      ),
      0.08,
    );
    expectAgreement(
      meanOf(
        mean((x) => x * x),
        2,
      ),
      0.2,
    );
  });
});

describe('an epidemic from 40 of 200', () => {
  const [n, seeds] = [200, 40];
  let times: number[][];
  beforeAll(() => {
    times = replications(60).map((r) => spread(n, seeds, 1000 + r));
  });
  // A third, half and three quarters of everybody.
  it.each([70, 140, 250])('after %d s has as many as the chain’s mean (finds 10 %), within 2 in 100 of the logistic curve', (at) => {
    const exact = chainMean(n, seeds, at);
    expect(Math.abs(exact - logistic(n, seeds, at))).toBeLessThan(0.02 * n);
    const infected = times.map((each) => seeds + each.filter((t) => t <= at).length);
    expectAgreement(meanOf(infected, exact), 0.1);
  });
});
