import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../sim/world/outcomes.ts';
import { amount } from '../../viewer/amounts.ts';
import { figure, figuresOf, isClinical, titleOf, unitOf } from '../../viewer/outcomes.ts';

/** Every outcome: a value, and what the page says of it. */
const SAID: Readonly<Record<string, readonly [value: number | null, said: string]>> = {
  recordsExposed: [281_390, 'records exposed: 281k'],
  phiBytesExposed: [194_123_456, 'patient data exposed: 194 MB'],
  individualsAffected: [1, 'individuals affected: 1 person'],
  unintendedAudioSeconds: [12, 'unintended audio: 12 s'],
  bystanderAudioSeconds: [0, 'bystander audio: 0 s'],
  transcriptDaysHeld: [31, 'transcript days held: 31'],
  exposuresToCareTeam: [3, 'exposures to care team: 3 disclosures'],
  exposuresToProcessor: [1, 'exposures to processor: 1 disclosure'],
  exposuresToOtherParty: [0, 'exposures to other party: 0 disclosures'],
  exposuresToAdversary: [12_345, 'exposures to adversary: 12.3k disclosures'],
  alteredObservationsAccepted: [7, 'altered observations accepted: 7'],
  alteredOrdersExecuted: [1, 'altered orders executed: 1'],
  telemetryGapMinutes: [96.24, 'telemetry gap: 96.2 min'],
  missedCheckIns: [2, 'missed check-ins: 2'],
  lostCalls: [1, 'lost calls: 1'],
  hospitalDowntimeHours: [0, 'hospital downtime: 0 h'],
  undetectedDeteriorationMinutes: [432.6, 'undetected deterioration: 433 min'],
  alarmToResponseMinutes: [null, 'alarm to response: none'],
  missedAlarms: [1, 'missed alarms: 1'],
  falseAlarms: [4, 'false alarms: 4'],
  rescuesMissed30Min: [1, 'rescues later than 30 minutes: 1'],
  hostsControlled: [2, 'hosts controlled: 2'],
  hospitalReached: [1, 'hospital reached: yes'],
  timeToDetectHours: [null, 'time to detect: none'],
  timeToContainHours: [0.016, 'time to contain: 0.02 h'],
  alertsPerDay: [0, 'alerts: 0 a day'],
  analystMinutes: [1, 'analysts’ time: 1 min'],
  patientMinutes: [1, 'patient’s time: 1 min'],
  nurseMinutes: [15.26, 'nurses’ time: 15.3 min'],
  physicianMinutes: [0, 'physicians’ time: 0 min'],
  pharmacistMinutes: [5, 'pharmacists’ time: 5 min'],
  itMinutes: [1234.5, 'IT staff’s time: 1235 min'],
  legitimateActionsBlocked: [1, 'legitimate actions blocked: 1'],
  extraVisits: [1, 'extra visits: 1'],
};

describe('an outcome', () => {
  it.each(OUTCOMES.map(({ id }) => id))('%s is said with its title and unit', (id) => {
    const [value, said] = SAID[id]!;
    expect(`${titleOf(id)}: ${figure(id, value)}`).toBe(said);
  });

  it('says what is clinical', () => {
    expect(OUTCOMES.filter(({ id }) => isClinical(id)).map(({ id }) => id)).toEqual([
      'missedCheckIns',
      'undetectedDeteriorationMinutes',
      'alarmToResponseMinutes',
      'missedAlarms',
      'falseAlarms',
      'rescuesMissed30Min',
    ]);
  });

  it('that nobody has defined is said as it is called', () => {
    expect([titleOf('toString'), unitOf('__proto__'), figure('constructor', 2)]).toEqual(['to string', '', '2']);
  });
});

describe('figures that stand together', () => {
  it.each([
    ['recordsExposed', [281_362, 281_390, 281_436], 74, '281,362 281,390 281,436'],
    ['recordsExposed', [281_306, 281_358, 281_409], 103, '281,306 281,358 281,409'],
    ['recordsExposed', [0, 50_000, 100_000], 50_000, '0 50k 100k'],
    ['recordsExposed', [275_000, 281_390, 287_345], 12_345, '275k 281k 287k'],
    ['recordsExposed', [9_990, 9_995, 10_002], 12, '9,990 9,995 10,002'],
    ['recordsExposed', [1_000_000, 1_234_567, 1_500_000], 500_000, '1M 1.23M 1.5M'],
    ['phiBytesExposed', [194_120_100, 194_123_400, 194_125_000], 4_900, '194.1201 MB 194.1234 MB 194.125 MB'],
    ['phiBytesExposed', [0, 512], 512, '0 B 512 B'],
    ['undetectedDeteriorationMinutes', [-20.04, -12.26, 0.01], 20.05, '−20 −12 0'],
    ['undetectedDeteriorationMinutes', [-0.0004, 0.0002, 0.0008], 0.0012, '−0.0004 0.0002 0.0008'],
    ['hospitalReached', [0.382, 0.45, 0.521], 0.139, '38 % 45 % 52 %'],
  ])('%s %j are said as far as their distance bears', (id, values, apart, said) => {
    expect(values.map(figuresOf(id, values, apart)).join(' ')).toBe(said);
  });

  it.each([
    [0, '0'],
    [-0.004, '0'],
    [9999, '9999'],
    [10_000, '10k'],
    [281_390, '281k'],
    [12_345_678, '12.3M'],
  ])('%d alone is %s', (value, said) => expect(amount(value)).toBe(said));
});
