import { expect, it } from 'vitest';
import { quantile } from '../../sim/kernel/distributions.ts';
import { Draws } from '../../sim/kernel/draws.ts';
import { equivalent, power, ratio } from './equivalence.ts';

const TRIALS = 2000;
const draws = new Draws(1, 0, 0);
const sample = (trial: number, side: number, n: number, mean: number, sd: number): number[] =>
  Array.from({ length: n }, (_, i) => quantile({ kind: 'normal', mean, sd }, draws.uniformAt(side, trial, i, 0)));
const trials = (mean: number, sd: number) =>
  Array.from({ length: TRIALS }, (_, trial) => ratio(sample(trial, 1, 8, mean, sd), sample(trial, 2, 10, 1, sd))!);
/** 4.5 standard deviations of a share p in so many trials: false alarm 7e-6. */
const reach = (p: number): number => 4.5 * Math.sqrt((p * (1 - p)) / TRIALS);

it('the 90 % interval of a ratio covers it in 90 of 100 cases, the 99 % interval in 99', () => {
  // A level that is off by 0.04 (by 0.015 for the wide one) would be found with probability 0.89 (0.92).
  const all = trials(1.1, 0.08);
  const share = (covers: (r: (typeof all)[number]) => boolean) => all.filter(covers).length / TRIALS;
  expect(Math.abs(share((r) => r.low <= 1.1 && r.high >= 1.1) - 0.9)).toBeLessThan(reach(0.9));
  expect(Math.abs(share((r) => r.wideLow <= 1.1 && r.wideHigh >= 1.1) - 0.99)).toBeLessThan(reach(0.99));
});

it('equivalence is found in one case of 20 at most when the ratio is at a bound', () => {
  expect(trials(1.15, 0.05).filter(equivalent).length / TRIALS).toBeLessThan(0.05 + reach(0.05));
});

it('power is the share of cases in which equivalence is found', () => {
  // The standard error that a case estimates varies with it, so the true one is given.
  const error = 0.1 * Math.sqrt(1 / 8 + 1 / 10);
  const known = power({ error, freedom: 15.5 }, 1);
  const found = trials(1, 0.1).filter(equivalent).length / TRIALS;
  expect(known).toBeGreaterThan(0.6);
  expect(Math.abs(found - known)).toBeLessThan(reach(known) + 0.02);
});
