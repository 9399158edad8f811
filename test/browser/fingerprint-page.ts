import { catalogue } from '../../sim/catalogue.ts';
import type { LibraryAnswer } from '../../sim/protocol/messages.ts';
import { loadHome, loadLibrary, memoryReader, resolve, type Choices } from '../../sim/scenario/index.ts';
import { run, type TraceSink } from '../../sim/world/run.ts';

/** One run from the texts of the scenario files: the same function in Node and, bundled, in the browser. */
export function fingerprintOf(
  files: LibraryAnswer['files'],
  choices: Choices,
  seed: number,
  replication: number,
  trace?: TraceSink,
): string {
  const reader = memoryReader(files);
  const library = loadLibrary(reader, catalogue);
  const spec = resolve(loadHome('scenarios/homes/reference.yaml', reader, catalogue), choices, library, catalogue);
  return run(spec, catalogue, { seed, replication, ...(trace === undefined ? {} : { trace }) }).fingerprint;
}
