import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cdf, conditionalQuantile, mean, quantile, variance, type Distribution } from '../../sim/kernel/distributions.ts';

const open = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const from = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

/** Some of every kind, with parameters over the ranges that scenarios use. */
const continuous: Readonly<Record<string, fc.Arbitrary<Distribution>>> = {
  uniform: fc.tuple(from(-50, 50), from(0.1, 100)).map(([low, width]) => ({ kind: 'uniform', low, high: low + width })),
  exponential: from(0.01, 1e5).map((m) => ({ kind: 'exponential', mean: m })),
  weibull: fc.record({ kind: fc.constant('weibull' as const), shape: from(0.4, 6), scale: from(0.01, 1e4) }),
  normal: fc.record({ kind: fc.constant('normal' as const), mean: from(-100, 100), sd: from(0.01, 50) }),
  lognormal: fc.record({ kind: fc.constant('lognormal' as const), mu: from(-3, 8), sigma: from(0.05, 2) }),
  gamma: fc.record({ kind: fc.constant('gamma' as const), shape: from(0.3, 30), mean: from(0.1, 1e4) }),
  beta: fc.record({ kind: fc.constant('beta' as const), a: from(0.5, 20), b: from(0.5, 20) }),
  quantiles: fc
    .array(from(0.1, 10), { minLength: 2, maxLength: 12 })
    .map((steps) => ({ kind: 'quantiles', values: steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, x) => sum + x, 0)) })),
};
const discrete: Readonly<Record<string, fc.Arbitrary<Distribution>>> = {
  bernoulli: from(0.01, 0.99).map((p) => ({ kind: 'bernoulli', p })),
  poisson: fc.oneof(from(0.05, 300), from(700, 5000)).map((m) => ({ kind: 'poisson', mean: m })),
  'negative-binomial': fc.record({
    kind: fc.constant('negative-binomial' as const),
    mean: fc.oneof(from(0.1, 60), from(2000, 9000)),
    k: fc.oneof(from(0.3, 20), from(300, 900)),
  }),
};
const constant: Distribution = { kind: 'constant', value: 4.2 };

