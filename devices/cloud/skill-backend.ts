import { defineDevice, type DeviceContext, type DeviceEvent } from '../../sim/model/device.ts';
import type { Body, Message } from '../../sim/model/message.ts';
import { choice, deviceIds, flag } from '../../sim/model/settings.ts';
import { HOUR, SECOND } from '../../sim/kernel/time.ts';
import { hostOf } from '../peers.ts';
import * as script from './skill-script.ts';

/** Something the skill asked the telehealth platform on behalf of a conversation; the answer goes to the speaker. */
interface Asked {
  readonly conversation: string;
  /** The speaker's turn that is still to be answered. */
  readonly turn: Message;
  readonly done: string;
}
interface Conversation {
  readonly id: string;
  readonly intent: string;
  readonly ref: string;
  readonly day: number;
  answers: number;
  phiBytes: number;
  oriented: boolean | null;
}
interface SkillMemory {
  conversations: Conversation[];
  /** Orders as the voice platform understood them. */
  intents: { ref: string; text: string }[];
  /** Waiting for the platform, oldest first, by the kind of request. */
  reports: Asked[];
  orders: Asked[];
  calls: Asked[];
  /** An accepted program that is being rolled out. */
  rollout: Message | null;
  updates: number;
}

/** Credentials of the developer's console. Stand for secrets: known only to whom a scenario gives them. */
export const developerPassword = (id: string): string => `developer-password-of-${id}`;
export const developerToken = (id: string): string => `developer-token-of-${id}`;
export const DEVELOPER_CERTIFICATE = 'skill-developer';

/** Conversations and orders that are remembered. */
const REMEMBERED = 20;

type Skill = DeviceContext<SkillMemory>;

const word = (body: Body | null, name: string): string => (typeof body?.[name] === 'string' ? (body[name] as string) : '');

/** Says something in a conversation; `phi` = it tells about the patient's health. */
function prompt(device: Skill, turn: Message, question: string, more: Body, phi: boolean): void {
  const bytes = phi ? question.length : 0;
  device.reply(turn, {
    kind: 'skill-prompt',
    body: { turn: Number(turn.body?.['turn'] ?? 0), question, ...more, phiRecords: phi ? 1 : 0, phiBytes: bytes, individuals: phi ? 1 : 0 },
    bytes: device.parameter('voice.turn-bytes'),
  });
}
const finish = (device: Skill, turn: Message, sentence: string, done: boolean, phi = false): void =>
  prompt(device, turn, sentence, { end: true, done }, phi);

const numberOf = (asked: Asked): number => Number(asked.turn.body?.['day'] ?? 0);

