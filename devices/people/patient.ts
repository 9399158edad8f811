import { DAY, HOUR, MINUTE, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { choice } from '../../sim/model/settings.ts';
import { oneTimePassword } from '../hospital/portal-protocol.ts';
import { CARE_PLANS, medicationsOf } from '../hospital/medications.ts';
import { peer, peers } from '../peers.ts';
import { belongings, INSTRUMENTS } from './belongings.ts';
import { publishVitals } from './physiology.ts';
import { order, speak, speakingEffects, type SpeakingMemory } from './speaking.ts';

/**
 * The patient: a body whose condition moves between stable, deteriorating, critical and recovering, and a person with
 * habits: sleeps, wears and charges the oximeter, measures when asked, checks in and orders by voice, answers calls.
 * Time zero of a scenario is midnight. Modelled, not clinically validated.
 */
export interface PatientMemory extends SpeakingMemory {
  /** Vitals published so far. */
  breaths: number;
  /** Equivalent hours of untreated deterioration; drives the drift of the vitals. */
  severity: number;
  episode: number;
  /** Became critical in the present episode. */
  critical: boolean;
  asleep: boolean;
  /** Timers of the present episode: getting worse, and noticing. */
  worsening: number;
  noticing: number;
  /** The tablet that rang last. */
  ringing: string;
}

/** What a person in a critical state no longer does is left out of `critical`. */
const body: Readonly<Record<string, TransitionEntry<PatientMemory>>> = {
  breath: { actions: ['breathe'] },
  assessed: { actions: ['showCondition'] },
  'day-begins': { actions: ['planDay'] },
  'slip-time': { actions: ['slip'] },
};
const habits: Readonly<Record<string, TransitionEntry<PatientMemory>>> = {
  wake: { actions: ['wake'] },
  'bed-time': { actions: ['sleep'] },
  'charge-time': { actions: ['chargeOximeter'] },
  'charge-done': { actions: ['putOximeterOn'] },
  'wear-reminder': { actions: ['putOximeterOn'] },
  'check-in-time': { actions: ['checkIn'] },
  'order-time': { actions: ['orderRefill'] },
  'results-time': { actions: ['askResults'] },
  question: { actions: ['answerQuestion'] },
  'skill-closed': { actions: ['closeTalk'] },
  'no-answer': { actions: ['tryAgain'] },
  'order-display': { actions: ['checkDisplay'] },
  'code-prompt': { actions: ['giveCode'] },
  'measure-reminder': { actions: ['measure'] },
  'incoming-call': { actions: ['hearCall'] },
  'pick-up': { actions: ['pickUp'] },
};

export const patient = defineDevice<PatientMemory>({
  kind: 'patient',
  title: 'Patient: condition, vitals and habits',
  family: 'people',
  roles: ['person', 'patient'],
  carePlans: CARE_PLANS,
  settings: {
    course: choice('natural', ['natural', 'deteriorating'], 'Deterioration comes at its natural rate, or surely within the first day.'),
    ...belongings,
  },
  memory: () => ({
    breaths: 0,
    severity: 0,
    episode: 0,
    critical: false,
    asleep: true,
    worsening: 0,
    noticing: 0,
    ringing: '',
    talk: null,
    orders: [],
  }),
  serves: [],
  machine: {
    initial: 'stable',
    states: {
      stable: {
        entry: ['live', 'awaitOnset'],
        on: { ...body, ...habits, onset: { target: 'deteriorating', actions: ['noteDeteriorating'] } },
      },
      deteriorating: {
        entry: ['awaitWorse', 'awaitNotice'],
        on: {
          ...body,
          ...habits,
          worse: { target: 'critical', actions: ['noteCritical'] },
          'feels-unwell': { actions: ['callForHelp'] },
          rescue: { target: 'recovering', actions: ['noteRescue'] },
        },
      },
      critical: {
        on: {
          ...body,
          'bed-time': { actions: ['sleep'] },
          wake: { actions: ['wake'] },
          'charge-done': { actions: ['putOximeterOn'] },
          'no-answer': { actions: ['giveUp'] },
          rescue: { target: 'recovering', actions: ['noteRescue'] },
        },
      },
      recovering: {
        on: { ...body, ...habits, recovered: 'stable' },
      },
    },
  },
  effects: {
    ...speakingEffects,
    /** The first entry of `stable` starts breathing and the days. */
    live: (d) => {
      if (d.memory.breaths > 0) return;
      d.memory.breaths = 1;
      publishVitals(d, 0, 0);
      d.record('condition', { state: 'stable' });
      for (const spare of peers(d, 'oximeter').slice(1)) d.act(spare, 'taken-off', null, 0);
      d.after(d.parameter('patient.vitals-period') * SECOND, 'breath', 1);
      nextSlip(d, 0);
      d.raise('day-begins', null, 0);
    },
    breathe: (d, event) => {
      const hours = (d.parameter('patient.vitals-period') * SECOND) / HOUR;
      if (d.state === 'deteriorating') d.memory.severity += hours;
      else if (d.state === 'critical') d.memory.severity += hours * d.parameter('patient.critical-pace');
      else if (d.state === 'recovering') {
        // Help may come before the first breath of an episode, while there is nothing yet to recover from.
        d.memory.severity = Math.max(0, d.memory.severity - hours * d.parameter('patient.recovery-pace'));
        if (d.memory.severity === 0) d.raise('recovered');
      }
      publishVitals(d, d.memory.severity, event.n);
      d.memory.breaths = event.n + 1;
      d.after(d.parameter('patient.vitals-period') * SECOND, 'breath', event.n + 1);
    },
    /** With course `deteriorating` the first episode comes in the first day; all others come at their natural rate. */
    awaitOnset: (d) => {
      const first = d.memory.episode === 0 && d.setting('course') === 'deteriorating';
      d.afterRandom(d.distribution(first ? 'patient.onset-first-day' : 'patient.onset-natural'), 'onset', d.memory.episode, 'onset');
    },
    noteDeteriorating: (d) => {
      d.memory.episode++;
      d.record('condition', { state: 'deteriorating' });
    },
    awaitWorse: (d) => {
      d.memory.worsening = d.afterRandom(d.distribution('patient.until-critical'), 'worse', d.memory.episode, 'worse');
    },
    awaitNotice: (d) => {
      d.memory.noticing = d.afterRandom(d.distribution('patient.until-unwell'), 'feels-unwell', d.memory.episode, 'feels-unwell');
    },
    noteCritical: (d) => {
      d.cancel(d.memory.noticing);
      d.memory.critical = true;
      d.record('condition', { state: 'critical' });
    },
    callForHelp: (d) => d.act(peer(d, 'hub'), 'help-button', null, d.memory.episode),
    noteRescue: (d, event) => {
      d.cancel(d.memory.worsening);
      d.cancel(d.memory.noticing);
      d.record('rescue', { by: event.from, from: d.memory.critical ? 'critical' : 'deteriorating' });
      d.memory.critical = false;
      d.record('condition', { state: 'stable' });
    },
    /** Whoever sees the patient sees the condition: awake and well, unwell, or hardly responding. */
    showCondition: (d, event) => {
      const condition = d.state === 'recovering' ? 'stable' : d.state;
      d.act(event.from, 'patient-seen', { ...event.body, condition, alert: condition !== 'critical' }, event.n);
    },

    planDay: (d, event) => {
      const day = event.n;
      const at = (what: string, type: string): number =>
        d.afterRandom(d.distribution(`patient.hour-${what}`), `hour-${what}`, day, type, null, HOUR);
      at('wake', 'wake');
      at('check-in', 'check-in-time');
      at('order', 'order-time');
      at('results', 'results-time');
      at('charge', 'charge-time');
      at('bed', 'bed-time');
      d.after(DAY, 'day-begins', day + 1);
    },
    wake: (d) => {
      d.memory.asleep = false;
    },
    sleep: (d) => {
      d.memory.asleep = true;
    },
    chargeOximeter: (d, event) => {
      d.act(peer(d, 'oximeter'), 'charge', null, event.n);
      d.after(d.parameter('oximeter.charge-time') * SECOND, 'charge-done', event.n);
    },
    putOximeterOn: (d, event) => {
      if (event.type === 'wear-reminder')
        d.actRandom(peer(d, 'oximeter'), 'put-on', null, event.n, d.distribution('patient.heeds-reminder'), 'heeds');
      else d.act(peer(d, 'oximeter'), 'put-on', null, event.n);
    },
    /** The sensor comes off without being noticed, until the tablet says so. */
    slip: (d, event) => {
      d.act(peer(d, 'oximeter'), 'slipped', null, event.n);
      nextSlip(d, event.n + 1);
    },
    checkIn: (d, event) => speak(d, 'check-in', `check-in/${event.n}`, 'start my check-in', event.n),
    orderRefill: (d, event) => {
      const known = medicationsOf(d.care.plan);
      const drug = known[Math.floor(d.draw('which-drug', event.n) * known.length)]!;
      // Now and then a patient wants something that is not on the list.
      const text = d.draw('new-drug', event.n) < d.parameter('patient.orders-unlisted') ? UNLISTED : drug;
      order(d, `order/${event.n}`, `refill ${text}`, event.n);
    },
    askResults: (d, event) => {
      if (d.draw('results', event.n) < d.parameter('patient.asks-results'))
        speak(d, 'results', `results/${event.n}`, 'what are my latest results', event.n);
    },
    measure: (d, event) => {
      const what = String(event.body?.['what'] ?? '');
      const setting = INSTRUMENTS.get(what);
      const instrument = setting === undefined ? '' : peer(d, setting);
      if (instrument === '' || d.memory.asleep || d.draw(`measures-${what}`, event.n) >= d.parameter('patient.adherence')) return;
      d.actRandom(instrument, 'measure', null, event.n, d.distribution('patient.heeds-reminder'), `heeds-${what}`);
      d.record('burden', { who: 'patient', minutes: d.parameter('patient.measure-minutes'), what: `measure with ${what}` });
    },
    giveCode: (d, event) => {
      if (d.memory.asleep) return;
      const seconds = d.parameter('patient.code-time');
      d.act(event.from, 'one-time-code', { code: oneTimePassword(d.id, d.now + seconds * SECOND) }, event.n, seconds * SECOND);
      d.record('burden', { who: 'patient', minutes: (seconds * SECOND) / MINUTE, what: 'one-time code' });
    },
    hearCall: (d, event) => {
      if (d.memory.asleep && d.draw('wakes', event.n) >= d.parameter('patient.wakes-for-call')) return;
      d.memory.ringing = event.from;
      d.afterRandom(d.distribution('patient.pick-up'), 'pick-up', event.n, 'pick-up', event.body);
    },
    pickUp: (d, event) => d.act(d.memory.ringing, 'call-answer', event.body, event.n),
    giveUp: (d) => {
      d.memory.talk = null;
    },
  },
});

/** What a patient may ask for that no list of this model has. */
const UNLISTED = 'guaifenesin 600 mg';

function nextSlip(d: DeviceContext<PatientMemory>, n: number): void {
  d.afterRandom(d.distribution('patient.until-slip'), 'slip', n, 'slip-time');
}
