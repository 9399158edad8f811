import { describe, expect, it } from 'vitest';
import { deviceVendor } from '../../../devices/cloud/device-vendor.ts';
import { DEVELOPER_CERTIFICATE, developerPassword, developerToken, skillBackend } from '../../../devices/cloud/skill-backend.ts';
import { voiceCloud } from '../../../devices/cloud/voice-cloud.ts';
import { webContent } from '../../../devices/cloud/web-content.ts';
import { CHECK_IN_QUESTIONS, NOT_AVAILABLE } from '../../../devices/cloud/skill-script.ts';
import type { DeviceModel } from '../../../sim/model/device.ts';
import type { Body } from '../../../sim/model/message.ts';
import { Fake, find, indifferent, messageOf, names, play, transitionsOf, type Story } from '../home/fake.ts';

const command = (body: Body): Body => ({
  intent: 'check-in',
  text: 'start my check-in',
  ref: 'check-in/0',
  bystander: false,
  decision: 16,
  from: 'speaker',
  keep: true,
  review: false,
  linked: true,
  answerBytes: 5000,
  ...body,
});
const asked = () => [{ conversation: 'speaker/16', turn: messageOf('skill-turn', { turn: 4 }), done: 'Thank you.' }];
const password = { encrypted: true, clientAuth: 'password', credential: developerPassword('thing'), peer: 1 } as const;

const cloudStories: readonly (readonly [DeviceModel, readonly Story[]])[] = [
  [
    voiceCloud,
    [
      { about: 'up voice-command', to: 'up', body: command({}), message: true, does: ['request skill-intent', 'record transcript'] },
      {
        about: 'up intent-taken',
        to: 'up',
        memory: { waiting: [messageOf('voice-command', command({}))] },
        n: 16,
        does: ['reply voice-answer'],
      },
      {
        about: 'up skill-intent-failed',
        to: 'up',
        memory: { waiting: [messageOf('voice-command', command({}))] },
        n: 16,
        does: ['reply voice-answer'],
      },
      {
        about: 'up intent-check',
        to: 'up',
        settings: { 'signed-intents': true },
        memory: { intents: [{ ref: 'order/1', text: 'x' }] },
        body: { ref: 'order/1' },
        message: true,
        does: ['reply intent-text'],
      },
      {
        about: 'up delete-due',
        to: 'up',
        settings: { 'retention-days': 0 },
        memory: { recordings: [-1] },
        check: (fake) => expect(fake.memory.recordings).toEqual([]),
      },
    ],
  ],
  [
    skillBackend,
    [
      {
        about: 'up skill-intent',
        to: 'up',
        body: { intent: 'order', ref: 'order/1', text: 'x' },
        message: true,
        does: ['reply intent-taken'],
      },
      {
        about: 'up skill-turn',
        to: 'up',
        body: { turn: 0, intent: 'check-in', conversation: 'a' },
        message: true,
        does: ['reply skill-prompt'],
      },
      { about: 'up check-in-ack', to: 'up', memory: { reports: asked() }, does: ['reply skill-prompt'] },
      { about: 'up check-in-report-failed', to: 'up', memory: { reports: asked() }, does: ['reply skill-prompt'] },
      { about: 'up order-ack', to: 'up', memory: { orders: asked() }, body: { status: 'accepted' }, does: ['reply skill-prompt'] },
      { about: 'up order-failed', to: 'up', memory: { orders: asked() }, does: ['reply skill-prompt'] },
      { about: 'up order-confirmed-failed', to: 'up', memory: { orders: asked() }, does: ['reply skill-prompt'] },
      { about: 'up call-noted', to: 'up', memory: { calls: asked() }, does: ['reply skill-prompt'] },
      { about: 'up call-request-failed', to: 'up', memory: { calls: asked() }, does: ['reply skill-prompt'] },
      {
        about: 'up skill-update',
        to: 'up',
        body: { program: 'agent' },
        message: true,
        session: password,
        does: ['reply skill-updated'],
        waits: ['rolled-out'],
      },
      {
        about: 'up rolled-out',
        to: 'up',
        memory: { rollout: messageOf('skill-update', { program: 'agent' }) },
        does: ['foreign-code skill-update'],
      },
    ],
  ],
  [
    deviceVendor,
    [
      { about: 'up released', to: 'up', waits: ['released'], check: (fake) => expect(fake.memory.version).toBe(2) },
      { about: 'up poll', to: 'up', body: { answerBytes: 123 }, message: true, does: ['reply poll-answer'] },
      { about: 'up ntp', to: 'up', message: true, does: ['reply ntp-answer'] },
      { about: 'up mqtt-ping', to: 'up', message: true, does: ['reply mqtt-pong'] },
      { about: 'up clip-note', to: 'up', message: true, does: ['reply clip-noted'] },
      { about: 'up view-open', to: 'up', message: true, does: ['reply view-opened'] },
      { about: 'up update-check', to: 'up', body: { model: 'smart-speaker' }, message: true, does: ['reply update-answer'] },
      { about: 'up update-file', to: 'up', message: true, does: ['reply update-image'] },
    ],
  ],
  [
    webContent,
    [
      { about: 'up web-get', to: 'up', body: { pageBytes: 5000 }, message: true, does: ['reply web-page'] },
      { about: 'up connectivity-check', to: 'up', message: true, does: ['reply connectivity-answer'] },
    ],
  ],
];
for (const [model, stories] of cloudStories) {
  describe(`${model.kind}: every transition`, () => {
    for (const story of stories) it(story.about, () => expect(play(model, 'thing', story)).toBeNull());
    it('each story fails when its transition is deleted', () => expect(indifferent(model, 'thing', stories)).toEqual([]));
    it('no transition is without a story', () => expect(transitionsOf(model).sort()).toEqual(stories.map((story) => story.about).sort()));
  });
}

