import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { Kernel, type KernelSnapshot } from '../../sim/kernel/kernel.ts';
import { SECOND } from '../../sim/kernel/time.ts';

/**
 * A small world: callers whose n-th call comes after a random wait, and whose every third call takes back a reminder.
 * All that changes is in `state` or in the calendar.
 */
function callers(seed = 1, replication = 0) {
  const kernel = new Kernel(seed, replication);
  const state = { calls: [0, 0, 0], reminders: [0, 0, 0], heard: 0 };
  const waits: readonly Distribution[] = [
    { kind: 'exponential', mean: 2 },
    { kind: 'lognormal', mu: 0.5, sigma: 0.7 },
    { kind: 'weibull', shape: 2, scale: 3 },
  ];
  const remind = kernel.register('remind', () => state.heard++, { digest: () => {} });
  const call = kernel.register('call', (subject, who, n) => {
    state.calls[who]!++;
    if (n % 3 === 2) kernel.cancel(state.reminders[who]!);
    state.reminders[who] = kernel.at(kernel.now + 5 * SECOND, remind, subject);
    kernel.wait(waits[who]!, SECOND, kernel.keys.key(`caller ${who}`), n + 1, 0, call, subject, who, n + 1);
  });
  const start = (): void => waits.forEach((_, who) => void kernel.at(0, call, kernel.subject(`caller ${who}`), who, 0));
  return { kernel, state, start };
}

/** A started run, taken to an instant. */
function until(seconds: number) {
  const world = callers();
  world.start();
  world.kernel.runUntil(seconds * SECOND);
  return world;
}

/** Another world of the same build that goes on from this one's data. */
function copy(world: ReturnType<typeof callers>, branch?: number) {
  const other = callers(99, 99);
  const [snapshot, state] = deserialize(serialize([world.kernel.snapshot(), world.state])) as [KernelSnapshot, typeof world.state];
  other.kernel.restore(snapshot);
  Object.assign(other.state, state);
  if (branch !== undefined) other.kernel.branchTo(branch);
  return other;
}

const END = 200 * SECOND;
/** Handles are the calendar's own affair and may differ. */
const finish = ({ kernel, state }: ReturnType<typeof callers>): unknown => {
  kernel.runUntil(END);
  return { print: kernel.fingerprint.hex(), events: kernel.events, calls: state.calls, heard: state.heard };
};

describe('the kernel', () => {
  it('says who lets the clock stand still', () => {
    const kernel = new Kernel(1, 0);
    const tick: number = kernel.register('tick', (subject) => void kernel.at(kernel.now, tick, subject));
    kernel.at(7, tick, kernel.subject('oximeter'));
    expect(() => kernel.runUntil(SECOND)).toThrow(/events at 7 µs, and the clock stands still; the next is "tick" of oximeter/);
    expect(kernel.now).toBe(7);
  });

  it('copied at any instant goes on as the original does', () => {
    const whole = finish(until(0));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 199, noNaN: true }), (seconds) => {
        const world = until(seconds);
        const other = copy(world);
        expect(finish(other)).toEqual(whole);
        expect(finish(world)).toEqual(whole); // and taking the copy did it no harm
        return true;
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('copied again and again goes on as the original does', () => {
    let world = until(3);
    for (let seconds = 5; seconds < 190; seconds += 7) {
      world.kernel.runUntil(seconds * SECOND);
      world = copy(world);
    }
    expect(finish(world)).toEqual(finish(until(0)));
  });

  it('another seed, replication or branch has another future, a branch the same one twice', () => {
    const other = callers(2);
    other.start();
    const third = callers(1, 1);
    third.start();
    const prints = [until(0), other, third, copy(until(50), 1), copy(until(50), 2)].map((world) => JSON.stringify(finish(world)));
    expect(new Set(prints).size).toBe(5);
    expect(JSON.stringify(finish(copy(until(50), 2)))).toBe(prints[4]);
  });

  it('a branch of a branch has luck of its own, not that of a branch of the main line', () => {
    const grown = copy(until(50), 1);
    const prints = [grown, copy(grown, 1), copy(grown, 2), copy(copy(grown, 2), 1), copy(until(50), 2)].map((world) =>
      JSON.stringify(finish(world)),
    );
    expect(new Set(prints).size).toBe(5);
  });

  it('handlers registered in another order do not change where a snapshot goes', () => {
    const snapshot = until(20).kernel.snapshot();
    const other = new Kernel(0, 0);
    const names: string[] = [];
    other.register('never', () => {});
    other.register('call', () => void names.push('call'));
    other.register('remind', () => void names.push('remind'), { digest: () => {} });
    other.restore(snapshot);
    other.step();
    expect(names).toEqual([snapshot.records[0]!.handler]);
    expect(other.snapshot().records.map(({ subject }) => subject)).toEqual(snapshot.records.slice(1).map(({ subject }) => subject));
  });

  it('an observer’s own events are neither counted nor in the fingerprint', () => {
    const watched = callers();
    const watch = watched.kernel.register('watch', () => void watched.kernel.at(watched.kernel.now + SECOND, watch, 0), { counted: false });
    watched.start();
    watched.kernel.at(0, watch, watched.kernel.subject('observer'));
    expect(finish(watched)).toEqual(finish(until(0)));
  });

  it('what is posted happens as what is scheduled does, in the order in which both came', () => {
    const told = (post: (n: number) => boolean): string[] => {
      const kernel = new Kernel(1, 0);
      const said: string[] = [];
      const say = kernel.register('say', (_subject, a, b, data) => void said.push(`${kernel.now} ${a} ${b} ${JSON.stringify(data)}`));
      for (let n = 0; n < 40; n++) {
        const [time, data] = [(n * 7) % 5, n % 3 === 0 ? null : { n }];
        if (post(n)) kernel.post(time, say, 0, n, n / 2, data);
        else kernel.at(time, say, 0, n, n / 2, data);
      }
      kernel.runUntil(10);
      return [...said, ...kernel.fingerprint.state().map(String)];
    };
    expect(told((n) => n % 2 === 0)).toEqual(told(() => false));
    expect(told(() => true)).toEqual(told(() => false));
  });

  it('refuses what cannot be meant', () => {
    const { kernel } = until(10);
    expect(() => kernel.post(kernel.now - 1, 0, 0)).toThrow(/"remind" of caller 0 lies in the past/);
    expect(() => kernel.register('call', () => {})).toThrow('handler "call" is registered twice');
    expect(() => kernel.at(kernel.now - 1, 0, 0)).toThrow(/"remind" of caller 0 lies in the past/);
    expect(() => kernel.at(NaN, 0, 0)).toThrow(/in the past: NaN/);
    const broken: Distribution = { kind: 'exponential', mean: NaN };
    expect(() => kernel.wait(broken, SECOND, kernel.keys.key('x'), 0, 0, 0, 0)).toThrow(/wait of "remind" has no length/);
    expect(() => new Kernel(0, 0).restore(kernel.snapshot())).toThrow(/the snapshot needs handler "(call|remind)"/);
    for (const branch of [0, -1, 1.5, NaN, 2 ** 32 + 1])
      expect(() => kernel.branchTo(branch)).toThrow(/a fresh fork needs a whole number from 1/);
  });
});
