import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { expectAgreement, meanOf } from '../support/agreement.ts';
import { constant, exponential, passage, replications } from '../support/queues.ts';
import { wire } from '../support/wires.ts';

/**
 * Loss at finite buffers. False alarm 1e-4 a check; each finds, with probability 0.99, the relative error that it names.
 * A replication begins empty, which spares it a customer or two of its losses: about a thousandth of them.
 */

/** M/M/1/K: ρ^K (1 − ρ)/(1 − ρ^(K+1)) of the customers find K others (Kleinrock I, 3.6). */
const lossMM1K = (rho: number, room: number): number => (rho ** room * (1 - rho)) / (1 - rho ** (room + 1));

/**
 * M/D/1/K by the Markov chain that a departure leaves behind (0 … K − 1 customers): loss = 1 − 1/(π₀ + ρ)
 * (Gross & Harris, "Fundamentals of Queueing Theory", 5.1.8). The π come one by one from the balance of each state.
 */
function lossMD1K(rho: number, room: number): number {
  const arrivals: number[] = [Math.exp(-rho)];
  for (let k = 1; k < room; k++) arrivals.push((arrivals[k - 1]! * rho) / k);
  const left = [1];
  for (let j = 0; j < room - 1; j++) {
    let sum = left[j]! - left[0]! * arrivals[j]!;
    for (let i = 1; i <= j; i++) sum -= left[i]! * arrivals[j - i + 1]!;
    left.push(sum / arrivals[0]!);
  }
  const empty = 1 / left.reduce((sum, x) => sum + x, 0);
  return 1 - 1 / (empty + rho);
}

/**
 * Exponential sizes into a buffer of b mean sizes, where a message is let in as long as what is queued fits: M/M/1 whose
 * customers turn away from waits above b service times. By level crossing the work has density ρ P₀ exp(−(1 − ρ) v) up to b and
 * ρ P₀ exp(−(1 − ρ) b) exp(−(v − b)) above, so that P(work > b) = ρ P₀ exp(−(1 − ρ) b).
 */
function lossOfWork(rho: number, b: number): number {
  const fades = Math.exp(-(1 - rho) * b);
  const below = rho === 1 ? b : (rho * (1 - fades)) / (1 - rho);
  return (rho * fades) / (1 + below + rho * fades);
}

describe('the closed forms used here', () => {
  it('M/D/1/1 loses ρ/(1 + ρ) as Erlang says, M/D/1/2 what its two states give', () => {
    expect(lossMD1K(0.8, 1)).toBeCloseTo(0.8 / 1.8, 12);
    // One departure leaves nobody with probability e^−ρ whatever it was.
    expect(lossMD1K(0.8, 2)).toBeCloseTo(1 - 1 / (Math.exp(-0.8) + 0.8), 12);
    expect(lossMD1K(2, 30)).toBeCloseTo(0.5, 9);
  });
  it('a buffer of work b = 0 loses as a system without waiting room', () => {
    expect(lossOfWork(0.7, 0)).toBeCloseTo(0.7 / 1.7, 12);
  });
});

describe('the kernel', () => {
  it.each([
    [0.8, 3],
    [1.2, 5],
  ])('M/M/1/K at ρ = %d with room for %d loses its share (finds 7 %)', (rho, room) => {
    const customers = 12_000;
    const shares = replications(25).map(
      (r) => passage(r, exponential(1 / rho), [{ service: exponential(1), room }], customers).lost / customers,
    );
    expectAgreement(meanOf(shares, lossMM1K(rho, room)), 0.07);
  });
});

describe('a link with a finite buffer', () => {
  const [RATE, SIZE, SERVICE, COUNT] = [10, 1e5, 0.08, 12_000];
  const lost = (rho: number, size: Distribution, buffer: number) => (replication: number) =>
    1 - wire({ between: exponential(SERVICE / rho), size, count: COUNT, replication }, RATE, buffer).length / COUNT;

  // A message is let in while what is queued, the rest of the one being sent included, fits the buffer; so K − 1 sizes make room for K.
  it.each([
    [0.8, 3],
    [1.2, 5],
  ])('at ρ = %d with constant sizes loses as M/D/1/%d (finds 7 %)', (rho, room) => {
    expectAgreement(meanOf(replications(25).map(lost(rho, constant(SIZE), (room - 1) * SIZE)), lossMD1K(rho, room)), 0.07);
  });
  it.each([
    [0.8, 3],
    [1.2, 5],
  ])(
    'at ρ = %d with exponential sizes and a buffer of %d mean sizes loses what is turned away from that much work (finds 7 %)',
    (rho, sizes) => {
      expectAgreement(meanOf(replications(25).map(lost(rho, exponential(SIZE), sizes * SIZE)), lossOfWork(rho, sizes)), 0.07);
    },
  );
});
