import { describe, expect, it } from 'vitest';
import { smartSpeaker } from '../../../devices/home/smart-speaker.ts';
import type { Command } from '../../../devices/home/speaker-command.ts';
import { Fake, find, indifferent, names, play, transitionsOf, type Story } from './fake.ts';

const said = (changes: Partial<Command> = {}): Command => ({
  intent: 'check-in',
  text: 'start my check-in',
  ref: 'check-in/0',
  seconds: 3,
  intended: true,
  bystander: false,
  speaker: 'patient',
  attempt: 0,
  n: 0,
  decision: 16,
  ...changes,
});
const POWERED = ['idle', 'listening', 'asking-pin', 'streaming', 'in-skill', 'muted'];

/** What goes on whatever it is doing. */
const background: Story[] = POWERED.flatMap((state): Story[] => [
  { about: `${state} poll-time`, to: state, does: ['request poll'], waits: ['poll-time'] },
  { about: `${state} probe-time`, to: state, does: ['request connectivity-check'], waits: ['probe-time'] },
  { about: `${state} clock-time`, to: state, does: ['datagram ntp'], waits: ['clock-time'] },
  { about: `${state} lookup-time`, to: state, does: ['datagram dns-query'], waits: ['lookup-time'] },
  { about: `${state} announce-time`, to: state, does: ['datagram mdns'], waits: ['announce-time'] },
  { about: `${state} update-time`, to: state, does: ['request update-check'], waits: ['update-time'] },
  { about: `${state} update-answer`, to: state, body: { version: 2, bytes: 1000 }, does: ['stream update-downloaded'] },
  { about: `${state} update-downloaded`, to: state, does: ['request update-file'] },
  {
    about: `${state} update-file-failed`,
    to: state,
    memory: { downloading: 2 },
    body: { reason: 'timeout' },
    check: (fake) => expect(fake.memory.downloading).toBe(0),
  },
  {
    about: `${state} update-image`,
    to: state,
    body: { version: 2, program: 'agent' },
    message: true,
    settings: { 'updates-signed': false },
    does: ['foreign-code update-image'],
  },
  // Only an idle, unmuted speaker can be woken by mistake, but the sounds go on.
  { about: `${state} near-wake`, to: state === 'idle' ? 'listening' : state, draws: { likeness: 0.99 }, waits: ['near-wake'] },
]);

const stories: Story[] = [
  ...background,
  { about: 'off booted#0', settings: { mute: true }, to: 'muted', waits: ['poll-time', 'near-wake'] },
  { about: 'off booted#1', to: 'idle', waits: ['poll-time', 'near-wake', 'update-time'] },
  { about: 'idle utterance', body: { intent: 'music', text: 'play', seconds: 3 }, to: 'listening', waits: ['spoken'] },
  { about: 'idle woken', memory: { command: said() }, to: 'listening', waits: ['spoken'] },
  { about: 'idle mute-button', to: 'muted', does: ['change mute'] },
  { about: 'muted mute-button', settings: { mute: true }, to: 'idle', does: ['change mute'] },
  {
    about: 'muted utterance',
    settings: { mute: true },
    body: { intent: 'check-in' },
    to: 'muted',
    does: ['record action-blocked', 'act skill-closed'],
  },
  { about: 'listening spoken', memory: { command: said() }, to: 'streaming', does: ['record audio', 'request voice-command'] },
  { about: 'listening accepted', memory: { command: said() }, to: 'streaming', does: ['request voice-command'] },
  {
    about: 'listening pin-needed',
    memory: { command: said({ intent: 'order' }) },
    to: 'asking-pin',
    does: ['act question'],
    waits: ['no-answer'],
  },
  {
    about: 'listening refused',
    memory: { command: said() },
    body: { reason: 'x' },
    to: 'idle',
    does: ['act skill-closed', 'record action-blocked'],
  },
  {
    about: 'asking-pin answer',
    memory: { command: said({ intent: 'order' }) },
    body: { utterance: 'pin 4711' },
    to: 'streaming',
    does: ['request voice-command'],
  },
  { about: 'asking-pin accepted', memory: { command: said({ intent: 'order' }) }, to: 'streaming', does: ['request voice-command'] },
  { about: 'asking-pin refused', memory: { command: said({ intent: 'order' }) }, to: 'idle', does: ['act skill-closed'] },
  { about: 'asking-pin no-answer', memory: { command: said({ intent: 'order' }) }, to: 'idle', does: ['act skill-closed'] },
  {
    about: 'streaming voice-answer#0',
    memory: { command: said() },
    body: { openSkill: true, understood: true },
    to: 'in-skill',
    does: ['request skill-turn'],
  },
  {
    about: 'streaming voice-answer#1',
    memory: { command: said({ intent: 'music' }) },
    body: { understood: true },
    to: 'idle',
    does: ['act skill-closed'],
  },
  {
    about: 'streaming voice-command-failed',
    memory: { command: said() },
    body: { reason: 'timeout' },
    to: 'idle',
    does: ['act skill-closed'],
  },
  {
    about: 'in-skill skill-prompt#0',
    memory: { command: said() },
    body: { end: true, done: true },
    to: 'idle',
    does: ['act skill-closed'],
  },
  {
    about: 'in-skill skill-prompt#1',
    memory: { command: said() },
    body: { turn: 0, question: 'How are you?' },
    to: 'in-skill',
    does: ['act question'],
    waits: ['no-answer'],
  },
  { about: 'in-skill answer', memory: { command: said() }, body: { utterance: 'better' }, to: 'in-skill', does: ['request skill-turn'] },
  { about: 'in-skill no-answer', memory: { command: said() }, to: 'idle', does: ['act skill-closed'] },
  {
    about: 'in-skill skill-turn-failed',
    memory: { command: said() },
    body: { reason: 'certificate' },
    to: 'idle',
    does: ['act skill-closed', 'record action-blocked'],
  },
];

