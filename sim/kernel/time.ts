/**
 * Simulated time: integer microseconds since the scenario's start, held in a double.
 * A double is exact up to 2^53 µs, about 285 years.
 */
export type Micros = number;

export const MILLISECOND = 1_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
