import { drainRate, FULL, STREAM_PACKET } from './link.ts';
import type { Network } from './network.ts';
import { periodicWait } from './periodic.ts';
import { maxMinShares, unresponsiveShares } from './shares.ts';
import type { Stream } from './state.ts';

/** Divides the links among running flows: those that do not back off first, elastic ones what is left. Sets rates and loads. */
export function divide(net: Network, running: readonly Stream[]): void {
  const capacity = net.links.map((link, i) => (net.state.links[i]!.up ? link.rate : 0));
  for (const load of net.loads) load.unresponsive = load.elastic = load.elasticCount = 0;
  unresponsiveShares(
    running.filter((s) => s.mode === 'unresponsive'),
    capacity,
    net.queues,
    net.loads,
  );
  maxMinShares(
    running.filter((s) => s.mode === 'elastic'),
    capacity,
    net.loads,
  );
  net.links.forEach(({ rate }, i) => {
    const load = net.loads[i]!;
    const utilisation = (load.unresponsive + load.elastic) / rate;
    const beside = utilisation > 0 && utilisation < FULL;
    load.wait = beside ? (periodicWait(effective(running, i), utilisation) * STREAM_PACKET * 8e6) / rate : 0;
  });
}

/** Divides the links anew while messages may stand in their queues. */
export function redivide(net: Network, running: readonly Stream[]): void {
  const { now } = net.kernel;
  const before = net.links.map((link, i) => drainRate(link, net.loads[i]!, net.queues[i]!));
  divide(net, running);
  // A backlog is work, not time: at another rate it takes longer or shorter.
  net.state.links.forEach((state, i) => {
    if (state.busyUntil > now)
      state.busyUntil = now + ((state.busyUntil - now) * before[i]!) / drainRate(net.links[i]!, net.loads[i]!, net.queues[i]!);
  });
}

/** So many streams of equal rate collide on a link as those that cross it: (Σ rate)² / Σ rate², whole. */
function effective(running: readonly Stream[], link: number): number {
  let sum = 0;
  let squares = 0;
  for (const { links, rate } of running)
    if (links.includes(link)) {
      sum += rate;
      squares += rate * rate;
    }
  return squares === 0 ? 1 : Math.max(1, Math.round((sum * sum) / squares));
}