describe.each(Object.entries(continuous))('%s', (_kind, any) => {
  it('quantile and distribution function undo each other', () => {
    fc.assert(
      fc.property(any, open, (d, u) => {
        expect(Math.abs(cdf(d, quantile(d, u)) - u)).toBeLessThan(1e-10);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe.each(Object.entries(discrete))('%s', (_kind, any) => {
  it('quantile is the least whole number whose distribution function reaches u', () => {
    fc.assert(
      fc.property(any, open, (d, u) => {
        const n = quantile(d, u);
        expect(Number.isInteger(n) && n >= 0).toBe(true);
        expect(cdf(d, n)).toBeGreaterThanOrEqual(u - 1e-9);
        expect(cdf(d, n - 1)).toBeLessThanOrEqual(u + 1e-9);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe.each(Object.entries({ ...continuous, ...discrete }))('%s', (_kind, any) => {
  it('a larger draw never gives a smaller value', () => {
    fc.assert(
      fc.property(any, open, open, (d, u, v) => quantile(d, Math.min(u, v)) <= quantile(d, Math.max(u, v))),
      { numRuns: 300, seed: 1 },
    );
  });

  it('gives a number for the smallest and the largest draw there is', () => {
    fc.assert(
      fc.property(any, (d) => [0.5 * 2 ** -52, 1 - 0.5 * 2 ** -52].every((u) => Number.isFinite(quantile(d, u)))),
      { numRuns: 50, seed: 1 },
    );
  });

  /**
   * Mean and variance of 1 500 stratified draws: the integral of the quantile by the midpoint rule, not a random sample,
   * so the tolerance covers the tails the rule cuts off and nothing else.
   */
  it('has the mean and variance that it says', () => {
    const N = 1500;
    fc.assert(
      fc.property(any, (d) => {
        // The tails of these carry too much of the variance for a midpoint rule; their closed forms are checked below.
        fc.pre(!(d.kind === 'lognormal' && d.sigma > 0.8) && !(d.kind === 'weibull' && d.shape < 0.8));
        let sum = 0;
        let squares = 0;
        const centre = mean(d);
        for (let i = 0; i < N; i++) {
          const x = quantile(d, (i + 0.5) / N) - centre;
          sum += x;
          squares += x * x;
        }
        const spread = Math.sqrt(variance(d));
        expect(Math.abs(sum / N)).toBeLessThan(0.02 * spread);
        expect(squares / N / variance(d)).toBeGreaterThan(0.96);
        expect(squares / N / variance(d)).toBeLessThan(1.02);
      }),
      { numRuns: 8, seed: 1 },
    );
  });
});

describe('closed forms', () => {
  it('a constant is a constant', () => {
    for (const u of [1e-9, 0.5, 1 - 1e-9]) expect(quantile(constant, u)).toBe(4.2);
    expect([mean(constant), variance(constant), cdf(constant, 4.1), cdf(constant, 4.2)]).toEqual([4.2, 0, 0, 1]);
  });

  it('Weibull of shape 1 is exponential, gamma of shape 1 too, and a wide lognormal has the textbook variance', () => {
    for (const u of [0.01, 0.3, 0.9, 0.999]) {
      const x = -7 * Math.log(1 - u);
      expect(quantile({ kind: 'weibull', shape: 1, scale: 7 }, u)).toBeCloseTo(x, 10);
      expect(quantile({ kind: 'gamma', shape: 1, mean: 7 }, u)).toBeCloseTo(x, 10);
      expect(quantile({ kind: 'exponential', mean: 7 }, u)).toBeCloseTo(x, 10);
    }
    const wide: Distribution = { kind: 'lognormal', mu: 1, sigma: 1.5 };
    expect(variance(wide) / ((Math.exp(2.25) - 1) * Math.exp(2 + 2.25))).toBeCloseTo(1, 12);
    expect(variance({ kind: 'weibull', shape: 0.5, scale: 3 })).toBeCloseTo(9 * (24 - 4), 8);
  });
});

describe('the rest of a wait, given how long it has lasted', () => {
  it('has the conditional distribution function, and is never shorter than what has passed', () => {
    const waits = ['exponential', 'weibull', 'lognormal', 'gamma', 'uniform', 'quantiles'] as const;
    for (const kind of waits)
      fc.assert(
        fc.property(continuous[kind]!, from(0.01, 0.99), open, (d, passed, u) => {
          const elapsed = quantile(d, passed);
          fc.pre(elapsed > 0);
          const total = conditionalQuantile(d, elapsed, u);
          expect(total).toBeGreaterThanOrEqual(elapsed);
          const below = cdf(d, elapsed);
          expect(Math.abs((cdf(d, total) - below) / (1 - below) - u)).toBeLessThan(1e-8);
        }),
        { numRuns: 200, seed: 1 },
      );
  });

  it('at its start is the whole wait', () => {
    const d: Distribution = { kind: 'lognormal', mu: 2, sigma: 1 };
    expect(conditionalQuantile(d, 0, 0.37)).toBe(quantile(d, 0.37));
  });
});

it('a law without spread is a constant, also given that a wait has lasted so long', () => {
  for (const law of [{ kind: 'normal', mean: 60, sd: 0 } as const, { kind: 'lognormal', mu: 2, sigma: 0 } as const]) {
    const value = quantile(law, 0.3);
    expect([cdf(law, value * 0.999), cdf(law, value), cdf(law, value * 1.001)]).toEqual([0, 1, 1]);
    expect(conditionalQuantile(law, value, 0.5)).toBe(value);
    expect(conditionalQuantile(law, value / 2, 0.5)).toBe(value);
  }
});

it('a lowest value that has weight of its own counts from itself on', () => {
  expect(cdf({ kind: 'quantiles', values: [5, 5, 10] }, 5)).toBe(0.5);
  expect(cdf({ kind: 'quantiles', values: [5, 5, 10] }, 4.999)).toBe(0);
  expect(cdf({ kind: 'uniform', low: 3, high: 3 }, 3)).toBe(1);
});

it('large counts have their median where it belongs', () => {
  // P(a, a) → 1/2 + 1 / (3 √(2πa)) (Abramowitz and Stegun 6.5.34 ff.)
  for (const a of [1e4, 1e5, 1e6])
    expect(1 - cdf({ kind: 'poisson', mean: a }, a - 1)).toBeCloseTo(0.5 + 1 / (3 * Math.sqrt(2 * Math.PI * a)), 6);
});
