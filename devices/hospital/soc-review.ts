import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { Effect } from '../../sim/model/device.ts';
import type { Guard, TransitionEntry } from '../../sim/model/machine.ts';
import type { Alarm, Soc, SocMemory } from './soc.ts';

/**
 * What was cut off is looked at again after a while: by then the analyst knows whether more came to light. A station about
 * which no further alarm has come is released; where one has, it stays cut off until the next review. Whoever is released and
 * stands out again is an alarm like any other, and is cut off again, for longer.
 *
 * A quarantined device gets nowhere, so that its own traffic tells nothing more about it: one that is the adversary's and has
 * been quiet about it is released too. Nobody cleans it here.
 */
export interface ReviewMemory {
  /** Alarms that have come about a station, and how many of them were known when it was cut off or last reviewed. */
  about: Record<string, number>;
  known: Record<string, number>;
  /** Reviews of a station so far: names their draws. How often it was cut off. */
  reviews: Record<string, number>;
  cuts: Record<string, number>;
  /** Which of the responses are releases. */
  releases: number[];
}

export const reviewMemory = (): ReviewMemory => ({ about: {}, known: {}, reviews: {}, cuts: {}, releases: [] });

/** Application bytes of a management request. */
const REQUEST_BYTES = 300;

/** Another alarm about a station, whether anybody looks at it or not: it is on file. */
export function file(soc: Soc, station: string): void {
  if (station !== '') soc.memory.about[station] = (soc.memory.about[station] ?? 0) + 1;
}

/** A station was cut off: the oftener it has been, the later is it looked at again. */
export function noteCut(soc: Soc, station: string): void {
  soc.memory.cuts[station] = (soc.memory.cuts[station] ?? 0) + 1;
  planReview(soc, station);
}

/** A station that is cut off: its next review. */
function planReview(soc: Soc, station: string): void {
  soc.memory.known[station] = soc.memory.about[station] ?? 0;
  const n = (soc.memory.reviews[station] ?? 0) + 1;
  soc.memory.reviews[station] = n;
  let wait = soc.parameter('soc.review-after') * SECOND;
  for (let cut = 1; cut < soc.memory.cuts[station]!; cut++) wait *= soc.parameter('soc.review-growth');
  soc.after(Math.round(wait), 'review-due', n, { station });
}

/** Nothing more is to be done about the n-th response. @returns what it was about, if that was not settled before */
export function settle(soc: Soc, n: number): string | undefined {
  const about = soc.memory.responses[String(n)];
  delete soc.memory.responses[String(n)];
  return about;
}

/** The analyst has looked at a station again. */
export function conclude(soc: Soc, { station }: Alarm): void {
  soc.record('burden', { who: 'analyst', minutes: (soc.now - soc.memory.since) / MINUTE, what: 'review' });
  if ((soc.memory.about[station] ?? 0) > soc.memory.known[station]!) return planReview(soc, station);
  const n = ++soc.memory.responded;
  soc.memory.responses[String(n)] = station;
  soc.memory.releases.push(n);
  soc.request('router', { kind: 'admin-set', body: { name: `isolate.${station}`, value: false }, bytes: REQUEST_BYTES, n });
}

export const reviewEffects = {
  takeUpAgain: (soc, event) => {
    soc.memory.ready.push({ sensor: 'review', station: String(event.body?.['station']), token: '', n: event.n, review: true });
  },
  noteReleased: (soc, event) => {
    const station = settle(soc, event.n)!;
    soc.memory.releases = soc.memory.releases.filter((n) => n !== event.n);
    soc.memory.contained = soc.memory.contained.filter((about) => about !== station);
    soc.record('released', { device: station }, event.message);
  },
  /** The router did not hear it, or did not obey: the station is cut off still. */
  keepCutOff: (soc, event) => {
    soc.memory.releases = soc.memory.releases.filter((n) => n !== event.n);
    planReview(soc, settle(soc, event.n)!);
  },
} satisfies Record<string, Effect<SocMemory>>;

/** Transitions that a release brings, in every state. */
const ofRelease: Guard<SocMemory> = (memory, event) => memory.releases.includes(event.n);
export const reviewTransitions = {
  'admin-done': [{ cond: ofRelease, actions: ['noteReleased'] }, { actions: ['noteContained'] }],
  'admin-set-failed': [{ cond: ofRelease, actions: ['keepCutOff'] }],
} satisfies Readonly<Record<string, TransitionEntry<SocMemory>>>;
/** Is what was to be reviewed cut off still? */
export const cutOff: Guard<SocMemory> = (memory, event) => memory.contained.includes(String(event.body?.['station']));
