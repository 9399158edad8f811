import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remember, truthOf, type Truths } from '../../sim/world/truths.ts';

describe('what was measured', () => {
  it('is found under its code and reference, and nothing else is, as in a table by text', () => {
    const ref = fc.tuple(fc.constantFrom('oximeter', 'kit/oximeter', 'cuff'), fc.nat(40)).map(([device, n]) => `${device}/${n}`);
    const measured = fc.record({ code: fc.constantFrom('spo2', 'pulse'), ref, value: fc.double({ noNaN: true }) });
    const asked = fc.record({
      code: fc.constantFrom('spo2', 'pulse', 'temp'),
      ref: fc.oneof(ref, fc.constantFrom('', '/', 'oximeter', 'oximeter/', 'oximeter/-1', 'oximeter/1e1', 'oximeter/99999999999', '/3')),
    });
    fc.assert(
      fc.property(fc.array(measured), fc.array(asked), (given, questions) => {
        const truths: Truths = new Map();
        const table = new Map<string, number>();
        for (const { code, ref, value } of given) {
          remember(truths, code, ref, value);
          table.set(`${code} ${ref}`, value);
        }
        for (const { code, ref } of questions) expect(truthOf(truths, code, ref)).toBe(table.get(`${code} ${ref}`) ?? NaN);
      }),
      { seed: 11 },
    );
  });

  it('must have a device and a number', () => {
    for (const ref of ['oximeter', 'oximeter/', 'oximeter/x', ''])
      expect(() => remember(new Map(), 'spo2', ref, 97)).toThrow(/oximeter\/17/);
  });
});
