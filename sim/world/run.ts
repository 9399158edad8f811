import type { Catalogue } from '../model/catalogue.ts';
import type { RunResult } from '../model/result.ts';
import type { WorldSpec } from '../model/spec.ts';
import { OUTCOMES } from './outcomes.ts';
import { World, type WorldOptions } from './world.ts';

export { World, type WorldSnapshot } from './world.ts';
export type { TraceColumns } from './trace-columns.ts';
export { holds, levelOf, TRACE_KINDS, TRACE_LEVELS, type TraceLevel } from './trace-level.ts';
export { TraceReader } from './trace-reader.ts';
export { TraceRecorder } from './trace-recorder.ts';
export type { TraceLine, TraceSink } from './trace.ts';
export type RunOptions = WorldOptions;

const SINCE_ATTACK: ReadonlySet<string> = new Set(OUTCOMES.filter(({ sinceAttack }) => sinceAttack === true).map(({ id }) => id));

/** One replication from start to end. */
export function run(spec: WorldSpec, catalogue: Catalogue, options: RunOptions): RunResult {
  const world = World.build(spec, catalogue, options);
  world.runUntil(world.end);
  return world.result();
}

/** With − without, by outcome; null where either did not happen, and for times since the attack, which has none to subtract. */
export function attributable(withAttack: RunResult['outcomes'], without: RunResult['outcomes']): Record<string, number | null> {
  return Object.fromEntries(
    Object.keys(withAttack).map((id) => {
      const a = withAttack[id] ?? null;
      const b = without[id] ?? null;
      return [id, a === null || b === null || SINCE_ATTACK.has(id) ? null : a - b];
    }),
  );
}

/** One replication and its twin with the same seed and mitigations but without the attack: what the attack did. */
export function runPair(spec: WorldSpec, catalogue: Catalogue, options: RunOptions): RunResult {
  const result = run(spec, catalogue, options);
  if (spec.threat === null) return result;
  const { seed, replication } = options;
  const twin = run({ ...spec, threat: null }, catalogue, { seed, replication });
  return { ...result, attributable: attributable(result.outcomes, twin.outcomes) };
}
