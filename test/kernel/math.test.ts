import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, expm1, lgamma, log, log1p, logs, normalCdf, normalQuantile, pow } from '../../sim/kernel/math.ts';
import { betaI, gammaP } from '../../sim/kernel/special.ts';

const bits = new DataView(new ArrayBuffer(8));

/** Position of a finite double in the order of all doubles. */
function rank(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigInt64(0);
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word;
}

/** How many doubles lie between two: the platform's own function is within one of the truth, so is ours allowed to be. */
const ulps = (x: number, y: number): number => (Object.is(x, y) || x === y ? 0 : Math.abs(Number(rank(x) - rank(y))));

/** Over the whole range of exponents, not only where numbers are of ordinary size. */
const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
const runs = { numRuns: 20_000, seed: 1 };

describe('our own elementary functions against the platform’s', () => {
  it('log is within 2 ulp for every positive double, subnormal ones too', () => {
    fc.assert(
      fc.property(positive, (x) => ulps(log(x), Math.log(x)) <= 2),
      runs,
    );
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => ulps(log(x), Math.log(x)) <= 2),
      runs,
    );
  });

  it('logarithms taken together are those taken one by one, about √½ too, where their ways part', () => {
    const normal = fc.double({ min: 2.2250738585072014e-308, max: Number.MAX_VALUE, noNaN: true });
    const nearHalf = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -1022, max: 1022 }));
    const edge = nearHalf.map(([steps, exponent]) => (Math.SQRT1_2 + steps * 2 ** -53) * 2 ** exponent);
    fc.assert(
      fc.property(fc.array(fc.oneof(normal, edge), { maxLength: 20 }), (numbers) => {
        const table = Float64Array.from(numbers);
        logs(table);
        numbers.forEach((x, i) => expect(table[i]).toBe(log(x)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('exp is within 2 ulp wherever the result is a normal number', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709.78, noNaN: true }), (x) => ulps(exp(x), Math.exp(x)) <= 2),
      runs,
    );
    fc.assert(
      fc.property(fc.double({ min: -745.13, max: -708, noNaN: true }), (x) => Math.abs(exp(x) - Math.exp(x)) <= 1e-323),
      runs,
    );
  });

  it('log1p and expm1 lose nothing near 0', () => {
    const small = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    const near = (x: number, y: number): boolean => Math.abs(x - y) <= 2e-15 * Math.abs(y);
    fc.assert(
      fc.property(small, (x) => near(log1p(x), Math.log1p(x)) && near(expm1(x), Math.expm1(x))),
      runs,
    );
    for (const x of [1e-300, -1e-300, 1e-17, -1e-9, 1e-5, 0.69, 0.71, 20, -50])
      expect(near(expm1(x), Math.expm1(x)), `expm1 ${x}`).toBe(true);
  });

  it('pow is right to 1e-13 while |y log x| stays below 100', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e5, noNaN: true }), fc.double({ min: -8, max: 8, noNaN: true }), (x, y) => {
        const truth = Math.pow(x, y);
        return Math.abs(pow(x, y) - truth) <= 1e-13 * truth;
      }),
      runs,
    );
  });

  it('the edges are those of the standard', () => {
    const edges = [NaN, -1, 0, -0, 1, Infinity, -Infinity];
    expect(edges.map(log)).toEqual(edges.map(Math.log));
    for (const x of [NaN, 0, 1, Infinity, -Infinity, 710, -746]) expect(ulps(exp(x), Math.exp(x)), `exp ${x}`).toBeLessThanOrEqual(1);
    expect([pow(0, 0), pow(0, 2), pow(0, -1), pow(5, 0)]).toEqual([1, 0, Infinity, 1]);
  });

  it('log turns a product into a sum and exp a sum into a product', () => {
    const size = fc.double({ min: 1e-100, max: 1e100, noNaN: true });
    fc.assert(
      fc.property(size, size, (x, y) => Math.abs(log(x * y) - log(x) - log(y)) <= 1e-12),
      { numRuns: 2000, seed: 1 },
    );
    fc.assert(
      fc.property(size, (x) => Math.abs(exp(log(x)) / x - 1) <= 1e-13),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe('the gamma function', () => {
  it('is the factorial at whole numbers and √π at one half', () => {
    let sum = 0;
    for (let n = 2; n <= 170; n++) {
      sum += Math.log(n);
      expect(lgamma(n + 1) / sum).toBeCloseTo(1, 12);
    }
    expect(lgamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect([lgamma(1), lgamma(2)].map(Math.abs).every((x) => x < 1e-13)).toBe(true);
  });

  it('follows Γ(x + 1) = x Γ(x), on both sides of the reflection at one half', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 200, noNaN: true }), (x) => {
        const size = Math.max(1, Math.abs(lgamma(x + 1)));
        return Math.abs(lgamma(x + 1) - lgamma(x) - Math.log(x)) <= 2e-13 * size;
      }),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('incomplete: the exponential, the Erlang and the binomial law are special cases', () => {
    for (const x of [0.01, 0.5, 1, 3, 10, 40]) {
      expect(gammaP(1, x)).toBeCloseTo(1 - Math.exp(-x), 13);
      expect(gammaP(3, x)).toBeCloseTo(1 - Math.exp(-x) * (1 + x + (x * x) / 2), 12);
    }
    for (const p of [0.02, 0.3, 0.5, 0.9]) {
      expect(betaI(1, 1, p)).toBeCloseTo(p, 13);
      expect(betaI(1, 5, p)).toBeCloseTo(1 - (1 - p) ** 5, 13);
      expect(betaI(3, 2, p)).toBeCloseTo(4 * p ** 3 * (1 - p) + p ** 4, 13);
      expect(betaI(2.5, 7.5, p) + betaI(7.5, 2.5, 1 - p)).toBeCloseTo(1, 13);
    }
  });
});

/** P(Z ≤ x) by Simpson's rule with the platform's exp. */
function quadrature(x: number): number {
  const steps = 4000;
  const h = x / steps;
  let sum = 1 + Math.exp((-x * x) / 2);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

describe('the normal law', () => {
  it('its distribution function is the integral of the density to 1e-14', () => {
    for (let x = -8; x <= 8; x += 0.37) expect(Math.abs(normalCdf(x) - quadrature(x)), `at ${x}`).toBeLessThan(1e-14);
    for (const x of [2.999999, 3, 3.000001]) expect(Math.abs(normalCdf(x) - quadrature(x)), `at ${x}`).toBeLessThan(1e-14);
  });

  it('its quantile gives the tabulated values', () => {
    const table = [
      [0.5, 0],
      [0.75, 0.6744897501960817],
      [0.975, 1.959963984540054],
      [0.995, 2.5758293035489004],
      [0.001, -3.090232306167813],
      [1e-10, -6.361340902404056],
      [1e-20, -9.262340089798409],
    ] as const;
    for (const [p, x] of table) expect(Math.abs(normalQuantile(p) - x), `at ${p}`).toBeLessThan(5e-15 * Math.max(1, Math.abs(x)));
  });

  it('its quantile undoes its distribution function, and is symmetric and increasing', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => Math.abs(normalCdf(normalQuantile(p)) - p) <= 1e-14),
      { numRuns: 5000, seed: 1 },
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 0.5, noNaN: true }), (p) => Math.abs(normalQuantile(p) + normalQuantile(1 - p)) <= 1e-13 / p),
      { numRuns: 2000, seed: 1 },
    );
    for (let p = 1e-6, before = -Infinity; p < 1; p += 1e-4) {
      const x = normalQuantile(p);
      expect(x).toBeGreaterThan(before);
      before = x;
    }
  });
});
