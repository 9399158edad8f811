import { Kernel } from '../../kernel/kernel.ts';
import { SECOND } from '../../kernel/time.ts';
import { PlainHeap } from './heap.ts';
import { increments } from './increments.ts';
import type { Law } from './increments.ts';
import { REPETITIONS, median } from './measure.ts';
import type { Measurement } from './measure.ts';
import type { HoldPeer, Peers, Round } from './peers.ts';

/** Timed events of a round. */
const EVENTS = 1_000_000;
/** Ids of the peers that stand in the figure's own row; others get a row each. */
const LIMIT = 'cpp';
const HEAP = 'heap';
/** Of the cancelled case: this many of ten records are cancelled before their time. */
const CANCELLED = 9;
const PATIENCE = 60 * SECOND;

/**
 * The HOLD model: n events pending; take the earliest, put it back later. The whole kernel takes part (order of ties,
 * records that can be cancelled, dispatch by name); put back as messages' arrivals are, by whoever will not cancel them. Not
 * counted into the fingerprint, since no peer keeps one. `warm` events pass untimed, as many as are pending, so that the
 * queue is in its steady state.
 */
export function holdRound(n: number, warm: number, events: number, waits: Float64Array): Round {
  const mask = waits.length - 1;
  const kernel = new Kernel(1, 0);
  let i = 0;
  const handler = kernel.register('hold', (subject) => void kernel.post(kernel.now + waits[i++ & mask]!, handler, subject), {
    counted: false,
  });
  const subject = kernel.subject('bench');
  for (let k = 0; k < n; k++) kernel.at(waits[k & mask]!, handler, subject);
  for (let k = 0; k < warm; k++) kernel.step();
  const started = performance.now();
  for (let k = 0; k < events; k++) kernel.step();
  return { result: kernel.now, ns: ((performance.now() - started) * 1e6) / events };
}

/** The same by a plain heap without dispatch. */
function heapRound(n: number, warm: number, events: number, waits: Float64Array): Round {
  const mask = waits.length - 1;
  const heap = new PlainHeap(n);
  let i = 0;
  const step = (): void => {
    heap.pop();
    heap.push(heap.time + waits[i++ & mask]!, heap.id);
  };
  for (let k = 0; k < n; k++) heap.push(waits[k & mask]!, k);
  for (let k = 0; k < warm; k++) step();
  const started = performance.now();
  for (let k = 0; k < events; k++) step();
  return { result: heap.time, ns: ((performance.now() - started) * 1e6) / events };
}

/** One record in ten happens; with each, nine timers are cancelled and set anew. n records are pending. */
function cancelRound(n: number, warm: number, events: number, waits: Float64Array): Round {
  const mask = waits.length - 1;
  const kernel = new Kernel(1, 0);
  const timers = (n / (CANCELLED + 1)) * CANCELLED;
  const handles = new Float64Array(timers);
  let i = 0;
  let timer = 0;
  const never = kernel.register('timer', () => {}, { counted: false });
  const handler = kernel.register(
    'hold',
    (subject) => {
      for (let k = 0; k < CANCELLED; k++) {
        kernel.cancel(handles[timer]!);
        handles[timer] = kernel.at(kernel.now + PATIENCE, never, subject);
        timer = timer + 1 === timers ? 0 : timer + 1;
      }
      kernel.at(kernel.now + waits[i++ & mask]!, handler, subject);
    },
    { counted: false },
  );
  const subject = kernel.subject('bench');
  for (let k = 0; k < timers; k++) handles[k] = kernel.at(PATIENCE, never, subject);
  for (let k = 0; k < n - timers; k++) kernel.at(waits[k & mask]!, handler, subject);
  for (let k = 0; k < warm; k++) kernel.step();
  const started = performance.now();
  for (let k = 0; k < events; k++) kernel.step();
  return { result: kernel.now, ns: ((performance.now() - started) * 1e6) / events };
}

