import { describe, expect, it } from 'vitest';
import { laidOut, quantile, quantiles, type Distribution } from '../../sim/kernel/distributions.ts';
import { Draws, hashText, openUniform, TOGETHER } from '../../sim/kernel/draws.ts';
import { Sequence } from '../../sim/kernel/sequence.ts';

const key = hashText('arrivals');
const LAWS: readonly Distribution[] = [
  { kind: 'exponential', mean: 3 },
  { kind: 'lognormal', mu: 1, sigma: 0.5 },
  { kind: 'poisson', mean: 4 },
  laidOut({ kind: 'weibull', shape: 2, scale: 5 }),
];

describe('draws made together', () => {
  it('are those made one by one, beyond 2^31 too', () => {
    const draws = new Draws(5, 2, 1);
    for (const n of [0, 17, 2 ** 31 - 3, 2 ** 32 - TOGETHER])
      for (const length of [1, 7, TOGETHER]) {
        const together = new Float64Array(length);
        draws.uniforms(key, n, 9, together);
        together.forEach((u, i) => expect(u).toBe(draws.uniform(key, n + i, 9)));
      }
    expect(() => draws.uniforms(key, 0, 0, new Float64Array(TOGETHER + 1))).toThrow(/at most 64/);
  });

  it.each(LAWS)('have the quantiles that each has alone: $kind', (law) => {
    const words = [0, 1, 2 ** 31, 2 ** 32 - 1, ...Array.from({ length: 50 }, (_, i) => i * 85899346)];
    const draws = Float64Array.from(words.flatMap((high) => [0, 0xffffffff].map((low) => openUniform(high, low))));
    const alone = draws.map((u) => quantile(law, u));
    quantiles(law, draws);
    expect(draws).toEqual(alone);
  });
});

describe('a sequence', () => {
  it.each(LAWS)('has the value of every decision, asked for in any order: $kind', (law) => {
    const luck = { draws: new Draws(1, 0, 0) };
    const sequence = new Sequence(luck, law, key);
    const orders = [...Array(3 * TOGETHER).keys(), 5, TOGETHER - 1, TOGETHER, 1000, 999, 1000 + TOGETHER, 0];
    for (const n of orders) expect(sequence.at(n)).toBe(quantile(law, luck.draws.uniform(key, n, 0)));
  });

  it('follows the luck of a fresh fork at once', () => {
    const luck = { draws: new Draws(1, 0, 0) };
    const sequence = new Sequence(luck, LAWS[0]!, key);
    const before = sequence.at(3);
    luck.draws = new Draws(1, 0, [1]);
    expect(sequence.at(3)).not.toBe(before);
    expect(sequence.at(3)).toBe(quantile(LAWS[0]!, luck.draws.uniform(key, 3, 0)));
  });
});
