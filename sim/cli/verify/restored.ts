import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import type { WorldSnapshot } from '../../world/run.ts';
import { catalogueOf } from '../project.ts';
import { goOn } from './pair.ts';

/** A process of its own: goes on from the snapshots in the files named and prints how each ended, one JSON document a line. */
for (const file of process.argv.slice(2))
  process.stdout.write(`${JSON.stringify(goOn(deserialize(readFileSync(file)) as WorldSnapshot, catalogueOf()))}\n`);
