import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../sim/kernel/calendar.ts';

/** What a calendar must be: a list sorted by time, equal times in the order of insertion. Slow and plainly right. */
class SortedList {
  records: { handle: number; time: number; order: number; tag: number }[] = [];
  private order = 0;

  schedule(handle: number, time: number, tag: number): void {
    this.records.push({ handle, time, order: this.order++, tag });
  }

  cancel(handle: number): boolean {
    const before = this.records.length;
    this.records = this.records.filter((record) => record.handle !== handle);
    return this.records.length < before;
  }

  reschedule(handle: number, time: number): boolean {
    const tag = this.records.find((record) => record.handle === handle)?.tag;
    if (!this.cancel(handle)) return false;
    this.schedule(handle, time, tag!);
    return true;
  }

  sort(): void {
    this.records.sort((x, y) => x.time - y.time || x.order - y.order);
  }

  first(): { time: number; tag: number; handle: number } | null {
    this.sort();
    return this.records[0] ?? null;
  }

  pop(): { time: number; tag: number; handle: number } | null {
    const first = this.first();
    this.records.shift();
    return first;
  }
}

type Operation =
  | { readonly kind: 'schedule'; readonly time: number }
  | { readonly kind: 'cancel' | 'reschedule'; readonly which: number; readonly time: number }
  | { readonly kind: 'pop' | 'copy' };

// Few distinct times, so that ties are the rule.
const time = fc.integer({ min: 0, max: 12 });
const which = fc.nat(200);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('schedule' as const), time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'reschedule' as const), which, time }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
);

/** Does the same with both and compares every answer; `copy` goes on with a calendar made from the other's records. */
function compare(operations: readonly Operation[], capacity: number): void {
  let calendar = new Calendar(capacity);
  const list = new SortedList();
  const handles: number[] = [];
  operations.forEach((next, tag) => {
    const handle = 'which' in next ? (handles[next.which % Math.max(1, handles.length)] ?? 12345) : 0;
    if (next.kind === 'schedule') {
      const given = calendar.schedule(next.time, tag, tag + 1, tag + 2, tag + 3, { tag });
      expect(handles).not.toContain(given);
      handles.push(given);
      list.schedule(given, next.time, tag);
    } else if (next.kind === 'cancel') expect(calendar.cancel(handle)).toBe(list.cancel(handle));
    else if (next.kind === 'reschedule') expect(calendar.reschedule(handle, next.time)).toBe(list.reschedule(handle, next.time));
    else if (next.kind === 'copy') calendar = Calendar.from(structuredClone(calendar.records()), calendar.generation);
    else popBoth(calendar, list);
    expect(calendar.length).toBe(list.records.length);
    for (const one of handles) expect(calendar.pending(one)).toBe(list.records.some((record) => record.handle === one));
  });
  while (list.records.length > 0) popBoth(calendar, list);
  expect(calendar.pop()).toBe(-1);
}

function popBoth(calendar: Calendar, list: SortedList): void {
  const first = list.pop();
  expect(calendar.next).toBe(first?.time ?? Infinity);
  const slot = calendar.pop();
  expect(slot >= 0).toBe(first !== null);
  if (first === null) return;
  const { tag } = first;
  expect([calendar.timeOf(slot), calendar.handlerOf(slot), calendar.subjectOf(slot), calendar.aOf(slot), calendar.bOf(slot)]).toEqual([
    first.time,
    tag,
    tag + 1,
    tag + 2,
    tag + 3,
  ]);
  expect([calendar.payload(slot), calendar.payload(slot)]).toEqual([{ tag }, null]);
}

