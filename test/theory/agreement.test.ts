import { describe, expect, it } from 'vitest';
import { countOf, meanOf, sharesOf, studentLimit } from '../support/agreement.ts';

/** A small generator of its own (Numerical Recipes' constants), so that the judge does not lean on the accused. */
function uniforms(seed: number): () => number {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  return () => ((next() >>> 6) * 67108864 + (next() >>> 6) + 0.5) / 2 ** 52;
}
const TRIES = 4000;
/** Five standard deviations of a share of TRIES: false alarm 6e-7. */
const near = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / TRIES);

describe('the judge of theory checks', () => {
  it('has Student’s limits as tables print them', () => {
    expect(studentLimit(9, 0.025)).toBeCloseTo(2.262, 3);
    expect(studentLimit(19, 0.005)).toBeCloseTo(2.861, 3);
    expect(studentLimit(29, 0.0005)).toBeCloseTo(3.659, 3);
    expect(studentLimit(999, 0.001)).toBeCloseTo(3.098, 3);
  });

  it('raises the false alarms it says, and finds the errors it says as often as it says', () => {
    const draw = uniforms(7);
    // 1 + means of 10 differences of exponentials (variance 2): symmetric, tails a little heavier than the normal's.
    const replication = () => 1 + Array.from({ length: 10 }, () => Math.log(draw()) - Math.log(draw())).reduce((sum, x) => sum + x, 0) / 10;
    const [alarm, power, n] = [0.05, 0.9, 20];
    let alarms = 0;
    let found = 0;
    const shift = ((studentLimit(n - 1, alarm / 2) + studentLimit(n - 1, 1 - power)) * Math.sqrt(2 / 10)) / Math.sqrt(n);
    for (let i = 0; i < TRIES; i++) {
      const sample = Array.from({ length: n }, replication);
      const right = meanOf(sample, 1, alarm, power);
      if (right.off > right.limit) alarms++;
      const wrong = meanOf(sample, 1 + shift, alarm, power);
      if (wrong.off > wrong.limit) found++;
    }
    expect(Math.abs(alarms / TRIES - alarm)).toBeLessThan(near(alarm));
    expect(Math.abs(found / TRIES - power)).toBeLessThan(near(power));
  });

  it('shares: finds the distance it says as often as it says', () => {
    const draw = uniforms(8);
    const [n, chances] = [800, [0.5, 0.3, 0.2]];
    const { finds, limit } = sharesOf([400, 240, 160], chances);
    expect(limit).toBeCloseTo(18.421, 3);
    expect(sharesOf([100, 100, 100, 100], [0.25, 0.25, 0.25, 0.25]).limit).toBeCloseTo(21.108, 3);
    // Others at just that distance: (Δ² + Δ²)/p over the first and second.
    const shift = Math.sqrt(finds / (1 / 0.5 + 1 / 0.3));
    const marks = [0.5 - shift, 0.8];
    let found = 0;
    for (let i = 0; i < TRIES; i++) {
      const counts = [0, 0, 0];
      for (let k = 0; k < n; k++) {
        const u = draw();
        counts[u < marks[0]! ? 0 : u < marks[1]! ? 1 : 2]!++;
      }
      if (sharesOf(counts, chances).off > limit) found++;
    }
    // Patnaik's law and the counts' own spread away from the hypothesis are good to about half a percentage point here.
    expect(Math.abs(found / TRIES - 0.99)).toBeLessThan(near(0.99) + 0.005);
  });

  it('counts: limit and error found of a binomial share', () => {
    const { off, limit, finds } = countOf(5250, 10_000, 0.5);
    expect(off).toBeCloseTo(5, 9);
    expect(limit).toBeCloseTo(3.8906, 3);
    expect(finds).toBeCloseTo((3.8906 + 2.3263) / 100, 3);
    expect(() => countOf(1, 100, 0.01)).toThrow('too few');
    expect(() => meanOf([1, 2, 3], 2)).toThrow('too little');
  });
});
