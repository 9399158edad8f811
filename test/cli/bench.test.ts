import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainHeap } from '../../sim/cli/bench/heap.ts';
import { against, holdRound } from '../../sim/cli/bench/hold.ts';
import { increments } from '../../sim/cli/bench/increments.ts';
import { singleServer } from '../../sim/cli/bench/kernel.ts';
import { byTurns } from '../../sim/cli/bench/measure.ts';
import { parseRound } from '../../sim/cli/bench/peers.ts';
import type { HoldPeer } from '../../sim/cli/bench/peers.ts';

/** HOLD by the plainest means: a list that is searched. */
function plainHold(n: number, warm: number, events: number, waits: Float64Array): number {
  const pending = Array.from({ length: n }, (_, k) => waits[k]!);
  let now = 0;
  for (let i = 0; i < warm + events; i++) {
    now = Math.min(...pending);
    pending[pending.indexOf(now)] = now + waits[i]!;
  }
  return now;
}

const peer = (id: string, late: number): HoldPeer => ({
  id,
  title: `the ${id}`,
  events: 50,
  most: 100,
  hold: (n, warm, events, waits) => ({ result: plainHold(n, warm, events, waits) + late, ns: 1000 }),
});

describe('the bench', () => {
  it('has a HOLD whose final clock is that of the plainest list', () => {
    for (const law of ['exponential', 'home', 'equal'] as const) {
      const waits = increments(law);
      expect(holdRound(20, 20, 300, waits).result).toBe(plainHold(20, 20, 300, waits));
    }
  });

  it('has increments in whole microseconds, the same every time, of the laws that they are named for', () => {
    const [exponential, home, equal] = (['exponential', 'home', 'equal'] as const).map((law) => [...increments(law)]);
    expect([...exponential!, ...home!, ...equal!].every((wait) => Number.isInteger(wait) && wait >= 1)).toBe(true);
    expect([...increments('home')]).toEqual(home);
    expect(new Set(equal).size).toBe(1);
    // 65536 draws: standard deviations 0.4 % of the mean and 0.12 % of the share; five of either is a false alarm in 10^6.
    expect(Math.abs(exponential!.reduce((sum, wait) => sum + wait, 0) / 65536e6 - 1)).toBeLessThan(5 / 256);
    expect(Math.abs(home!.filter((wait) => wait === 60_000_000).length / 65536 - 0.1)).toBeLessThan((5 * 0.3) / 256);
  });

  it('gives the first peer the name of the figure and others their own, with ratios', () => {
    const rows = against('hold-20', 20, 100, 'exponential', holdRound, [peer('cpp', 0), peer('other', 0)]);
    expect(rows.map(({ name, unit }) => [name, unit])).toEqual([
      ['hold-20', 'Mevents/s'],
      ['hold-20:other', 'Mevents/s'],
    ]);
    for (const { value, peer: words, ratio } of rows) {
      expect(words).toMatch(/^the (cpp|other): 1\.00$/);
      expect(value > 0 && ratio! > 0).toBe(true);
    }
    expect(against('hold-20', 20, 100, 'exponential', holdRound, [])[0]).not.toHaveProperty('ratio');
    const names = against('hold-20', 20, 100, 'exponential', holdRound, [peer('other', 0)]).map(({ name }) => name);
    expect(names).toEqual(['hold-20', 'hold-20:other']);
  });

  it('refuses a peer that ends at another clock: it did something else', () => {
    expect(() => against('hold-20', 20, 100, 'exponential', holdRound, [peer('cpp', 1)])).toThrow(/hold-20: the cpp ends at \d+ µs/);
  });

  it('understands a peer’s line and nothing else', () => {
    expect(parseRound('C++', '10024243600 209.86\n')).toEqual({ result: 10024243600, ns: 209.86 });
    expect(parseRound('SimPy', '2005869588.0 2351.7')).toEqual({ result: 2005869588, ns: 2351.7 });
    for (const text of ['', '12', 'nan 3', '1 0', '1 -2', '1 Infinity', 'Segmentation fault'])
      expect(() => parseRound('C++', text)).toThrow(/C\+\+ printed .* instead of a result and a duration/);
  });

  it('takes medians of ratios round by round', () => {
    let call = 0;
    const slower = [1, 2, 3, 4, 5, 100]; // the first is the unmeasured one
    const { own, other, ratio } = byTurns(
      () => slower[call]!,
      () => 2 * slower[call++]!,
    );
    expect([own, other, ratio]).toEqual([4, 8, 2]);
  });

  /**
   * 200 000 customers have a mean wait whose standard deviation is √(1976 / 200 000) = 0.1 service times (asymptotic
   * variance 1976, see TOLERANCE); four of them: a false alarm in 16 000, and a wait 20 % too long is seen with
   * probability 0.9999. The seed is fixed.
   */
  it('has an M/M/1 queue that waits as theory says', () => {
    const { meanWait, served } = singleServer(1, 200_000);
    expect(served).toBe(200_000);
    expect(Math.abs(meanWait - 4)).toBeLessThan(0.4);
  });
});

describe('the plain heap that the hard cases are compared with', () => {
  it('is a list sorted by time and insertion from which any record can be taken', () => {
    const step = fc.record({ kind: fc.constantFrom('push', 'push', 'push', 'pop', 'remove'), time: fc.nat(9), id: fc.nat(39) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), (steps) => {
        const heap = new PlainHeap(40);
        let list: { time: number; id: number }[] = [];
        const pop = (): void => {
          const first = list.shift();
          expect(heap.pop()).toBe(first !== undefined);
          if (first !== undefined) expect({ time: heap.time, id: heap.id }).toEqual(first);
        };
        for (const { kind, time, id } of steps) {
          const pending = list.some((record) => record.id === id);
          if (kind === 'push' && !pending) {
            heap.push(time, id);
            list.push({ time, id });
            list.sort((x, y) => x.time - y.time); // stable: equal times stay in the order of insertion
          } else if (kind === 'remove') {
            expect(heap.remove(id)).toBe(pending);
            list = list.filter((record) => record.id !== id);
          } else if (kind === 'pop') pop();
        }
        while (list.length > 0) pop();
        pop();
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
