import { describe, expect, it } from 'vitest';
import { ehr } from '../../../devices/hospital/ehr.ts';
import { nursePanel } from '../../../devices/hospital/nurse-panel.ts';
import { inEach, lines, play, transitionsOf, without, type FakeDevice, type Step } from '../fake-device.ts';

const inCall = (d: FakeDevice): void => {
  d.memory.call = { call: 7, purpose: 'alarm', n: 3, since: 0, seen: false };
};
const SERVING = lines(
  'day-begins -> .: planDay',
  'visit-time -> .: visitPatient',
  'second-visit -> .: visitAgain',
  'arrive -> .: visitPatient',
  'alarm[1] -> .: noteSilence queueAlarm',
  'patient-seen -> .: judge standIn',
  'treat -> .: treat',
  'round-due -> .: goRound',
  'technician-arrives -> .: beginRepair',
  'technician-done -> .: endRepair',
);
const NURSE: Step[] = [
  ...inEach(['free', 'calling', 'on-call'], [{ line: 'alarm[0] -> .: noteHeard', body: { kind: 'heard', alarm: 2 } }, ...SERVING]),
  ...inEach(['calling', 'on-call'], lines('attend -> .: attendLater', 'video-time -> .: videoLater')),
  { line: 'free attend -> calling: callAboutAlarm', before: (d) => d.memory.open.push({ alarm: 1, kind: 'score', tier: 4, raisedAt: 0 }) },
  { line: 'free video-time -> calling: callVideoVisit' },
  { line: 'free call-status -> .: declineCall', body: { call: 6, status: 'lost' } },
  { line: 'calling call-patient-failed -> free: callFailed', before: inCall },
  { line: 'calling call-status[0] -> on-call: seePatient', before: inCall, body: { call: 7, status: 'connected' } },
  { line: 'calling call-status[1] -> free: callFailed', before: inCall, body: { call: 7, status: 'unanswered' } },
  { line: 'calling call-status[2] -> .: declineCall', before: inCall, body: { call: 6, status: 'lost' } },
  { line: 'calling give-up -> free: callFailed', before: inCall, n: 7 },
  { line: 'on-call call-over -> free: hangUp', before: inCall, n: 7 },
  { line: 'on-call call-status[0] -> free: callBroken', before: inCall, body: { call: 7, status: 'lost' } },
  { line: 'on-call call-status[1] -> .: declineCall', before: inCall, body: { call: 6, status: 'lost' } },
];
const EHR: Step[] = [
  { line: 'up observation-forward -> .: store' },
  { line: 'up ehr-records -> .: answerQuery' },
  {
    line: 'up order-entry[0] -> .: enter awaitReview',
    settings: { 'pharmacist-review': true },
    body: { ref: 'order/1', text: 'refill salbutamol 100 mcg' },
  },
  { line: 'up order-entry[1] -> .: enter awaitExecution', body: { ref: 'order/1', text: 'refill salbutamol 100 mcg' } },
  { line: 'up reviewed -> .: decide' },
  { line: 'up due -> .: execute' },
];

describe.each([
  [nursePanel, NURSE],
  [ehr, EHR],
] as const)('transitions of $kind', (model, steps) => {
  it('are all exercised', () => expect(transitionsOf(model).toSorted()).toEqual(steps.map((step) => step.line).toSorted()));
  it.each(steps)('$line', (step) => expect(play(model, step)).toBe(step.line));
  it('are missed when they are deleted, each by its own story', () => {
    for (const step of steps) expect(play(without(model, step.line), step)).not.toBe(step.line);
  });
});