/** How far ahead of the last event the records of a burst lie, for the i-th of them. */
const laws: Record<string, (i: number, scale: number) => number> = {
  now: () => 0,
  equal: (_, scale) => scale,
  near: (i, scale) => (i * 7919) % (scale + 1),
  spread: (i, scale) => ((i * 104729) % 1009) * scale,
  skewed: (i, scale) => (i % 10 === 0 ? scale * 3_600_000_000 + i : (i * 31) % 50),
  backwards: (i, scale) => scale * 1000 - i,
  'end of time': (i) => 9_000_000_000_000_000 - (i % 3),
  fractions: (i, scale) => (i * scale) / 7,
};
interface Burst {
  readonly law: string;
  readonly count: number;
  readonly scale: number;
  /** Of ten records so many are cancelled, so many moved. */
  readonly cancelled: number;
  readonly moved: number;
  readonly pops: number;
  readonly copied: boolean;
}
const bursts: fc.Arbitrary<Burst[]> = fc.array(
  fc.record({
    law: fc.constantFrom(...Object.keys(laws)),
    count: fc.integer({ min: 1, max: 250 }),
    scale: fc.constantFrom(1, 13, 1000, 60_000_000),
    cancelled: fc.constantFrom(0, 0, 3, 9),
    moved: fc.constantFrom(0, 0, 1),
    pops: fc.integer({ min: 0, max: 300 }),
    copied: fc.boolean(),
  }),
  { maxLength: 8 },
);

/** A calendar and the list through bursts of some hundred records, so that every part of the calendar has work; returns how many were popped. */
function compareBursts(all: readonly Burst[]): number {
  let calendar = new Calendar(16);
  const list = new SortedList();
  const handles: number[] = [];
  let tag = 0;
  let now = 0;
  let popped = 0;
  const pop = (): void => {
    now = list.first()?.time ?? now;
    popBoth(calendar, list);
    popped++;
  };
  for (const { law, count, scale, cancelled, moved, pops, copied } of all) {
    for (let i = 0; i < count; i++, tag++) {
      const time = now + laws[law]!(i, scale);
      const handle = calendar.schedule(time, tag, tag + 1, tag + 2, tag + 3, { tag });
      handles.push(handle);
      list.schedule(handle, time, tag);
    }
    for (let i = 0; i < handles.length; i++) {
      const handle = handles[(i * 37) % handles.length]!;
      if (i % 10 < cancelled) expect(calendar.cancel(handle)).toBe(list.cancel(handle));
      else if (i % 10 < cancelled + moved) {
        const time = now + laws[law]!(i, scale + 1);
        expect(calendar.reschedule(handle, time)).toBe(list.reschedule(handle, time));
      }
    }
    if (copied) {
      const records = calendar.records();
      list.sort();
      expect(records.map(({ handle, time }) => [handle, time])).toEqual(list.records.map(({ handle, time }) => [handle, time]));
      calendar = Calendar.from(structuredClone(records), calendar.generation);
    }
    for (let i = 0; i < pops && list.records.length > 0; i++) pop();
    expect(calendar.length).toBe(list.records.length);
  }
  while (list.records.length > 0) pop();
  expect(calendar.pop()).toBe(-1);
  expect(calendar.next).toBe(Infinity);
  return popped;
}

