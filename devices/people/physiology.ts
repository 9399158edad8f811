import { intern } from '../../sim/model/text.ts';
import type { Chance, DeviceContext } from '../../sim/model/device.ts';

/**
 * What the patient's body shows. Each vital is a baseline of the care plan, plus a drift that grows with the hours of
 * untreated deterioration up to an end, plus small breath-to-breath noise. Modelled, not clinically validated.
 */
export const VITALS = ['spo2', 'pulse', 'resp', 'sbp', 'temp'] as const;

/** Published values keep one decimal, temperatures two: finer steps would only be noise. */
const STEPS_PER_UNIT = 10;
const STEPS_PER_DEGREE = 100;
/** Saturation cannot exceed all of it, percent. */
const FULL = 100;

interface Vital {
  readonly baseline: number;
  /** Where an untreated deterioration ends, and its way there in an hour. */
  readonly end: number;
  readonly drift: number;
  readonly noise: Chance;
  readonly quantity: string;
  readonly step: number;
  readonly most: number;
}

const vitalsOf = (d: DeviceContext<any>): readonly Vital[] =>
  VITALS.map((vital) => ({
    baseline: d.parameter(`patient.${d.care.plan}.${vital}`),
    end: d.parameter(`patient.worst.${vital}`),
    drift: d.parameter(`patient.drift.${vital}`),
    noise: d.chance(`patient.noise.${vital}`, `noise-${vital}`),
    quantity: intern(`patient.${vital}`),
    step: vital === 'temp' ? STEPS_PER_DEGREE : STEPS_PER_UNIT,
    most: vital === 'spo2' ? FULL : Infinity,
  }));

/** Publishes the n-th set of vitals at `severity` equivalent hours of deterioration (0 = none). */
export function publishVitals(d: DeviceContext<any>, severity: number, n: number): void {
  for (const { baseline, end, drift, noise, quantity, step, most } of d.bound(vitalsOf)) {
    const way = severity * drift;
    const reached = way < 0 ? Math.max(Math.min(baseline, end), baseline + way) : Math.min(Math.max(baseline, end), baseline + way);
    const value = Math.round((reached + d.sampleOf(noise, n)) * step) / step;
    d.publish(quantity, Math.min(most, value));
  }
}
