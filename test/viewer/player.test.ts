import { describe, expect, it } from 'vitest';
import type { TraceSink } from '../../sim/world/run.ts';
import type { Batch } from '../../viewer/engine/messages.ts';
import { Player, type PlayableWorld } from '../../viewer/engine/player.ts';

const SECOND = 1_000_000;

/** A world with one message a second and a step of the adversary every minute; each costs some real time. */
class TickingWorld implements PlayableWorld {
  now = 0;
  readonly end: number;
  private readonly trace: TraceSink;
  private readonly spend: () => void;
  private n = 0;

  constructor(trace: TraceSink, seconds: number, spend: () => void) {
    this.trace = trace;
    this.end = seconds * SECOND;
    this.spend = spend;
  }

  step(): boolean {
    if (this.now >= this.end) return false;
    this.now += SECOND;
    this.spend();
    this.trace({ n: this.n++, t: this.now, kind: 'message', id: this.n, from: 'a', to: 'b', what: 'observation' });
    if (this.now % (60 * SECOND) === 0) this.trace({ n: this.n++, t: this.now, kind: 'step', what: 'knock', status: 'running' });
    return true;
  }

  runUntil(t: number): void {
    while (this.now + SECOND <= Math.min(t, this.end)) this.step();
    this.now = Math.max(this.now, Math.min(t, this.end));
  }
}

function scene(seconds = 3600, costMs = 0) {
  let clock = 0;
  let rewound = 0;
  const batches: Batch[] = [];
  const player = new Player(
    (trace) =>
      new TickingWorld(trace, seconds, () => {
        clock += costMs;
      }),
    () => clock,
    (batch) => batches.push(batch),
    () => rewound++,
  );
  return {
    player,
    batches,
    rewinds: () => rewound,
    last: () => batches.at(-1)!,
    wait: (ms: number) => {
      clock += ms;
      player.tick();
    },
  };
}

describe('a player', () => {
  it('runs as many simulated seconds a second as its speed says', () => {
    const { player, wait, last } = scene();
    player.play(60);
    for (let i = 0; i < 20; i++) wait(50);
    expect(last().now / SECOND).toBeCloseTo(60, 6);
    player.setSpeed(600);
    for (let i = 0; i < 2; i++) wait(50);
    expect(last().now / SECOND).toBeCloseTo(120, 6);
  });

  it('stands still while it is paused, and goes on from there', () => {
    const { player, wait, last } = scene();
    player.play(10);
    wait(100);
    player.pause();
    wait(5000);
    expect(last()).toMatchObject({ now: SECOND, playing: false });
    player.play(10);
    wait(100);
    expect(last().now).toBe(2 * SECOND);
  });

  it('does not leap after a page was in the background', () => {
    const { player, wait, last } = scene();
    player.play(10);
    wait(60_000);
    expect(last().now).toBeLessThanOrEqual(3 * SECOND);
  });

  it('keeps within its share of the time when the world is slow, and does not pile up the lag', () => {
    const { player, wait, last } = scene(3600, 10);
    player.play(3600);
    wait(50);
    const first = last().now;
    expect(first / SECOND).toBeLessThan(40);
    player.setSpeed(1);
    wait(50);
    expect(last().now - first).toBeLessThan(25 * SECOND);
  });

  it('steps to the next thing that happens', () => {
    const { player, last } = scene();
    player.step();
    expect(last()).toMatchObject({ now: SECOND, playing: false });
    expect(last().lines).toHaveLength(1);
    player.step();
    expect(last().now).toBe(2 * SECOND);
  });

  it('finds the next incident, and the end when there is none left', () => {
    const { player, last } = scene(130);
    player.toIncident();
    expect(last().now).toBe(60 * SECOND);
    expect(last().lines.map((line) => line.kind)).toEqual(['step']);
    expect(last().counts).toEqual({ clinical: 60 });
    player.toIncident();
    expect(last().now).toBe(120 * SECOND);
    player.toIncident();
    expect(last()).toMatchObject({ now: 130 * SECOND, atEnd: true });
  });

  it('goes back by starting over, and tells the same', () => {
    const { player, wait, last, rewinds } = scene();
    const seek = (to: number): Batch => {
      player.seek(to);
      wait(0);
      return last();
    };
    const told = seek(300 * SECOND);
    expect(told.lines).toHaveLength(5);
    expect(rewinds()).toBe(0);
    expect(seek(10 * SECOND)).toMatchObject({ now: 10 * SECOND, counts: { clinical: 10 } });
    expect(rewinds()).toBe(1);
    seek(0);
    expect(seek(300 * SECOND)).toEqual({ ...told, seeks: 4 });
  });

  it('goes to the last of the moments asked for, once, and says how many it has heard of', () => {
    const { player, wait, last, rewinds } = scene();
    player.seek(300 * SECOND);
    wait(0);
    for (const second of [200, 100, 50]) player.seek(second * SECOND);
    expect(last()).toMatchObject({ now: 300 * SECOND, seeks: 1 });
    wait(0);
    expect(last()).toMatchObject({ now: 50 * SECOND, seeks: 4 });
    expect(rewinds()).toBe(1);
  });

  it('goes there before it obeys the next command', () => {
    const { player, last } = scene();
    player.seek(300 * SECOND);
    player.step();
    expect(last()).toMatchObject({ now: 301 * SECOND, stepped: true });
    player.seek(0);
    player.play(10);
    expect(last()).toMatchObject({ now: 0, playing: true, stepped: false });
  });

  it('copies no more messages than can be seen, and counts them all', () => {
    const { player, wait, last } = scene(36_000);
    player.play(36_000);
    wait(250);
    expect(last().counts.clinical).toBe(9000);
    expect(last().lines.length).toBeLessThan(500);
    expect(last().lines.filter((line) => line.kind === 'step')).toHaveLength(150);
  });

  it('stops at the end', () => {
    const { player, wait, last } = scene(5);
    player.play(60);
    wait(200);
    expect(last()).toMatchObject({ now: 5 * SECOND, playing: false, atEnd: true });
  });

  it('starts over when it is played at the end', () => {
    const { player, wait, last, rewinds } = scene(5);
    player.play(60);
    wait(200);
    player.play(1);
    expect(last()).toMatchObject({ now: 0, playing: true, atEnd: false });
    expect(rewinds()).toBe(1);
  });

  it('shows what stops the adversary’s messages, nobody else’s, and not what stopped them on the way to another hour', () => {
    const batches: Batch[] = [];
    const build = (trace: TraceSink): PlayableWorld => {
      const world = {
        now: 0,
        end: 10,
        step(): boolean {
          world.now++;
          const line = { n: world.now, t: world.now, from: 'router', what: 'login' };
          trace({ ...line, kind: 'message', id: 1, label: 'adversary' });
          for (const id of [1, 2]) trace({ ...line, kind: 'verdict', id, verdict: 'stopped', rule: 'closed' });
          trace({ ...line, kind: 'verdict', id: 1, verdict: 'passed', rule: 'open' });
          return world.now < world.end;
        },
        runUntil(t: number): void {
          while (world.now < t) world.step();
        },
      };
      return world;
    };
    const player = new Player(
      build,
      () => 0,
      (batch) => batches.push(batch),
      () => {},
    );
    player.step();
    expect(batches.at(-1)!.lines.map(({ kind, id }) => [kind, id])).toEqual([
      ['message', 1],
      ['verdict', 1],
    ]);
    player.seek(5);
    player.tick();
    expect(batches.at(-1)).toMatchObject({ now: 5, lines: [] });
  });
});
