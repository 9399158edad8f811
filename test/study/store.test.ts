import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../sim/scenario/errors.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { readResults, replayOf, summaryOf } from '../../sim/study/read.ts';
import { runStudy, StudyInterrupted, type StudyOptions } from '../../sim/study/run.ts';
import { contents, identity as base, inline, newFolder, planOf, world } from './fake.ts';

const identityFor = (plan: StudyPlan) => ({ ...base, seed: plan.seed, scenario: scenarioHash(plan) });
const options = (plan: StudyPlan, out: string, more: Partial<StudyOptions> = {}): StudyOptions => ({
  workers: 1,
  executor: inline(plan),
  identity: identityFor(plan),
  out,
  ...more,
});

async function finishedFolder(plan: StudyPlan): Promise<string> {
  const folder = newFolder();
  await runStudy(plan, options(plan, folder));
  return folder;
}

/** Runs until `stopAt` runs are finished, then stops. */
async function interruptedFolder(plan: StudyPlan, stopAt: number): Promise<string> {
  const folder = newFolder();
  const stop = new AbortController();
  const study = runStudy(
    plan,
    options(plan, folder, { signal: stop.signal, onProgress: (progress) => progress.done >= stopAt && stop.abort() }),
  );
  await expect(study).rejects.toThrow(StudyInterrupted);
  return folder;
}

describe('a results folder', () => {
  it('has a row for every arm and replication, with real nulls', async () => {
    const plan = planOf(12);
    const folder = await finishedFolder(plan);
    const bytes = readFileSync(join(folder, 'runs.parquet'));
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    expect(rows).toHaveLength(6 * 12);
    expect(rows[0]).toMatchObject({ arm: 'te1/none', threat: 'te1', set: 'none', replication: 0, seed: 1n, error: null });
    const [withValue, without] = [rows.find((row) => row.detectHours !== null), rows.find((row) => row.detectHours === null)];
    expect(withValue).toBeDefined();
    expect(without!['attributable.detectHours']).toBeNull();
    expect(rows.every((row) => typeof row['attributable.gapMinutes'] === 'number')).toBe(true);
    expect(Object.keys(contents(folder))).toEqual([
      'attack-free.parquet',
      'manifest.json',
      'runs.parquet',
      'scenario.json',
      'summary.json',
    ]);
  });

  it('is the same bytes every time, but for `execution`', async () => {
    const plan = planOf(20);
    expect(contents(await finishedFolder(plan))).toEqual(contents(await finishedFolder(plan)));
  });

  it('comes back as it was written', async () => {
    const plan = planOf(15, {
      arms: [...planOf(1).arms, { id: 'throws/none', threat: 'throws', set: 'none', mitigations: [], spec: world('none', 'throws') }],
    });
    const folder = await finishedFolder(plan);
    const stored = await readResults(folder);
    expect(stored.complete).toBe(true);
    expect(JSON.stringify(summaryOf(stored))).toBe(JSON.stringify(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))));
    expect(summaryOf(stored).failures).toHaveLength(1);
  });

  it('is not written over, and not mixed with other files', async () => {
    const plan = planOf(2);
    const folder = await finishedFolder(plan);
    await expect(runStudy(plan, options(plan, folder))).rejects.toThrow(/holds the results of a study already/);
    await runStudy(plan, options(plan, folder, { overwrite: true }));
    const foreign = newFolder();
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), 'mine');
    await expect(runStudy(plan, options(plan, foreign, { overwrite: true }))).rejects.toThrow(/is not empty/);
    expect(readFileSync(join(foreign, 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('cannot be made where a file stands', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file');
    const study = runStudy(planOf(1), options(planOf(1), join(folder, 'below')));
    await expect(study).rejects.toThrow(InputError);
  });

  it('is kept from a second writer, and freed when the first is gone', async () => {
    const plan = planOf(4);
    const folder = await interruptedFolder(plan, 9);
    writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: process.ppid, host: (await import('node:os')).hostname() }));
    await expect(runStudy(plan, options(plan, folder, { resume: true }))).rejects.toThrow(/in use by another study/);
    writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: 2 ** 30, host: (await import('node:os')).hostname() }));
    await runStudy(plan, options(plan, folder, { resume: true }));
    expect(existsSync(join(folder, '.lock'))).toBe(false);
  });
});

