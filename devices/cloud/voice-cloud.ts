import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';
import { deviceIds, flag, quantity } from '../../sim/model/settings.ts';
import { DAY, HOUR, MINUTE } from '../../sim/kernel/time.ts';
import { hostOf } from '../peers.ts';
import { divide } from '../home/background.ts';

interface VoiceCloudMemory {
  /** Commands whose skill has not yet taken the intent, oldest first. */
  waiting: Message[];
  /** Orders as understood, newest last, for parties that want to compare. */
  intents: { ref: string; text: string }[];
  /** Recordings held: when each was made, µs. */
  recordings: number[];
}

/** Orders that are remembered for comparison. */
const REMEMBERED = 50;
/** Intents that the care skill handles. */
const CARE: readonly string[] = ['check-in', 'results', 'order', 'call-nurse'];

const say = (
  device: DeviceContext<VoiceCloudMemory>,
  command: Message,
  answer: Readonly<Record<string, string | number | boolean>>,
): void => {
  const { message, rest } = divide(Number(command.body?.['answerBytes'] ?? 0), device.parameter('voice.largest-message'));
  device.reply(command, { kind: 'voice-answer', body: { ...answer, moreBytes: rest }, bytes: message });
};

const decisionOf = (command: Message): number => Number(command.body?.['decision'] ?? 0);

/** Takes the command that this is the answer about from the waiting ones: an answer may overtake another. */
function answered(device: DeviceContext<VoiceCloudMemory>, n: number): Message | undefined {
  const { waiting } = device.memory;
  const at = waiting.findIndex((command) => decisionOf(command) === n);
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

/**
 * The voice platform: turns sound into an intent, answers small things itself and hands matters of care to the skill.
 * It keeps what it heard for as long as the account's owner and its own retention time allow.
 */
export const voiceCloud = defineDevice<VoiceCloudMemory>({
  kind: 'voice-cloud',
  title: 'Voice platform: speech recognition and dispatch to skills',
  family: 'cloud',
  roles: ['server', 'voice'],
  settings: {
    skill: deviceIds({ kind: 'skill-backend' }, 'Server of the care skill: the first.'),
    'retention-days': quantity(540, 'd', 0, 3650, 'Recordings and transcripts are deleted after this time; 0 keeps none.'),
    'signed-intents': flag(false, 'Keeps each order as it was understood and states it under its own signature to whoever asks.'),
    'human-review': flag(true, 'Staff or contractors listen to a share of the recordings whose owners allow it.'),
    'minimal-intents': flag(false, 'Hands a skill only what its intent needs, not all that was said.'),
  },
  memory: () => ({ waiting: [], intents: [], recordings: [] }),
  listens: [443],
  serves: ['voice-command', 'intent-check'],
  machine: {
    initial: 'up',
    states: {
      up: {
        on: {
          'voice-command': { actions: ['understand'] },
          'intent-taken': { actions: ['openSkill'] },
          'skill-intent-failed': { actions: ['skillUnavailable'] },
          'intent-check': { actions: ['stateIntent'] },
          'delete-due': { actions: ['deleteOld'] },
        },
      },
    },
  },
  effects: {
    understand: (device, event) => {
      const command = event.message!;
      const body = event.body ?? {};
      const intent = String(body['intent'] ?? 'none');
      const decision = decisionOf(command);
      hold(device, body, decision);
      if (intent === 'none') return say(device, command, { understood: true });
      // Recognition ends the model's resolution: heard right, not understood, or (orders) taken for something alike.
      const luck = device.draw('recognition', decision);
      if (luck < device.parameter('voice.misheard-share')) return say(device, command, { understood: false });
      if (!CARE.includes(intent)) return say(device, command, { understood: true });
      if (intent === 'results' && body['linked'] !== true)
        return say(device, command, { understood: true, refused: 'linked-accounts: no record is linked' });
      const said = String(body['text'] ?? '');
      const text =
        intent === 'order' && device.draw('similar-sounding', decision) < device.parameter('voice.misheard-unnoticed')
          ? `${said} (misheard)`
          : said;
      const ref = String(body['ref'] ?? '');
      if (intent === 'order' && device.setting<boolean>('signed-intents')) {
        device.memory.intents.push({ ref, text });
        if (device.memory.intents.length > REMEMBERED) device.memory.intents.shift();
      }
      device.memory.waiting.push(command);
      const needed = intent === 'order' || !device.setting<boolean>('minimal-intents');
      const bytes = needed ? text.length : 0;
      device.request('skill', {
        kind: 'skill-intent',
        body: {
          intent,
          ref,
          from: String(body['from'] ?? ''),
          text: needed ? text : '',
          phiRecords: needed ? 1 : 0,
          phiBytes: bytes,
          individuals: needed ? 1 : 0,
        },
        bytes: device.parameter('voice.turn-bytes'),
        n: decision,
        cause: command,
      });
      if (needed) device.record('disclosure', { to: 'processor', records: 1, bytes, individuals: 1 }, command);
    },
    openSkill: (device, event) => {
      const command = answered(device, event.n);
      if (command !== undefined) say(device, command, { understood: true, openSkill: true });
    },
    skillUnavailable: (device, event) => {
      const command = answered(device, event.n);
      if (command !== undefined) say(device, command, { understood: true, refused: 'the skill does not answer' });
    },
    stateIntent: (device, event) => {
      if (!device.setting<boolean>('signed-intents')) return device.refuse(event.message!, 'signed-intents: off', 404);
      const ref = event.body?.['ref'];
      const known = device.memory.intents.find((intent) => intent.ref === ref);
      if (known === undefined) return device.refuse(event.message!, 'no order was spoken under this reference', 404);
      device.reply(event.message!, {
        kind: 'intent-text',
        body: { ref: known.ref, text: known.text },
        bytes: device.parameter('voice.turn-bytes'),
        sign: true,
      });
    },
    deleteOld: (device) => {
      const oldest = device.now - device.setting<number>('retention-days') * DAY;
      device.memory.recordings = device.memory.recordings.filter((made) => made > oldest);
    },
  },
  channels: {
    skill: (device) => ({
      host: hostOf(device, 'skill'),
      port: 443,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: HOUR,
    }),
  },
});

/** Keeps a recording if both the owner and the retention time let it, and shows it to people if both let it. */
function hold(device: DeviceContext<VoiceCloudMemory>, body: Readonly<Record<string, unknown>>, decision: number): void {
  const days = device.setting<number>('retention-days');
  if (body['keep'] !== false && days > 0) {
    device.memory.recordings.push(device.now);
    device.record('transcript', { days });
    device.after(days * DAY + MINUTE, 'delete-due', decision);
  }
  const bytes = Number(body['phiBytes'] ?? 0);
  if (
    body['review'] === true &&
    device.setting<boolean>('human-review') &&
    device.draw('reviewed', decision) < device.parameter('voice.review-share') &&
    bytes > 0
  )
    device.record('disclosure', { to: 'other-party', records: 1, bytes, individuals: 1 });
}
