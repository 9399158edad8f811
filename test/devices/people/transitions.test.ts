import { describe, expect, it } from 'vitest';
import { household } from '../../../devices/people/household.ts';
import { patient } from '../../../devices/people/patient.ts';
import { inEach, lines, play, transitionsOf, without, type Step } from '../fake-device.ts';

const BODY = lines('breath -> .: breathe', 'assessed -> .: showCondition', 'day-begins -> .: planDay', 'slip-time -> .: slip');
const HABITS = lines(
  'wake -> .: wake',
  'bed-time -> .: sleep',
  'charge-time -> .: chargeOximeter',
  'charge-done -> .: putOximeterOn',
  'wear-reminder -> .: putOximeterOn',
  'check-in-time -> .: checkIn',
  'order-time -> .: orderRefill',
  'results-time -> .: askResults',
  'question -> .: answerQuestion',
  'skill-closed -> .: closeTalk',
  'no-answer -> .: tryAgain',
  'order-display -> .: checkDisplay',
  'code-prompt -> .: giveCode',
  'measure-reminder -> .: measure',
  'incoming-call -> .: hearCall',
  'pick-up -> .: pickUp',
);
const PATIENT: Step[] = [
  ...inEach(['stable', 'deteriorating', 'critical', 'recovering'], BODY),
  ...inEach(['stable', 'deteriorating', 'recovering'], HABITS),
  ...lines(
    'stable onset -> deteriorating: noteDeteriorating',
    'deteriorating worse -> critical: noteCritical',
    'deteriorating feels-unwell -> .: callForHelp',
    'deteriorating rescue -> recovering: noteRescue',
    'critical bed-time -> .: sleep',
    'critical wake -> .: wake',
    'critical charge-done -> .: putOximeterOn',
    'critical no-answer -> .: giveUp',
    'critical rescue -> recovering: noteRescue',
    'recovering recovered -> stable:',
  ),
];
const HOUSEHOLD: Step[] = lines(
  'asleep day-begins -> .: planDay',
  'asleep wake -> awake:',
  'asleep phone-time -> .: usePhone',
  'awake day-begins -> .: planDay',
  'awake tv-time -> .: watch',
  'awake phone-time -> .: usePhone',
  'awake laptop-time -> .: useLaptop',
  'awake command-time -> .: command',
  'awake view-time -> .: lookIn',
  'awake visit-time -> .: visit',
  'awake bed-time -> asleep:',
);

describe.each([
  [patient, PATIENT],
  [household, HOUSEHOLD],
] as const)('transitions of $kind', (model, steps) => {
  it('are all exercised', () => expect(transitionsOf(model).toSorted()).toEqual(steps.map((step) => step.line).toSorted()));
  it.each(steps)('$line', (step) => expect(play(model, step)).toBe(step.line));
  it('are missed when they are deleted, each by its own story', () => {
    for (const step of steps) expect(play(without(model, step.line), step)).not.toBe(step.line);
  });
});