describe('resume', () => {
  it('completes to the bytes of an uninterrupted study, wherever it was interrupted', async () => {
    const plan = planOf(30, {
      arms: [...planOf(1).arms, { id: 'throws/none', threat: 'throws', set: 'none', mitigations: [], spec: world('none', 'throws') }],
    });
    const straight = contents(await finishedFolder(plan));
    for (const stopAt of [1, 5, 11, 47, 100, 183, 260]) {
      const folder = await interruptedFolder(plan, stopAt);
      await runStudy(plan, options(plan, folder, { resume: true }));
      expect(contents(folder), `stopped after ${stopAt} runs`).toEqual(straight);
    }
  });

  it('survives being interrupted again and again', async () => {
    const plan = planOf(25);
    const folder = newFolder();
    let runs = 0;
    for (let round = 1; ; round++) {
      const stop = new AbortController();
      let here = 0;
      const executor = inline(plan);
      const counted = {
        ...executor,
        run: async (task: Parameters<typeof executor.run>[0]) => ((runs += task.replications.length), executor.run(task)),
      };
      const onProgress = (): void => void (++here > 4 && stop.abort());
      try {
        await runStudy(plan, options(plan, folder, { resume: round > 1, signal: stop.signal, onProgress, executor: counted }));
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(StudyInterrupted);
      }
      expect(round).toBeLessThan(60);
    }
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
    expect(runs).toBeGreaterThanOrEqual(25 * 3);
  });

  it('drops a torn last line', async () => {
    const plan = planOf(10);
    const folder = await interruptedFolder(plan, 20);
    appendFileSync(join(folder, 'runs.partial.jsonl'), '0123456789abcdef {"group":0,"repl');
    await runStudy(plan, options(plan, folder, { resume: true }));
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
  });

  it('extends a finished study, and leaves a finished one as it is', async () => {
    const short = planOf(10);
    const folder = await finishedFolder(short);
    const before = contents(folder);
    await runStudy(short, options(short, folder, { resume: true }));
    expect(contents(folder)).toEqual(before);
    const long = planOf(20);
    await runStudy(long, options(long, folder, { resume: true }));
    expect(contents(folder)).toEqual(contents(await finishedFolder(long)));
    await expect(runStudy(short, options(short, folder, { resume: true }))).rejects.toThrow(/more than the 10 asked for/);
  });

  it('throws nothing away: not what failed, not what a stopping rule would not have run', async () => {
    const throwing: readonly StudyPlan['arms'][number][] = [
      { id: 'throws/none', threat: 'throws', set: 'none', mitigations: [], spec: world('none', 'throws') },
    ];
    const long = planOf(20, { arms: throwing, baseline: null }); // fails at 7 and 17
    const short = planOf(10, { arms: throwing, baseline: null });
    const folder = await finishedFolder(long);
    await expect(runStudy(short, options(short, folder, { resume: true }))).rejects.toThrow(/holds 20 replications, more than the 10/);

    const rule = (atMost: number): StudyPlan =>
      planOf(1, { replications: { atLeast: 4, atMost, until: { outcome: 'gapMinutes', halfWidth: 1000, level: 0.95 } } });
    const fixed = await finishedFolder(planOf(13));
    expect((await runStudy(rule(100), options(rule(100), fixed, { resume: true }))).replications).toBe(16);
    await expect(runStudy(rule(8), options(rule(8), fixed, { resume: true }))).rejects.toThrow(/holds 16 replications, more than the 8/);
    expect((await runStudy(rule(100), options(rule(100), newFolder()))).replications).toBe(4);
  });

  it('of a study with a stopping rule gives the bytes of one that was not interrupted', async () => {
    const plan = planOf(1, { replications: { atLeast: 4, atMost: 100, until: { outcome: 'gapMinutes', halfWidth: 100, level: 0.95 } } });
    const straight = await finishedFolder(plan);
    expect((await readResults(straight)).replications).toBeGreaterThan(8);
    for (const stopAt of [20, 60, 80]) {
      const folder = await interruptedFolder(plan, stopAt);
      await runStudy(plan, options(plan, folder, { resume: true }));
      expect(contents(folder)).toEqual(contents(straight));
    }
  });

  it('that is refused changes nothing', async () => {
    const plan = planOf(20);
    const all = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
    for (const folder of [await finishedFolder(plan), await interruptedFolder(plan, 150)]) {
      const before = all(folder);
      await expect(runStudy(planOf(3), options(planOf(3), folder, { resume: true }))).rejects.toThrow(/more than the 3 asked for/);
      expect(all(folder)).toEqual(before);
    }
  });

  it('refuses what the folder was not made with, by name', async () => {
    const plan = planOf(10);
    const folder = await interruptedFolder(plan, 20);
    const own = identityFor(plan);
    for (const [changed, name] of [
      [{ code: '0.0.1+other' }, /code version/],
      [{ catalogue: 'f'.repeat(64) }, /catalogue of devices/],
      [{ registry: 'f'.repeat(64) }, /parameter registry/],
      [{ scenario: 'f'.repeat(64) }, /scenario/],
      [{ seed: 2 }, /seed \(1 there, 2 here\)/],
    ] as const)
      await expect(runStudy(plan, options(plan, folder, { resume: true, identity: { ...own, ...changed } }))).rejects.toThrow(name);
    const shard = planOf(10, { shard: { index: 1, of: 2 } });
    await expect(runStudy(shard, options(shard, folder, { resume: true }))).rejects.toThrow(/shard \(whole study there, 1\/2 here\)/);
    await expect(runStudy(plan, options(plan, newFolder(), { resume: true }))).rejects.toThrow(/is no results folder/);
  });
});

