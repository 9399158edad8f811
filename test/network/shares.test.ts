import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxMinShares, unresponsiveShares } from '../../sim/network/shares.ts';

const flow = (offered: number, ...links: number[]) => ({ offered, links, favoured: false, rate: 0 });
const loadsOf = (links: number) =>
  Array.from({ length: links }, () => ({ unresponsive: 0, unresponsiveCount: 0, favoured: 0, elastic: 0, elasticCount: 0, wait: 0 }));

describe('elastic flows', () => {
  it('share one link evenly, and what a modest flow leaves goes to the others', () => {
    const flows = [flow(1, 0), flow(100, 0), flow(100, 0)];
    const loads = loadsOf(1);
    maxMinShares(flows, [10], loads);
    expect(flows.map(({ rate }) => rate)).toEqual([1, 4.5, 4.5]);
    expect(loads[0]).toMatchObject({ unresponsive: 0, elastic: 10, elasticCount: 3 });
  });
  it('the textbook’s parking lot: a long flow and one short flow a link', () => {
    const flows = [flow(100, 0, 1), flow(100, 0), flow(100, 1)];
    maxMinShares(flows, [10, 4], loadsOf(2));
    expect(flows.map(({ rate }) => rate)).toEqual([2, 8, 2]);
  });
  it('take what flows that do not back off leave', () => {
    const loads = loadsOf(1);
    loads[0]!.unresponsive = 7;
    const flows = [flow(100, 0)];
    maxMinShares(flows, [10], loads);
    expect(flows[0]!.rate).toBeCloseTo(3, 12);
  });

  const cases = fc.record({
    capacity: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 }),
    flows: fc.array(fc.record({ offered: fc.integer({ min: 1, max: 500 }), picks: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 12,
    }),
  });
  it('are max-min fair: feasible, and whoever has less than wished has a full link on which nobody has more', () => {
    fc.assert(
      fc.property(cases, ({ capacity, flows: wanted }) => {
        const flows = wanted.map(({ offered, picks }) => flow(offered, ...new Set(picks.map((pick) => pick % capacity.length))));
        maxMinShares(flows, capacity, loadsOf(capacity.length));
        const used = capacity.map((_, link) => flows.filter((one) => one.links.includes(link)).reduce((sum, one) => sum + one.rate, 0));
        used.forEach((sum, link) => expect(sum).toBeLessThanOrEqual(capacity[link]! * (1 + 1e-9)));
        for (const one of flows) {
          const satisfied = one.rate >= one.offered * (1 - 1e-9);
          const bottleneck = one.links.some(
            (link) =>
              used[link]! >= capacity[link]! * (1 - 1e-8) &&
              flows.every((other) => !other.links.includes(link) || other.rate <= one.rate * (1 + 1e-9) + 1e-9),
          );
          expect(satisfied || bottleneck).toBe(true);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
  it('on one link equal the water-filling of what each wishes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }),
        (capacity, wishes) => {
          const flows = wishes.map((wish) => flow(wish, 0));
          maxMinShares(flows, [capacity], loadsOf(1));
          const sorted = wishes.toSorted((x, y) => x - y);
          let left = capacity;
          let level = Infinity;
          for (let i = 0; i < sorted.length && level === Infinity; i++) {
            const share = left / (sorted.length - i);
            if (sorted[i]! >= share) level = share;
            else left -= sorted[i]!;
          }
          flows.forEach((one) => expect(one.rate).toBeCloseTo(Math.min(one.offered, level), 6));
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('flows that do not back off', () => {
  it('keep the same share of what each brings on an overloaded FIFO, link after link', () => {
    const flows = [flow(30, 0, 1), flow(10, 0), flow(5, 1)];
    const loads = loadsOf(2);
    unresponsiveShares(flows, [20, 10], ['fifo', 'fifo'], loads);
    // Half gets through the first link; 15 + 5 meet the second, which carries half of that.
    expect(flows.map(({ rate }) => rate)).toEqual([7.5, 5, 2.5]);
    expect(loads.map(({ unresponsive }) => unresponsive)).toEqual([40, 20]);
  });
  it('that cross a link twice, as from station to station of one radio, come to rest where in and out agree', () => {
    const flows = [flow(10, 0, 0)];
    unresponsiveShares(flows, [10], ['fifo'], loadsOf(1));
    // What the link carries of all, r, obeys r = 10 / (10 + 10 r): the golden section.
    const r = (Math.sqrt(5) - 1) / 2;
    expect(flows[0]!.rate).toBeCloseTo(10 * r * r, 9);
  });
  it('and on a fair queue one that comes to need a limit later gets it', () => {
    // The second link is full only because of what the first lets through by then.
    const flows = [flow(8, 0, 1), flow(8, 0, 1), flow(2, 1)];
    unresponsiveShares(flows, [10, 9], ['fifo', 'fair'], loadsOf(2));
    expect(flows.map(({ rate }) => rate)).toEqual([3.5, 3.5, 2]);
  });
  it('on a fair queue a modest flow keeps its own and the flood pays', () => {
    const flows = [flow(3, 0), flow(100, 0)];
    unresponsiveShares(flows, [10], ['fair'], loadsOf(1));
    expect(flows[0]!.rate).toBe(3);
    expect(flows[1]!.rate).toBe(10 - 3);
  });
  it('by priority the favoured keep theirs, and the others share what is left', () => {
    const flows = [{ ...flow(3, 0), favoured: true }, flow(10, 0), flow(4, 0)];
    const loads = loadsOf(1);
    unresponsiveShares(flows, [10], ['priority'], loads);
    expect(flows.map(({ rate }) => rate)).toEqual([3, 5, 2]);
    expect(loads[0]).toMatchObject({ unresponsive: 17, unresponsiveCount: 3, favoured: 3 });
  });
  it('never get through more than a link carries', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('fifo', 'fair', 'priority'),
        (capacity, offers, queue) => {
          const flows = offers.map((offer) => flow(offer, 0));
          unresponsiveShares(flows, [capacity], [queue], loadsOf(1));
          const through = flows.reduce((sum, one) => sum + one.rate, 0);
          expect(through).toBeLessThanOrEqual(capacity * (1 + 1e-9));
          expect(through).toBeGreaterThanOrEqual(
            Math.min(
              capacity,
              offers.reduce((sum, one) => sum + one, 0),
            ) *
              (1 - 1e-9),
          );
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });
});
