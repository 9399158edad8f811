import type { Load } from './link.ts';

interface Sharing {
  readonly offered: number;
  readonly links: readonly number[];
  rate: number;
}

/**
 * Flows that do not back off: on a link that is offered more than it carries, every flow keeps the same share of what it
 * brings (FIFO), or at most its fair share (fair queueing). Links are visited in each flow's order of travel until the
 * rates stand still. `load.unresponsive` becomes what is *offered* to each link.
 */
export function unresponsiveShares(
  flows: readonly Sharing[],
  capacity: readonly number[],
  queues: readonly string[],
  loads: readonly Load[],
): void {
  let factors = capacity.map(() => 1);
  let limits = capacity.map(() => Infinity);
  for (let round = 0; round < 8; round++) {
    const arrivals: number[][] = capacity.map(() => []);
    for (const load of loads) load.unresponsive = 0;
    for (const flow of flows) {
      let rate = flow.offered;
      for (const link of flow.links) {
        loads[link]!.unresponsive += rate;
        arrivals[link]!.push(rate);
        rate = queues[link] === 'fifo' ? rate * factors[link]! : Math.min(rate, limits[link]!);
      }
      flow.rate = rate;
    }
    const next = capacity.map((c, i) => (loads[i]!.unresponsive > c ? c / loads[i]!.unresponsive : 1));
    const fair = capacity.map((c, i) => (loads[i]!.unresponsive > c ? fairLimit(arrivals[i]!, c) : Infinity));
    if (next.every((factor, i) => factor === factors[i]) && fair.every((limit, i) => limit === limits[i])) break;
    factors = next;
    limits = fair;
  }
}

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
 * section 6.5), each at most its cap. `load.elastic` and `elasticCount` are set. O(flows × links).
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
