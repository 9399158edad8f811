import { SECOND } from '../../sim/kernel/time.ts';
import type { DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';
import { signedBy } from '../peers.ts';
import { FORBIDDEN, SHORT_BYTES, UNPROCESSABLE, type PendingOrder, type Platform, type PlatformMemory } from './platform-memory.ts';
import { refused } from './platform-monitoring.ts';

/**
 * An order passes up to three gates before it is entered: what the voice platform says was said, what the patient
 * confirms, and the record system's own review. Which gates there are is a matter of settings.
 */
const find = (d: Platform, ref: unknown): PendingOrder | undefined => d.memory.orders.find((order) => order.ref === ref);
const drop = (d: Platform, ref: string): void => {
  d.memory.orders = d.memory.orders.filter((order) => order.ref !== ref);
};
/** A check says no to an order that was taken before: it ends here, and so does the request that brought it. */
const withhold = (d: Platform, order: PendingOrder, fact: string): void => {
  d.refuse(order.message, fact, FORBIDDEN);
  drop(d, order.ref);
};

/** Reads an order out of a request; refuses and returns null when it is none. */
function orderIn(d: Platform, event: DeviceEvent, message: Message): PendingOrder | null {
  const ref = event.body?.['ref'];
  const text = event.body?.['text'];
  if (typeof ref !== 'string' || typeof text !== 'string') {
    d.refuse(message, 'order without text or reference', UNPROCESSABLE);
    return null;
  }
  d.record('disclosure', { to: 'processor', records: 1, bytes: text.length, individuals: 1 }, message);
  const known = find(d, ref);
  if (known !== undefined) return known;
  d.memory.orderCount++;
  const order: PendingOrder = { ref, text, n: d.memory.orderCount, message, stage: 'entry', tries: 0 };
  d.memory.orders.push(order);
  return order;
}

/** Ref and n as both sides of the record system name it. */
function enter(d: Platform, order: PendingOrder): void {
  order.stage = 'entry';
  order.tries++;
  d.request('hospital', {
    kind: 'order-entry',
    n: order.n * TRIES + order.tries,
    bytes: SHORT_BYTES,
    body: { ref: order.ref, text: order.text, phiRecords: 1, phiBytes: order.text.length, individuals: 1 },
    cause: order.message,
  });
}
/** Places for tries in an order's decision number: sent or shown again it is another message, with luck of its own. */
const TRIES = 64;

/** The next gate after the voice platform's word. With `voice` the skill has been told to ask already. */
function proceed(d: Platform, order: PendingOrder): void {
  if (d.setting<string>('order-read-back') === 'display') {
    order.stage = 'display';
    display(d, order);
  } else enter(d, order);
}
function display(d: Platform, order: PendingOrder): void {
  order.tries++;
  d.push(d.memory.hubSession, {
    kind: 'order-display',
    body: { ref: order.ref, text: order.text, phiRecords: 1, phiBytes: order.text.length, individuals: 1 },
    bytes: SHORT_BYTES,
    n: order.n * TRIES + order.tries,
    cause: order.message,
  });
  d.after(d.parameter('platform.display-again') * SECOND, 'display-again', order.n);
}

/** The patient confirmed or declined what was received. */
function confirm(d: Platform, event: DeviceEvent, stage: PendingOrder['stage'], answer: string): void {
  const message = event.message;
  if (message === null) return;
  d.reply(message, { kind: answer, body: { ref: event.body?.['ref'] ?? '', status: 'noted' }, bytes: SHORT_BYTES });
  const order = find(d, event.body?.['ref']);
  if (order === undefined || order.stage !== stage) return;
  order.tries = 0;
  if (event.body?.['ok'] === true) enter(d, order);
  else {
    d.record('order-declined', { ref: order.ref }, message);
    withhold(d, order, 'order-read-back: the patient did not ask for this');
  }
}

export const orderEffects = {
  acceptSkillOrder: (d, event) => {
    const message = event.message;
    if (message === null) return;
    if (d.setting<string>('skill-scopes') === 'minimal')
      return d.refuse(message, 'skill-scopes: order scope not granted to the skill', FORBIDDEN);
    const order = orderIn(d, event, message);
    if (order === null) return;
    const voice = d.setting<string>('order-read-back') === 'voice';
    if (d.setting<boolean>('verify-intents')) {
      order.stage = 'intent';
      d.request('voice', { kind: 'intent-check', body: { ref: order.ref }, bytes: SHORT_BYTES, n: order.n, cause: message });
      return d.reply(message, { kind: 'order-ack', body: { ref: order.ref, status: 'waiting' }, bytes: SHORT_BYTES });
    }
    if (voice) {
      order.stage = 'voice';
      return d.reply(message, {
        kind: 'order-ack',
        body: { ref: order.ref, status: 'confirm-voice', readBack: order.text },
        bytes: SHORT_BYTES,
      });
    }
    d.reply(message, { kind: 'order-ack', body: { ref: order.ref, status: 'accepted' }, bytes: SHORT_BYTES });
    proceed(d, order);
  },
  /** Typed on the tablet: no voice in between, hence neither intent nor read-back. */
  acceptFormOrder: (d, event) => {
    const message = event.message;
    if (message === null || refused(d, message)) return;
    const order = orderIn(d, event, message);
    if (order === null) return;
    d.reply(message, { kind: 'order-ack', body: { ref: order.ref, status: 'accepted' }, bytes: SHORT_BYTES });
    enter(d, order);
  },
  compareIntent: (d, event) => {
    const order = find(d, event.body?.['ref']);
    if (order === undefined || order.stage !== 'intent' || event.message === null) return;
    const said = event.body?.['text'];
    if (signedBy(d, 'voice', event.message) && said === order.text) return proceed(d, order);
    d.record('order-declined', { ref: order.ref }, event.message);
    d.alert('platform-intents', [event.message.id]);
    withhold(d, order, 'verify-intents: the voice platform understood something else');
  },
  /** No word from the voice platform: an unchecked order does not go on. */
  dropUncheckedOrder: (d, event) => {
    const order = d.memory.orders.find((entry) => entry.n === event.n && entry.stage === 'intent');
    if (order === undefined) return;
    d.record('action-blocked', { who: 'patient', action: 'order that could not be checked', ref: order.ref });
    withhold(d, order, 'verify-intents: the voice platform does not say what was ordered');
  },
  confirmByVoice: (d, event) => confirm(d, event, 'voice', 'order-ack'),
  confirmByDisplay: (d, event) => {
    if (event.message === null || refused(d, event.message)) return;
    confirm(d, event, 'display', 'display-ack');
  },
  displayAgain: (d, event) => {
    const order = d.memory.orders.find((entry) => entry.n === event.n && entry.stage === 'display');
    if (order === undefined) return;
    if (order.tries < d.parameter('platform.display-tries')) return display(d, order);
    d.record('action-blocked', { who: 'patient', action: 'order that nobody confirmed', ref: order.ref });
    withhold(d, order, 'order-read-back: nobody confirmed the order');
  },
  orderDelivered: (d, event) => {
    const ref = event.body?.['ref'];
    if (typeof ref === 'string') drop(d, ref);
  },
  repeatOrder: (d, event) => {
    const order = d.memory.orders.find((entry) => entry.n === Math.floor(event.n / TRIES) && entry.stage === 'entry');
    if (order === undefined) return;
    if (order.tries < d.parameter('platform.order-tries') && event.body?.['reason'] !== 'refused')
      d.after(d.parameter('platform.retry') * SECOND, 'order-again', order.n);
    else drop(d, order.ref);
  },
  sendOrderAgain: (d, event) => {
    const order = d.memory.orders.find((entry) => entry.n === event.n && entry.stage === 'entry');
    if (order !== undefined) enter(d, order);
  },
} satisfies Record<string, Effect<PlatformMemory>>;
