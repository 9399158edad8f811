import type { Discipline, Load } from './link.ts';

interface Sharing {
  readonly offered: number;
  readonly links: readonly number[];
  /** Does it go first where a gateway goes by priority? */
  readonly favoured: boolean;
  rate: number;
}

/**
 * Where a flow crosses a link twice, or two flows each other's, shares come nearer to where they stand still by a factor a
 * round; elsewhere they stand still after as many rounds as a flow has links. Relative: what is as good as nothing.
 */
const MOST_ROUNDS = 64;
const STILL = 1e-12;

/**
 * Flows that do not back off: on a link that is offered more than it carries, every flow keeps the same share of what it
 * brings (FIFO), or at most its fair share (fair queueing); by priority the favoured keep theirs first, and the others share
 * what is left of the link in the same manner. Links are visited in each flow's order of travel until the rates stand still.
 * `load.unresponsive` becomes what is *offered* to each link, `load.favoured` the favoured part of it where that counts.
 */
export function unresponsiveShares(
  flows: readonly Sharing[],
  capacity: readonly number[],
  queues: readonly Discipline[],
  loads: readonly Load[],
): void {
  let others = capacity.map(() => 1);
  let first = capacity.map(() => 1);
  let limits = capacity.map(() => Infinity);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const arrivals: number[][] = capacity.map(() => []);
    for (const load of loads) load.unresponsive = load.favoured = load.unresponsiveCount = 0;
    for (const flow of flows) {
      let rate = flow.offered;
      for (const link of flow.links) {
        const load = loads[link]!;
        const ahead = flow.favoured && queues[link] === 'priority';
        load.unresponsive += rate;
        load.unresponsiveCount++;
        if (ahead) load.favoured += rate;
        arrivals[link]!.push(rate);
        rate = queues[link] === 'fair' ? Math.min(rate, limits[link]!) : rate * (ahead ? first : others)[link]!;
      }
      flow.rate = rate;
    }
    const nextFirst = capacity.map((c, i) => share(loads[i]!.favoured, c));
    const nextOthers = capacity.map((c, i) => {
      const { unresponsive, favoured } = loads[i]!;
      return share(unresponsive - favoured, c - favoured * nextFirst[i]!);
    });
    const fair = capacity.map((c, i) => (loads[i]!.unresponsive > c ? fairLimit(arrivals[i]!, c) : Infinity));
    const same = (now: readonly number[], before: readonly number[]): boolean => now.every((x, i) => stands(x, before[i]!));
    if (same(nextFirst, first) && same(nextOthers, others) && same(fair, limits)) break;
    first = nextFirst;
    others = nextOthers;
    limits = fair;
  }
}

/** A limit that comes or goes, to or from Infinity, does not. */
const stands = (now: number, before: number): boolean => now === before || (now < Infinity && Math.abs(now - before) <= now * STILL);

/** Share that a link carries of what is offered to it. */
const share = (offered: number, capacity: number): number => (offered > capacity ? capacity / offered : 1);

/** Max-min fair limit of a link among flows that bring this much each: water-filling. */
function fairLimit(offers: readonly number[], capacity: number): number {
  const sorted = [...offers].sort((x, y) => x - y);
  let left = capacity;
  for (let i = 0; i < sorted.length; i++) {
    const share = left / (sorted.length - i);
    if (sorted[i]! >= share) return share;
    left -= sorted[i]!;
  }
  return Infinity;
}

/**
 * Elastic flows share max-min what is left of each link (progressive filling, Bertsekas & Gallager, "Data Networks",
 * section 6.5), each at most its cap, the favoured among them. `load.elastic` and `elasticCount` are set. O(flows × links).
 */
export function maxMinShares(flows: readonly Sharing[], capacity: readonly number[], loads: readonly Load[]): void {
  const left = capacity.map((c, i) => Math.max(c * 0.01, c - loads[i]!.unresponsive));
  const open = new Set(flows);
  for (const flow of flows) flow.rate = 0;
  while (open.size > 0) {
    // The next level at which a link fills up or a flow reaches its cap.
    const counts = new Map<number, number>();
    for (const flow of open) for (const link of flow.links) counts.set(link, (counts.get(link) ?? 0) + 1);
    let step = Infinity;
    for (const [link, count] of counts) step = Math.min(step, left[link]! / count);
    for (const flow of open) step = Math.min(step, flow.offered - flow.rate);
    if (step === Infinity) step = 0;
    for (const flow of open) {
      flow.rate += step;
      for (const link of flow.links) left[link]! -= step;
    }
    let closed = 0;
    for (const flow of open) {
      if (
        flow.rate >= flow.offered * (1 - 1e-12) ||
        flow.links.some((link) => capacity[link] !== Infinity && left[link]! <= capacity[link]! * 1e-9)
      ) {
        open.delete(flow);
        closed++;
      }
    }
    if (closed === 0) break;
  }
  for (const flow of flows)
    for (const link of flow.links) {
      loads[link]!.elastic += flow.rate;
      loads[link]!.elasticCount++;
    }
}
