import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../sim/scenario/errors.ts';
import type { Executor } from '../../sim/study/executor.ts';
import { DiskError, writePieces } from '../../sim/study/files.ts';
import { scenarioHash } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { runStudy, StudyInterrupted, type StudyOptions } from '../../sim/study/run.ts';
import { contents, identity as base, inline, newFolder, planOf } from './fake.ts';

/** What happens to the disk, and what others do meanwhile. */
const disk = vi.hoisted(() => ({
  /** Bytes that still fit. */
  room: Infinity,
  whenLocking: (): void => undefined,
  whenRemoving: (_file: string): void => undefined,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Uint8Array, at = 0): number => {
    const fits = Math.min(disk.room, bytes.length - at);
    if (fits <= 0) throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    disk.room -= fits;
    return real.writeSync(fd, bytes, at, fits);
  };
  const linkSync: typeof real.linkSync = (from, to) => {
    disk.whenLocking();
    real.linkSync(from, to);
  };
  const rmSync: typeof real.rmSync = (file, options) => {
    disk.whenRemoving(String(file));
    real.rmSync(file, options);
  };
  return { ...real, writeSync, linkSync, rmSync };
});
afterEach(() => void Object.assign(disk, { room: Infinity, whenLocking: () => undefined, whenRemoving: () => undefined }));

const study = (plan: StudyPlan, out: string, more: Partial<StudyOptions> = {}) =>
  runStudy(plan, { workers: 1, executor: inline(plan), identity: { ...base, scenario: scenarioHash(plan) }, out, ...more });

async function interruptedFolder(plan: StudyPlan): Promise<string> {
  const folder = newFolder();
  const stop = new AbortController();
  const onProgress = ({ done }: { readonly done: number }): void => void (done >= 40 && stop.abort());
  await expect(study(plan, folder, { signal: stop.signal, onProgress })).rejects.toThrow(StudyInterrupted);
  return folder;
}

async function finishedFolder(plan: StudyPlan): Promise<string> {
  const folder = newFolder();
  await study(plan, folder);
  return folder;
}

describe('a file that is written whole', () => {
  it('goes to the disk piece by piece, however long it is', () => {
    const file = newFolder();
    const seen: number[] = [];
    const pieces = function* (): Generator<string> {
      for (let i = 0; i < 3; i++) {
        seen.push(statSync(join(dirname(file), readdirSync(dirname(file))[0]!)).size);
        yield 'ten bytes\n';
      }
    };
    writePieces(file, pieces());
    expect(seen).toEqual([0, 10, 20]);
    expect(readFileSync(file, 'utf8')).toBe('ten bytes\n'.repeat(3));
  });

  it('leaves nothing behind when there is no room for it', () => {
    const file = newFolder();
    disk.room = 5;
    expect(() => writePieces(file, ['ten bytes\n'])).toThrow(/no space/);
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});

describe('a study on a full disk', () => {
  it('keeps what was finished: one torn line at most, and nothing after it', async () => {
    const plan = planOf(20);
    const folder = newFolder();
    disk.room = 25_000;
    const inner = inline(plan);
    // Room comes back, as it does when somebody else's file goes: batches that were in flight must not go on writing.
    const freed: Executor = {
      ...inner,
      parallel: 4,
      run: async (task) => {
        const result = await inner.run(task);
        if (disk.room <= 0) disk.room = Infinity;
        return result;
      },
    };
    const failing = study(plan, folder, { executor: freed });
    await expect(failing).rejects.toThrow(/no space is left/);
    await expect(failing).rejects.toBeInstanceOf(DiskError); // the work failed: nothing is wrong with what was asked for
    disk.room = Infinity;
    await study(plan, folder, { resume: true });
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
  });

  it('can be started anew where it could not be begun', async () => {
    const plan = planOf(2);
    const folder = newFolder();
    disk.room = 100;
    await expect(study(plan, folder)).rejects.toThrow(/no space is left/);
    disk.room = Infinity;
    await study(plan, folder);
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
  });
});

describe('a folder that a crash left', () => {
  const tmp = 'scenario.json.0123456789ab.tmp';

  it('in its first moments is as good as empty', async () => {
    const plan = planOf(2);
    const folder = newFolder();
    mkdirSync(folder);
    for (const name of ['runs.partial.jsonl', tmp, '.lock.0123456789abcdef']) writeFileSync(join(folder, name), '');
    await study(plan, folder);
    rmSync(join(folder, '.lock.0123456789abcdef'));
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
  });

  it('is not taken for one when somebody may still want what it holds', async () => {
    for (const [name, text] of [
      ['runs.partial.jsonl', 'replications'],
      ['scenario.json', 'my own'],
      [tmp, 'half'],
    ] as const) {
      const folder = newFolder();
      mkdirSync(folder);
      writeFileSync(join(folder, name), text);
      await expect(study(planOf(2), folder)).rejects.toThrow(/is not empty/);
      expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    }
  });

  it('loses its half-written files when it is resumed', async () => {
    const plan = planOf(10);
    const folder = await interruptedFolder(plan);
    writeFileSync(join(folder, tmp), 'half');
    await study(plan, folder, { resume: true });
    expect(contents(folder)).toEqual(contents(await finishedFolder(plan)));
  });
});

describe('a second program', () => {
  it('that resumes sees what the first one finished while it waited at the lock', async () => {
    const plan = planOf(10);
    const folder = await interruptedFolder(plan);
    const finished = await finishedFolder(plan);
    disk.whenLocking = () => {
      rmSync(join(folder, 'runs.partial.jsonl'));
      cpSync(finished, folder, { recursive: true });
    };
    let ran = 0;
    const inner = inline(plan);
    await study(plan, folder, { resume: true, executor: { ...inner, run: (task) => (ran++, inner.run(task)) } });
    expect(ran).toBe(0);
  });

  it('is kept out until the last file has gone', async () => {
    const locked: boolean[] = [];
    disk.whenRemoving = (file) => void (file.endsWith('runs.partial.jsonl') && locked.push(existsSync(join(dirname(file), '.lock'))));
    await finishedFolder(planOf(2));
    expect(locked).toEqual([true]);
  });

  it('gets a complaint with a place, whatever is wrong with the lock', async () => {
    const folder = await interruptedFolder(planOf(10));
    mkdirSync(join(folder, '.lock'));
    await expect(study(planOf(10), folder, { resume: true })).rejects.toThrow(InputError);
  });
});
