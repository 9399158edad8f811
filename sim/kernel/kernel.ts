import { Calendar, type CalendarRecord } from './calendar.ts';
import { conditionalQuantile, quantile, type Distribution } from './distributions.ts';
import { Draws, KeyTable, type StreamKey } from './draws.ts';
import { Fingerprint } from './fingerprint.ts';
import type { Micros } from './time.ts';

/** What happens when a record's time comes. Registered by name; it must not keep state of its own. */
export type Handler = (subject: number, a: number, b: number, data: any) => void;
/** Adds a record's payload to the fingerprint, without numbers that depend on the order of insertion (handles, counters). */
export type Digest = (fingerprint: Fingerprint, a: number, b: number, data: any) => void;

/** A random wait: lies in its record instead of the payload, so that a fresh fork can draw it again, given that it has not yet happened. */
interface Wait {
  readonly distribution: Distribution;
  /** µs per unit of the distribution */
  readonly scale: number;
  readonly start: Micros;
  readonly k0: number;
  readonly k1: number;
  readonly n: number;
  readonly sub: number;
  /** The record's payload proper. */
  readonly data: unknown;
}

/** So many events at one instant are no coincidence: something schedules itself without a wait, and the run would never end. */
const MOST_AT_ONCE = 1_000_000;

/** A branch is one 32-bit word of its draws' addresses. */
const MOST_BRANCHES = 0xffffffff;

/** A record's handler is twice its index, plus this when the record is a random wait. */
const RANDOM = 1;

export interface KernelSnapshot {
  readonly now: Micros;
  readonly events: number;
  readonly seed: number;
  readonly replication: number;
  readonly branches: readonly number[];
  readonly fingerprint: readonly number[];
  readonly apart: readonly number[];
  /** See Calendar.from. */
  readonly generation: number;
  readonly records: readonly (Omit<CalendarRecord, 'handler' | 'subject'> & {
    readonly handler: string;
    readonly subject: string;
    readonly random: boolean;
  })[];
}

interface Registration {
  readonly name: string;
  readonly run: Handler;
  readonly digest: Digest;
  readonly word: number;
  readonly counted: boolean;
  readonly apart: boolean;
}

const plainDigest: Digest = (fingerprint, a, b, data) => {
  fingerprint.number(a);
  fingerprint.number(b);
  if (data !== null) fingerprint.value(data);
};

/**
 * Clock, calendar, dispatch, luck and fingerprint. Knows nothing of networks. Handlers and subjects are registered in
 * a fixed order when a world is built; snapshots name them, so that a different order elsewhere does no harm.
 */
export class Kernel {
  now: Micros = 0;
  /** World events handled so far; observers' own are not counted. */
  events = 0;
  draws: Draws;
  readonly keys = new KeyTable();
  /** Of what happens in the world, and of what happens in somebody's head (see `register`). */
  fingerprint = new Fingerprint();
  apart = new Fingerprint();
  private calendar = new Calendar();
  private readonly handlers: Registration[] = [];
  private readonly handlerIndex = new Map<string, number>();
  private readonly subjects: string[] = [];
  private readonly subjectWords: number[] = [];
  private readonly subjectIndex = new Map<string, number>();

  constructor(seed: number, replication: number) {
    this.draws = new Draws(seed, replication, 0);
  }

  /**
   * @throws Error when the name is taken. `counted: false` marks an observer's handler: neither counted nor in the fingerprint.
   * `apart: true`: its events go into a fingerprint of their own, so that a world's is the same whether or not somebody
   * makes plans in it (see `adopt`).
   */
  register(name: string, run: Handler, options: { digest?: Digest; counted?: boolean; apart?: boolean } = {}): number {
    if (this.handlerIndex.has(name)) throw new Error(`handler "${name}" is registered twice`);
    const index = this.handlers.length;
    this.handlers.push({
      name,
      run,
      digest: options.digest ?? plainDigest,
      word: this.keys.key(`handler ${name}`).k0,
      counted: options.counted ?? true,
      apart: options.apart ?? false,
    });
    this.handlerIndex.set(name, index);
    return index;
  }

