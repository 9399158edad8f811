import { describe, expect, it } from 'vitest';
import { bpCuff } from '../../../devices/medical/bp-cuff.ts';
import { hahTablet } from '../../../devices/medical/hah-tablet.ts';
import { pulseOximeter } from '../../../devices/medical/pulse-oximeter.ts';
import { thermometer } from '../../../devices/medical/thermometer.ts';
import { inEach, lines, play, transitionsOf, without, type FakeDevice, type Step } from '../fake-device.ts';

const OXIMETER: Step[] = lines(
  'measuring report -> .: summarise drain nextReport',
  'measuring slipped -> off-finger:',
  'measuring taken-off -> off-finger:',
  'measuring charge -> charging:',
  'measuring battery-empty -> flat:',
  'off-finger report -> .: tellStatus drain nextReport',
  'off-finger put-on -> measuring:',
  'off-finger charge -> charging:',
  'off-finger battery-empty -> flat:',
  'charging report -> .: fill nextReport',
  'charging put-on -> measuring:',
  'flat report -> .: nextReport',
  'flat charge -> charging:',
);

const CUFF: Step[] = [
  ...lines('idle measure -> inflating: begin', 'inflating deflated -> .: read', 'inflating read-well -> idle: tell'),
  { line: 'inflating read-badly[0] -> inflating:', before: (d) => (d.memory.tries = 1) },
  { line: 'inflating read-badly[1] -> idle:', before: (d) => (d.memory.tries = 2) },
];

const THERMOMETER: Step[] = lines('idle measure -> measuring: begin', 'measuring settled -> idle: tell');

/** What the hub does in every state. */
const HUB_ALWAYS: Step[] = [
  ...lines(
    'vital -> .: observe',
    'observation-ack -> .: delivered drain',
    'observation-failed -> .: undelivered',
    'device-status -> .: noteStatus',
    'ping-time -> .: ping',
    'telemetry-pong -> .: drain',
    'measure-time -> .: remindToMeasure',
    'portal-time -> .: usePortal',
    'session-opened -> .: keepToken readCarePlan',
    'one-time-code -> .: openWithCode',
    'care-plan-page -> .: showCarePlan',
    'order-display -> .: showOrder',
    'order-confirm -> .: passConfirmation',
    'check-in-form -> .: sendCheckIn',
    'order-form -> .: sendOrder',
    'help-button -> .: sendHelp',
    'help-wanted-failed -> .: helpLater',
    'help-again -> .: helpAgain',
    'call-ended-failed -> .: reportLater',
    'report-time -> .: reportAgain',
    'update-time -> .: checkForUpdate',
    'update-answer -> .: downloadUpdate',
    'update-downloaded -> .: fetchManifest',
    'update-image -> .: installUpdate',
    'update-file-failed -> .: giveUpUpdate',
  ),
  { line: 'session-open-failed -> .: askForCode', body: { status: 401 }, n: 2 },
  { line: 'care-plan-failed -> .: forgetToken', body: { status: 401 } },
];
/** Events of the call in hand. */
const ofCall = { before: (d: FakeDevice) => Object.assign(d.memory, { call: 5 }), n: 5, body: { call: 5 } };
const HUB: Step[] = [
  ...inEach(['ready', 'ringing', 'connecting', 'in-call'], HUB_ALWAYS),
  { line: 'ready incoming-call -> ringing: ring' },
  ...lines(
    'ringing call-answer -> connecting: openMedia',
    'ringing ring-timeout -> ready: tellUnanswered',
    'ringing call-close -> ready: stopRinging',
    'connecting media-check -> .: checkMedia',
    'connecting media-good -> in-call: tellConnected',
    'connecting media-bad -> ready: closeMedia tellLost',
    'connecting call-close -> ready: closeMedia',
    'in-call media-check -> .: checkMedia',
    'in-call media-good -> .: keepWatching showAlive',
    'in-call call-close -> ready: closeMedia tellDone',
    'in-call media-end -> ready: closeMedia tellDone',
  ).map((step) => ({ ...step, ...ofCall })),
  {
    line: 'in-call media-bad[0] -> ready: closeMedia tellLost',
    n: 5,
    before: (d) => Object.assign(d.memory, { call: 5, badChecks: 3, patience: 3 }),
  },
  {
    line: 'in-call media-bad[1] -> .: keepWatching',
    n: 5,
    before: (d) => Object.assign(d.memory, { call: 5, badChecks: 2, patience: 3 }),
  },
];

describe.each([
  [pulseOximeter, OXIMETER],
  [bpCuff, CUFF],
  [thermometer, THERMOMETER],
  [hahTablet, HUB],
] as const)('transitions of $kind', (model, steps) => {
  it('are all exercised', () => expect(transitionsOf(model).toSorted()).toEqual(steps.map((step) => step.line).toSorted()));
  it.each(steps)('$line', (step) => expect(play(model, step)).toBe(step.line));
  it('are missed when they are deleted, each by its own story', () => {
    for (const step of steps) expect(play(without(model, step.line), step)).not.toBe(step.line);
  });
});
