import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { Kernel } from '../../sim/kernel/kernel.ts';
import { HOUR } from '../../sim/kernel/time.ts';
import { distanceLimit, largestDistance, normalLimit } from '../support/statistics.ts';

/** Distribution functions from the platform's Math: independent of the engine's own. */
const phi = (z: number): number => {
  const steps = 400;
  const h = z / steps;
  let sum = 1 + Math.exp((-z * z) / 2);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
};
const laws: readonly (readonly [string, Distribution, (hours: number) => number])[] = [
  ['exponential', { kind: 'exponential', mean: 5 }, (x) => 1 - Math.exp(-x / 5)],
  ['lognormal', { kind: 'lognormal', mu: 1.2, sigma: 0.8 }, (x) => phi((Math.log(x) - 1.2) / 0.8)],
  ['Weibull, ageing', { kind: 'weibull', shape: 2.5, scale: 6 }, (x) => 1 - Math.exp(-((x / 6) ** 2.5))],
  ['Weibull, ripening', { kind: 'weibull', shape: 0.7, scale: 6 }, (x) => 1 - Math.exp(-((x / 6) ** 0.7))],
];

/** One timer set at 0, still running at `hours` (the first seed for which it is). */
function waiting(distribution: Distribution, hours: number): Kernel {
  for (let seed = 1; ; seed++) {
    const kernel = new Kernel(seed, 0);
    const ring = kernel.register('ring', () => {});
    kernel.wait(distribution, HOUR, kernel.keys.key('timer'), 0, 0, ring, kernel.subject('clock'));
    kernel.runUntil(hours * HOUR);
    if (kernel.next < Infinity) return kernel;
  }
}

/** Hours at which the timer rings in a fork. */
function rings(kernel: Kernel, branch: number): number {
  const fork = new Kernel(0, 0);
  fork.register('ring', () => {});
  fork.restore(kernel.snapshot());
  fork.branchTo(branch);
  return fork.next / HOUR;
}

/**
 * 1 000 fresh forks of a timer that has run for 3 hours. Largest distance to the conditional law; limit by the bound of
 * Dvoretzky, Kiefer, Wolfowitz and Massart at a false-alarm rate of 1e-6 each (0.0852). A fork that draws the whole wait
 * anew instead (and cuts off what has passed) is 0.3 away and more for these laws, and noticed with power above 0.999 999.
 */
const FORKS = 1000;
const ELAPSED = 3;
const LIMIT = distanceLimit(FORKS, 1e-6);

describe.each(laws)('fresh forks of a timer, %s', (_name, distribution, cdf) => {
  const below = cdf(ELAPSED);
  const conditional = (x: number): number => (x <= ELAPSED ? 0 : (cdf(x) - below) / (1 - below));
  const kernel = waiting(distribution, ELAPSED);
  const sample = Array.from({ length: FORKS }, (_, k) => rings(kernel, k + 1));

  it('follow the law given that it has not yet rung', () => {
    expect(Math.min(...sample)).toBeGreaterThan(ELAPSED);
    expect(largestDistance(sample, conditional)).toBeLessThan(LIMIT);
  });

  it('would be caught if they drew the whole wait anew', () => {
    const anew = sample.map((_, k) => Math.max(ELAPSED, rings(waiting(distribution, 0), k + 1)));
    expect(largestDistance(anew, conditional)).toBeGreaterThan(LIMIT);
  });

  it('are independent of each other', () => {
    // Correlation of neighbouring branches' ranks: standard deviation 1/√1000; limit at a false-alarm rate of 1e-6, two-sided.
    const u = sample.map(conditional);
    const sum = u.slice(1).reduce((total, x, i) => total + (x - 0.5) * (u[i]! - 0.5) * 12, 0);
    expect(Math.abs(sum / (FORKS - 1))).toBeLessThan(normalLimit(5e-7) / Math.sqrt(FORKS - 1));
  });
});

describe('same forks', () => {
  it('ring when the original rings', () => {
    for (const [, distribution] of laws) {
      const kernel = waiting(distribution, ELAPSED);
      const fork = new Kernel(0, 0);
      fork.register('ring', () => {});
      fork.restore(structuredClone(kernel.snapshot()));
      expect(fork.next).toBe(kernel.next);
    }
  });
});

describe('a fixed delay', () => {
  it('is not drawn again', () => {
    const kernel = new Kernel(1, 0);
    const ring = kernel.register('ring', () => {});
    kernel.at(10 * HOUR, ring, kernel.subject('clock'));
    kernel.runUntil(HOUR);
    expect(rings(kernel, 1)).toBe(10);
  });
});

describe('a wait that does not count from now', () => {
  const law: Distribution = { kind: 'uniform', low: 4, high: 6 };
  /** A timer set at hour 3, whose wait began, or will begin, at `start` (hours). */
  const set = (start: number): Kernel => {
    const kernel = new Kernel(1, 0);
    const ring = kernel.register('ring', () => {});
    kernel.runUntil(3 * HOUR);
    kernel.wait(law, HOUR, kernel.keys.key('timer'), 0, 0, ring, kernel.subject('clock'), 0, 0, null, start * HOUR);
    return kernel;
  };
  it.each([
    ['earlier', 0],
    ['later', 3.5],
  ])('keeps to its law in forks: %s', (_name, start) => {
    const kernel = set(start);
    for (const hours of [kernel.next / HOUR, ...Array.from({ length: 100 }, (_, k) => rings(kernel, k + 1))]) {
      expect(hours).toBeGreaterThan(start + 4);
      expect(hours).toBeLessThan(start + 6);
    }
    // Half way through what the law allows, the other half is left.
    kernel.runUntil(Math.min(start + 5, kernel.next / HOUR - 0.01) * HOUR);
    const since = kernel.now / HOUR;
    const left = Array.from({ length: 100 }, (_, k) => rings(kernel, k + 1));
    expect(Math.min(...left)).toBeGreaterThan(since);
    expect(Math.max(...left)).toBeLessThan(start + 6);
  });
});
