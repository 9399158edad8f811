import { catalogue } from '../catalogue.ts';
import { run } from '../world/run.ts';
import type { RunReplication } from './batch.ts';

/** The engine that a worker runs: composition root of the pool (design principle 8). */
export const runReplication: RunReplication = (spec, options) => run(spec, catalogue, options);
