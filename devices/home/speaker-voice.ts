import type { DeviceContext, DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import { divide, link } from './background.ts';
import { ATTEMPTS, blocked, decisionOf, isHealth, tell, text, type Command, type SpeakerMemory } from './speaker-command.ts';
import { NEAR_WAKE } from './speaker-traffic.ts';
import { hostOf } from '../peers.ts';

/** Code that opens orders when `voice-pin` is on. Spoken aloud, hence no secret to anyone in earshot. */
const PIN = 'pin 4711';
const HTTPS = 443;
const BITS = 8;

/** Has the person said it too often already? Otherwise it is said again after a while. */
function sayAgain(device: DeviceContext<SpeakerMemory>, command: Command, why: string): void {
  if (!command.intended || command.attempt + 1 >= ATTEMPTS) {
    device.memory.command = command;
    return tell(device, false, why);
  }
  const { intent, ref, seconds, bystander, speaker, attempt, n } = command;
  const again: Body = { intent, text: command.text, ref, seconds, bystander, speaker, attempt: attempt + 1 };
  device.after(Math.round(device.parameter('voice.repeat-delay') * SECOND), 'utterance', n, again);
}

/** The way of a command through the speaker to the voice platform and back. */
export const speakerVoiceEffects = {
  /** Somebody speaks to it: does it notice its wake word? */
  hear: (device, event) => {
    const intent = text(event.body, 'intent');
    const attempt = Number(event.body?.['attempt'] ?? 0);
    const decision = decisionOf(intent, event.n, attempt);
    const spoken = Number(event.body?.['seconds'] ?? 0);
    const command: Command = {
      intent,
      text: text(event.body, 'text'),
      ref: text(event.body, 'ref') || null,
      seconds: spoken > 0 ? spoken : device.sample(device.distribution('voice.command-seconds'), 'seconds', decision),
      intended: true,
      bystander: event.body?.['bystander'] === true,
      speaker: text(event.body, 'speaker') || event.from,
      attempt,
      n: event.n,
      decision,
    };
    if (device.draw('wake-word', decision) < device.parameter(`voice.wake-missed-${device.setting<string>('wake-word-sensitivity')}`))
      return sayAgain(device, command, 'wake word not noticed');
    device.memory.command = command;
    device.raise('woken');
  },

  /** Something in the room sounds like the wake word; how much so is a draw, what is enough is a setting. */
  nearWake: link<SpeakerMemory>(NEAR_WAKE, (device, event) => {
    const needed = device.parameter(`voice.wake-likeness-${device.setting<string>('wake-word-sensitivity')}`);
    if (device.state !== 'idle' || device.draw('likeness', event.n) < needed) return;
    const decision = decisionOf('none', event.n, 0);
    const cut = device.setting<boolean>('cloud-wake-check') ? device.parameter('voice.wake-check-seconds') : Number.POSITIVE_INFINITY;
    device.memory.command = {
      intent: 'none',
      text: '',
      ref: null,
      intended: false,
      speaker: device.id,
      attempt: 0,
      n: event.n,
      decision,
      seconds: Math.min(cut, device.sample(device.distribution('voice.misactivation-seconds'), 'misactivation', event.n)),
      bystander: device.draw('who-talks', event.n) < device.parameter('voice.bystander-share'),
    };
    device.raise('woken');
  }),

  listen: (device) => {
    device.after(Math.round(device.memory.command!.seconds * SECOND), 'spoken', device.memory.command!.n);
  },

  /** Settings of this speaker that can stop a command before it is acted on. */
  judge: (device) => {
    const command = device.memory.command!;
    const health = isHealth(command.intent);
    if (health && device.setting<boolean>('voice-profiles')) {
      // A voice is compared with the enrolled one; the comparison errs both ways.
      const taken = device.draw('voice-profile', command.decision);
      if (
        command.bystander ? taken >= device.parameter('voice.profile-false-accept') : taken < device.parameter('voice.profile-false-reject')
      )
        return device.raise('refused', { reason: 'voice-profiles: voice not recognised' });
    }
    if (health && device.setting<string>('skill-permissions') === 'none')
      return device.raise('refused', { reason: 'skill-permissions: no skill may be opened' });
    if (command.intent === 'order' && device.setting<boolean>('voice-pin')) return device.raise('pin-needed');
    device.raise('accepted');
  },

  askPin: (device) => {
    const command = device.memory.command!;
    device.act(command.speaker, 'question', { turn: -1, question: 'pin' }, command.n);
    device.memory.patience = device.after(Math.round(device.parameter('voice.answer-timeout') * SECOND), 'no-answer', command.n);
  },
  checkPin: (device, event) => {
    device.cancel(device.memory.patience);
    if (text(event.body, 'utterance') === PIN) device.raise('accepted');
    else device.raise('refused', { reason: 'voice-pin: wrong' });
  },

  refuseCommand: (device, event) => {
    const command = device.memory.command!;
    blocked(device, command.intent, command.bystander);
    tell(device, false, text(event.body, 'reason') || 'voice-pin: not said');
  },

  /** Muted: nothing is heard, so whoever spoke has to find out. */
  ignoreSpeech: (device, event) => {
    const intent = text(event.body, 'intent');
    const bystander = event.body?.['bystander'] === true;
    blocked(device, intent, bystander);
    device.act(text(event.body, 'speaker') || event.from, 'skill-closed', { intent, done: false, reason: 'mute: microphone off' }, event.n);
  },
  pressMute: (device) => device.change('mute', !device.setting<boolean>('mute')),

  /** The sound goes up. Its size on the wire is resampled from captures; what exceeds one message follows as a stream. */
  sendCommand: (device) => {
    const command = device.memory.command!;
    const phi = isHealth(command.intent);
    device.record('audio', { seconds: command.seconds, intended: command.intended, bystander: command.bystander });
    const full = device.sample(device.distribution('voice.uplink-bytes'), 'uplink', command.decision);
    // A misactivation is a command's burst, cut where the sound ends.
    const typical = device.parameter('voice.typical-seconds');
    const up = command.intended ? full : full * Math.min(1, command.seconds / typical);
    const { message, rest } = divide(up, device.parameter('voice.largest-message'));
    device.request('voice', {
      kind: 'voice-command',
      n: command.decision,
      bytes: message,
      body: {
        intent: command.intent,
        text: command.text,
        ref: command.ref,
        bystander: command.bystander,
        decision: command.decision,
        from: device.id,
        keep: device.setting<boolean>('keep-recordings'),
        review: device.setting<boolean>('share-recordings'),
        linked: device.setting<boolean>('linked-accounts'),
        answerBytes: Math.round(device.sample(device.distribution('voice.downlink-bytes'), 'downlink', command.decision)),
        ...(phi ? { phiRecords: 1, phiBytes: command.text.length, individuals: 1 } : {}),
      },
    });
    if (rest > 0) bulk(device, 'up', rest, command.decision);
    if (phi) device.record('disclosure', { to: 'processor', records: 1, bytes: command.text.length, individuals: 1 });
  },

  playAnswer: (device, event) => {
    const rest = Number(event.body?.['moreBytes'] ?? 0);
    if (rest > 0) bulk(device, 'down', rest, device.memory.command!.decision);
    if (event.body?.['openSkill'] === true) return;
    const command = device.memory.command!;
    if (event.body?.['understood'] === false) return sayAgain(device, command, 'misheard');
    const refused = text(event.body, 'refused');
    if (refused !== '') blocked(device, command.intent, command.bystander);
    tell(device, refused === '', refused);
  },
  voiceFailed: (device, event) => tell(device, false, text(event.body, 'reason') || 'no answer'),
} satisfies Record<string, (device: DeviceContext<SpeakerMemory>, event: DeviceEvent) => void> as Readonly<
  Record<string, Effect<SpeakerMemory>>
>;

function bulk(device: DeviceContext<SpeakerMemory>, direction: 'up' | 'down', bytes: number, decision: number): void {
  const seconds = device.sample(device.distribution('voice.command-seconds'), 'seconds', decision);
  device.stream(hostOf(device, 'voice'), {
    mode: 'elastic',
    direction,
    bitsPerSecond: (bytes * BITS) / seconds,
    bytes,
    type: 'sound-through',
    // What goes up and what comes down may both be bulk.
    n: 2 * decision + (direction === 'up' ? 0 : 1),
    port: HTTPS,
  });
}
