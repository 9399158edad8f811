// Run by resume.test.ts in a process of its own: goes on from the snapshots in the files named and prints their fingerprints.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { deserialize } from 'node:v8';
import { catalogue } from '../../dist/sim/catalogue.js';
import { World } from '../../dist/sim/world/run.js';

for (const file of process.argv.slice(2)) {
  const world = World.restore(deserialize(readFileSync(file)), catalogue);
  world.runUntil(world.end);
  console.log(JSON.stringify(world.result()));
}