describe('voice platform', () => {
  const heard = (
    body: Body,
    settings: Readonly<Record<string, string | boolean | number>> = {},
    draws: Readonly<Record<string, number>> = {},
  ) => {
    const fake = new Fake<any>(voiceCloud, 'voice-cloud', settings);
    for (const [purpose, value] of Object.entries(draws)) fake.draws.set(purpose, value);
    return { fake, deeds: fake.message('voice-command', command(body)) };
  };

  it('answers music itself and hands matters of care to the skill before it answers', () => {
    expect(find(heard({ intent: 'music' }).deeds, 'reply', 'voice-answer').body).toMatchObject({ understood: true });
    const { fake, deeds } = heard({});
    expect(names(deeds)).not.toContain('reply voice-answer');
    expect(find(fake.message('intent-taken', null, 16), 'reply', 'voice-answer').body).toMatchObject({ openSkill: true });
  });

  it('gives each command its own answer, whichever comes first', () => {
    const { fake } = heard({ ref: 'order/1', decision: 1 });
    fake.message('voice-command', command({ ref: 'order/2', decision: 2 }));
    const [first, second] = fake.memory.waiting.map((waiting: { id: number }) => waiting.id);
    expect(find(fake.message('intent-taken', null, 2), 'reply', 'voice-answer').more['to']).toBe(second);
    expect(find(fake.send('skill-intent-failed', null, { n: 1 }), 'reply', 'voice-answer').more['to']).toBe(first);
    expect(fake.message('intent-taken', null, 3)).toEqual([]);
  });

  it('says so when it did not understand, and when the skill is away', () => {
    expect(find(heard({}, {}, { recognition: 0.05 }).deeds, 'reply', 'voice-answer').body).toMatchObject({ understood: false });
    const { fake } = heard({});
    expect(find(fake.send('skill-intent-failed', null, { n: 16 }), 'reply', 'voice-answer').body).toMatchObject({
      refused: 'the skill does not answer',
    });
  });

  it('linked-accounts of the speaker: results are for linked records only', () => {
    expect(find(heard({ intent: 'results', linked: false }).deeds, 'reply', 'voice-answer').body!['refused']).toMatch(/^linked-accounts/);
    expect(names(heard({ intent: 'results' }).deeds)).toContain('request skill-intent');
  });

  it('retention-days and keep-recordings: nothing is kept when either says so', () => {
    const kept = (days: number, keep: boolean) => names(heard({ keep }, { 'retention-days': days }).deeds).includes('record transcript');
    expect([kept(30, true), kept(0, true), kept(30, false)]).toEqual([true, false, false]);
    expect(find(heard({}, { 'retention-days': 30 }).deeds, 'record', 'transcript').body).toEqual({ days: 30 });
  });

  it('human-review: people listen only when platform and owner both allow it', () => {
    const shown = (settings: Readonly<Record<string, boolean>>, review: boolean) =>
      heard({ review, phiBytes: 20 }, settings, { reviewed: 0.0001 }).deeds.some(
        (deed) => deed.name === 'disclosure' && deed.body!['to'] === 'other-party',
      );
    expect([shown({}, true), shown({}, false), shown({ 'human-review': false }, true)]).toEqual([true, false, false]);
  });

  it('minimal-intents: the skill gets the words of an order, not those of a check-in', () => {
    const words = (body: Body, minimal: boolean) =>
      find(heard(body, { 'minimal-intents': minimal }).deeds, 'request', 'skill-intent').body!['text'];
    expect([words({}, false), words({}, true), words({ intent: 'order', text: 'refill' }, true)]).toEqual([
      'start my check-in',
      '',
      'refill',
    ]);
  });

  it('signed-intents: states under its signature what was ordered, and only then', () => {
    const ask = (signed: boolean) =>
      heard({ intent: 'order', ref: 'order/7', text: 'refill' }, { 'signed-intents': signed }).fake.message('intent-check', {
        ref: 'order/7',
      })[0]!;
    expect(ask(true)).toMatchObject({ name: 'intent-text', body: { ref: 'order/7', text: 'refill' }, more: { sign: true } });
    expect(ask(false)).toMatchObject({ what: 'refuse', more: { fact: 'signed-intents: off' } });
    expect(heard({}, { 'signed-intents': true }).fake.message('intent-check', { ref: 'none' })[0]!.what).toBe('refuse');
  });

  it('now and then takes an order for something alike', () => {
    expect(
      find(heard({ intent: 'order', text: 'refill' }, {}, { 'similar-sounding': 0.001 }).deeds, 'request', 'skill-intent').body!['text'],
    ).not.toBe('refill');
  });
});

