import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { flag } from '../../sim/model/settings.ts';
import { HTTPS } from './portal-protocol.ts';
import { CARE_PLANS, onList } from './medications.ts';

/**
 * The hospital's record system: keeps observations, enters orders, answers queries of the portal. It carries out the
 * order that it has; whether that is what the patient said it cannot know. A pharmacist who reviews compares the order
 * with the medication list, and nothing else.
 */
export interface EhrMemory {
  observations: number;
  /** Orders that wait, oldest first, and how many there have been. */
  waiting: { n: number; ref: string; text: string; message: Message; reviewed: boolean }[];
  orders: number;
  /** References seen lately: an order sent again after a lost answer is the same order. */
  known: string[];
}

/** HTTP headers and a short JSON document. */
const ANSWER_BYTES = 600;
const BAD_REQUEST = 400;
const UNPROCESSABLE = 422;
const KNOWN = 64;

const serving: Readonly<Record<string, TransitionEntry<EhrMemory>>> = {
  'observation-forward': { actions: ['store'] },
  'ehr-records': { actions: ['answerQuery'] },
};

export const ehr = defineDevice<EhrMemory>({
  kind: 'ehr',
  title: 'Electronic health record with order entry and pharmacist review',
  family: 'hospital',
  roles: ['server', 'hospital'],
  carePlans: CARE_PLANS,
  settings: {
    'pharmacist-review': flag(false, 'A pharmacist compares every order with the medication list before it is carried out.'),
  },
  memory: () => ({ observations: 0, waiting: [], orders: 0, known: [] }),
  listens: [HTTPS],
  serves: ['observation-forward', 'ehr-records', 'order-entry'],
  machine: {
    initial: 'up',
    states: {
      up: {
        on: {
          ...serving,
          'order-entry': [
            { actions: ['enter', 'awaitReview'], cond: (_, event) => event.settings['pharmacist-review'] === true },
            { actions: ['enter', 'awaitExecution'] },
          ],
          reviewed: { actions: ['decide'] },
          due: { actions: ['execute'] },
        },
      },
    },
  },
  effects: {
    store: (d, event) => {
      const records = Number(event.body?.['phiRecords'] ?? 0);
      d.memory.observations += records;
      d.record('disclosure', { to: 'care-team', records, bytes: Number(event.body?.['phiBytes'] ?? 0), individuals: 1 }, event.message);
      if (event.message !== null) d.reply(event.message, { kind: 'observation-stored', body: null, bytes: ANSWER_BYTES });
    },
    enter: (d, event) => {
      const message = event.message;
      if (message === null) return;
      const ref = event.body?.['ref'];
      const text = event.body?.['text'];
      if (typeof ref !== 'string' || typeof text !== 'string') return d.refuse(message, 'order without text or reference', BAD_REQUEST);
      d.reply(message, { kind: 'order-received', body: { ref }, bytes: ANSWER_BYTES });
      if (d.memory.known.includes(ref)) return;
      d.memory.known.push(ref);
      if (d.memory.known.length > KNOWN) d.memory.known.shift();
      d.memory.orders++;
      d.memory.waiting.push({ n: d.memory.orders, ref, text, message, reviewed: false });
    },
    awaitReview: (d) => {
      const n = newest(d);
      if (n !== null) d.afterRandom(d.distribution('ehr.review-time'), 'ehr.review-time', n, 'reviewed');
    },
    awaitExecution: (d) => {
      const n = newest(d);
      if (n !== null) carryOut(d, n);
    },
    decide: (d, event) => {
      const order = d.memory.waiting.find((entry) => entry.n === event.n);
      if (order === undefined || order.reviewed) return;
      order.reviewed = true;
      d.record('burden', { who: 'pharmacist', minutes: d.parameter('ehr.review-minutes'), what: 'review order' });
      const overlooked = d.draw('overlooks', event.n) < d.parameter('ehr.review-overlooks');
      // The review comes before the carrying out, not in its stead.
      if (onList(d.care.plan, order.text) || overlooked) return carryOut(d, order.n);
      // An order that is on no list stops here until somebody has spoken with the patient.
      d.memory.waiting = d.memory.waiting.filter((entry) => entry.n !== event.n);
      d.record('action-blocked', { who: 'patient', action: 'order not on the medication list', ref: order.ref });
      d.record('burden', { who: 'physician', minutes: d.parameter('ehr.clarify-minutes'), what: 'clarify order' });
      d.refuse(order.message, 'pharmacist-review: the order is not on the medication list', UNPROCESSABLE);
    },
    execute: (d, event) => {
      const order = d.memory.waiting.find((entry) => entry.n === event.n);
      if (order === undefined) return;
      d.memory.waiting = d.memory.waiting.filter((entry) => entry.n !== event.n);
      d.record('order-executed', { ref: order.ref, executed: order.text });
    },
    /** What a query may ask for is the portal's to decide; the record system gives what it is asked for. */
    answerQuery: (d, event) => {
      const message = event.message;
      if (message === null) return;
      const panel = event.body?.['scope'] === 'panel';
      const individuals = panel ? d.parameter('ehr.panel-individuals') : 1;
      const records = individuals * d.parameter('ehr.records-per-individual');
      const bytes = records * d.parameter('ehr.bytes-per-record');
      d.reply(message, {
        kind: 'ehr-records-page',
        bytes: Math.min(bytes, d.parameter('ehr.page-bytes')),
        body: { scope: panel ? 'panel' : 'own', records, phiRecords: records, phiBytes: bytes, individuals },
      });
    },
  },
});

/** The order that came last, if it still waits. */
function newest(d: DeviceContext<EhrMemory>): number | null {
  const order = d.memory.waiting.at(-1);
  return order === undefined || order.n !== d.memory.orders ? null : order.n;
}
function carryOut(d: DeviceContext<EhrMemory>, n: number): void {
  d.afterRandom(d.distribution('ehr.execution-time'), 'ehr.execution-time', n, 'due');
}
