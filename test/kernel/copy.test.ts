import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyOf } from '../../sim/kernel/copy.ts';

/** Plain data of every sort that a snapshot has. */
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, undefined, NaN, -0, Infinity, true),
    fc.double(),
    fc.string(),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('data'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('data')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('data'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

describe('a copy', () => {
  it('is what a structured clone is', () => {
    fc.assert(
      fc.property(data, (value) => {
        const before = structuredClone(value);
        expect(copyOf(value)).toStrictEqual(structuredClone(value));
        expect(value).toStrictEqual(before);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('shares nothing with the original', () => {
    const original = { list: [{ n: 1 }], map: new Map([['a', { n: 1 }]]), set: new Set([1]) };
    const copy = copyOf(original);
    copy.list[0]!.n = 2;
    copy.list.push({ n: 3 });
    copy.map.get('a')!.n = 2;
    copy.set.add(2);
    expect(original).toEqual({ list: [{ n: 1 }], map: new Map([['a', { n: 1 }]]), set: new Set([1]) });
  });

  it('shares inside itself what the original shares, circles too', () => {
    const shared = { n: 1 };
    const original: { a: object; b: object; self?: object } = { a: shared, b: shared };
    original.self = original;
    const copy = copyOf(original);
    expect(copy.a).toBe(copy.b);
    expect(copy.a).not.toBe(shared);
    expect(copy.self).toBe(copy);
  });

  it('leaves the holes of a list open', () => {
    const list: number[] = [];
    list[5] = 1;
    const copy = copyOf(list);
    expect(copy.length).toBe(6);
    expect(Object.keys(copy)).toEqual(['5']);
  });

  it.each([
    ['a function', { f: () => 1 }],
    ['a symbol', [Symbol('s')]],
    ['an object of a class', new Map([['d', new DataView(new ArrayBuffer(1))]])],
  ])('of %s is refused', (_what, value) => {
    expect(() => copyOf<unknown>(value)).toThrow('must be plain');
  });
});
