import { intern } from '../../sim/model/text.ts';
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

/** Names of what is needed for a vital under a plan, put together once: they are asked for every minute. */
interface VitalNames {
  readonly baseline: string;
  readonly end: string;
  readonly drift: string;
  readonly noise: string;
  readonly purpose: string;
  readonly quantity: string;
  readonly step: number;
  readonly most: number;
}

const NAMES: ReadonlyMap<string, readonly VitalNames[]> = new Map(
  [...PLANS, 'general'].map((plan) => [
    plan,
    VITALS.map((vital) => ({
      baseline: intern(`patient.${plan}.${vital}`),
      end: intern(`patient.worst.${vital}`),
      drift: intern(`patient.drift.${vital}`),
      noise: intern(`patient.noise.${vital}`),
      purpose: intern(`noise-${vital}`),
      quantity: intern(`patient.${vital}`),
      step: vital === 'temp' ? STEPS_PER_DEGREE : STEPS_PER_UNIT,
      most: vital === 'spo2' ? FULL : Infinity,
    })),
  ]),
);

/** Publishes the n-th set of vitals at `severity` equivalent hours of deterioration (0 = none). */
export function publishVitals(d: DeviceContext<any>, severity: number, n: number): void {
  for (const names of NAMES.get(d.care.plan) ?? NAMES.get('general')!) {
    const baseline = d.parameter(names.baseline);
    const end = d.parameter(names.end);
    const drift = severity * d.parameter(names.drift);
    const noise = d.sample(d.distribution(names.noise), names.purpose, n);
    const reached = drift < 0 ? Math.max(Math.min(baseline, end), baseline + drift) : Math.min(Math.max(baseline, end), baseline + drift);
    const value = Math.round((reached + noise) * names.step) / names.step;
    d.publish(names.quantity, Math.min(names.most, value));
  }
}
