import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consciousnessPoints,
  news2,
  oxygenPoints,
  pulsePoints,
  respPoints,
  sbpPoints,
  spo2Points,
  tempPoints,
  tierOf,
} from '../../../devices/hospital/news2.ts';

const SCALE_1 = { news2Scale: 1, oxygen: false } as const;
const SCALE_2_AIR = { news2Scale: 2, oxygen: false } as const;
const SCALE_2_OXYGEN = { news2Scale: 2, oxygen: true } as const;

/** Each band's ends with its points, as the published chart has them. */
const chart: readonly (readonly [string, (value: number) => number, readonly (readonly [from: number, to: number, points: number])[]])[] = [
  [
    'breathing rate',
    respPoints,
    [
      [4, 8, 3],
      [9, 11, 1],
      [12, 20, 0],
      [21, 24, 2],
      [25, 60, 3],
    ],
  ],
  [
    'SpO2 on scale 1',
    (value) => spo2Points(value, SCALE_1),
    [
      [60, 91, 3],
      [92, 93, 2],
      [94, 95, 1],
      [96, 100, 0],
    ],
  ],
  [
    'SpO2 on scale 2 on air',
    (value) => spo2Points(value, SCALE_2_AIR),
    [
      [60, 83, 3],
      [84, 85, 2],
      [86, 87, 1],
      [88, 92, 0],
      [93, 100, 0],
    ],
  ],
  [
    'SpO2 on scale 2 on oxygen',
    (value) => spo2Points(value, SCALE_2_OXYGEN),
    [
      [60, 83, 3],
      [84, 85, 2],
      [86, 87, 1],
      [88, 92, 0],
      [93, 94, 1],
      [95, 96, 2],
      [97, 100, 3],
    ],
  ],
  [
    'systolic pressure',
    sbpPoints,
    [
      [50, 90, 3],
      [91, 100, 2],
      [101, 110, 1],
      [111, 219, 0],
      [220, 260, 3],
    ],
  ],
  [
    'pulse',
    pulsePoints,
    [
      [30, 40, 3],
      [41, 50, 1],
      [51, 90, 0],
      [91, 110, 1],
      [111, 130, 2],
      [131, 200, 3],
    ],
  ],
  [
    'temperature',
    tempPoints,
    [
      [33, 35, 3],
      [35.1, 36, 1],
      [36.1, 38, 0],
      [38.1, 39, 1],
      [39.1, 42, 2],
    ],
  ],
];

describe('the bands of NEWS2', () => {
  for (const [name, points, bands] of chart)
    it.each(bands)(`${name} from %d to %d scores %d`, (from, to, expected) => {
      expect(points(from)).toBe(expected);
      expect(points(to)).toBe(expected);
    });
  it('adds 2 for oxygen and 3 for not being alert', () => {
    expect([oxygenPoints(true), oxygenPoints(false), consciousnessPoints(1), consciousnessPoints(0)]).toEqual([2, 0, 0, 3]);
  });
  it('reads values as they are displayed: whole breaths, tenths of a degree', () => {
    expect(respPoints(20.4)).toBe(0);
    expect(respPoints(20.5)).toBe(2);
    expect(tempPoints(38.04)).toBe(0);
    expect(tempPoints(38.06)).toBe(1);
  });
});

describe('tiers', () => {
  it.each([
    [0, false, 0],
    [1, false, 1],
    [4, false, 1],
    [3, true, 2],
    [4, true, 2],
    [5, false, 3],
    [6, true, 3],
    [7, false, 4],
    [20, true, 4],
  ] as const)('a total of %d with a single three %s is tier %d', (total, single, tier) => expect(tierOf(total, single)).toBe(tier));
});

describe('a score', () => {
  const fresh = (): number => 100;
  const now = (value: number) => ({ value, at: 1000 });
  const well = { resp: now(18), spo2: now(90), sbp: now(128), pulse: now(84), temp: now(36.8), consciousness: now(1) };
  it('of a stable patient with hypercapnic COPD on oxygen is 2, for the oxygen', () => {
    expect(news2(well, SCALE_2_OXYGEN, 1000, fresh)).toEqual({ total: 2, partial: false, missing: [], stale: [], red: [], tier: 1 });
  });
  it('is 5 on scale 1: that scale would raise alarms all day', () => {
    expect(news2(well, { news2Scale: 1, oxygen: true }, 1000, fresh)).toMatchObject({ total: 5, red: ['spo2'], tier: 3 });
  });
  it('with a missing parameter is partial and names it', () => {
    const { sbp: _, ...rest } = well;
    expect(news2(rest, SCALE_2_OXYGEN, 1000, fresh)).toMatchObject({ partial: true, missing: ['sbp'], stale: [] });
  });
  it('with a stale parameter leaves it out and names it', () => {
    const late = { ...well, spo2: { value: 80, at: 899 } };
    expect(news2(late, SCALE_2_OXYGEN, 1000, fresh)).toMatchObject({ total: 2, partial: true, missing: [], stale: ['spo2'] });
    expect(news2({ ...well, spo2: { value: 80, at: 900 } }, SCALE_2_OXYGEN, 1000, fresh)).toMatchObject({
      total: 5,
      partial: false,
      red: ['spo2'],
    });
  });
  it('never falls when one more parameter is known, and lies between 0 and 20', () => {
    const reading = fc.option(fc.record({ value: fc.double({ min: 0, max: 250, noNaN: true }), at: fc.constant(1000) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        reading,
        reading,
        reading,
        reading,
        reading,
        reading,
        fc.boolean(),
        (resp, spo2, sbp, pulse, temp, consciousness, oxygen) => {
          const all = Object.fromEntries(
            Object.entries({ resp, spo2, sbp, pulse, temp, consciousness }).filter(([, value]) => value !== undefined),
          );
          const full = news2(all, { news2Scale: 2, oxygen }, 1000, fresh);
          expect(full.total).toBeGreaterThanOrEqual(0);
          expect(full.total).toBeLessThanOrEqual(20);
          for (const name of Object.keys(all)) {
            const { [name]: _, ...less } = all;
            expect(news2(less, { news2Scale: 2, oxygen }, 1000, fresh).total).toBeLessThanOrEqual(full.total);
          }
        },
      ),
    );
  });
});
