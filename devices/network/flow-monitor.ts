import { flowFields } from '../../sim/model/flow-report.ts';
import type { Body } from '../../sim/model/message.ts';

/**
 * A flow monitor of the kind a home router can afford: for each station the mean and spread of its bytes per window,
 * learned from its own past, and the number of destinations it had not talked to before. It sees counts, no content.
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

export interface StationWindow {
  readonly station: string;
  readonly bytes: number;
  readonly newPeers: number;
  /** A message that shows it, or none. */
  readonly evidence: readonly number[];
}

/** Windows of a flow report { '<device>.bytes', '<device>.newPeers', '<device>.evidence', … } for these stations, in order of their ids. */
export function windowsOf(report: Body, stations: readonly string[]): readonly StationWindow[] {
  return [...stations].sort().flatMap((station) => {
    const fields = flowFields(station);
    const bytes = report[fields.bytes];
    const evidence = report[fields.evidence];
    if (typeof bytes !== 'number') return [];
    return [{ station, bytes, newPeers: Number(report[fields.newPeers] ?? 0), evidence: typeof evidence === 'number' ? [evidence] : [] }];
  });
}
