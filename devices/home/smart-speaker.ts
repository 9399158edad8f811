import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import { choice, deviceIds, flag } from '../../sim/model/settings.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import type { SpeakerMemory } from './speaker-command.ts';
import { NEAR_WAKE, pollChannel, probeChannel, speakerTrafficEffects, speakerTrafficTransitions } from './speaker-traffic.ts';
import { speakerSkillEffects } from './speaker-skill.ts';
import { speakerVoiceEffects } from './speaker-voice.ts';
import { updateEffects, updateMemory, updateSettings, updateTransitions, vendorChannel } from './updates.ts';
import { hostOf } from '../peers.ts';
import { webSettings } from './web.ts';

/** Kept in every powered state: chatter and updates do not stop while somebody speaks. */
const always = { ...speakerTrafficTransitions, ...updateTransitions, [NEAR_WAKE.event]: { actions: ['nearWake'] } } as const;

/** Idle time after which the voice session is closed, µs. */
const voiceKeepOpen = (device: DeviceContext<SpeakerMemory>): number => Math.round(device.parameter('voice.session-keep-open') * SECOND);

/**
 * A voice assistant in the living room: an unmanaged thing on the home network, and the patient's way to talk to the
 * care team. It sends what it hears to its voice platform; for matters of care it then talks with the care skill directly.
 */
export const smartSpeaker = defineDevice<SpeakerMemory>({
  kind: 'smart-speaker',
  title: 'Smart speaker with a voice assistant',
  family: 'home',
  roles: ['iot', 'voice'],
  settings: {
    mute: flag(false, 'Microphone off: hears neither commands nor anything by mistake.'),
    'wake-word-sensitivity': choice(
      'normal',
      ['low', 'normal', 'high'],
      'How alike a sound must be to wake it: less is fewer mistaken recordings and more repeated commands.',
    ),
    'cloud-wake-check': flag(false, 'The cloud checks the wake word at once and stops a mistaken recording after its first moment.'),
    'voice-pin': flag(false, 'Asks for a spoken code before an order.'),
    'voice-profiles': flag(false, 'Takes matters of care only from the enrolled voice.'),
    'skill-permissions': choice(
      'all',
      ['all', 'presence-only', 'none'],
      'What skills may have: everything said, only that somebody answers, or they cannot be opened.',
    ),
    'skill-transport': choice('http', ['http', 'tls'], 'The skill conversation runs over plain HTTP (port 80) or TLS (port 443).'),
    'verify-certificates': flag(false, 'Checks the skill server’s certificate when the conversation runs over TLS.'),
    'keep-recordings': flag(true, 'Lets the voice platform keep what was said, for its retention time.'),
    'share-recordings': flag(true, 'Lets people at the voice platform listen to what was said, to improve it.'),
    'linked-accounts': flag(true, 'The patient’s record is linked, so that results can be read out.'),
    voice: deviceIds({ kind: 'voice-cloud' }, 'Voice platform that it belongs to: the first.'),
    skill: deviceIds({ kind: 'skill-backend' }, 'Server of the care skill: the first.'),
    resolver: deviceIds({ kind: 'dns-resolver' }, 'Name server that its software asks by itself: the first.'),
    ...webSettings,
    ...updateSettings,
  },
  supply: 'mains',
  keeps: ['version'],
  memory: () => ({ command: null, turn: 0, patience: 0, ...updateMemory() }),
  serves: [],
  machine: {
    initial: 'off',
    states: {
      off: {
        entry: ['powerUp'],
        on: {
          booted: [
            { target: 'muted', actions: ['startTraffic'], cond: (_memory, event) => event.settings['mute'] === true },
            { target: 'idle', actions: ['startTraffic'] },
          ],
        },
      },
      idle: {
        on: {
          ...always,
          utterance: { actions: ['hear'] },
          woken: { target: 'listening' },
          'mute-button': { target: 'muted', actions: ['pressMute'] },
        },
      },
      listening: {
        entry: ['listen'],
        on: {
          ...always,
          spoken: { actions: ['judge'] },
          accepted: { target: 'streaming' },
          'pin-needed': { target: 'asking-pin' },
          refused: { target: 'idle', actions: ['refuseCommand'] },
        },
      },
      'asking-pin': {
        entry: ['askPin'],
        on: {
          ...always,
          answer: { actions: ['checkPin'] },
          accepted: { target: 'streaming' },
          refused: { target: 'idle', actions: ['refuseCommand'] },
          'no-answer': { target: 'idle', actions: ['refuseCommand'] },
        },
      },
      streaming: {
        entry: ['sendCommand'],
        on: {
          ...always,
          'voice-answer': [
            { target: 'in-skill', actions: ['playAnswer'], cond: (_memory, event) => event.body?.['openSkill'] === true },
            { target: 'idle', actions: ['playAnswer'] },
          ],
          'voice-command-failed': { target: 'idle', actions: ['voiceFailed'] },
        },
      },
      'in-skill': {
        entry: ['openSkill'],
        on: {
          ...always,
          'skill-prompt': [
            { target: 'idle', actions: ['closeSkill'], cond: (_memory, event) => event.body?.['end'] === true },
            { actions: ['askPerson'] },
          ],
          answer: { actions: ['sendAnswer'] },
          'no-answer': { target: 'idle', actions: ['closeSkill'] },
          'skill-turn-failed': { target: 'idle', actions: ['skillFailed'] },
        },
      },
      muted: { on: { ...always, utterance: { actions: ['ignoreSpeech'] }, 'mute-button': { target: 'idle', actions: ['pressMute'] } } },
    },
  },
  effects: {
    ...speakerTrafficEffects<SpeakerMemory>(),
    ...updateEffects<SpeakerMemory>(),
    ...speakerVoiceEffects,
    ...speakerSkillEffects,
    powerUp: (device) => void device.after(Math.round(device.parameter('speaker.boot-time') * SECOND), 'booted'),
  },
  channels: {
    poll: pollChannel,
    probe: probeChannel,
    vendor: vendorChannel,
    voice: (device) => ({
      host: hostOf(device, 'voice'),
      port: 443,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: voiceKeepOpen(device),
    }),
    skill: (device) => {
      const tls = device.setting<string>('skill-transport') === 'tls';
      return {
        host: hostOf(device, 'skill'),
        port: tls ? 443 : 80,
        transport: 'tcp',
        tls,
        verifyServer: device.setting<boolean>('verify-certificates'),
        clientAuth: 'token',
        credential: `skill-link-of-${device.id}`,
        keepOpen: voiceKeepOpen(device),
      };
    },
  },
});
