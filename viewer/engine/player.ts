import type { TraceLine, TraceSink } from '../../sim/world/run.ts';
import { Watch } from '../story/incidents.ts';
import { classOf, type TrafficClass } from '../story/traffic.ts';
import type { Batch } from './messages.ts';

/** The part of a world that a player needs. */
export interface PlayableWorld {
  /** µs */
  readonly now: number;
  readonly end: number;
  step(): boolean;
  runUntil(t: number): void;
}

/** Message hops that a batch carries at most: more cannot be seen, and copying them would cost more than running the world. */
const LARGEST_BATCH = 300;
/** Share of a tick that the world may use, ms; the rest belongs to commands from the page. */
const BUDGET_MS = 30;
/** Longest pause that is caught up, ms: a page that was in the background does not jump. */
const LONGEST_GAP_MS = 250;

/** Runs a world at a pace of simulated seconds per second, and says in batches what happened. The clock is injected. */
export class Player {
  private readonly build: (trace: TraceSink) => PlayableWorld;
  private readonly clock: () => number;
  private readonly post: (batch: Batch) => void;
  private readonly onRewind: () => void;
  private world: PlayableWorld;
  private playing = false;
  private speed = 1;
  private last = 0;
  private target = 0;
  private watch = new Watch();
  private incident = false;
  /** A moment to go to, µs: the newest that was asked for. Carried out at the next tick or command, so that a held key does not pile up days. */
  private wanted: number | null = null;
  private heard = 0;
  private stepped = false;
  private readonly hostile = new Set<number>();
  private keepMessages = true;
  private lines: TraceLine[] = [];
  private shown = 0;
  private counts: Partial<Record<TrafficClass, number>> = {};

  /**
   * @param build makes the world anew, always the same one
   * @param clock milliseconds
   */
  constructor(build: (trace: TraceSink) => PlayableWorld, clock: () => number, post: (batch: Batch) => void, onRewind: () => void) {
    this.build = build;
    this.clock = clock;
    this.post = post;
    this.onRewind = onRewind;
    this.world = build((line) => this.take(line));
    this.report();
  }

  /** @param speed simulated seconds per second */
  play(speed: number): void {
    // At the end there is nothing left to play: from the beginning, then.
    if ((this.wanted ?? this.world.now) >= this.world.end) this.wanted = 0;
    this.settle();
    this.speed = speed;
    this.playing = true;
    this.last = this.clock();
    this.target = this.world.now;
    this.report();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
  }

  pause(): void {
    this.settle();
    this.playing = false;
    this.report();
  }

  /** Advances as far as the clock says, or as far as the budget allows; then the lag is forgotten. */
  tick(): void {
    this.settle();
    if (!this.playing) return;
    const start = this.clock();
    const gap = Math.min(start - this.last, LONGEST_GAP_MS);
    this.last = start;
    this.target = Math.min(this.world.end, this.target + gap * 1000 * this.speed);
    const slice = 5_000 * this.speed;
    while (this.world.now < this.target && this.clock() - start < BUDGET_MS) {
      this.world.runUntil(Math.min(this.target, this.world.now + slice));
    }
    this.target = Math.max(this.world.now, Math.min(this.target, this.world.now + slice));
    if (this.world.now >= this.world.end) this.playing = false;
    this.report();
  }

  /** Goes on to the next thing that the trace mentions. */
  step(): void {
    this.settle();
    this.playing = false;
    while (this.lines.length === 0 && this.world.step());
    this.stepped = true;
    this.report();
    this.stepped = false;
  }

  /** Goes on to the next incident, or to the end. */
  toIncident(): void {
    this.settle();
    this.playing = false;
    this.incident = false;
    this.quietly(() => {
      while (!this.incident && this.world.step());
    });
  }

  /** @param to µs; earlier than now starts again from zero. Of several before the next tick the last one counts */
  seek(to: number): void {
    this.wanted = to;
    this.heard++;
  }

  /** Goes where it was asked to go. */
  private settle(): void {
    const to = this.wanted;
    if (to === null) return;
    this.wanted = null;
    if (to < this.world.now) {
      this.forget();
      this.hostile.clear();
      this.watch = new Watch();
      this.onRewind();
      this.world = this.build((line) => this.take(line));
    }
    this.quietly(() => this.world.runUntil(Math.min(to, this.world.end)));
    this.last = this.clock();
    this.target = this.world.now;
  }

  private quietly(work: () => void): void {
    this.keepMessages = false;
    work();
    this.keepMessages = true;
    this.report();
  }

  private take(line: TraceLine): void {
    if (this.watch.isIncident(line)) this.incident = true;
    if (line.kind !== 'message') {
      // Verdicts are as many as messages; what stopped the adversary is what the map shows, and not hours after it happened.
      const stops = this.keepMessages && line.verdict === 'stopped' && this.hostile.has(line.id ?? 0);
      if (line.kind !== 'verdict' || stops) this.lines.push(line);
      return;
    }
    const kind = classOf(line);
    if (kind === 'adversary') this.hostile.add(line.id ?? 0);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (!this.keepMessages || this.shown >= LARGEST_BATCH) return;
    this.shown++;
    this.lines.push(line);
  }

  private report(): void {
    const atEnd = this.world.now >= this.world.end;
    const { lines, counts, playing, stepped, heard: seeks } = this;
    this.post({ now: this.world.now, lines, counts, playing, atEnd, stepped, seeks });
    this.forget();
  }

  private forget(): void {
    this.lines = [];
    this.counts = {};
    this.shown = 0;
  }
}
