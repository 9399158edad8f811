import type { DeviceContext, DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import { blocked, tell, text, type SpeakerMemory } from './speaker-command.ts';

/** Places for turns of one conversation in a message's decision number. */
const TURNS = 32;

/** The conversation with the care skill: the speaker carries questions and answers between the skill and the person. */
export const speakerSkillEffects = {
  /** The skill is opened: from now on speaker and skill talk directly. */
  openSkill: (device) => {
    device.memory.turn = 0;
    sendTurn(device, { utterance: device.memory.command!.text });
  },
  askPerson: (device, event) => {
    const command = device.memory.command!;
    device.memory.turn = Number(event.body?.['turn'] ?? 0);
    const readBack = text(event.body, 'readBack');
    const question = text(event.body, 'question');
    const speaking = Math.round((question.length / device.parameter('voice.speech-rate')) * SECOND);
    device.act(
      command.speaker,
      'question',
      { turn: device.memory.turn, question, ...(readBack === '' ? {} : { readBack }) },
      command.n,
      speaking,
    );
    device.memory.patience = device.after(speaking + Math.round(device.parameter('voice.answer-timeout') * SECOND), 'no-answer', command.n);
  },
  sendAnswer: (device, event) => {
    device.cancel(device.memory.patience);
    device.memory.turn++;
    const utterance = text(event.body, 'utterance');
    const shared = device.setting<string>('skill-permissions') === 'all';
    // Without permission for health data the skill learns that somebody answered, not what.
    sendTurn(device, { utterance: shared ? utterance : 'withheld' }, shared ? utterance.length : 0);
    const seconds = Number(event.body?.['seconds'] ?? 0);
    if (seconds > 0) device.record('audio', { seconds, intended: true, bystander: false });
  },
  closeSkill: (device, event) => tell(device, event.body?.['done'] === true, text(event.body, 'reason')),
  skillFailed: (device, event) => {
    const reason = text(event.body, 'reason');
    if (reason === 'certificate') blocked(device, device.memory.command!.intent, device.memory.command!.bystander);
    tell(device, false, reason === '' ? 'no answer' : reason);
  },
} satisfies Record<string, (device: DeviceContext<SpeakerMemory>, event: DeviceEvent) => void> as Readonly<
  Record<string, Effect<SpeakerMemory>>
>;

function sendTurn(device: DeviceContext<SpeakerMemory>, said: Body, phiBytes = text(said, 'utterance').length): void {
  const command = device.memory.command!;
  const records = phiBytes > 0 ? 1 : 0;
  device.request('skill', {
    kind: 'skill-turn',
    n: command.decision * TURNS + device.memory.turn,
    bytes: Math.round(device.parameter('voice.turn-bytes')),
    body: {
      turn: device.memory.turn,
      conversation: `${device.id}/${command.decision}`,
      intent: command.intent,
      ref: command.ref,
      day: command.n,
      ...said,
      phiRecords: records,
      phiBytes,
      individuals: records,
    },
  });
  if (records > 0) device.record('disclosure', { to: 'processor', records, bytes: phiBytes, individuals: 1 });
}