describe('care skill', () => {
  const turn = (fake: Fake<any>, number: number, utterance: string, intent = 'check-in') =>
    fake.message('skill-turn', {
      turn: number,
      utterance,
      intent,
      ref: `${intent}/1`,
      conversation: `speaker/${intent}`,
      day: 1,
      phiBytes: utterance.length,
    });

  it('leads a check-in question by question and reports it', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    CHECK_IN_QUESTIONS.forEach((question, i) =>
      expect(find(turn(fake, i, 'fine'), 'reply').body).toMatchObject({ question, phiRecords: 1, individuals: 1 }),
    );
    const report = find(turn(fake, CHECK_IN_QUESTIONS.length, 'Tuesday, at home'), 'request', 'check-in-report');
    expect(report.body).toMatchObject({ day: 1, oriented: true, answers: CHECK_IN_QUESTIONS.length, individuals: 1 });
    expect(find(fake.message('check-in-ack', { day: 1 }, 1), 'reply', 'skill-prompt').body).toMatchObject({ end: true, done: true });
  });

  it('says nothing about orientation when the answers are kept back', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    for (let i = 0; i < CHECK_IN_QUESTIONS.length; i++) turn(fake, i, 'withheld');
    expect(find(turn(fake, CHECK_IN_QUESTIONS.length, 'withheld'), 'request', 'check-in-report').body!['oriented']).toBeNull();
  });

  it('passes an order on as the voice platform understood it', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    fake.message('skill-intent', { intent: 'order', ref: 'order/1', text: 'refill salbutamol 100 mcg' });
    expect(find(turn(fake, 0, 'something else', 'order'), 'request', 'order').body).toMatchObject({
      ref: 'order/1',
      text: 'refill salbutamol 100 mcg',
    });
    expect(find(fake.message('order-ack', { ref: 'order/1', status: 'accepted' }, 1), 'reply').body).toMatchObject({
      end: true,
      done: true,
    });
  });

  it('asks back when the platform wants the order confirmed by voice', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    turn(fake, 0, 'refill salbutamol', 'order');
    expect(
      find(fake.message('order-ack', { ref: 'order/1', status: 'confirm-voice', readBack: 'refill salbutamol' }, 1), 'reply').body,
    ).toMatchObject({ readBack: 'refill salbutamol', phiRecords: 1 });
    expect(find(turn(fake, 1, 'no', 'order'), 'request', 'order-confirmed').body).toEqual({ ref: 'order/1', ok: false });
    fake.message('order-ack', { ref: 'order/1', status: 'noted' }, 1);
    turn(fake, 0, 'refill salbutamol', 'order');
    fake.message('order-ack', { ref: 'order/1', status: 'confirm-voice', readBack: 'x' }, 1);
    expect(find(turn(fake, 1, 'yes', 'order'), 'request', 'order-confirmed').body).toEqual({ ref: 'order/1', ok: true });
  });

  it('gives each conversation its own answer, whichever comes first', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    for (const day of [1, 2]) fake.message('skill-turn', { turn: 0, intent: 'call-nurse', conversation: `speaker/${day}`, day });
    const [first, second] = fake.memory.calls.map((asked: { turn: { id: number } }) => asked.turn.id);
    expect(find(fake.send('call-request-failed', null, { n: 2 }), 'reply', 'skill-prompt').more['to']).toBe(second);
    expect(find(fake.message('call-noted', null, 1), 'reply', 'skill-prompt')).toMatchObject({ body: { done: true }, more: { to: first } });
    for (const day of [1, 2])
      fake.message('skill-turn', { turn: 0, intent: 'order', ref: `order/${day}`, conversation: `speaker/${day}`, day });
    const asked = fake.message('order-ack', { ref: 'order/2', status: 'confirm-voice', readBack: 'refill' }, 2);
    expect(find(asked, 'reply', 'skill-prompt').body).toMatchObject({ readBack: 'refill' });
    expect(fake.memory.orders.map((order: { conversation: string }) => order.conversation)).toEqual(['speaker/1']);
  });

  it('says so when the platform is away', () => {
    const fake = new Fake<any>(skillBackend, 'skill-backend');
    turn(fake, 0, 'call my nurse', 'call-nurse');
    expect(find(fake.send('call-request-failed', null, { n: 1 }), 'reply').body).toMatchObject({ question: NOT_AVAILABLE, done: false });
  });

  it('results-readout: on the tablet, nothing about health is spoken', () => {
    const spoken = (way: string) =>
      find(turn(new Fake<any>(skillBackend, 'skill-backend', { 'results-readout': way }), 0, 'results', 'results'), 'reply').body![
        'phiRecords'
      ];
    expect([spoken('spoken'), spoken('tablet')]).toEqual([1, 0]);
  });

  it('refuses a conversation that it does not know', () => {
    expect(turn(new Fake<any>(skillBackend, 'skill-backend'), 0, 'x', 'music')[0]!.what).toBe('refuse');
  });

  it('developer-auth: each way wants its own credential', () => {
    const credentials = {
      password: developerPassword('skill-backend'),
      token: developerToken('skill-backend'),
      certificate: DEVELOPER_CERTIFICATE,
    } as const;
    for (const wanted of ['password', 'token', 'certificate'] as const)
      for (const shown of ['password', 'token', 'certificate'] as const) {
        const fake = new Fake<any>(skillBackend, 'skill-backend', { 'developer-auth': wanted });
        fake.session = { encrypted: true, clientAuth: shown, credential: credentials[shown], peer: 1 };
        expect(fake.message('skill-update', { program: 'agent' })[0]!.what).toBe(wanted === shown ? 'reply' : 'refuse');
      }
    const guess = new Fake<any>(skillBackend, 'skill-backend');
    guess.session = { encrypted: true, clientAuth: 'password', credential: 'hunter2', peer: 1 };
    expect(guess.message('skill-update', { program: 'agent' })[0]!.what).toBe('refuse');
  });

  it('update-review: a reviewer who notices stops it with an alert, one who does not lets it run', () => {
    const update = (luck: number) => {
      const fake = new Fake<any>(skillBackend, 'skill-backend', { 'update-review': true });
      fake.session = { ...password, credential: developerPassword('skill-backend') };
      fake.draws.set('review', luck);
      return { fake, deeds: fake.message('skill-update', { program: 'agent' }) };
    };
    expect(names(update(0.1).deeds)).toEqual(['alert skill-review', 'refuse skill-update']);
    expect(names(update(0.95).fake.fire('rolled-out'))).toEqual(['foreign-code skill-update']);
  });
});

describe('vendor cloud', () => {
  it('signs-updates: an image carries the vendor’s signature or not', () => {
    const signed = (on: boolean) =>
      new Fake<any>(deviceVendor, 'vendor-cloud', { 'signs-updates': on }).message('update-file', { model: 'camera' })[0]!.more['sign'];
    expect([signed(true), signed(false)]).toEqual([true, false]);
  });
});
