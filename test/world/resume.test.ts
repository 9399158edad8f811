import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import { inFreshProcess, restore } from '../../sim/cli/verify/restore.ts';
import { Draws, hashText } from '../../sim/kernel/draws.ts';
import type { Catalogue } from '../../sim/model/catalogue.ts';
import type { RunResult } from '../../sim/model/result.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type * as Run from '../../sim/world/run.ts';
import { worldOf } from '../support/worlds.ts';

/**
 * Principle 1: what can still happen is data. A world is taken apart at random event boundaries, written to a file, and goes
 * on in a process that has seen nothing of what came before. Both sides run the compiled program that `pretest` builds.
 */
const compiled = (path: string): string => new URL(`../../dist/sim/${path}`, import.meta.url).href;
/** With this seed every one of these has got beyond its first step by then. */
const HOURS = 2;
const BOUNDARIES = 3;
const CASES: readonly (readonly [threat: string | null, mitigations: string])[] = [
  [null, 'recommended'],
  ['te1-voice-eavesdrop', 'none'],
  ['te2-reading-tamper', 'none'],
  ['te3-uplink-flood', 'none'],
  ['te5-router-to-hospital', 'none'],
];

interface Case {
  readonly name: string;
  readonly wanted: RunResult;
  readonly stops: readonly number[];
  readonly files: readonly string[];
  readonly afterwards: RunResult;
}

/** A share of the run's events for each boundary; the same ones every time. */
const places = new Draws(20261121, 0, 0);
const stopsIn = (name: string, events: number): number[] =>
  Array.from({ length: BOUNDARIES }, (_, n) => Math.floor(places.uniform(hashText(name), n, 0) * events)).sort((x, y) => x - y);

/** Runs a world once whole, and once with a snapshot written at each stop. */
function prepare(spec: WorldSpec, name: string, folder: string, World: typeof Run.World, catalogue: Catalogue): Case {
  const options = { seed: 7, replication: 1 };
  const finish = (world: Run.World): RunResult => {
    world.runUntil(world.end);
    return world.result();
  };
  const wanted = finish(World.build(spec, catalogue, options));
  const stops = stopsIn(name, wanted.events);
  const world = World.build(spec, catalogue, options);
  const files = stops.map((stop, n) => {
    while (world.kernel.events < stop) world.step();
    const file = join(folder, `${name} ${n}`);
    writeFileSync(file, serialize(world.snapshot()));
    return file;
  });
  return { name, wanted, stops, files, afterwards: finish(world) };
}

const cases = new Map<string, Case>();
const results = new Map<string, RunResult>();
const nameOf = (threat: string | null, mitigations: string): string => `${threat ?? 'nothing'} under ${mitigations}`;

beforeAll(async () => {
  if (!existsSync(fileURLToPath(compiled('world/run.js')))) throw new Error('dist is not built: run npm test, or npm run setup -- --build');
  const { World } = (await import(/* @vite-ignore */ compiled('world/run.js'))) as typeof Run;
  const { catalogue } = (await import(/* @vite-ignore */ compiled('catalogue.js'))) as { catalogue: Catalogue };
  const folder = mkdtempSync(join(tmpdir(), 'homeward-resume-'));
  try {
    for (const [threat, mitigations] of CASES) {
      const name = nameOf(threat, mitigations);
      cases.set(name, prepare(worldOf(threat, mitigations, { hours: HOURS }), name, folder, World, catalogue));
    }
    const files = [...cases.values()].flatMap((one) => one.files);
    const endings = await inFreshProcess(files);
    expect(endings).toHaveLength(files.length);
    files.forEach((file, i) => results.set(file, endings[i]!.result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('a world written to a file at a random event', () => {
  it.each(CASES)('goes on in another process as if nothing had happened: %s under %s', (threat, mitigations) => {
    const { wanted, stops, files, afterwards } = cases.get(nameOf(threat, mitigations))!;
    const found = files.map((file) => results.get(file)!);
    expect(
      found.map(({ fingerprint }) => fingerprint),
      `after ${stops.join(', ')} of ${wanted.events} events`,
    ).toEqual(stops.map(() => wanted.fingerprint));
    // The rest of the result too: it carries ids and labels that no fingerprint does.
    for (const result of found) expect(result).toEqual(JSON.parse(JSON.stringify(wanted)));
    expect(afterwards, 'and the snapshots did the original no harm').toEqual(wanted);
  });
});

describe('random homes at random instants', () => {
  // `homeward verify --only restore` in small, that one takes 200: six miss a defect of 39 % of pairs in 5 of 100 cases.
  it('go on in another process with the same result and the same trace', async () => {
    const { failures, figures } = await restore({ worlds: 0, pairs: 6, seed: 4, progress: () => undefined }, 2);
    expect(failures).toEqual([]);
    expect(figures['pairs']).toBe(6);
    expect(figures['homes']).toBeGreaterThan(2);
    expect(figures['traceLines']).toBeGreaterThan(10_000);
  });
});