  /** Index of a subject (a node, a person, the world itself) by its stable id. */
  subject(id: string): number {
    let index = this.subjectIndex.get(id);
    if (index === undefined) {
      index = this.subjects.length;
      this.subjects.push(id);
      this.subjectWords.push(this.keys.key(`subject ${id}`).k0);
      this.subjectIndex.set(id, index);
    }
    return index;
  }

  /** Schedules a handler at an absolute time, not before now. Returns a handle. */
  at(time: Micros, handler: number, subject: number, a = 0, b = 0, data: unknown = null): number {
    if (!(time >= this.now)) this.refuse(time, handler, subject);
    return this.calendar.schedule(time, 2 * handler, subject, a, b, data);
  }

  /** As `at`, for what nobody will cancel: cheaper, and there is no handle. */
  post(time: Micros, handler: number, subject: number, a = 0, b = 0, data: unknown = null): void {
    if (!(time >= this.now)) this.refuse(time, handler, subject);
    this.calendar.put(time, 2 * handler, subject, a, b, data);
  }

  private refuse(time: Micros, handler: number, subject: number): never {
    throw new Error(`event "${this.handlers[handler]?.name}" of ${this.subjects[subject]} lies in the past: ${time} < ${this.now}`);
  }

  /**
   * A random wait, addressed by (key, n, sub). The distribution's unit is `scale` µs. It counts from `start`: now, unless it
   * has been running for a while (a time of day, of a day that has begun) or something certain comes first. Never over before 1 µs.
   */
  wait(
    distribution: Distribution,
    scale: number,
    key: StreamKey,
    n: number,
    sub: number,
    handler: number,
    subject: number,
    a = 0,
    b = 0,
    data: unknown = null,
    start: Micros = this.now,
  ): number {
    const u = this.draws.uniform(key, n, sub);
    const time = Math.max(this.now + 1, start + Math.round(quantile(distribution, u) * scale));
    if (!(time >= this.now)) throw new Error(`a wait of "${this.handlers[handler]?.name}" has no length: ${JSON.stringify(distribution)}`);
    const wait: Wait = { distribution, scale, start, k0: key.k0, k1: key.k1, n, sub, data };
    return this.calendar.schedule(time, 2 * handler + RANDOM, subject, a, b, wait);
  }

  cancel(handle: number): boolean {
    return this.calendar.cancel(handle);
  }

  /** Cancels all that a handler would still do for a subject. O(pending records). */
  cancelAll(handler: number, subject: number): void {
    for (const record of this.calendar.records())
      if (record.handler >> 1 === handler && record.subject === subject) this.calendar.cancel(record.handle);
  }

  pending(handle: number): boolean {
    return this.calendar.pending(handle);
  }

  /** Time of the next event, Infinity when nothing can happen any more. */
  get next(): Micros {
    return this.calendar.next;
  }

  /** Handles one event. false when the calendar is empty. */
  step(): boolean {
    const calendar = this.calendar;
    const slot = calendar.pop();
    if (slot < 0) return false;
    this.now = calendar.timeOf(slot);
    const subject = calendar.subjectOf(slot);
    const handler = calendar.handlerOf(slot);
    const a = whole(calendar.aOf(slot));
    const b = whole(calendar.bOf(slot));
    const payload = calendar.payload(slot);
    const data = (handler & RANDOM) === 0 ? payload : (payload as Wait).data;
    const registration = this.handlers[handler >> 1]!;
    if (registration.counted) {
      this.events++;
      const fingerprint = registration.apart ? this.apart : this.fingerprint;
      fingerprint.quad(this.now | 0, (this.now / 4294967296) | 0, registration.word, this.subjectWords[subject]!);
      registration.digest(fingerprint, a, b, data);
    }
    registration.run(subject, a, b, data);
    return true;
  }

  /** Handles all events up to and including `time`, then sets the clock to it. @throws Error when the clock stands still for `MOST_AT_ONCE` events */
  runUntil(time: Micros): void {
    let { now } = this;
    let atOnce = 0;
    for (let { next } = this.calendar; next <= time; next = this.calendar.next) {
      if (next > now) {
        now = next;
        atOnce = 0;
      } else if (++atOnce > MOST_AT_ONCE) this.complain();
      this.step();
    }
    if (time > this.now) this.now = time;
  }