describe('replay', () => {
  it('finds the world, the seed and what must come out', async () => {
    const plan = planOf(5);
    const stored = await readResults(await finishedFolder(plan));
    const own = identityFor(plan);
    const found = replayOf(stored, 'te2/typical', 3, own);
    expect(found.spec).toEqual(world('typical', 'te2'));
    expect(found).toMatchObject({ seed: 1, replication: 3, error: null });
    expect(found.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(replayOf(stored, 'attack-free/none', 0, own).spec.threat).toBeNull();
    expect(() => replayOf(stored, 'te9/typical', 3, own)).toThrow(/no arm is called te9/);
    expect(() => replayOf(stored, 'te2/typical', 5, own)).toThrow(/no replication 5/);
    expect(() => replayOf(stored, 'te2/typical', 3, { ...own, code: 'x' })).toThrow(/another code version/);
  });
});

describe('a damaged or malicious folder', () => {
  /** Each edit must lead to an InputError that names the file, whatever was done. */
  const edits: readonly (readonly [string, string, (old: Buffer) => string | Buffer])[] = [
    ['manifest is not JSON', 'manifest.json', () => '{"format":'],
    ['manifest is another document', 'manifest.json', () => '{"format":1}'],
    ['manifest is a bomb of brackets', 'manifest.json', () => '['.repeat(200_000)],
    ['manifest has a key too many', 'manifest.json', (old) => old.toString().replace('"format"', '"more": 1, "format"')],
    [
      'manifest promises more rows',
      'manifest.json',
      (old) => old.toString().replace('"finished": {\n    "replications": 6', '"finished": {\n    "replications": 90000000'),
    ],
    ['manifest has two arms of one name', 'manifest.json', (old) => old.toString().replace('"id": "te1/typical"', '"id": "te1/none"')],
    [
      'fingerprint is another',
      'manifest.json',
      (old) => old.toString().replace(/"fingerprint": "(.)/, (_, digit) => `"fingerprint": "${digit === '0' ? '1' : '0'}`),
    ],
    ['hours are not those of the worlds', 'manifest.json', (old) => old.toString().replace('"hours": 24', '"hours": 1000')],
    ['course is not that of the worlds', 'manifest.json', (old) => old.toString().replace('"natural"', '"deteriorating"')],
    ['scenario is another', 'scenario.json', (old) => old.toString().replace('"cable"', '"fibre"')],
    ['scenario is no scenario', 'scenario.json', () => '{"parameters":[],"worlds":[1]}'],
    ['scenario reaches for the prototype', 'scenario.json', () => '{"__proto__":{"polluted":true},"parameters":[],"worlds":[]}'],
    ['runs are cut short', 'runs.parquet', (old) => old.subarray(0, old.length - 20)],
    ['runs are noise', 'runs.parquet', (old) => Buffer.alloc(old.length, 7)],
    ['runs are empty', 'runs.parquet', () => ''],
    ['attack-free runs have a flipped bit', 'attack-free.parquet', (old) => ((old[50]! ^= 1), old)],
  ];
  for (const [name, file, edit] of edits)
    it(`is refused: ${name}`, async () => {
      const folder = await finishedFolder(planOf(6));
      const path = join(folder, file);
      const old = readFileSync(path);
      const changed = edit(Buffer.from(old));
      expect(Buffer.compare(Buffer.from(changed), old), 'the edit must change something').not.toBe(0);
      writeFileSync(path, changed);
      const reading = readResults(folder);
      await expect(reading).rejects.toThrow(InputError);
      await expect(reading).rejects.toThrow(folder);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

  it('is refused when its Parquet file was made to break the reader and the hash fits', async () => {
    const { createHash } = await import('node:crypto');
    const folder = await finishedFolder(planOf(6));
    const good = readFileSync(join(folder, 'runs.parquet'));
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const oldHash = createHash('sha256').update(good).digest('hex');
    // Every 97th byte flipped in turn: whatever part of the format it hits, nothing but an InputError may come out.
    for (let at = 0; at < good.length; at += 97) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0xff;
      writeFileSync(join(folder, 'runs.parquet'), bad);
      writeFileSync(join(folder, 'manifest.json'), manifest.replace(oldHash, createHash('sha256').update(bad).digest('hex')));
      try {
        await readResults(folder);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(InputError);
      }
    }
  });

  it('is refused, with the line, when the partial file is damaged in the middle', async () => {
    const plan = planOf(10);
    for (const [edit, why] of [
      [(lines: string[]) => lines.with(1, lines[1]!.replace('"replication":', '"replicatiom":')), /:2:1: .*hash/],
      [(lines: string[]) => [...lines.slice(0, 3), lines[0]!, ...lines.slice(3)], /:4:1: .*there twice/],
      [(lines: string[]) => lines.with(0, 'x'), /:1:1: /],
    ] as const) {
      const folder = await interruptedFolder(plan, 40);
      const path = join(folder, 'runs.partial.jsonl');
      writeFileSync(path, edit(readFileSync(path, 'utf8').split('\n')).join('\n'));
      await expect(runStudy(plan, options(plan, folder, { resume: true }))).rejects.toThrow(why);
    }
  });
});