describe('the calendar', () => {
  it('is that list for hundreds of records too: bursts, equal times, far times, the present, most of them cancelled', () => {
    let popped = 0;
    fc.assert(
      fc.property(bursts, (all) => void (popped += compareBursts(all))),
      { numRuns: 150, seed: 1 },
    );
    expect(popped).toBeGreaterThan(10_000);
  });

  it('keeps a record that never happens behind all others', () => {
    const calendar = new Calendar();
    const never = calendar.schedule(Infinity, 0, 0, 9, 0, null);
    for (let i = 0; i < 300; i++) calendar.schedule((i * 7) % 50, 0, 0, 1, 0, null);
    for (let i = 0; i < 300; i++) expect(calendar.aOf(calendar.pop())).toBe(1);
    expect([calendar.next, calendar.length, calendar.cancel(never), calendar.pop()]).toEqual([Infinity, 1, true, -1]);
  });

  it('takes what has a time before records that never happen, also when nothing else is left', () => {
    const calendar = new Calendar();
    for (let i = 0; i < 3; i++) calendar.schedule(Infinity, 0, 0, 9 + i, 0, null);
    expect(calendar.next).toBe(Infinity);
    for (const time of [5, 3, 1e12]) calendar.schedule(time, 0, 0, time, 0, null);
    const order: number[] = [];
    while (calendar.length > 0) order.push(calendar.aOf(calendar.pop()));
    expect(order).toEqual([3, 5, 1e12, 9, 10, 11]);
  });

  it('is a list sorted by time and insertion, whatever is scheduled, cancelled, moved or copied on the way', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => compare(operations, 4)),
      { numRuns: 150, seed: 1 },
    );
  });

  it('grows without losing order or handles', () => {
    const calendar = new Calendar(2);
    const handles = Array.from({ length: 5000 }, (_, i) => calendar.schedule((i * 7919) % 1000, 0, 0, i, 0, null));
    for (let i = 0; i < 5000; i += 2) expect(calendar.cancel(handles[i]!)).toBe(true);
    const left: [number, number][] = [];
    for (let slot = calendar.pop(); slot >= 0; slot = calendar.pop()) left.push([calendar.timeOf(slot), calendar.aOf(slot)]);
    const wanted = Array.from({ length: 2500 }, (_, k): [number, number] => [((2 * k + 1) * 7919) % 1000, 2 * k + 1]);
    expect(left).toEqual(wanted.sort((x, y) => x[0] - y[0] || x[1] - y[1]));
  });

  it('a record moved to its own time goes behind those already there', () => {
    const calendar = new Calendar();
    const first = calendar.schedule(5, 0, 0, 1, 0, null);
    calendar.schedule(5, 0, 0, 2, 0, null);
    calendar.reschedule(first, 5);
    expect(calendar.aOf(calendar.pop())).toBe(2);
  });

  it('a handle that is over never denotes a newer record, not even after a copy of the calendar', () => {
    const before = new Calendar();
    const stale = Array.from({ length: 50 }, (_, i) => {
      const handle = before.schedule(i, 0, 0, 0, 0, null);
      before.pop();
      return handle;
    });
    before.schedule(1000, 0, 0, 0, 0, null); // what is left was never in the busy slot's past
    before.pop();
    const calendar = Calendar.from(before.records(), before.generation);
    for (let i = 0; i < 3000; i++) {
      const handle = calendar.schedule(i, 0, 0, 0, 0, null);
      expect(stale.filter((old) => calendar.pending(old) || calendar.cancel(old))).toEqual([]);
      if (i % 3 !== 0) calendar.pop();
      else if (i < 1200) expect(calendar.pending(handle)).toBe(true);
    }
  });

  it('gives a record without payload none, also in the slot of one whose payload nobody read', () => {
    const calendar = new Calendar();
    calendar.schedule(1, 0, 0, 0, 0, { unread: true });
    const slot = calendar.pop();
    calendar.schedule(2, 0, 0, 0, 0, null);
    expect(calendar.pop()).toBe(slot);
    expect(calendar.payload(slot)).toBeNull();
  });

  it('lets go of payloads that are over', async () => {
    const calendar = new Calendar(4);
    const weak = [0, 1].map((time) => {
      const data = { big: true };
      const handle = calendar.schedule(time, 0, 0, 0, 0, data);
      if (time === 1) calendar.cancel(handle);
      return new WeakRef(data);
    });
    calendar.payload(calendar.pop());
    calendar.schedule(1, 0, 0, 0, 0, null);
    expect(calendar.payload(calendar.pop())).toBeNull();
    setFlagsFromString('--expose-gc');
    // A weak reference is kept until the present turn of the event loop is over.
    await new Promise((next) => setImmediate(next));
    (runInNewContext('gc') as () => void)();
    expect(weak.map((one) => one.deref())).toEqual([undefined, undefined]);
  });
});
