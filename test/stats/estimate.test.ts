import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, estimateProportion, estimateRestricted, Moments, pairedDifference, sampleQuantile } from '../../sim/stats/index.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('moments', () => {
  it('merge like one pass, up to rounding', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = Moments.of(a);
        merged.merge(Moments.of(b));
        const whole = Moments.of([...a, ...b]);
        expect(merged.n).toBe(whole.n);
        expect(merged.mean).toBeCloseTo(whole.mean, 5);
        expect(Math.abs(merged.variance - whole.variance)).toBeLessThanOrEqual(1e-9 * (1 + whole.variance));
      }),
    );
  });
});

describe('estimate', () => {
  it('lies round its mean and inside the bounds, for any values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 24, noNaN: true }), { minLength: 1, maxLength: 80 }),
        fc.constantFrom(0.8, 0.95, 0.99),
        (x, level) => {
          const { mean, low, high, n, method } = estimate(x, { level, bounds: [0, 24] });
          expect(method).toBe('betting');
          expect(n).toBe(x.length);
          expect(low!).toBeLessThanOrEqual(mean!);
          expect(high!).toBeGreaterThanOrEqual(mean!);
          expect(low!).toBeGreaterThanOrEqual(0);
          expect(high!).toBeLessThanOrEqual(24);
        },
      ),
    );
  });

  it('gets wider with the level and narrower with more values', () => {
    const x = Array.from({ length: 400 }, (_, i) => (i * 7) % 24);
    const width = (list: number[], level: number): number => {
      const e = estimate(list, { level, bounds: [0, 24] });
      return e.high! - e.low!;
    };
    expect(width(x, 0.99)).toBeGreaterThan(width(x, 0.9));
    expect(width(x, 0.95)).toBeLessThan(width(x.slice(0, 50), 0.95));
  });

  it('does not claim certainty from identical values', () => {
    const bounded = estimate(new Float64Array(200), { level: 0.95, bounds: [0, 1] });
    expect(bounded.low).toBe(0);
    expect(bounded.high!).toBeGreaterThan(0.01);
    expect(estimate(new Float64Array(200), { level: 0.95, bounds: [0, null] }).warn).toMatch(/all 200 values are 0/);
  });

  it('says what no and one value can say', () => {
    expect(estimate([], { level: 0.95 })).toMatchObject({ mean: null, low: null, high: null, n: 0, method: 'none' });
    expect(estimate([3], { level: 0.95, bounds: [0, null] })).toMatchObject({ mean: 3, low: 0, high: null, n: 1, method: 'none' });
    expect(estimateProportion(0, 0, { level: 0.95 })).toMatchObject({ mean: null, low: 0, high: 1 });
  });

  it('refuses a level or a value outside its domain', () => {
    expect(() => estimate([1], { level: 95 })).toThrow(/level/);
    expect(() => estimate([25], { level: 0.95, bounds: [0, 24] })).toThrow(/outside its bounds/);
  });
});

describe('paired difference', () => {
  it('profits from common random numbers', () => {
    const shared = Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
    const a = shared.map((x, i) => x + (i % 3));
    const paired = pairedDifference(a, shared, { level: 0.95 });
    expect(paired.mean).toBeCloseTo(0.99, 2);
    expect(paired.varianceRatio!).toBeLessThan(0.01);
    expect(paired.high! - paired.low!).toBeLessThan(0.4);
  });

  it('has no variance ratio when nothing varies, and wants pairs', () => {
    expect(pairedDifference([1, 1], [1, 1], { level: 0.95 }).varianceRatio).toBeNull();
    expect(() => pairedDifference([1], [1, 2], { level: 0.95 })).toThrow(/pairs/);
  });
});

describe('what did not happen', () => {
  it('counts as the horizon, and the proportion is told beside it', () => {
    const e = estimateRestricted([2, null, 4, null], 24, { level: 0.95 });
    expect(e.mean).toBe((2 + 24 + 4 + 24) / 4);
    expect(e.happened.mean).toBe(0.5);
    expect(e.restrictedTo).toBe(24);
  });
});

describe('quantile', () => {
  it('is exact at the ends and between order statistics', () => {
    expect(sampleQuantile([3, 1, 2], 0)).toBe(1);
    expect(sampleQuantile([3, 1, 2], 1)).toBe(3);
    expect(sampleQuantile([1, 2], 0.25)).toBe(1.25);
    expect(() => sampleQuantile([], 0.5)).toThrow();
  });
});
