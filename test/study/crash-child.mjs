// Runs a study from a plan given as JSON, on the pool, with the fake engine: something for crash.test.ts to kill.
// usage: node crash-child.mjs <plan.json> <out> <resume|new>
import { readFileSync } from 'node:fs';
import { poolExecutor } from '../../dist/sim/study/executor.js';
import { batchSetup, runStudy } from '../../dist/sim/study/run.js';

const [file, out, how] = process.argv.slice(2);
const { plan, identity } = JSON.parse(readFileSync(file, 'utf8'));
const executor = poolExecutor(batchSetup(plan), 2, new URL('fake-engine.mjs', import.meta.url).href);
await runStudy(plan, { workers: 2, executor, identity, out, resume: how === 'resume' });
