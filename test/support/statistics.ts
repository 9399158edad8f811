/**
 * Limits for statistical tests, from the platform's own Math: independent of the functions under test.
 */

/** Standard normal quantile of an upper tail probability, by bisection on the complementary error function. */
export function normalLimit(tail: number): number {
  let low = 0;
  let high = 40;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z > z) by Simpson's rule over [z, z + 12]. */
export function normalTail(z: number): number {
  const steps = 2000;
  const h = 12 / steps;
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(z) + density(z + 12);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(z + i * h);
  return (sum * h) / 3;
}

/** Value that a chi-square with this many degrees of freedom exceeds with probability `tail` (Wilson and Hilferty 1931). */
export function chiSquareLimit(freedom: number, tail: number): number {
  const c = 2 / (9 * freedom);
  return freedom * (1 - c + normalLimit(tail) * Math.sqrt(c)) ** 3;
}

/** Largest distance between the sample's distribution function and the given one (Kolmogorov and Smirnov). */
export function largestDistance(sample: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...sample].sort((x, y) => x - y);
  return sorted.reduce((most, x, i) => {
    const p = cdf(x);
    return Math.max(most, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
}

/** Distance that n independent values exceed with probability at most `alarm`: the bound of Dvoretzky, Kiefer, Wolfowitz and Massart. */
export const distanceLimit = (n: number, alarm: number): number => Math.sqrt(Math.log(2 / alarm) / (2 * n));