function heapCancelRound(n: number, warm: number, events: number, waits: Float64Array): Round {
  const mask = waits.length - 1;
  const heap = new PlainHeap(n);
  const timers = (n / (CANCELLED + 1)) * CANCELLED;
  let i = 0;
  let timer = 0;
  const step = (): void => {
    heap.pop();
    const { time, id } = heap;
    for (let k = 0; k < CANCELLED; k++) {
      heap.remove(timer);
      heap.push(time + PATIENCE, timer);
      timer = timer + 1 === timers ? 0 : timer + 1;
    }
    heap.push(time + waits[i++ & mask]!, id);
  };
  for (let k = 0; k < timers; k++) heap.push(PATIENCE, k);
  for (let k = 0; k < n - timers; k++) heap.push(waits[k & mask]!, timers + k);
  for (let k = 0; k < warm; k++) step();
  const started = performance.now();
  for (let k = 0; k < events; k++) step();
  return { result: heap.time, ns: ((performance.now() - started) * 1e6) / events };
}

type Ours = (n: number, warm: number, events: number, waits: Float64Array) => Round;

/**
 * Ours and the peers by turns, so that a neighbour's load on the machine falls on all; the first round warms up.
 * @throws Error when a peer's final clock is not ours: then it did something else.
 */
export function against(name: string, n: number, events: number, law: Law, ours: Ours, peers: readonly HoldPeer[]): Measurement[] {
  const waits = increments(law);
  const clocks = new Map<number, number>();
  const clock = (count: number): number => {
    if (!clocks.has(count)) clocks.set(count, ours(n, n, count, waits).result);
    return clocks.get(count)!;
  };
  const own: number[] = [];
  const ratios = peers.map((): number[] => []);
  const theirs = peers.map((): number[] => []);
  for (let round = 0; round <= REPETITIONS; round++) {
    const mine = ours(n, n, events, waits);
    if (round > 0) own.push(mine.ns);
    peers.forEach((peer, p) => {
      const count = Math.min(events, peer.events);
      const { result, ns } = peer.hold(n, n, count, waits);
      if (result !== clock(count)) throw new Error(`${name}: ${peer.title} ends at ${result} µs, the engine at ${clock(count)} µs`);
      if (round === 0) return;
      theirs[p]!.push(ns);
      ratios[p]!.push(ns / mine.ns);
    });
  }
  const value = 1000 / median(own);
  const rows = peers.map(({ id, title }, p): Measurement => {
    const peer = `${title}: ${(1000 / median(theirs[p]!)).toPrecision(3)}`;
    return { name: id === LIMIT || id === HEAP ? name : `${name}:${id}`, value, unit: 'Mevents/s', peer, ratio: median(ratios[p]!) };
  });
  return rows[0]?.name === name ? rows : [{ name, value, unit: 'Mevents/s' }, ...rows];
}

/** HOLD with n pending against whom this machine has. */
export const hold = (n: number, { holders }: Peers): Measurement[] =>
  against(
    `hold-${n}`,
    n,
    EVENTS,
    'exponential',
    holdRound,
    holders.filter(({ most }) => n <= most),
  );

const heapPeer = (rounds: Ours): HoldPeer => ({ id: HEAP, title: 'plain heap', events: EVENTS, most: Infinity, hold: rounds });

/** Where buckets could do harm: a home's increments, all times equal, nine records in ten cancelled. */
export const HARD_CASES: readonly { readonly name: string; readonly run: () => Measurement[] }[] = [
  { name: 'hold-10000-home', run: () => against('hold-10000-home', 10_000, EVENTS, 'home', holdRound, [heapPeer(heapRound)]) },
  { name: 'hold-10000-equal', run: () => against('hold-10000-equal', 10_000, EVENTS, 'equal', holdRound, [heapPeer(heapRound)]) },
  {
    name: 'hold-10000-cancelled',
    run: () => against('hold-10000-cancelled', 10_000, EVENTS / 10, 'exponential', cancelRound, [heapPeer(heapCancelRound)]),
  },
];