  private complain(): never {
    const { handler, subject } = this.calendar.records()[0]!;
    const what = `"${this.handlers[handler >> 1]!.name}" of ${this.subjects[subject]}`;
    throw new Error(`more than ${MOST_AT_ONCE} events at ${this.now} µs, and the clock stands still; the next is ${what}`);
  }

  snapshot(): KernelSnapshot {
    const { now, events, draws } = this;
    return {
      now,
      events,
      seed: draws.seed,
      replication: draws.replication,
      branches: draws.branches,
      fingerprint: this.fingerprint.state(),
      apart: this.apart.state(),
      generation: this.calendar.generation,
      records: this.calendar.records().map((record) => ({
        ...record,
        handler: this.handlers[record.handler >> 1]!.name,
        subject: this.subjects[record.subject]!,
        random: (record.handler & RANDOM) !== 0,
      })),
    };
  }

  /** Takes over a snapshot. @throws Error naming a handler that this world does not have. */
  restore(snapshot: KernelSnapshot): void {
    this.now = snapshot.now;
    this.events = snapshot.events;
    this.draws = new Draws(snapshot.seed, snapshot.replication, snapshot.branches);
    this.fingerprint = Fingerprint.from(snapshot.fingerprint);
    this.apart = Fingerprint.from(snapshot.apart);
    this.calendar = Calendar.from(
      snapshot.records.map((record) => ({
        ...record,
        handler: this.indexOf(record.handler, record.random),
        subject: this.subject(record.subject),
        data: record.random ? laidOutWait(record.data as Wait) : record.data,
      })),
      snapshot.generation,
    );
  }

  /**
   * Takes over what was planned in a kernel of its own, by handlers that count apart: events so far, and those still to
   * come. false, with nothing taken over, where one of these has the time of an event here: which comes first would depend
   * on when each was scheduled, and that is not known any more.
   */
  adopt(plans: KernelSnapshot): boolean {
    const times = new Set(this.calendar.records().map((record) => record.time));
    if (plans.records.some((record) => times.has(record.time))) return false;
    for (const { handler, subject, random, time, a, b, data } of plans.records)
      this.calendar.schedule(time, this.indexOf(handler, random), this.subject(subject), a, b, data);
    this.events += plans.events;
    this.apart = Fingerprint.from(plans.apart);
    return true;
  }

  /** A record's handler as the calendar keeps it. */
  private indexOf(name: string, random: boolean): number {
    const handler = this.handlerIndex.get(name);
    if (handler === undefined) throw new Error(`the snapshot needs handler "${name}", which this version does not have`);
    return 2 * handler + (random ? RANDOM : 0);
  }

  /**
   * From now on a branch of the present luck (1, 2, …): new draws, and every wait that is running is drawn again under
   * the law "given that it has not yet happened" (design section 3). @throws Error on another number.
   */
  branchTo(branch: number): void {
    if (!(branch >= 1 && branch <= MOST_BRANCHES && Number.isInteger(branch)))
      throw new Error(`branch ${branch}: a fresh fork needs a whole number from 1 to ${MOST_BRANCHES}`);
    this.draws = new Draws(this.draws.seed, this.draws.replication, [...this.draws.branches, branch]);
    for (const record of this.calendar.records()) {
      if ((record.handler & RANDOM) === 0) continue;
      const wait = record.data as Wait;
      const u = this.draws.uniformAt(wait.k0, wait.k1, wait.n, wait.sub);
      const elapsed = (this.now - wait.start) / wait.scale;
      const total = conditionalQuantile(wait.distribution, elapsed, u);
      this.calendar.reschedule(record.handle, Math.max(this.now + 1, wait.start + Math.round(total * wait.scale)));
    }
  }
}

/** The same in the form in which `wait` makes it, wherever it comes from: see network/layout.ts. */
const laidOutWait = ({ distribution, scale, start, k0, k1, n, sub, data }: Wait): Wait => ({
  distribution,
  scale,
  start,
  k0,
  k1,
  n,
  sub,
  data,
});

/**
 * The same number; where it is a small whole one, in V8's form for those. What is read from a table of doubles has the form
 * of a fraction until then, and an object that gets one of those in a field gets another layout: slower for all of its kind.
 */
function whole(x: number): number {
  const small = x | 0;
  return small === x ? small : x;
}
