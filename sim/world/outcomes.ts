import type { OutcomeSpec } from '../model/result.ts';

/** Cannot be longer than the run itself. */
const within = (id: string, unit: string, kind: OutcomeSpec['kind']): OutcomeSpec => ({
  id,
  unit,
  kind,
  better: 'low',
  bounds: [0, null],
  withinRun: true,
});
const spec = (id: string, unit: string, kind: OutcomeSpec['kind'], high: number | null = null): OutcomeSpec => ({
  id,
  unit,
  kind,
  better: 'low',
  bounds: [0, high],
});

const clinical = (outcome: OutcomeSpec): OutcomeSpec => ({ ...outcome, clinical: true });

/** Outcomes of a run, by group (design section 8). Ids carry units. `homeward list outcomes`. */
export const OUTCOMES: readonly OutcomeSpec[] = [
  // confidentiality
  spec('recordsExposed', 'records', 'harm'),
  spec('phiBytesExposed', 'B', 'harm'),
  spec('individualsAffected', 'persons', 'harm'),
  // privacy, attacker or not
  spec('unintendedAudioSeconds', 's', 'harm'),
  spec('bystanderAudioSeconds', 's', 'harm'),
  spec('transcriptDaysHeld', 'transcript days', 'harm'),
  spec('exposuresToCareTeam', 'disclosures', 'harm'),
  spec('exposuresToProcessor', 'disclosures', 'harm'),
  spec('exposuresToOtherParty', 'disclosures', 'harm'),
  spec('exposuresToAdversary', 'disclosures', 'harm'),
  // integrity
  spec('alteredObservationsAccepted', 'observations', 'harm'),
  spec('alteredOrdersExecuted', 'orders', 'harm'),
  // availability
  within('telemetryGapMinutes', 'min', 'harm'),
  clinical(spec('missedCheckIns', 'check-ins', 'harm')),
  spec('lostCalls', 'calls', 'harm'),
  within('hospitalDowntimeHours', 'h', 'harm'),
  // safety
  clinical(within('undetectedDeteriorationMinutes', 'min', 'harm')),
  clinical({ ...within('alarmToResponseMinutes', 'min', 'harm'), absent: 'untimed' }),
  clinical(spec('missedAlarms', 'alarms', 'harm')),
  clinical(spec('falseAlarms', 'alarms', 'harm')),
  clinical(spec('rescuesMissed30Min', 'rescues', 'harm')),
  // spread
  spec('hostsControlled', 'hosts', 'harm'),
  spec('hospitalReached', 'yes = 1', 'harm', 1),
  // defence
  { ...within('timeToDetectHours', 'h', 'defence'), sinceAttack: true },
  { ...within('timeToContainHours', 'h', 'defence'), sinceAttack: true },
  spec('alertsPerDay', '1/day', 'defence'),
  spec('analystMinutes', 'min', 'defence'),
  // burden
  spec('patientMinutes', 'min', 'burden'),
  spec('nurseMinutes', 'min', 'burden'),
  spec('physicianMinutes', 'min', 'burden'),
  spec('pharmacistMinutes', 'min', 'burden'),
  spec('itMinutes', 'min', 'burden'),
  spec('legitimateActionsBlocked', 'actions', 'burden'),
  spec('extraVisits', 'visits', 'burden'),
];
