import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fingerprint, fingerprintOf } from '../../sim/kernel/fingerprint.ts';

const words = fc.array(fc.integer(), { minLength: 1, maxLength: 40 });
const hash = (all: readonly number[]): string => {
  const f = new Fingerprint();
  for (const word of all) f.word(word);
  return f.hex();
};

/** The same words four at a time, as the kernel adds an event's. */
const quads = (all: readonly number[]): string => {
  const f = new Fingerprint();
  for (let i = 0; i < all.length; i += 4) f.quad(all[i]!, all[i + 1] ?? 0, all[i + 2] ?? 0, all[i + 3] ?? 0);
  return f.hex();
};

/** A NaN with another payload, as another engine or an operation on bits may leave it. */
function oddNaN(): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, 0xfff80000);
  view.setUint32(4, 1234);
  return view.getFloat64(0);
}

describe.each([
  ['one by one', hash],
  ['four at a time', quads],
] as const)('the fingerprint of words %s', (_way, hash) => {
  it('is another one when any one word changes', () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.integer({ min: 1 }), (all, at, change) => {
        const other = [...all];
        other[at % all.length]! ^= change;
        expect(hash(other)).not.toBe(hash(all));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('is another one when two different words change places', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), words, (x, y, rest) => {
        fc.pre(x !== y);
        expect(hash([x, y, ...rest])).not.toBe(hash([y, x, ...rest]));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('changes about half of its 128 bits when one bit of the input changes', () => {
    // 200 changes × 128 bits: mean 64 a change, standard deviation of the mean 0.4; ±3 is 7.5 of them (false alarm 1e-13).
    let changed = 0;
    for (let i = 0; i < 200; i++) {
      const all = Array.from({ length: 10 }, (_, k) => i * 31 + k);
      const other = [...all];
      other[i % 10]! ^= 1 << (i % 32);
      const [x, y] = [BigInt(`0x${hash(all)}`), BigInt(`0x${hash(other)}`)];
      changed += (x ^ y).toString(2).replaceAll('0', '').length;
    }
    expect(Math.abs(changed / 200 - 64)).toBeLessThan(3);
  });
});

describe('the fingerprint', () => {
  it('goes on from its state as if nothing had happened', () => {
    fc.assert(
      fc.property(words, words, (first, second) => {
        const f = new Fingerprint();
        for (const word of first) f.word(word);
        const g = Fingerprint.from(structuredClone(f.state()));
        for (const word of second) g.word(word);
        expect(g.hex()).toBe(hash([...first, ...second]));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('asking for it changes nothing', () => {
    const f = new Fingerprint();
    f.word(1);
    f.hex();
    f.low();
    f.word(2);
    expect(f.hex()).toBe(hash([1, 2]));
  });
});

describe('the fingerprint of plain values', () => {
  const plain = fc.jsonValue({ maxDepth: 3 });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plain, { maxKeys: 8 }), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(fingerprintOf(turned)).toBe(fingerprintOf(value));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('is that of a copy, and different values have different ones', () => {
    fc.assert(
      fc.property(plain, plain, (x, y) => {
        expect(fingerprintOf(structuredClone(x))).toBe(fingerprintOf(x));
        const canonical = (v: unknown): unknown =>
          JSON.stringify(v, (_, part: unknown) =>
            part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
          );
        if (canonical(x) !== canonical(y)) expect(fingerprintOf(x)).not.toBe(fingerprintOf(y));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('has one NaN and one zero', () => {
    expect(fingerprintOf({ x: oddNaN() })).toBe(fingerprintOf({ x: NaN }));
    expect(fingerprintOf([-0])).toBe(fingerprintOf([0]));
    expect(fingerprintOf([NaN])).not.toBe(fingerprintOf([0]));
  });

  it('tells apart what looks alike', () => {
    const alike: unknown[] = [
      0,
      '0',
      false,
      null,
      [],
      {},
      '',
      [0],
      { 0: 0 },
      1,
      '1',
      true,
      1.5,
      2 ** 31,
      2 ** 32,
      -1,
      [[1], 2],
      [1, [2]],
      Infinity,
      NaN,
      // A whole number, and the double whose bits are the number's words.
      1079574528,
      100.00001942809364,
      // One 32-bit FNV-1a, one length.
      'token-4tzl',
      'token-j3ap',
    ];
    expect(new Set(alike.map(fingerprintOf)).size).toBe(alike.length);
  });

  it('refuses what is not plain data rather than overlook it', () => {
    for (const value of [() => 1, Symbol('x'), 10n, new Map([[1, 2]]), new Set([1]), new Float64Array(2), new Date(1), new (class {})()])
      expect(() => fingerprintOf({ value })).toThrow(/cannot fingerprint/);
  });
});
