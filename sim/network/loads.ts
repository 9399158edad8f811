import { drainRate, favouredRate, FULL, STREAM_PACKET } from './link.ts';
import type { Network } from './network.ts';
import { periodicWait } from './periodic.ts';
import { maxMinShares, unresponsiveShares } from './shares.ts';
import type { Stream } from './state.ts';

/** Divides the links among running flows: those that do not back off first, elastic ones what is left. Sets rates and loads. */
export function divide(net: Network, running: readonly Stream[]): void {
  const capacity = net.links.map((link, i) => (net.state.links[i]!.up ? link.rate : 0));
  for (const load of net.loads) load.elastic = load.elasticCount = 0;
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
  const before = drainRates(net);
  divide(net, running);
  keepWork(net, before);
}

/** By link: at which rates the backlogs of messages shrink, bit/s. */
export const drainRates = (net: Network): readonly { readonly all: number; readonly favoured: number }[] =>
  net.links.map((link, i) => ({
    all: drainRate(link, net.loads[i]!, net.queues[i]!),
    favoured: favouredRate(link, net.loads[i]!),
  }));

/** A backlog is work, not time: at other rates than `before` it takes longer or shorter. */
export function keepWork(net: Network, before: ReturnType<typeof drainRates>): void {
  const { now } = net.kernel;
  const then = (until: number, was: number, is: number): number => (until > now && was !== is ? now + ((until - now) * was) / is : until);
  drainRates(net).forEach(({ all, favoured }, i) => {
    const state = net.state.links[i]!;
    state.busyUntil = then(state.busyUntil, before[i]!.all, all);
    state.busyFavoured = then(state.busyFavoured, before[i]!.favoured, favoured);
  });
}

/** So many streams of equal rate collide on a link as those that cross it, some twice: (Σ rate)² / Σ rate², whole. */
function effective(running: readonly Stream[], link: number): number {
  let sum = 0;
  let squares = 0;
  for (const { links, rate } of running)
    for (const crossed of links)
      if (crossed === link) {
        sum += rate;
        squares += rate * rate;
      }
  return squares === 0 ? 1 : Math.max(1, Math.round((sum * sum) / squares));
}
