import { serialize } from 'node:v8';
import type { WorldSpec } from '../../model/spec.ts';
import { HOUR } from '../../kernel/time.ts';
import { loadHome, resolve } from '../../scenario/index.ts';
import { poolExecutor } from '../../study/executor.ts';
import { OUTCOMES } from '../../world/outcomes.ts';
import { World, run } from '../../world/run.ts';
import type { TraceSink } from '../../world/run.ts';
import { openProject } from '../project.ts';
import { REPETITIONS, byTurns, keep, median, medianMs } from './measure.ts';
import type { Measurement } from './measure.ts';

const DAY_HOURS = 24;
/** Long enough that starting threads and uneven ends do not decide (a batch is at least 20 ms). */
const POOL_MS = 1500;

const OUTCOME_IDS = OUTCOMES.map(({ id }) => id);

/** A day of the reference home without attacker, present-day protection, natural course. */
export function referenceDay(): WorldSpec {
  const { reader, catalogue, library } = openProject();
  const home = loadHome('scenarios/homes/reference.yaml', reader, catalogue);
  return resolve(home, { threat: null, mitigations: 'typical', hours: DAY_HOURS, course: 'natural' }, library, catalogue);
}

/**
 * Days before the compiler has settled: a study simulates thousands. What V8 says it optimises and takes back falls from
 * hundreds of functions in the first days to two or three a day after about thirty, and the cost of a day with it.
 */
export const WARM_DAYS = 30;
/** A day is short beside what a shared machine's other work changes. */
export const DAYS = 15;

/** Cost and size of a day once warm: ms in a study's worker, world events, messages. */
export async function homeDay(): Promise<readonly Measurement[]> {
  const { catalogue } = openProject();
  const spec = referenceDay();
  const days = Array.from({ length: DAYS }, (_, replication) => run(spec, catalogue, { seed: 1, replication }));
  // In a thread of its own, as in a study: what this one has read and measured before leaves its mark on compiled code.
  const pool = poolExecutor({ worlds: [[spec]], outcomes: OUTCOME_IDS, seed: 1 }, 1);
  try {
    const day = async (replication: number): Promise<number> => (await pool.run({ group: 0, replications: [replication] })).wallMs;
    for (let replication = 0; replication < WARM_DAYS; replication++) await day(DAYS + replication);
    const ms: number[] = [];
    for (let replication = 0; replication < DAYS; replication++) ms.push(await day(replication));
    return [
      { name: 'home-day', value: median(ms), unit: 'ms' },
      { name: 'home-day-events', value: median(days.map(({ events }) => events)), unit: 'events' },
      { name: 'home-day-messages', value: median(days.map(({ messages }) => messages)), unit: 'messages' },
    ];
  } finally {
    await pool.close();
  }
}

/** Forks before the compiler has settled, and so many that are measured: whoever compares branches makes hundreds. */
const WARM_FORKS = 50;
const FORKS = 25;

/** Copying a world in the middle of its day: ms, and what its data take as a structured clone, bytes. */
export function fork(): readonly Measurement[] {
  const world = World.build(referenceDay(), openProject().catalogue, { seed: 1, replication: 0 });
  world.runUntil((DAY_HOURS / 2) * HOUR);
  return [
    { name: 'fork', value: medianMs(() => keep(world.fork('same').now), FORKS, WARM_FORKS), unit: 'ms' },
    { name: 'fork-bytes', value: serialize(world.snapshot()).byteLength, unit: 'bytes' },
  ];
}

/** A day with every trace line taken ÷ the same day without a trace. */
export function traceFull(): Measurement {
  const { catalogue } = openProject();
  const spec = referenceDay();
  let lines = 0;
  const day = (trace?: TraceSink): number => {
    const started = performance.now();
    keep(run(spec, catalogue, { seed: 1, replication: 0, ...(trace === undefined ? {} : { trace }) }).events);
    return performance.now() - started;
  };
  const { own, ratio } = byTurns(
    () => day(),
    () => day((line) => void (lines += line.n >= 0 ? 1 : 0)),
    WARM_DAYS,
    DAYS,
  );
  keep(lines);
  return { name: 'trace-full', value: ratio, unit: 'ratio', peer: `trace off: ${own.toPrecision(3)} ms`, ratio };
}

/** How many times faster two workers are than one. */
export async function workers(): Promise<Measurement> {
  const spec = referenceDay();
  const { catalogue } = openProject();
  const dayMs = medianMs(() => keep(run(spec, catalogue, { seed: 1, replication: 0 }).events));
  const batch = Math.max(1, Math.ceil(50 / dayMs));
  const batches = Math.max(8, 2 * Math.ceil(POOL_MS / (dayMs * batch) / 2));
  const setup = { worlds: [[spec]], outcomes: OUTCOME_IDS, seed: 1 };
  const tasks = Array.from({ length: batches }, (_, b) => ({
    group: 0,
    replications: Array.from({ length: batch }, (_unused, r) => b * batch + r),
  }));
  const one = poolExecutor(setup, 1);
  const two = poolExecutor(setup, 2);
  try {
    const timed = async (pool: typeof one): Promise<number> => {
      const started = performance.now();
      await Promise.all(tasks.map((task) => pool.run(task)));
      return performance.now() - started;
    };
    // As many days for each thread: what the compiler has not settled yet would count as a lack of speed.
    const rounds = Math.ceil(WARM_DAYS / (batches * batch));
    for (let i = 0; i < rounds; i++) await timed(one);
    for (let i = 0; i < 2 * rounds; i++) await timed(two);
    // Alternating, so that a neighbour's load on the machine falls on both.
    const ratios: number[] = [];
    for (let i = 0; i < REPETITIONS; i++) ratios.push((await timed(one)) / (await timed(two)));
    return { name: 'workers-2', value: median(ratios), unit: 'ratio' };
  } finally {
    await one.close();
    await two.close();
  }
}
