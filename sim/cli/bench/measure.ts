/** One figure of `homeward bench`. `peer` and `ratio` belong to comparisons made on the same machine in the same session. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: string;
  readonly ratio?: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Fewer repetitions than this make no median worth printing. */
export const REPETITIONS = 5;

/** Median duration of `work` in ms, after `unmeasured` rounds that warm the compiler up. */
export function medianMs(work: () => void, repetitions = REPETITIONS, unmeasured = 1): number {
  for (let i = 0; i < unmeasured; i++) work();
  return median(
    Array.from({ length: repetitions }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
}

/**
 * Medians of two measurements taken by turns, and of other ÷ own round by round, so that a neighbour's load on the
 * machine falls on both. `unmeasured` rounds of each first.
 */
export function byTurns(
  one: () => number,
  two: () => number,
  unmeasured = 1,
  repetitions = REPETITIONS,
): { own: number; other: number; ratio: number } {
  const round = (): [number, number] => [one(), two()];
  for (let i = 0; i < unmeasured; i++) round();
  const rounds = Array.from({ length: repetitions }, round);
  return {
    own: median(rounds.map(([own]) => own)),
    other: median(rounds.map(([, other]) => other)),
    ratio: median(rounds.map(([own, other]) => other / own)),
  };
}

/** Keeps a result alive, so that the work that made it is not optimised away. */
let sink = 0;
export const keep = (value: number): void => {
  sink += value;
  if (Number.isNaN(sink)) throw new Error('a benchmark computed nothing');
};
