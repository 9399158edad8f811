import type { Replications } from './plan.ts';

/**
 * The fixed counts at which a stopping rule may look: at-least, then doubling, at last at-most. Known beforehand and few,
 * so that intervals can cover for all of them together at little cost (design section 11; see `Confidence`).
 */
export function looks(replications: Replications): readonly number[] {
  const { atLeast, atMost, until } = replications;
  if (until === null) return [atLeast];
  const counts: number[] = [];
  for (let n = atLeast; n < atMost; n *= 2) counts.push(n);
  counts.push(atMost);
  return counts;
}

/** What a look saw; kept in the summary so that everybody sees where and why the study stopped. */
export interface Look {
  readonly replications: number;
  /** Widest half-width of the outcome's mean over the arms; null when an interval is open, or not to be trusted yet. */
  readonly halfWidth: number | null;
  readonly enough: boolean;
}