/** Takes what this is the answer about from the waiting ones: an answer may overtake another. */
function answered(device: Skill, list: 'reports' | 'orders' | 'calls', n: number): Asked | undefined {
  const waiting = device.memory[list];
  const at = waiting.findIndex((asked) => numberOf(asked) === n);
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

/** Tells the platform and keeps the speaker's turn until it has answered. */
function tellPlatform(device: Skill, list: 'reports' | 'orders' | 'calls', asked: Asked, kind: string, body: Body): void {
  device.memory[list].push(asked);
  device.request('platform', {
    kind,
    body,
    bytes: device.parameter('skill.report-bytes'),
    n: numberOf(asked),
    cause: asked.turn,
  });
}

function conversationOf(device: Skill, event: DeviceEvent): Conversation {
  const id = word(event.body, 'conversation');
  const known = device.memory.conversations.find((one) => one.id === id);
  if (known !== undefined && Number(event.body?.['turn'] ?? 0) > 0) return known;
  // The same words said again start the same conversation anew.
  device.memory.conversations = device.memory.conversations.filter((one) => one !== known);
  const fresh: Conversation = {
    id,
    intent: word(event.body, 'intent'),
    ref: word(event.body, 'ref'),
    day: Number(event.body?.['day'] ?? 0),
    answers: 0,
    phiBytes: 0,
    oriented: null,
  };
  device.memory.conversations.push(fresh);
  if (device.memory.conversations.length > REMEMBERED) device.memory.conversations.shift();
  return fresh;
}

/** The check-in: one question a turn, then a report. */
function checkIn(device: Skill, event: DeviceEvent, conversation: Conversation): void {
  const turn = event.message!;
  const number = Number(event.body?.['turn'] ?? 0);
  if (number > 0) {
    conversation.answers++;
    conversation.phiBytes += Number(event.body?.['phiBytes'] ?? 0);
    // Somebody who answers the last question sensibly is oriented; an answer kept back says nothing about it.
    if (number === script.CHECK_IN_QUESTIONS.length && word(event.body, 'utterance') !== 'withheld') conversation.oriented = true;
  }
  const question = script.CHECK_IN_QUESTIONS[number];
  if (question !== undefined) return prompt(device, turn, question, {}, true);
  tellPlatform(device, 'reports', { conversation: conversation.id, turn, done: script.CHECK_IN_THANKS }, 'check-in-report', {
    day: conversation.day,
    oriented: conversation.oriented,
    answers: conversation.answers,
    phiRecords: conversation.answers,
    phiBytes: conversation.phiBytes,
    individuals: 1,
  });
}

/** An order: to the platform as understood, then confirmed by voice when the platform wants it so. */
function order(device: Skill, event: DeviceEvent, conversation: Conversation): void {
  const turn = event.message!;
  const utterance = word(event.body, 'utterance');
  const asked: Asked = { conversation: conversation.id, turn, done: script.ORDER_TAKEN };
  if (Number(event.body?.['turn'] ?? 0) === 0) {
    const text = device.memory.intents.find((one) => one.ref === conversation.ref)?.text ?? utterance;
    return tellPlatform(device, 'orders', asked, 'order', {
      ref: conversation.ref,
      text,
      phiRecords: 1,
      phiBytes: text.length,
      individuals: 1,
    });
  }
  const ok = utterance === 'yes';
  tellPlatform(device, 'orders', { ...asked, done: ok ? script.ORDER_TAKEN : script.ORDER_DROPPED }, 'order-confirmed', {
    ref: conversation.ref,
    ok,
  });
}

const settle =
  (list: 'reports' | 'orders' | 'calls', done: boolean) =>
  (device: Skill, event: DeviceEvent): void => {
    const asked = answered(device, list, event.n);
    if (asked !== undefined) finish(device, asked.turn, done ? asked.done : script.NOT_AVAILABLE, done);
  };

/**
 * The supplier's server behind the care skill: leads the conversation, passes check-ins and orders on to the telehealth
 * platform, and takes new program versions from its developers' console.
 */
export const skillBackend = defineDevice<SkillMemory>({
  kind: 'skill-backend',
  title: 'Server of the care skill (a supplier)',
  family: 'cloud',
  roles: ['server', 'supplier'],
  settings: {
    platform: deviceIds({ kind: 'telehealth-platform' }, 'Telehealth platform that it reports to: the first.'),
    'developer-auth': choice(
      'password',
      ['password', 'token', 'certificate'],
      'What the developers’ console asks for before it takes a new program version.',
    ),
    'update-review': flag(false, 'A second person looks at each new program version before it runs.'),
    'results-readout': choice(
      'spoken',
      ['spoken', 'tablet'],
      'Test results are read out loud in the conversation, or shown on the tablet only.',
    ),
  },
  memory: () => ({ conversations: [], intents: [], reports: [], orders: [], calls: [], rollout: null, updates: 0 }),
  listens: [80, 443],
  serves: ['skill-intent', 'skill-turn', 'skill-update'],
  machine: {
    initial: 'up',
    states: {
      up: {
        on: {
          'skill-intent': { actions: ['takeIntent'] },
          'skill-turn': { actions: ['converse'] },
          'check-in-ack': { actions: ['reportTaken'] },
          'check-in-report-failed': { actions: ['reportFailed'] },
          'order-ack': { actions: ['orderTaken'] },
          'order-failed': { actions: ['orderFailed'] },
          'order-confirmed-failed': { actions: ['orderFailed'] },
          'call-noted': { actions: ['callTaken'] },
          'call-request-failed': { actions: ['callFailed'] },
          'skill-update': { actions: ['receiveUpdate'] },
          'rolled-out': { actions: ['runUpdate'] },
        },
      },
    },
  },
  effects: {
    takeIntent: (device, event) => {
      const ref = word(event.body, 'ref');
      if (ref !== '') {
        device.memory.intents.push({ ref, text: word(event.body, 'text') });
        if (device.memory.intents.length > REMEMBERED) device.memory.intents.shift();
      }
      device.reply(event.message!, { kind: 'intent-taken', body: null, bytes: device.parameter('skill.ack-bytes') });
    },
    converse: (device, event) => {
      const turn = event.message!;
      const conversation = conversationOf(device, event);
      switch (conversation.intent) {
        case 'check-in':
          return checkIn(device, event, conversation);
        case 'order':
          return order(device, event, conversation);
        case 'results': {
          const spoken = device.setting<string>('results-readout') === 'spoken';
          return finish(device, turn, spoken ? script.RESULTS : script.RESULTS_ON_TABLET, true, spoken);
        }
        case 'call-nurse':
          return tellPlatform(device, 'calls', { conversation: conversation.id, turn, done: script.NURSE_COMING }, 'call-request', {
            day: conversation.day,
          });
        default:
          return device.refuse(turn, `no conversation for intent "${conversation.intent}"`, 404);
      }
    },
    reportTaken: settle('reports', true),
    reportFailed: settle('reports', false),
    orderTaken: (device, event) => {
      if (word(event.body, 'status') !== 'confirm-voice') return settle('orders', true)(device, event);
      const asked = answered(device, 'orders', event.n);
      if (asked === undefined) return;
      const readBack = word(event.body, 'readBack');
      prompt(device, asked.turn, script.confirmOrder(readBack), { readBack }, true);
    },
    orderFailed: settle('orders', false),
    callTaken: settle('calls', true),
    callFailed: settle('calls', false),

    receiveUpdate: (device, event) => {
      const message = event.message!;
      const wanted = device.setting<string>('developer-auth');
      const session = device.session(message);
      const expected =
        wanted === 'password' ? developerPassword(device.id) : wanted === 'token' ? developerToken(device.id) : DEVELOPER_CERTIFICATE;
      if (session.clientAuth !== wanted || session.credential !== expected)
        return device.refuse(message, `developer-auth: ${wanted} of the developer missing`, 401);
      device.memory.updates++;
      const n = device.memory.updates;
      if (device.setting<boolean>('update-review') && device.draw('review', n) < device.parameter('skill.review-catches')) {
        device.alert('skill-review', [message.id]);
        return device.refuse(message, 'update-review: the reviewer did not accept it', 403);
      }
      device.memory.rollout = message;
      device.after(Math.round(device.parameter('skill.rollout-time') * SECOND), 'rolled-out', n);
      device.reply(message, { kind: 'skill-updated', body: { n }, bytes: device.parameter('skill.ack-bytes') });
    },
    runUpdate: (device) => {
      const program = device.memory.rollout;
      device.memory.rollout = null;
      if (program !== null) device.runForeignCode(program);
    },
  },
  channels: {
    platform: (device) => ({
      host: hostOf(device, 'platform'),
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
