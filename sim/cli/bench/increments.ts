import { quantile } from '../../kernel/distributions.ts';
import { Draws, hashText } from '../../kernel/draws.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../kernel/time.ts';

/** A power of two, so that a peer's program finds its place by a mask. */
const LENGTH = 65536;

/** Laws of the increments of HOLD: exponential of mean 1 s; a home's (messages and equal timers); all the same. */
export type Law = 'exponential' | 'home' | 'equal';

/** Increments in whole µs, at least 1: the one table that the engine and its peers take turns through. */
export function increments(law: Law): Float64Array {
  const draws = new Draws(1, 0, 0);
  const key = hashText('hold');
  const exponential = (mean: number, i: number): number =>
    Math.max(1, Math.round(quantile({ kind: 'exponential', mean }, draws.uniform(key, i, 0))));
  const one: Record<Law, (i: number) => number> = {
    exponential: (i) => exponential(SECOND, i),
    home: (i) => (draws.uniform(key, i, 1) < 0.9 ? exponential(10 * MILLISECOND, i) : MINUTE),
    equal: () => SECOND,
  };
  return Float64Array.from({ length: LENGTH }, (_, i) => one[law](i));
}
