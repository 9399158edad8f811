import type { Catalogue } from '../model/catalogue.ts';
import type { RunResult } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';
import { Rehearsal } from './rehearsal.ts';
import { run, type RunOptions } from './run.ts';
import { World } from './world.ts';

/** A run's result, or what it threw. */
export type Ended = { readonly result: RunResult } | { readonly error: unknown };

/**
 * One replication of several worlds of which the first has no adversary and the others differ from it in nothing else.
 * Each result is that of `run`; what they have in common is simulated once: a world with an adversary begins as a copy of
 * the first at the instant when its adversary first acts (see rehearsal.ts).
 */
export function runFamily(worlds: readonly WorldSpec[], catalogue: Catalogue, options: RunOptions): Ended[] {
  const ended: (Ended | undefined)[] = worlds.map(() => undefined);
  const [first] = worlds;
  if (first === undefined) return [];
  ended[0] = attempt(() => {
    const stage = World.build(first, catalogue, options);
    play(stage, rehearsals(worlds, stage, catalogue, options), (index, world) => (ended[index] = attempt(() => finish(world))));
    return stage.result();
  });
  // What could not be shared runs by itself; so does what fails, to say for itself why.
  return worlds.map((spec, index) => ended[index] ?? attempt(() => run(spec, catalogue, options)));
}

/** By index of the world; without those whose adversary acts at once, as one that is in the home from the start. */
function rehearsals(worlds: readonly WorldSpec[], stage: World, catalogue: Catalogue, options: RunOptions): Map<number, Rehearsal> {
  const all = new Map<number, Rehearsal>();
  worlds.forEach((spec, index) => {
    if (spec.threat === null) return;
    const rehearsal = orNothing(() => new Rehearsal(World.prepare(spec, catalogue, options), stage, spec, catalogue));
    if (rehearsal !== null) all.set(index, rehearsal);
  });
  return all;
}

/** Runs the stage to its end, and hands over each world that parts from it on the way. */
function play(stage: World, waiting: Map<number, Rehearsal>, part: (index: number, world: World) => void): void {
  const enter = (index: number, rehearsal: Rehearsal): void => {
    const world = orNothing(() => rehearsal.enter());
    if (world !== null) part(index, world);
  };
  for (;;) {
    let index = -1;
    let next = Infinity;
    for (const [candidate, rehearsal] of waiting) if (rehearsal.next < next) [index, next] = [candidate, rehearsal.next];
    if (next > stage.end) break;
    const rehearsal = waiting.get(index)!;
    stage.runUntil(next - 1);
    // Where the world has an event at the same time, which of the two comes first is not known here.
    const acts = stage.next === next ? null : orNothing(() => ({ now: !rehearsal.step() }));
    if (acts !== null && !acts.now) continue;
    waiting.delete(index);
    if (acts !== null) enter(index, rehearsal);
  }
  stage.runUntil(stage.end);
  for (const [index, rehearsal] of waiting) {
    rehearsal.close();
    enter(index, rehearsal);
  }
}

function finish(world: World): RunResult {
  world.runUntil(world.end);
  return world.result();
}

function attempt(work: () => RunResult): Ended {
  try {
    return { result: work() };
  } catch (error) {
    return { error };
  }
}

function orNothing<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
