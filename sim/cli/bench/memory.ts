import { poolExecutor } from '../../study/executor.ts';
import { OUTCOMES } from '../../world/outcomes.ts';
import { referenceDay } from './home.ts';
import type { Measurement } from './measure.ts';

const REPLICATIONS = 10_000;
/** A batch of an hour's replications takes about as long as a study's batches do. */
const BATCH = 10;
const HOURS = 1;
const MEGA = 1e6;

/**
 * What a worker holds through ten thousand replications of the reference home's first hour: the most that was seen after
 * a batch, MB, and whether it grows: what is left after collections (the tenth percentile) in the second half ÷ in the first.
 */
export async function workerMemory(): Promise<readonly Measurement[]> {
  const spec = { ...referenceDay(), hours: HOURS };
  const pool = poolExecutor({ worlds: [[spec]], outcomes: OUTCOMES.map(({ id }) => id), seed: 1 }, 1);
  const held: number[] = [];
  try {
    for (let from = 0; from < REPLICATIONS; from += BATCH) {
      const { memory } = await pool.run({ group: 0, replications: Array.from({ length: BATCH }, (_, i) => from + i) });
      held.push((memory!.heap + memory!.external) / MEGA);
    }
  } finally {
    await pool.close();
  }
  const half = held.length / 2;
  const ratio = left(held.slice(half)) / left(held.slice(0, half));
  return [
    { name: 'worker-memory', value: Math.max(...held), unit: 'MB' },
    { name: 'worker-memory-growth', value: ratio, unit: 'ratio', ratio },
  ];
}

const left = (held: readonly number[]): number => [...held].sort((a, b) => a - b)[Math.floor(held.length / 10)]!;
