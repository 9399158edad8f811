import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../../sim/world/run.ts';
import { catalogue, threats, worldOf } from '../support/worlds.ts';

/**
 * Principle 2: same seed, same bytes, on every machine and version of Node. These fingerprints are golden: what this version
 * gave when they were written, no theory. A change that is meant to change runs writes them anew:
 *
 *     UPDATE_GOLDEN=1 npx vitest run test/world/golden.test.ts
 */
const FILE = fileURLToPath(new URL('../golden/fingerprints.json', import.meta.url));
const update = process.env['UPDATE_GOLDEN'] === '1';
/** From midnight to midnight: calls, visits, orders and the second half of a lease are in it. */
const HOURS = 24;
/** One seed that fits 32 bits, one that does not. */
const CASES = [
  ['none', 'deteriorating', 1],
  ['recommended', 'natural', 2 ** 40 + 5],
] as const;

if (update) mkdirSync(dirname(FILE), { recursive: true });
const golden = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}) as Record<string, string>;
const found: Record<string, string> = {};
for (const threat of [null, ...threats])
  for (const [mitigations, course, seed] of CASES) {
    const { fingerprint } = run(worldOf(threat, mitigations, { hours: HOURS, course }), catalogue, { seed, replication: 0 });
    found[`${threat ?? 'no threat'} · ${mitigations} · ${course} · ${HOURS} h · seed ${seed}`] = fingerprint;
  }
if (update) writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);

describe('golden fingerprints', () => {
  it.each(Object.entries(found))('%s', (name, fingerprint) => {
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint, 'UPDATE_GOLDEN=1 npx vitest run test/world/golden.test.ts writes them anew').toBe(
      update ? found[name] : golden[name],
    );
  });

  it('tell threat events apart where nothing stops them, and none is left over from a case that is no more', () => {
    const free = Object.entries(found).filter(([name]) => name.includes('· none ·'));
    expect(new Set(free.map(([, fingerprint]) => fingerprint)).size).toBe(threats.length + 1);
    if (!update) expect(Object.keys(golden)).toEqual(Object.keys(found));
  });
});
