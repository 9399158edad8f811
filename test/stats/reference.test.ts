import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { betaI } from '../../sim/kernel/special.ts';
import { clopperPearson, estimate, Moments, sampleQuantile, studentCdf, studentQuantile, wilson } from '../../sim/stats/index.ts';

interface Reference {
  readonly source: string;
  readonly studentQuantile: [number, number, number][];
  readonly studentCdf: [number, number, number][];
  readonly betaI: [number, number, number, number][];
  readonly clopperPearson: [number, number, number, number, number][];
  readonly wilson: [number, number, number, number, number][];
  readonly sample: number[];
  readonly quantiles: [number, number][];
  readonly tInterval: [number, number, number];
  readonly variance: number;
}
const reference = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as Reference;

const near = (actual: number, expected: number, relative: number, absolute = 1e-14): void =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute);

describe(`estimators against ${reference.source}`, () => {
  it('Student quantiles', () => {
    expect(reference.studentQuantile.length).toBeGreaterThan(50);
    for (const [p, df, t] of reference.studentQuantile) near(studentQuantile(p, df), t, 1e-9, 2e-9);
  });

  it('Student distribution function', () => {
    for (const [t, df, p] of reference.studentCdf) near(studentCdf(t, df), p, 1e-9);
  });

  it('incomplete beta', () => {
    for (const [a, b, x, p] of reference.betaI) near(betaI(a, b, x), p, 1e-9);
  });

  it('Clopper–Pearson and Wilson', () => {
    for (const [k, n, level, low, high] of reference.clopperPearson) {
      const interval = clopperPearson(k, n, level);
      near(interval.low, low, 1e-9);
      near(interval.high, high, 1e-9);
    }
    for (const [k, n, level, low, high] of reference.wilson) {
      const interval = wilson(k, n, level);
      near(interval.low, low, 1e-9);
      near(interval.high, high, 1e-9);
    }
  });

  it('quantiles, variance and the t interval of a sample', () => {
    for (const [p, q] of reference.quantiles) near(sampleQuantile(reference.sample, p), q, 1e-12);
    near(Moments.of(reference.sample).variance, reference.variance, 1e-12);
    const result = estimate(reference.sample, { level: 0.95 });
    near(result.mean!, reference.tInterval[0], 1e-12);
    near(result.low!, reference.tInterval[1], 1e-9);
    near(result.high!, reference.tInterval[2], 1e-9);
    expect(result.method).toBe('student-t');
  });
});
