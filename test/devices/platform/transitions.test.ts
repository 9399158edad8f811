import { describe, expect, it } from 'vitest';
import { telehealthPlatform } from '../../../devices/cloud/telehealth-platform.ts';
import { inEach, lines, play, transitionsOf, without, type Step } from '../fake-device.ts';

const SERVING = lines(
  'observation -> .: acceptObservation',
  'telemetry-ping -> .: answerPing',
  'evaluate -> .: score',
  'forward-time -> .: forwardObservations',
  'alarm-pause -> .: pauseAlarms',
  'observation-stored -> .: forwarded',
  'alarm-failed -> .: repeatAlarm',
  'alarm-again -> .: sendAlarms',
  'alarm-ack -> .: alarmDelivered',
  'check-in-report -> .: acceptCheckIn',
  'check-in-deadline -> .: judgeCheckIn',
  'help-wanted -> .: raiseHelp',
  'call-request -> .: raiseHelp',
  'order -> .: acceptSkillOrder',
  'order-form -> .: acceptFormOrder',
  'intent-text -> .: compareIntent',
  'intent-check-failed -> .: dropUncheckedOrder',
  'order-confirmed -> .: confirmByVoice',
  'display-confirmed -> .: confirmByDisplay',
  'display-again -> .: displayAgain',
  'order-received -> .: orderDelivered',
  'order-entry-failed -> .: repeatOrder',
  'order-again -> .: sendOrderAgain',
  'call-patient -> .: ringPatient',
  'call-connected -> .: tellConnected',
  'call-ended -> .: tellEnded',
  'call-alive -> .: noteAlive',
  'call-check -> .: superviseCall',
  'call-timeout -> .: tellUnreached',
  'end-call -> .: endCall',
  'watch -> .: watchTelemetry nextWatch',
);
const STEPS: Step[] = [
  ...inEach(['monitoring', 'silent'], SERVING),
  ...lines(
    'monitoring telemetry-silent -> silent: raiseSilence',
    'silent telemetry-silent -> .: raiseSilence',
    'silent telemetry-heard -> monitoring: endSilence',
  ),
];

describe('transitions of telehealth-platform', () => {
  it('are all exercised', () => expect(transitionsOf(telehealthPlatform).toSorted()).toEqual(STEPS.map((step) => step.line).toSorted()));
  it.each(STEPS)('$line', (step) => expect(play(telehealthPlatform, step)).toBe(step.line));
  it('are missed when they are deleted, each by its own story', () => {
    for (const step of STEPS) expect(play(without(telehealthPlatform, step.line), step)).not.toBe(step.line);
  });
});
