import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { otherNode } from '../../../sim/cli/verify/other-node.ts';
import { differenceOf } from '../../../sim/cli/verify/restore.ts';
import { repeat } from '../../../sim/cli/verify/repeat.ts';
import type { Ending } from '../../../sim/cli/verify/pair.ts';
import { folder, homeward, words } from '../homeward.ts';

describe('homeward verify', () => {
  const { HOMEWARD_NODE: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env['HOMEWARD_NODE'];
    else process.env['HOMEWARD_NODE'] = before;
  });

  it('tells each check in a line and what it did in figures', async () => {
    const { code, out, err } = await homeward(['verify', '--only', 'fuzz,restore', '--worlds', '3', '--pairs', '1', '--seed', '5']);
    expect(out).toMatch(/^fuzz +holds +worlds 3, events \d+, messages \d+, .*\nrestore +holds +pairs 1, .*snapshotBytesMedian \d+.*\n$/);
    expect(err).toMatch(/^checking fuzz/);
    expect(code).toBe(0);
  });

  it('prints one document with --json, and nothing else there', async () => {
    const { code, out } = await words(['verify', '--only', 'fuzz', '--worlds', '2', '--json']);
    const [finding, ...others] = JSON.parse(out) as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ check: 'fuzz', pass: true, worlds: 2, failures: [] });
    expect(code).toBe(0);
  });

  it('has the same figures for the same seed, others for another', async () => {
    const of = async (seed: string) => (await words(['verify', '--only', 'fuzz', '--worlds', '2', '--seed', seed])).out;
    expect(await of('8')).toBe(await of('8'));
    expect(await of('8')).not.toBe(await of('9'));
  });

  it('compares one worker with two', async () => {
    const { pass, figures, failures } = await repeat({ worlds: 0, pairs: 0, seed: 3, progress: () => undefined }, 0.5, 2);
    expect(failures).toEqual([]);
    expect(pass).toBe(true);
    expect(figures['arms']).toBe(15);
  });

  it('compares with another Node when the environment names one', async () => {
    process.env['HOMEWARD_NODE'] = process.execPath;
    const { code, out } = await words(['verify', '--only', 'other-node', '--json']);
    expect(JSON.parse(out)).toEqual([
      { check: 'other-node', pass: true, here: process.version, there: process.version, runs: 3, failures: [] },
    ]);
    expect(code).toBe(0);
  });

  it('fails with exit code 1 when that one gives other bytes, and says how to see it', async () => {
    const liar = join(folder(), 'node99');
    writeFileSync(liar, '#!/bin/sh\nif [ "$1" = --version ]; then echo v99.0.0; else echo \'{"fingerprint":"other"}\'; fi\n');
    chmodSync(liar, 0o755);
    process.env['HOMEWARD_NODE'] = liar;
    const { code, out, err } = await words(['verify', '--only', 'other-node']);
    expect(out).toMatch(/^other-node +FAILS +here v.*, there v99\.0\.0, runs 3\n$/);
    expect(err).toMatch(/homeward run reference --mitigations typical .*: other under v99\.0\.0, [0-9a-f]{32} here/);
    expect(code).toBe(1);
  });

  it('fails when the one that is named does not run, and not when none is at hand', async () => {
    process.env['HOMEWARD_NODE'] = join(folder(), 'no-such-node');
    expect(await words(['verify', '--only', 'other-node'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/HOMEWARD_NODE: .* does not run/),
    });
    expect(otherNode({ PATH: folder() })).toBeNull();
  });
});

describe('two endings of a run', () => {
  const ending = (more: Partial<Ending> = {}, result: object = {}): Ending =>
    ({ result: { fingerprint: 'a', outcomes: {}, ...result }, lines: 3, digest: 'x', ...more }) as unknown as Ending;
  const cases: readonly (readonly [string, Ending, RegExp])[] = [
    ['another fingerprint', ending({}, { fingerprint: 'b' }), /fingerprint b, not a/],
    ['another result', ending({}, { events: 1 }), /another result/],
    ['a shorter trace', ending({ lines: 2 }), /2 lines of trace after the instant, not 3/],
    ['another trace', ending({ digest: 'y' }), /another trace/],
  ];
  it.each(cases)('differ by %s', (_name, found, expected) => expect(differenceOf(ending(), found)).toMatch(expected));
  it('are the same when nothing differs', () => expect(differenceOf(ending(), ending())).toBeNull());
});
