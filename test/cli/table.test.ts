import { describe, expect, it } from 'vitest';
import { figure, interval, table } from '../../sim/cli/table.ts';

describe('figures', () => {
  it('show what matters and no more', () => {
    expect(figure(null)).toBe('-');
    expect(figure(0)).toBe('0');
    expect(figure(-0.0001)).toBe('0');
    expect(figure(2.5)).toBe('2.5');
    expect(figure(100)).toBe('100');
    expect(figure(1234.56)).toBe('1235');
    expect(figure(12.345)).toBe('12.35');
  });

  it('come with their interval, proportions as percent, an unknown side as unknown', () => {
    expect(interval({ mean: 12.34, low: 10, high: 15.06 })).toBe('12.3 [10, 15.1]');
    expect(interval({ mean: 0.456, low: 0.38, high: 0.52 }, true)).toBe('46 % [38, 52]');
    expect(interval({ mean: 1, low: 0, high: null })).toBe('1 [0, ?]');
    expect(interval({ mean: 0, low: 0, high: 0, warn: 'all values are 0' })).toBe('0 [0, 0] !');
    expect(interval(undefined)).toBe('-');
  });
});

describe('tables', () => {
  it('align columns, wide characters included, and leave no trailing blanks', () => {
    const text = table(
      [{ title: 'name' }, { title: 'n', align: 'right' }],
      [
        ['在宅', '1'],
        ['x', '10'],
      ],
    );
    expect(text).toBe('name   n\n----  --\n在宅   1\nx     10');
  });
});
