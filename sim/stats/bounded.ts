import { log } from '../kernel/math.ts';
import { Moments } from './moments.ts';
import type { Interval } from './proportion.ts';

/** Largest share of the capital that a single bet risks. Any value below 1 is valid; this one is the authors' usual choice. */
const BOLDEST = 0.75;
const BISECTIONS = 50;

/**
 * Interval for the mean of values that cannot leave [low, high]: hedged capital betting
 * (I. Waudby-Smith & A. Ramdas 2024, "Estimating means of bounded random variables by betting").
 *
 * A mean m is kept as long as nobody who bets against it, in either direction, has multiplied the stake by 2/(1 − level).
 * Bets look only at earlier values, so coverage is at least `level` at every n and for every distribution, rare huge
 * values included: no normal approximation. Domain: independent values inside the bounds. The order of the values matters
 * (bets are made one by one); studies use replication order. O(100 n).
 * @throws RangeError when a value lies outside the bounds.
 */
export function bettingInterval(values: ArrayLike<number>, bounds: readonly [number, number], level: number): Interval {
  const [floor, ceiling] = bounds;
  const n = values.length;
  const width = ceiling - floor;
  if (!(width > 0)) throw new RangeError(`bounds [${floor}, ${ceiling}] leave no room`);
  if (n === 0) return { low: floor, high: ceiling };
  const x = new Float64Array(n);
  const bets = new Float64Array(n);
  const alpha = 1 - level;
  const doubled = 2 * log(2 / alpha);
  // Running mean and variance with one made-up observation each, so that the first bets are defined and timid.
  let sum = 0.5;
  let squares = 0.25;
  for (let i = 0; i < n; i++) {
    const value = (values[i]! - floor) / width;
    if (!(value >= 0 && value <= 1)) throw new RangeError(`value ${values[i]} lies outside its bounds [${floor}, ${ceiling}]`);
    x[i] = value;
    bets[i] = Math.sqrt(doubled / ((n * squares) / (i + 1)));
    sum += value;
    const mean = sum / (i + 2);
    squares += (value - mean) * (value - mean);
  }
  const ruin = 2 / alpha; // each side starts with half of the stake
  const below = (m: number): boolean => {
    let capital = 1;
    const most = BOLDEST / m;
    for (let i = 0; i < n; i++) {
      const bet = bets[i]! < most ? bets[i]! : most;
      capital *= 1 + bet * (x[i]! - m);
      if (capital >= ruin) return true;
    }
    return false;
  };
  const above = (m: number): boolean => {
    let capital = 1;
    const most = BOLDEST / (1 - m);
    for (let i = 0; i < n; i++) {
      const bet = bets[i]! < most ? bets[i]! : most;
      capital *= 1 - bet * (x[i]! - m);
      if (capital >= ruin) return true;
    }
    return false;
  };
  // Capital is monotone in m, so each end is found by bisection; the side kept is the wider one.
  let low = 0;
  if (below(0)) {
    let kept = 1;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + kept) / 2;
      if (below(middle)) low = middle;
      else kept = middle;
    }
  }
  let high = 1;
  if (above(1)) {
    let kept = 0;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (high + kept) / 2;
      if (above(middle)) high = middle;
      else kept = middle;
    }
  }
  return { low: floor + width * low, high: floor + width * high };
}

/**
 * Closed-form interval for a bounded mean (A. Maurer & M. Pontil 2009, empirical Bernstein). Same guarantee as betting,
 * always wider; kept as an independent check on it. Domain: independent values inside the bounds, n >= 2.
 */
export function empiricalBernstein(values: ArrayLike<number>, bounds: readonly [number, number], level: number): Interval {
  const n = values.length;
  const [floor, ceiling] = bounds;
  if (n < 2) return { low: floor, high: ceiling };
  const moments = Moments.of(values);
  const term = log(4 / (1 - level));
  const half = Math.sqrt((2 * moments.variance * term) / n) + (7 * (ceiling - floor) * term) / (3 * (n - 1));
  return { low: Math.max(floor, moments.mean - half), high: Math.min(ceiling, moments.mean + half) };
}
