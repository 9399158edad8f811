import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { DeviceContext, Effect } from '../../sim/model/device.ts';
import { peer } from '../peers.ts';

/**
 * How the patient uses the voice assistant for care: says what it wants, answers the skill's questions, checks what is
 * read back, and falls back to the tablet when nobody answers or the skill says no.
 */
export type Intent = 'check-in' | 'order' | 'results';

export interface SpeakingMemory {
  /** The conversation in hand. */
  talk: { intent: Intent; ref: string; text: string; n: number; tries: number; since: number; timer: number; heard: number } | null;
  /** What the patient asked for, by reference: the only truth that read-backs are compared with. Newest last. */
  orders: { ref: string; text: string }[];
}

type Speaker = DeviceContext<SpeakingMemory>;

/** Numbers of conversations interleave by intent so that each has its own luck. */
const INTENTS: readonly Intent[] = ['check-in', 'order', 'results'];
const ANSWERS_PER_TALK = 64;
/** Saying it again is another utterance, with luck of its own. */
const TRIES = 8;
const REMEMBERED_ORDERS = 8;

/** Starts a conversation unless one is going on: the patient says one thing at a time. */
export function speak(d: Speaker, intent: Intent, ref: string, text: string, n: number): void {
  if (d.memory.talk !== null) return;
  d.memory.talk = { intent, ref, text, n: n * INTENTS.length + INTENTS.indexOf(intent), tries: 0, since: d.now, timer: 0, heard: 0 };
  say(d);
}

function say(d: Speaker): void {
  const talk = d.memory.talk!;
  talk.tries++;
  d.act(
    peer(d, 'speaker'),
    'utterance',
    { intent: talk.intent, text: talk.text, ref: talk.ref, seconds: d.parameter('patient.utterance-seconds'), bystander: false },
    talk.n * TRIES + talk.tries,
  );
  wait(d);
}

function wait(d: Speaker): void {
  const talk = d.memory.talk!;
  d.cancel(talk.timer);
  talk.timer = d.after(d.parameter('patient.voice-patience') * SECOND, 'no-answer', talk.n);
}

function end(d: Speaker): void {
  const talk = d.memory.talk;
  if (talk === null) return;
  d.cancel(talk.timer);
  d.record('burden', { who: 'patient', minutes: (d.now - talk.since) / MINUTE, what: talk.intent });
  d.memory.talk = null;
}

/** The same by hand on the tablet. Results wait until the next visit. */
function fallBack(d: Speaker): void {
  const talk = d.memory.talk!;
  const day = Math.floor(talk.n / INTENTS.length);
  const minutes = d.parameter('patient.form-minutes');
  if (talk.intent === 'check-in') d.act(peer(d, 'hub'), 'check-in-form', { alert: true }, day, minutes * MINUTE);
  else if (talk.intent === 'order') d.act(peer(d, 'hub'), 'order-form', { ref: talk.ref, text: talk.text }, day, minutes * MINUTE);
  d.record('burden', { who: 'patient', minutes, what: `${talk.intent} on the tablet` });
  end(d);
}

/** Remembers and asks for an order. */
export function order(d: Speaker, ref: string, text: string, n: number): void {
  d.memory.orders.push({ ref, text });
  if (d.memory.orders.length > REMEMBERED_ORDERS) d.memory.orders.shift();
  d.record('order-spoken', { ref, text });
  speak(d, 'order', ref, text, n);
}

/** Did the patient ask for exactly this? */
const asked = (d: Speaker, ref: unknown, text: unknown): boolean =>
  d.memory.orders.some((entry) => entry.ref === ref && entry.text === text);

export const speakingEffects: Readonly<Record<'answerQuestion' | 'closeTalk' | 'tryAgain' | 'checkDisplay', Effect<SpeakingMemory>>> = {
  answerQuestion: (d, event) => {
    const talk = d.memory.talk;
    if (talk === null) return;
    talk.heard++;
    const readBack = event.body?.['readBack'];
    const turn = Number(event.body?.['turn'] ?? talk.heard);
    const utterance =
      typeof readBack === 'string'
        ? asked(d, talk.ref, readBack)
          ? 'yes'
          : 'no'
        : event.body?.['question'] === 'pin'
          ? 'pin 4711'
          : `answer to question ${turn}`;
    d.actRandom(
      peer(d, 'speaker'),
      'answer',
      { turn, utterance, oriented: true, seconds: d.parameter('patient.answer-seconds') },
      talk.n * ANSWERS_PER_TALK + talk.heard,
      d.distribution('patient.thinking'),
      'thinking',
    );
    wait(d);
  },
  closeTalk: (d, event) => {
    if (d.memory.talk === null) return;
    // A closing word about something else (music, an earlier try) does not concern this conversation.
    if (event.body?.['intent'] !== d.memory.talk.intent) return;
    if (event.body?.['done'] === true) end(d);
    else fallBack(d);
  },
  tryAgain: (d) => {
    const talk = d.memory.talk;
    if (talk === null) return;
    if (talk.tries < d.parameter('patient.voice-tries') && talk.heard === 0) say(d);
    else fallBack(d);
  },
  /** The tablet shows an order as the hospital's side received it. */
  checkDisplay: (d, event) => {
    const ref = event.body?.['ref'] ?? '';
    const ok = asked(d, ref, event.body?.['text']);
    const seconds = d.parameter('patient.reading-time');
    d.act(event.from, 'order-confirm', { ref, ok }, event.n, seconds * SECOND);
    d.record('burden', { who: 'patient', minutes: (seconds * SECOND) / MINUTE, what: 'confirm order' });
  },
};
