import { describe, expect, it } from 'vitest';
import type { ArmEstimates, Estimate } from '../../sim/protocol/messages.ts';
import { axisTitle, estimateOf, sayEstimate } from '../../viewer/study/estimates.ts';

const estimate = (mean: number | null, low: number | null, high: number | null, rest: Partial<Estimate> = {}): Estimate => ({
  mean,
  low,
  high,
  level: 0.95,
  n: 6,
  ...rest,
});

describe('an estimate', () => {
  it.each<[string, string, Estimate]>([
    ['80 % (75.5 % to 84.5 %)', 'succeeded', estimate(0.8, 0.755, 0.845)],
    ['281,390 (281,362 to 281,436)', 'recordsExposed', estimate(281_390, 281_362, 281_436)],
    ['−12 (−20 to −4)', 'undetectedDeteriorationMinutes', estimate(-12.2, -20.1, -4.3)],
    ['1 (0 to ?)', 'recordsExposed', estimate(1, 0, null)],
    ['0 (0 to 0) !', 'recordsExposed', estimate(0, 0, 0, { warn: 'all 6 values are 0' })],
    ['–', 'recordsExposed', estimate(null, 0, null, { n: 0, warn: 'no values' })],
    ['3.2 (1 to 5.4); n = 5', 'lostCalls', estimate(3.2, 1, 5.4, { n: 5 })],
  ])('is said as %s', (said, outcome, one) => expect(sayEstimate(outcome, one, 6)).toBe(said));

  it('of a time that never came does not read as a time', () => {
    const none = estimate(24, 11.3, 24, { happened: estimate(0, 0, 0.46), restrictedTo: 24 });
    expect(sayEstimate('timeToDetectHours', none, 6)).toBe('never (counts as 24 h); happened 0 % (0 % to 46 %)');
    const some = estimate(18, 8, 24, { happened: estimate(0.5, 0.12, 0.88), restrictedTo: 24 });
    expect(sayEstimate('timeToDetectHours', some, 6)).toBe('18 (8 to 24); never counts as 24 h; happened 50 % (12 % to 88 %)');
  });

  it('of what was there to measure in some runs says in how many', () => {
    const one = estimate(31, 0, 1440, { n: 1, happened: estimate(1 / 6, 0, 0.64) });
    expect(sayEstimate('alarmToResponseMinutes', one, 6)).toBe('31 (0 to 1440); happened 17 % (0 % to 64 %); n = 1');
  });
});

describe('what is shown of an arm', () => {
  const arm: ArmEstimates = {
    id: 'te2/none',
    threat: 'te2',
    set: 'none',
    mitigations: [],
    n: 6,
    succeeded: estimate(1, 1, 1),
    outcomes: { undetectedDeteriorationMinutes: estimate(96, 90, 99), timeToDetectHours: estimate(3, 2, 4) },
    attributable: { undetectedDeteriorationMinutes: estimate(0, 0, 0), timeToDetectHours: estimate(null, null, null) },
  };
  const mean = (of: ArmEstimates, outcome: string, measure: 'attributable' | 'with-attack') => estimateOf(of, outcome, measure)?.mean;

  it('is what the attack adds, or all of it', () => {
    expect(mean(arm, 'undetectedDeteriorationMinutes', 'attributable')).toBe(0);
    expect(mean(arm, 'undetectedDeteriorationMinutes', 'with-attack')).toBe(96);
  });

  it('is the outcome itself where nothing can be subtracted: without an attack, and from a time since it', () => {
    expect(mean(arm, 'timeToDetectHours', 'attributable')).toBe(3);
    expect(mean({ ...arm, threat: null }, 'undetectedDeteriorationMinutes', 'attributable')).toBe(96);
    expect(mean({ ...arm, threat: null }, 'succeeded', 'attributable')).toBeUndefined();
  });

  it.each(['toString', '__proto__', 'constructor'])('is nothing for an outcome called %s', (name) =>
    expect(estimateOf(arm, name, 'with-attack')).toBeUndefined(),
  );

  it('is named on the axis with its unit, its caveat and what was subtracted', () => {
    expect(axisTitle('undetectedDeteriorationMinutes', 'attributable')).toBe(
      'undetected deterioration attributable to the attack, min (modelled, not clinically validated)',
    );
    expect(axisTitle('undetectedDeteriorationMinutes', 'with-attack')).toBe(
      'undetected deterioration, min (modelled, not clinically validated)',
    );
    expect(axisTitle('timeToDetectHours', 'attributable')).toBe('time to detect, h');
    expect(axisTitle('alertsPerDay', 'attributable')).toBe('alerts a day attributable to the attack');
    expect(axisTitle('phiBytesExposed', 'with-attack')).toBe('patient data exposed');
    expect(axisTitle('succeeded', 'attributable')).toBe('goal reached, share of replications');
  });
});