describe('smart speaker: every transition', () => {
  for (const story of stories) it(story.about, () => expect(play(smartSpeaker, 'speaker', story)).toBeNull());
  it('each story fails when its transition is deleted', () => expect(indifferent(smartSpeaker, 'speaker', stories)).toEqual([]));
  it('no transition is without a story', () => {
    expect(transitionsOf(smartSpeaker).sort()).toEqual(stories.map((story) => story.about).sort());
  });
});

const booted = (settings: Readonly<Record<string, string | boolean>> = {}): Fake<any> => {
  const fake = new Fake(smartSpeaker as any, 'speaker', settings);
  fake.fire('booted');
  return fake;
};
const say = (fake: Fake<any>, body: Readonly<Record<string, string | number | boolean>>, from = 'patient') => {
  const heard = fake.send('utterance', { text: 'words', ref: '', seconds: 3, bystander: from !== 'patient', ...body }, { from, n: 1 });
  return fake.state === 'listening' ? [...heard, ...fake.fire('spoken')] : heard;
};

describe('smart speaker: what its settings do', () => {
  it('has at least twelve settings', () => expect(Object.keys(smartSpeaker.settings).length).toBeGreaterThanOrEqual(12));

  it('mute: neither commands nor mistakes are uploaded', () => {
    const fake = booted({ mute: true });
    fake.draws.set('likeness', 0.99);
    fake.fire('near-wake');
    expect(names(say(fake, { intent: 'music' }, 'household'))).toEqual(['act skill-closed']);
    expect(fake.deeds.some((deed) => deed.name === 'voice-command')).toBe(false);
  });

  it('wake-word-sensitivity: what wakes it at high does not at normal, and so on to low', () => {
    const wakes = (level: string, likeness: number): boolean => {
      const fake = booted({ 'wake-word-sensitivity': level });
      fake.draws.set('likeness', likeness);
      fake.fire('near-wake');
      return fake.state === 'listening';
    };
    expect([0.3, 0.6, 0.9].map((likeness) => ['low', 'normal', 'high'].map((level) => wakes(level, likeness)))).toEqual([
      [false, false, true],
      [false, true, true],
      [true, true, true],
    ]);
  });

  it('wake-word-sensitivity: a low one misses wake words that a normal one hears, and the person says it again', () => {
    const fake = booted({ 'wake-word-sensitivity': 'low' });
    fake.draws.set('wake-word', 0.1);
    say(fake, { intent: 'check-in' });
    expect(fake.state).toBe('idle');
    expect(fake.waits('utterance')).toBe(true);
    const normal = booted();
    normal.draws.set('wake-word', 0.1);
    normal.send('utterance', { intent: 'check-in', seconds: 3 });
    expect(normal.state).toBe('listening');
  });

  it('cloud-wake-check: a mistaken recording is short', () => {
    const seconds = (check: boolean): number => {
      const fake = booted({ 'cloud-wake-check': check });
      fake.draws.set('likeness', 0.99);
      fake.fire('near-wake');
      return Number(find(fake.fire('spoken'), 'record', 'audio').body!['seconds']);
    };
    expect(seconds(true)).toBeLessThan(seconds(false));
    expect(seconds(false)).toBe(6);
  });

  it('voice-pin: an order needs the code, a check-in does not', () => {
    const fake = booted({ 'voice-pin': true });
    say(fake, { intent: 'order', text: 'refill salbutamol 100 mcg' });
    expect(fake.state).toBe('asking-pin');
    expect(names(fake.send('answer', { utterance: 'yes' }))).toContain('record action-blocked');
    expect(fake.state).toBe('idle');
    say(fake, { intent: 'order' });
    fake.send('answer', { utterance: 'pin 4711' });
    expect(fake.state).toBe('streaming');
    const other = booted({ 'voice-pin': true });
    say(other, { intent: 'check-in' });
    expect(other.state).toBe('streaming');
  });

  it('voice-profiles: a bystander is refused, the patient mostly not', () => {
    const fake = booted({ 'voice-profiles': true });
    const refused = say(fake, { intent: 'check-in' }, 'household');
    expect(names(refused)).toContain('act skill-closed');
    expect(names(refused)).not.toContain('record action-blocked');
    say(fake, { intent: 'check-in' });
    expect(fake.state).toBe('streaming');
    const unlucky = booted({ 'voice-profiles': true });
    unlucky.draws.set('voice-profile', 0.001);
    expect(names(say(unlucky, { intent: 'check-in' }))).toContain('record action-blocked');
  });

  it('skill-permissions none: no care by voice; presence-only: the skill hears that somebody answered', () => {
    expect(names(say(booted({ 'skill-permissions': 'none' }), { intent: 'check-in' }))).toContain('record action-blocked');
    const fake = booted({ 'skill-permissions': 'presence-only' });
    say(fake, { intent: 'check-in' });
    fake.message('voice-answer', { understood: true, openSkill: true });
    const turn = find(fake.send('answer', { utterance: 'worse than yesterday' }), 'request', 'skill-turn');
    expect(turn.body).toMatchObject({ utterance: 'withheld', phiRecords: 0, phiBytes: 0 });
  });

  it('skill-transport and verify-certificates decide how the skill is spoken to', () => {
    const spec = (settings: Readonly<Record<string, string | boolean>>): unknown => {
      const fake = booted(settings);
      say(fake, { intent: 'check-in' });
      return find(fake.message('voice-answer', { openSkill: true }), 'request', 'skill-turn').more['spec'];
    };
    expect(spec({ 'skill-transport': 'http' })).toMatchObject({ tls: false, port: 80, host: 'skill-backend.example' });
    expect(spec({ 'skill-transport': 'tls', 'verify-certificates': true })).toMatchObject({ tls: true, port: 443, verifyServer: true });
    expect(spec({ 'skill-transport': 'tls', 'verify-certificates': false })).toMatchObject({ tls: true, verifyServer: false });
  });

  it('keep-recordings, share-recordings and linked-accounts go along with each command', () => {
    const command = find(
      say(booted({ 'keep-recordings': false, 'share-recordings': true, 'linked-accounts': false }), { intent: 'results' }),
      'request',
      'voice-command',
    );
    expect(command.body).toMatchObject({ keep: false, review: true, linked: false });
  });

  it('auto-update: switched off, it never asks; updates-signed: an unsigned image is not installed', () => {
    expect(names(booted({ 'auto-update': false }).fire('update-time'))).toEqual([]);
    const fake = booted({ 'updates-signed': true });
    fake.message('update-image', { version: 2, program: 'agent' });
    expect(fake.memory.version).toBe(1);
    fake.signedBy = 'vendor-cloud';
    expect(names(fake.message('update-image', { version: 2, program: 'vendor-firmware' }))).toEqual([]);
    expect(fake.memory.version).toBe(2);
  });
});

