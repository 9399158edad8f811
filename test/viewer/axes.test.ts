import { describe, expect, it } from 'vitest';
import { Axis, spanOf, tooUnequal } from '../../viewer/study/axes.ts';

const estimate = (mean: number | null, low: number | null = mean, high: number | null = mean) => ({ mean, low, high, level: 0.95, n: 10 });

describe('an axis', () => {
  it('reaches from the lowest end to the highest, zero included', () => {
    expect(spanOf([estimate(5, 2, 9), estimate(-1, -4, 1)])).toEqual([-4, 9]);
    expect(spanOf([estimate(5, 2, 9)])).toEqual([0, 9]);
    expect(spanOf([estimate(-5, -9, -2)])).toEqual([-9, 0]);
    expect(spanOf([estimate(7, 3, null), estimate(null, 0, 1440)])).toEqual([0, 7]);
  });

  it('stays while intervals tighten, grows with them, and fits when nothing changes any more', () => {
    const axis = new Axis();
    const first = axis.fit([0, 100], false);
    expect(first[1]).toBeGreaterThan(100);
    expect(axis.fit([0, 50], false)).toEqual(first);
    expect(axis.fit([0, 300], false)[1]).toBeGreaterThan(300);
    expect(axis.fit([-20, 300], false)[0]).toBeLessThan(-20);
    expect(axis.fit([0, 30], false)[1]).toBeLessThan(50);
    const wide = axis.fit([0, 30], false);
    const last = axis.fit([0, 20], true);
    expect(last[1]).toBeLessThan(wide[1]);
    expect(last[1]).toBeGreaterThanOrEqual(20);
  });

  it('has a length where every estimate is zero', () => expect(new Axis().fit([0, 0], true)).toEqual([0, 1]));

  it('is shared by threat events unless one would make the others disappear', () => {
    const spans = [
      [0, 281_000],
      [-4, 40],
      [0, 0],
    ] as const;
    expect(tooUnequal(spans)).toBe(true);
    expect(tooUnequal(spans.slice(1))).toBe(false);
    expect(tooUnequal([...spans.slice(1), [0, 900]])).toBe(false);
  });
});
