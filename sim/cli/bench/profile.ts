import { closeSync, openSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { run } from '../../world/run.ts';
import { UsageError, fileReason } from '../failures.ts';
import { openProject } from '../project.ts';
import { WARM_DAYS, referenceDay } from './home.ts';
import { keep } from './measure.ts';

/** Days in the profile: at a sample a millisecond enough to tell 1 % of the time. */
const DAYS = 20;

/** Writes a .cpuprofile of some reference days, taken once the compiler has settled. @throws UsageError when the file cannot be written. */
export async function profileHomeDay(file: string): Promise<void> {
  const target = opened(file);
  const { catalogue } = openProject();
  const spec = referenceDay();
  const day = (replication: number): void => keep(run(spec, catalogue, { seed: 1, replication }).events);
  for (let replication = 0; replication < WARM_DAYS; replication++) day(replication);
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    for (let replication = 0; replication < DAYS; replication++) day(replication);
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(target, JSON.stringify(profile));
  } finally {
    session.disconnect();
    closeSync(target);
  }
}

/** Before the work, so that a wrong path is told at once. */
function opened(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${fileReason(error)}`);
  }
}
