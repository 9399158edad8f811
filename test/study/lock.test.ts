import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../sim/scenario/errors.ts';
import { FolderLock } from '../../sim/study/lock.ts';
import { newFolder } from './fake.ts';

const disk = vi.hoisted(() => ({ links: true }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const linkSync: typeof real.linkSync = (from, to) => {
    if (!disk.links) throw Object.assign(new Error('no hard links here'), { code: 'EPERM' });
    real.linkSync(from, to);
  };
  return { ...real, linkSync };
});
afterEach(() => {
  disk.links = true;
  vi.restoreAllMocks();
});

/** A folder with this lock in it, or none. */
function folderWith(lock?: unknown): string {
  const folder = newFolder();
  mkdirSync(folder);
  if (lock !== undefined) writeFileSync(join(folder, '.lock'), typeof lock === 'string' ? lock : JSON.stringify(lock));
  return folder;
}
const dead = { pid: 2 ** 30, host: hostname() };

describe('the lock of a folder', () => {
  for (const links of [true, false])
    it(`lets one in at a time ${links ? 'with' : 'without'} hard links`, () => {
      disk.links = links;
      const folder = folderWith();
      const first = new FolderLock(folder);
      expect(() => new FolderLock(folder)).toThrow(/in use by another study/);
      first.release();
      expect(existsSync(join(folder, '.lock'))).toBe(false);
      new FolderLock(folder).release();
    });

  it('is held by a program that runs, or that cannot be asked', () => {
    for (const lock of [
      { pid: process.ppid, host: hostname() },
      { pid: 2 ** 30, host: `not-${hostname()}` },
    ])
      expect(() => new FolderLock(folderWith(lock))).toThrow(/in use by another study/);
  });

  it('is taken over from a program that is gone, one with the same process number included', () => {
    for (const lock of [dead, { pid: process.pid, host: hostname() }]) {
      const folder = folderWith(lock);
      new FolderLock(folder).release();
      expect(existsSync(join(folder, '.lock'))).toBe(false);
    }
  });

  it('is not taken from somebody who is about to write it', () => {
    expect(() => new FolderLock(folderWith(''))).toThrow(/in use by another study/);
  });

  it('is taken over by one of two that both find its program gone', () => {
    const folder = folderWith(dead);
    let quicker: FolderLock | null = null;
    const gone = (): never => {
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    };
    vi.spyOn(process, 'kill')
      .mockImplementation(gone)
      .mockImplementationOnce(() => {
        quicker = new FolderLock(folder); // between the other's look at the old lock and its next step
        return gone();
      });
    expect(() => new FolderLock(folder)).toThrow(/in use by another study/);
    expect(quicker).not.toBeNull();
    quicker!.release();
    expect(existsSync(join(folder, '.lock'))).toBe(false);
  });

  it('is left alone at the end when it has become another one', () => {
    const folder = folderWith();
    const lock = new FolderLock(folder);
    writeFileSync(join(folder, '.lock'), JSON.stringify(dead));
    lock.release();
    expect(JSON.parse(readFileSync(join(folder, '.lock'), 'utf8'))).toEqual(dead);
  });

  it('is a complaint, no crash, when a folder stands in its place', () => {
    const folder = folderWith();
    mkdirSync(join(folder, '.lock'));
    expect(() => new FolderLock(folder)).toThrow(InputError);
  });
});