describe('updates', () => {
  it('an image that nobody asked for is not installed, whatever it says', () => {
    const fake = booted();
    fake.send('update-image', { version: 9, program: 'agent' }, { unasked: true });
    expect(fake.memory.version).toBe(1);
  });
  it('one download at a time, and only of something newer', () => {
    const fake = booted();
    expect(names(fake.message('update-answer', { version: 1, bytes: 10 }))).toEqual([]);
    expect(names(fake.message('update-answer', { version: 2, bytes: 10 }))).toEqual(['stream update-downloaded']);
    expect(names(fake.message('update-answer', { version: 2, bytes: 10 }))).toEqual([]);
  });
  it('a manifest that did not come ends the try: the next daily question begins anew, with luck of its own', () => {
    const fake = booted();
    const answer = (n: number) => fake.send('update-answer', { version: 2, bytes: 10 }, { message: true, n });
    expect(answer(1)[0]!.more['n']).toBe(1);
    fake.send('update-file-failed', { reason: 'timeout' }, { n: 1 });
    expect(answer(2)[0]!.more['n']).toBe(2);
  });
  it.each([
    ['never opened', { bytes: 0, seconds: 30, lost: 1 }],
    ['was cut off', { bytes: 9, seconds: 30, lost: 0 }],
  ])('a download that %s is not installed, and is tried again', (_, ended) => {
    const fake = booted();
    fake.message('update-answer', { version: 2, bytes: 10 });
    expect(names(fake.send('update-downloaded', ended))).toEqual([]);
    expect(names(fake.message('update-answer', { version: 2, bytes: 10 }))).toEqual(['stream update-downloaded']);
    expect(names(fake.send('update-downloaded', { bytes: 10, seconds: 30, lost: 0 }))).toEqual(['request update-file']);
  });
});

