import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enter, numbered, present, strike, type Numbered } from '../../sim/network/numbered.ts';

describe('things by number', () => {
  it('are found as in a Map, whatever comes and goes', () => {
    const deed = fc.oneof(
      fc.record({ enter: fc.nat(2000) }),
      fc.record({ strike: fc.nat(2100) }),
      fc.record({ enter: fc.nat(70) }),
      fc.record({ strike: fc.nat(70) }),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 200 }), (deeds) => {
        const list: Numbered<string> = [];
        const map = new Map<number, string>();
        deeds.forEach((one, i) => {
          if ('enter' in one) {
            enter(list, one.enter, `${one.enter} ${i}`);
            map.set(one.enter, `${one.enter} ${i}`);
          } else {
            strike(list, one.strike);
            map.delete(one.strike);
          }
        });
        const numbers = Array.from({ length: 2200 }, (_, number) => number);
        expect(numbers.filter((number) => numbered(list, number) !== (map.get(number) ?? null))).toEqual([]);
        expect(present(list)).toEqual([...map].sort(([a], [b]) => a - b).map(([, item]) => item));
      }),
      { seed: 5 },
    );
  });

  it('leave nothing behind but a mark a page', () => {
    const list: Numbered<number> = [];
    enter(list, 10, 10); // stays
    for (let number = 11; number < 100_000; number++) {
      enter(list, number, number);
      if (number >= 20) strike(list, number - 5);
    }
    expect(list.filter((page) => page !== null).length).toBe(2);
    expect(list.length).toBeLessThan(100_000 / 60);
    expect(present(list)).toEqual([10, 11, 12, 13, 14, 99_995, 99_996, 99_997, 99_998, 99_999]);
  });

  it('leave nothing behind where each is over before the next comes', () => {
    const list: Numbered<number> = [];
    for (let number = 0; number < 1000; number++) {
      enter(list, number, number);
      strike(list, number);
    }
    expect(list.filter((page) => page !== null).length).toBe(1);
  });
});
