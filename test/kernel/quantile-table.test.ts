import { describe, expect, it } from 'vitest';
import { laidOut, quantile, type Distribution } from '../../sim/kernel/distributions.ts';
import { QuantileTable } from '../../sim/kernel/quantile-table.ts';

const lognormal = (sigma: number): Distribution => ({ kind: 'lognormal', mu: 3, sigma });

describe('a table of quantiles', () => {
  const shares = Array.from({ length: 99_999 }, (_, i) => (i + 1) / 100_000);

  it.each([0.3, 0.5, 1.256, 1.3])('is within 1/2000 of the lognormal law with sigma %d', (sigma) => {
    const table = new QuantileTable(lognormal(sigma));
    const worst = Math.max(...shares.map((u) => Math.abs(table.at(u) / quantile(lognormal(sigma), u) - 1)));
    expect(worst).toBeLessThan(5e-4);
  });

  it('never falls, also where the exact tails meet the lines', () => {
    const table = new QuantileTable(lognormal(1.256));
    const values = [1e-9, ...shares, 1 - 1e-9].map((u) => table.at(u));
    expect(values.findIndex((value, i) => i > 0 && value < values[i - 1]!)).toBe(-1);
  });

  it('is exact in the last thousandth', () => {
    const table = new QuantileTable(lognormal(1));
    for (const u of [1e-9, 0.0005, 0.0009, 0.9999, 1 - 1e-9]) expect(table.at(u)).toBe(quantile(lognormal(1), u));
  });
});

describe('a distribution laid out', () => {
  const laws: readonly Distribution[] = [
    { kind: 'constant', value: 3 },
    { kind: 'uniform', low: 1, high: 4 },
    { kind: 'weibull', shape: 1.5, scale: 2 },
    { kind: 'gamma', shape: 2, mean: 5 },
    { kind: 'beta', a: 2, b: 3 },
    { kind: 'negative-binomial', mean: 3, k: 0.8 },
    { kind: 'quantiles', values: [0, 1, 5] },
    lognormal(0.7),
  ];
  it.each(laws.map((law) => [law.kind, law] as const))('%s means the same', (_kind, law) => {
    for (const u of [0.01, 0.3, 0.5, 0.9, 0.999]) expect(quantile(laidOut(law), u)).toBe(quantile(law, u));
    expect(Object.keys(laidOut(law))).toEqual(Object.keys(laidOut(laws[0]!)));
  });
});