describe('smart speaker: commands', () => {
  it('resamples a command: what exceeds one message follows as a stream', () => {
    const fake = booted();
    fake.draws.set('uplink', 0.999);
    const deeds = say(fake, { intent: 'music' }, 'household');
    expect(find(deeds, 'request', 'voice-command').bytes).toBe(200_000);
    expect(find(deeds, 'stream', 'sound-through').bytes).toBeGreaterThan(1_000_000);
    expect(names(fake.message('voice-answer', { understood: true, moreBytes: 5000 }))).toContain('stream sound-through');
  });

  it('misheard, the person says it again, at most four times in all', () => {
    const fake = booted();
    say(fake, { intent: 'check-in' });
    for (let again = 0; again < 3; again++) {
      expect(names(fake.message('voice-answer', { understood: false }))).not.toContain('act skill-closed');
      fake.fire('utterance');
      fake.fire('spoken');
    }
    const last = fake.message('voice-answer', { understood: false });
    expect(find(last, 'act', 'skill-closed').body).toMatchObject({ intent: 'check-in', done: false });
    expect(fake.waits('utterance')).toBe(false);
  });

  it('a misactivation uploads sound that nobody meant for it, and tells nobody', () => {
    const fake = booted();
    fake.draws.set('likeness', 0.99);
    fake.fire('near-wake');
    const deeds = fake.fire('spoken');
    expect(find(deeds, 'record', 'audio').body).toMatchObject({ intended: false });
    expect(names(fake.message('voice-answer', { understood: true }))).toEqual([]);
    expect(fake.state).toBe('idle');
  });

  it('two attempts at the same words have luck of their own', () => {
    const fake = booted();
    const first = find(say(fake, { intent: 'check-in' }), 'request', 'voice-command').more['n'];
    fake.message('voice-answer', { understood: false });
    fake.fire('utterance');
    expect(find(fake.fire('spoken'), 'request', 'voice-command').more['n']).not.toBe(first);
  });
});
