import type { Estimate } from '../../sim/protocol/messages.ts';

/** Beside an axis so many times longer than its own, an interval is a dot at zero. */
const TOO_UNEQUAL = 50;
/** Room beyond the last interval: for those that still grow, and once nothing grows any more. */
const ROOM = 1.1;
const ROOM_AT_END = 1.03;

export type Span = readonly [low: number, high: number];

/** From the lowest end to the highest of what is drawn, zero included. */
export function spanOf(estimates: readonly Estimate[]): Span {
  const ends = estimates.flatMap(({ mean, low, high }) => (mean === null ? [] : [mean, low ?? mean, high ?? mean]));
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}

const length = ([low, high]: Span): number => high - low;

/**
 * The scale that several estimates are drawn on. It grows when an interval does not fit, and shrinks only when it is far too
 * long, or when the study is over: a scale that jumps with every message cannot be read.
 */
export class Axis {
  private span: Span = [0, 0];

  fit(needed: Span, over: boolean): Span {
    const [low, high] = this.span;
    const fits = needed[0] >= low && needed[1] <= high && length(needed) >= length(this.span) / 3;
    const room = over ? ROOM_AT_END : ROOM;
    if (over || !fits) this.span = [needed[0] * room, needed[1] * room];
    return length(this.span) === 0 ? [0, 1] : this.span;
  }
}

/** Do the spans differ so much that one axis would show the shorter ones as nothing? */
export function tooUnequal(spans: readonly Span[]): boolean {
  const lengths = spans.map(length).filter((one) => one > 0);
  return lengths.length > 1 && Math.max(...lengths) > TOO_UNEQUAL * Math.min(...lengths);
}
