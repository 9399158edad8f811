import { createHash } from 'node:crypto';
import { HOUR, type Micros } from '../../kernel/time.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import type { RunResult } from '../../model/result.ts';
import type { FailureSpec, WorldSpec } from '../../model/spec.ts';
import { loadHome, resolve, type Home, type Library, type SourceReader } from '../../scenario/index.ts';
import { placesOf } from '../failures.ts';
import { World, type TraceLine, type TraceSink, type WorldSnapshot } from '../../world/run.ts';
import { Luck } from './fuzz/luck.ts';

/** A home and an instant: where a run is taken apart. */
export interface Pair {
  /** As a person would write it, to find the run again. */
  readonly name: string;
  readonly spec: WorldSpec;
  readonly seed: number;
  /** µs; and so many events more, so that it may lie between events of the same time. */
  readonly at: Micros;
  readonly more: number;
}

/** How a run ended, and the trace of its part after the instant. */
export interface Ending {
  readonly result: RunResult;
  readonly lines: number;
  /** SHA-256 of those lines. */
  readonly digest: string;
}

const HOMES = ['scenarios/homes', 'scenarios/homes/exceptions'] as const;
/** Not every threat event and mitigation fits every home: so often another choice is tried. */
const TRIES = 50;
const MOST_EVENTS_MORE = 20;

/** Homes of the project, read once. */
export function homesOf(reader: SourceReader, catalogue: Catalogue): readonly Home[] {
  return HOMES.flatMap((folder) => reader.list(folder).map((name) => loadHome(`${folder}/${name}`, reader, catalogue)));
}

/**
 * A random pair: home, threat event or none, mitigations, hours up to `longest`, instant. The same number gives the same pair.
 * @throws Error when nothing fits
 */
export function pairOf(number: number, homes: readonly Home[], library: Library, catalogue: Catalogue, longest: number): Pair {
  const luck = new Luck(number);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const home = luck.pick(homes);
    const threat = luck.pick([null, ...library.threats.keys()]);
    const mitigations = luck.pick([null, ...library.sets.keys(), luck.some([...library.mitigations.keys()], 0.2)]);
    const hours = luck.whole(1, longest);
    const course = luck.pick(['natural', 'deteriorating'] as const);
    const at = Math.floor(luck.share() * hours * HOUR);
    const more = luck.whole(0, MOST_EVENTS_MORE);
    let spec: WorldSpec;
    try {
      spec = resolve(home, { threat, mitigations, hours, course }, library, catalogue);
    } catch (error) {
      if (placesOf(error) === null) throw error;
      continue;
    }
    const under =
      mitigations === null ? "the home's own" : typeof mitigations === 'string' ? mitigations : mitigations.join(',') || 'no mitigation';
    const failures = luck.list(0, 2, () => failureOf(luck, spec));
    const failing = failures.map(
      ({ of, on, fromHours, minutes }) => `, ${of} of ${on ?? 'mains'} fail at ${fromHours} h for ${minutes} min`,
    );
    return {
      name: `${spec.id}, ${threat ?? 'no threat'}, ${under}, ${hours} h ${course}${failing.join('')}, at ${at} µs + ${more} events`,
      spec: { ...spec, failures },
      seed: number,
      at,
      more,
    };
  }
  throw new Error(`pair ${number}: nothing fits any home`);
}

/** Something that fails during a run, for so long that the instant often falls into it. */
function failureOf(luck: Luck, { hours, devices, segments }: WorldSpec): FailureSpec {
  const when = { fromHours: luck.share() * hours, minutes: luck.scale(0.1, 100) };
  if (luck.chance(0.4)) return { of: luck.pick(['link', 'addresses']), on: luck.pick(segments).id, ...when };
  const supplied = devices.filter(({ supply }) => supply !== null).map(({ id }) => id);
  return { of: 'power', on: luck.pick([null, ...supplied]), ...when };
}

/** Runs a pair's world to its instant. @returns what a file holds, and the number of trace lines so far */
export function takeApart(pair: Pair, catalogue: Catalogue): { readonly snapshot: WorldSnapshot; readonly lines: number } {
  let lines = 0;
  const world = World.build(pair.spec, catalogue, { seed: pair.seed, replication: 0, trace: () => void lines++ });
  world.runUntil(pair.at);
  for (let n = 0; n < pair.more; n++) world.step();
  return { snapshot: world.snapshot(), lines };
}

/** Runs a pair's world without interruption; of its trace, what comes after so many lines counts. */
export function runWhole(pair: Pair, catalogue: Catalogue, after: number): Ending {
  const tail = new Tail(after);
  const world = World.build(pair.spec, catalogue, { seed: pair.seed, replication: 0, trace: tail.sink });
  return tail.ending(world);
}

/** Goes on from a snapshot to the end. */
export function goOn(snapshot: WorldSnapshot, catalogue: Catalogue): Ending {
  const tail = new Tail(0);
  return tail.ending(World.restore(snapshot, catalogue, tail.sink));
}

class Tail {
  private readonly hash = createHash('sha256');
  private left: number;
  private lines = 0;

  constructor(skip: number) {
    this.left = skip;
  }

  readonly sink: TraceSink = (line: TraceLine) => {
    if (this.left-- > 0) return;
    this.lines++;
    this.hash.update(`${JSON.stringify(line)}\n`);
  };

  ending(world: World): Ending {
    world.runUntil(world.end);
    const result = world.result();
    return { result, lines: this.lines, digest: this.hash.digest('hex') };
  }
}
