import type { Micros } from '../../sim/kernel/time.ts';

/**
 * National Early Warning Score 2: seven parameters, each banded to 0–3 points, summed to 0–20.
 * Scale 1 for SpO2 is the ordinary one; scale 2 holds only for patients with hypercapnic failure whose target is 88–92 %.
 * Bands of scale 2 and of consciousness are from memory of the published chart; the others from its text.
 */

export type Parameter = 'resp' | 'spo2' | 'oxygen' | 'sbp' | 'pulse' | 'consciousness' | 'temp';

/** Points from `to` (inclusive) down to the previous band's `to`; the last band has no upper end. */
interface Band {
  readonly to: number;
  readonly points: number;
}

const TOP = Infinity;
const bands = (...pairs: readonly (readonly [number, number])[]): readonly Band[] => pairs.map(([to, points]) => ({ to, points }));

const RESP = bands([8, 3], [11, 1], [20, 0], [24, 2], [TOP, 3]);
const SPO2_SCALE_1 = bands([91, 3], [93, 2], [95, 1], [TOP, 0]);
const SPO2_SCALE_2_ON_OXYGEN = bands([83, 3], [85, 2], [87, 1], [92, 0], [94, 1], [96, 2], [TOP, 3]);
const SPO2_SCALE_2_ON_AIR = bands([83, 3], [85, 2], [87, 1], [TOP, 0]);
const SBP = bands([90, 3], [100, 2], [110, 1], [219, 0], [TOP, 3]);
const PULSE = bands([40, 3], [50, 1], [90, 0], [110, 1], [130, 2], [TOP, 3]);
/** Tenths of a degree, so that 36.0 and 36.1 are told apart exactly. */
const TEMP_TENTHS = bands([350, 3], [360, 1], [380, 0], [390, 1], [TOP, 2]);

const points = (table: readonly Band[], value: number): number => {
  for (const band of table) if (value <= band.to) return band.points;
  return 0;
};

/** How the patient's SpO2 is to be judged. */
export interface Scale {
  readonly news2Scale: 1 | 2;
  readonly oxygen: boolean;
}

/** Points of one respiratory rate, /min; the chart speaks of whole breaths. */
export const respPoints = (perMinute: number): number => points(RESP, Math.round(perMinute));

/** Points of one SpO2, percent, whole. */
export const spo2Points = (percent: number, scale: Scale): number => {
  const whole = Math.round(percent);
  if (scale.news2Scale === 1) return points(SPO2_SCALE_1, whole);
  return points(scale.oxygen ? SPO2_SCALE_2_ON_OXYGEN : SPO2_SCALE_2_ON_AIR, whole);
};

/** Supplemental oxygen counts 2. */
export const oxygenPoints = (oxygen: boolean): number => (oxygen ? 2 : 0);

/** Points of one systolic pressure, mmHg. */
export const sbpPoints = (mmHg: number): number => points(SBP, Math.round(mmHg));

/** Points of one pulse rate, /min. */
export const pulsePoints = (perMinute: number): number => points(PULSE, Math.round(perMinute));

/** Points of one temperature, °C, read to a tenth. */
export const tempPoints = (celsius: number): number => points(TEMP_TENTHS, Math.round(celsius * 10));

/** Points of consciousness: 1 = alert, 0 = newly confused or responding only to voice, pain or not at all. */
export const consciousnessPoints = (alert: number): number => (alert >= 1 ? 0 : 3);

/** A value with the time it was measured, µs. */
export interface Reading {
  readonly value: number;
  readonly at: Micros;
}

/** What arrived, by parameter; oxygen is known from the care plan. */
export type Readings = Readonly<Partial<Record<MeasuredParameter, Reading>>>;
export type MeasuredParameter = Exclude<Parameter, 'oxygen'>;

export interface Score {
  /** Sum over what is known and fresh. */
  readonly total: number;
  /** Some parameter was missing or stale: the true score may be higher. */
  readonly partial: boolean;
  readonly missing: readonly MeasuredParameter[];
  readonly stale: readonly MeasuredParameter[];
  /** Parameters that alone score 3. */
  readonly red: readonly MeasuredParameter[];
  /** 0: total 0 · 1: total 1–4 · 2: a single parameter scores 3 · 3: total 5–6 · 4: total 7 or more. */
  readonly tier: Tier;
}
export type Tier = 0 | 1 | 2 | 3 | 4;

const MEASURED: readonly MeasuredParameter[] = ['resp', 'spo2', 'sbp', 'pulse', 'consciousness', 'temp'];

/** Clinical risk band of a total, given whether one parameter alone scores 3. */
export const tierOf = (total: number, singleThree: boolean): Tier => {
  if (total >= 7) return 4;
  if (total >= 5) return 3;
  if (singleThree) return 2;
  return total >= 1 ? 1 : 0;
};

/**
 * The score of what has arrived by `now`. A parameter older than its limit (µs) is left out and named, like a missing one.
 */
export function news2(readings: Readings, scale: Scale, now: Micros, freshFor: (parameter: MeasuredParameter) => Micros): Score {
  const missing: MeasuredParameter[] = [];
  const stale: MeasuredParameter[] = [];
  const red: MeasuredParameter[] = [];
  let total = oxygenPoints(scale.oxygen);
  for (const parameter of MEASURED) {
    const reading = readings[parameter];
    if (reading === undefined) missing.push(parameter);
    else if (now - reading.at > freshFor(parameter)) stale.push(parameter);
    else {
      const score = pointsOf(parameter, reading.value, scale);
      total += score;
      if (score === 3) red.push(parameter);
    }
  }
  return { total, partial: missing.length + stale.length > 0, missing, stale, red, tier: tierOf(total, red.length > 0) };
}

function pointsOf(parameter: MeasuredParameter, value: number, scale: Scale): number {
  switch (parameter) {
    case 'resp':
      return respPoints(value);
    case 'spo2':
      return spo2Points(value, scale);
    case 'sbp':
      return sbpPoints(value);
    case 'pulse':
      return pulsePoints(value);
    case 'consciousness':
      return consciousnessPoints(value);
    case 'temp':
      return tempPoints(value);
  }
}
