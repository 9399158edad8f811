import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import { peers } from '../peers.ts';
import { emptyBaseline, judge, windowsOf, type Baseline, type Expected, type MonitorLimits } from './flow-monitor.ts';

/** The router's flow monitor at work: what it knows beforehand, and what it reports. */
export interface RouterFlows {
  baselines: Record<string, Baseline>;
}
type Watcher = DeviceContext<any>;

const HOME_SEGMENTS = ['private', 'lan', 'guest', 'medical'] as const;
const BITS = 8;

const limitsOf = (router: Watcher): MonitorLimits => ({
  warmup: router.parameter('monitor.warmup-windows'),
  deviations: router.parameter('monitor.deviations'),
  floorBytes: router.parameter('monitor.floor-bytes'),
  leastSpread: router.parameter('monitor.least-spread'),
  newPeers: router.parameter('monitor.new-peers'),
});

/**
 * What the hospital's tablet sends by design: in a call its picture, at a fixed rate, to the platform's relay and nowhere else.
 * The hospital that reads the reports brings the kit, so it knows. (In the field a maker could declare it: bandwidth profiles
 * of manufacturer usage descriptions have been drafted beside RFC 8520.) By the addresses that the names have now, as the
 * rules that name a host go by.
 */
function expectations(router: Watcher): readonly Expected[] {
  const bytes = (router.parameter('call.media-rate') * router.parameter('monitor.flow-interval')) / BITS;
  return peers(router, 'monitor.platform').flatMap((host) => {
    const address = router.sense(`address.${host}`);
    return peers(router, 'monitor.kit').map((station) => ({ station, address, bytes }));
  });
}

/** Judges a flow report; `report` is told of each station that stands out, and why. */
export function judgeFlows(
  router: Watcher & { readonly memory: RouterFlows },
  flows: Body,
  report: (station: string, reason: string, evidence: readonly number[]) => void,
): void {
  const limits = router.bound(limitsOf);
  // Its own stations: it does not judge servers on the other side of the line.
  const stations = HOME_SEGMENTS.flatMap((segment) => router.stations(segment));
  for (const { station, bytes, newPeers, evidence } of windowsOf(flows, stations, expectations(router))) {
    const baseline = (router.memory.baselines[station] ??= emptyBaseline());
    const reason = judge(baseline, bytes, newPeers, limits);
    if (reason === null || router.now < baseline.quietUntil) continue;
    baseline.quietUntil = router.now + Math.round(router.parameter('monitor.quiet-period') * SECOND);
    report(station, reason, evidence);
  }
}
