import { flowFields } from '../../sim/model/flow-report.ts';
import type { Body } from '../../sim/model/message.ts';

/**
 * A flow monitor of the kind a home router can afford: for each station the mean and spread of its bytes per window,
 * learned from its own past, and the number of destinations it had not talked to before. It sees counts, no content.
 * What comes twice a day can never be learned that way. What a known device does by design is told beforehand instead, by
 * device and destination, and left out of what is judged and learned.
 */
export interface Baseline {
  /** Windows learned from. */
  windows: number;
  /** Running mean and sum of squared deviations of bytes per window (Welford's recurrence). */
  mean: number;
  squares: number;
  /** No further alarm about this station before this instant, µs. */
  quietUntil: number;
}

export interface MonitorLimits {
  /** Windows of learning before a station is judged. */
  readonly warmup: number;
  /** Standard deviations above the mean that are too many. */
  readonly deviations: number;
  /** Bytes per window that are never too many, and the least spread assumed, as a share of the mean. */
  readonly floorBytes: number;
  readonly leastSpread: number;
  /** New destinations per window that are too many. */
  readonly newPeers: number;
}

export const emptyBaseline = (): Baseline => ({ windows: 0, mean: 0, squares: 0, quietUntil: 0 });

/**
 * Judges one window of one station and, when it is unsuspicious, learns from it: what was reported must not become the norm.
 * @returns the reason for suspicion, or null
 */
export function judge(baseline: Baseline, bytes: number, newPeers: number, limits: MonitorLimits): string | null {
  if (baseline.windows >= limits.warmup) {
    const spread = Math.max(Math.sqrt(baseline.squares / Math.max(1, baseline.windows - 1)), limits.leastSpread * baseline.mean);
    if (bytes > limits.floorBytes && bytes > baseline.mean + limits.deviations * spread) return 'volume';
    if (newPeers >= limits.newPeers) return 'new destinations';
  }
  baseline.windows++;
  const step = bytes - baseline.mean;
  baseline.mean += step / baseline.windows;
  baseline.squares += step * (bytes - baseline.mean);
  return null;
}

/** What a device sends to a destination by design, bytes in a window: what its maker declares, or its owner knows. */
export interface Expected {
  readonly station: string;
  readonly address: number;
  readonly bytes: number;
}

export interface StationWindow {
  readonly station: string;
  /** Bytes beyond what was expected of it. */
  readonly bytes: number;
  readonly newPeers: number;
  /** A message that shows it, or none: of the destination that is furthest beyond, where something was expected. */
  readonly evidence: readonly number[];
}

/**
 * Windows of a flow report (sim/model/flow-report.ts) for these stations, in order of their ids. What is expected of a station
 * towards a destination says nothing about it; whatever it sends beyond that, or elsewhere, does.
 */
export function windowsOf(report: Body, stations: readonly string[], expected: readonly Expected[] = []): readonly StationWindow[] {
  return [...stations].sort().flatMap((station) => {
    const fields = flowFields(station);
    const bytes = report[fields.bytes];
    if (typeof bytes !== 'number') return [];
    const newPeers = Number(report[fields.newPeers] ?? 0);
    const own = expected.filter((one) => one.station === station);
    const rest = own.length === 0 ? { bytes, evidence: report[fields.evidence] } : beyond(report, station, own);
    return [{ station, newPeers, bytes: rest.bytes, evidence: typeof rest.evidence === 'number' ? [rest.evidence] : [] }];
  });
}

function beyond(report: Body, station: string, expected: readonly Expected[]): { bytes: number; evidence: unknown } {
  const fields = flowFields(station);
  let bytes = 0;
  let most = -1;
  let evidence: unknown = report[fields.evidence];
  for (let i = 0; i < Number(report[fields.peers] ?? 0); i++) {
    const peer = fields.peer(i);
    const allowed = expected.reduce((sum, one) => sum + (one.address === report[peer.address] ? one.bytes : 0), 0);
    const over = Math.max(0, Number(report[peer.bytes] ?? 0) - allowed);
    bytes += over;
    if (over <= most) continue;
    most = over;
    evidence = report[peer.evidence];
  }
  return { bytes, evidence };
}
