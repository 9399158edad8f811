import type { DeviceContext } from '../../sim/model/device.ts';

/**
 * What the patient's body shows. Each vital is a baseline of the care plan, plus a drift that grows with the hours of
 * untreated deterioration up to an end, plus small breath-to-breath noise. Modelled, not clinically validated.
 */
export const VITALS = ['spo2', 'pulse', 'resp', 'sbp', 'temp'] as const;

/** Plans with baselines of their own; every other plan has the general ones. */
const PLANS: readonly string[] = ['copd'];

/** Published values keep one decimal, temperatures two: finer steps would only be noise. */
const STEPS_PER_UNIT = 10;
const STEPS_PER_DEGREE = 100;
/** Saturation cannot exceed all of it, percent. */
const FULL = 100;

/** Publishes the n-th set of vitals at `severity` equivalent hours of deterioration (0 = none). */
export function publishVitals(d: DeviceContext<any>, severity: number, n: number): void {
  const plan = PLANS.includes(d.care.plan) ? d.care.plan : 'general';
  for (const vital of VITALS) {
    const baseline = d.parameter(`patient.${plan}.${vital}`);
    const end = d.parameter(`patient.worst.${vital}`);
    const drift = severity * d.parameter(`patient.drift.${vital}`);
    const noise = d.sample(d.distribution(`patient.noise.${vital}`), `noise-${vital}`, n);
    const reached = drift < 0 ? Math.max(Math.min(baseline, end), baseline + drift) : Math.min(Math.max(baseline, end), baseline + drift);
    const step = vital === 'temp' ? STEPS_PER_DEGREE : STEPS_PER_UNIT;
    const value = Math.round((reached + noise) * step) / step;
    d.publish(`patient.${vital}`, vital === 'spo2' ? Math.min(FULL, value) : value);
  }
}
