import { describe, expect, it } from 'vitest';
import { childKey, Draws, hashText, KeyTable, openUniform, threefryBlock } from '../../sim/kernel/draws.ts';
import { chiSquareLimit } from '../support/statistics.ts';

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

describe('Threefry-2x32-20', () => {
  // Known answers published with Random123 (kat_vectors), Salmon et al. 2011.
  it.each([
    ['zeros', [0, 0, 0, 0], '6b200159 99ba4efe'],
    ['ones', [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    ['digits of pi', [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3], 'c4923a9c 483df7a0'],
  ] as const)('gives the published answer for %s', (_what, [k0, k1, c0, c1], answer) => {
    expect(hex(threefryBlock(k0, k1, c0, c1))).toBe(answer);
    expect(hex(threefryBlock(k0 | 0, k1 | 0, c0 | 0, c1 | 0))).toBe(answer);
  });
});

/** Counts of pairs in a 16 × 16 grid; chi-square with 255 degrees of freedom when both are uniform and independent. */
function pairs(n: number, pair: (i: number) => readonly [number, number]): number {
  const cells = new Int32Array(256);
  for (let i = 0; i < n; i++) {
    const [u, v] = pair(i);
    cells[Math.floor(u * 16) * 16 + Math.floor(v * 16)]!++;
  }
  return cells.reduce((sum, count) => sum + (count - n / 256) ** 2 / (n / 256), 0);
}

/**
 * Each check: 40 000 pairs, fixed seed, limit at a false-alarm rate of 1e-6. A correlation of 0.1 between the two adds
 * about 40 000 · 0.01 = 400 to the statistic (limit: about 375, mean 255, so 655 ± 48): power above 0.999 999.
 */
const N = 40_000;
const LIMIT = chiSquareLimit(255, 1e-6);
const draws = new Draws(20261121, 3, 0);
const key = hashText('oximeter noise');

describe('addressed draws', () => {
  const neighbours: readonly (readonly [string, (i: number) => readonly [number, number]])[] = [
    ['neighbouring decisions', (i) => [draws.uniform(key, 2 * i, 0), draws.uniform(key, 2 * i + 1, 0)]],
    ['neighbouring parts of one decision', (i) => [draws.uniform(key, i, 0), draws.uniform(key, i, 1)]],
    ['a decision and its successor', (i) => [draws.uniform(key, i, 0), draws.uniform(key, i + 1, 0)]],
    ['neighbouring keys', (i) => [draws.uniform(key, i, 0), draws.uniform({ k0: key.k0, k1: (key.k1 + 1) | 0 }, i, 0)]],
    ['the two halves of one block', (i) => [draws.twoAt(key.k0, key.k1, i, 0), draws.second]],
    ['keys that differ in one bit', (i) => [draws.uniform(key, i, 0), draws.uniform({ k0: key.k0 ^ 1, k1: key.k1 }, i, 0)]],
    ['names that differ in one letter', (i) => [draws.uniform(hashText(`a${i}`), 0, 0), draws.uniform(hashText(`b${i}`), 0, 0)]],
    ['a key and its child', (i) => [draws.uniform(key, i, 0), draws.uniform(childKey(key, i, 0), 0, 0)]],
    ['neighbouring seeds', (i) => [new Draws(i, 0, 0).uniform(key, 0, 0), new Draws(i + 1, 0, 0).uniform(key, 0, 0)]],
    ['neighbouring replications', (i) => [new Draws(7, i, 0).uniform(key, 0, 0), new Draws(7, i + 1, 0).uniform(key, 0, 0)]],
    ['a branch and the main line', (i) => [new Draws(7, i, 0).uniform(key, 0, 0), new Draws(7, i, 1).uniform(key, 0, 0)]],
  ];
  it.each(neighbours)('%s are uniform and independent', (_what, pair) => {
    expect(pairs(N, pair)).toBeLessThan(LIMIT);
  });

  it('the test above notices a correlation of 0.1', () => {
    const dependent = (i: number): readonly [number, number] => {
      const u = draws.uniform(key, i, 0);
      return [u, draws.uniform(key, i, 1) < 0.1 ? u : draws.uniform(key, i, 2)];
    };
    expect(pairs(N, dependent)).toBeGreaterThan(LIMIT);
  });

  it('are a function of their address and nothing else', () => {
    const before = draws.uniform(key, 5, 0);
    for (let i = 0; i < 100; i++) draws.uniform(hashText(`other ${i}`), i, 0);
    expect(draws.uniform(key, 5, 0)).toBe(before);
    expect(new Draws(20261121, 3, 0).uniform({ ...key }, 5, 0)).toBe(before);
  });

  it('tell apart seeds above 2^32, up to 2^53 − 1', () => {
    const seeds = [1, 1 + 2 ** 32, 1 + 2 ** 33, 1 + 2 ** 52, 2 ** 53 - 1, 2 ** 32 - 1, 2 ** 32, 0];
    expect(new Set(seeds.map((seed) => new Draws(seed, 0, 0).uniform(key, 0, 0))).size).toBe(seeds.length);
  });

  it('tell apart replications and decisions above 2^31', () => {
    const far = [0, 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1];
    expect(new Set(far.map((n) => draws.uniform(key, n, 0))).size).toBe(far.length);
    expect(new Set(far.map((n) => new Draws(1, n, 0).uniform(key, 0, 0))).size).toBe(far.length);
  });

  it('lie strictly between 0 and 1, at the ends of the generator’s range too', () => {
    expect(openUniform(0, 0)).toBeGreaterThan(0);
    expect(openUniform(-1, -1)).toBeLessThan(1);
    expect(openUniform(0x80000000 | 0, 0)).toBeGreaterThan(0.5);
    expect(openUniform(0x7fffffff, -1)).toBeLessThan(0.5);
  });
});

describe('stream names', () => {
  it('that a large home could have get different 64-bit keys', () => {
    const keys = new Set<string>();
    let names = 0;
    for (let home = 0; home < 40; home++)
      for (const device of ['hub', 'oximeter', 'bp-cuff', 'speaker', 'laptop', 'laptop2', 'phone', 'tv', 'camera', 'router'])
        for (let n = 0; n < 250; n++) {
          const { k0, k1 } = hashText(`home${home}.${device} purpose-${n}`);
          keys.add(`${k0},${k1}`);
          names++;
        }
    expect(keys.size).toBe(names);
  });

  it('that collide are refused, and both are named', () => {
    const table = new KeyTable((text) => ({ k0: text.length, k1: 0 }));
    table.key('hub keepalive');
    expect(table.key('hub keepalive')).toEqual({ k0: 13, k1: 0 });
    expect(() => table.key('hub telemetry')).toThrow('"hub keepalive" and "hub telemetry"');
  });
});
