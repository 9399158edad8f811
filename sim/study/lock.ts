import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { folderError, guarded, sha256 } from './files.ts';

/** The lock's file, and what the names of its helpers begin with. */
export const LOCK = '.lock';

/** Somebody who takes over is in the way for a moment only; more often than this, it is no accident. */
const ATTEMPTS = 100;

/** Contents of the locks that this process holds: its own number alone says nothing where every container gives the same. */
const held = new Set<string>();

/** Keeps two programs from writing the same folder. A lock whose program is gone is taken over. */
export class FolderLock {
  private readonly file: string;
  /** Told apart from every other lock, earlier ones of this process included. */
  private readonly content = JSON.stringify({ pid: process.pid, host: hostname(), lock: randomBytes(8).toString('hex') });

  /** @throws InputError when somebody else has it, or the folder cannot be written. */
  constructor(folder: string) {
    this.file = join(folder, LOCK);
    guarded(this.file, 'cannot be written', () => acquire(this.file, this.content, folder));
    held.add(this.content);
  }

  /** Gives the folder free; a lock that somebody else has put there by now stays. */
  release(): void {
    if (!held.delete(this.content)) return;
    if (contentOf(this.file) === this.content) rmSync(this.file, { force: true });
  }
}

/**
 * Puts `content` into a lock file that nobody else holds. A dead program's lock is removed only by who holds the lock on
 * exactly that removal: otherwise two that both found it dead would go on, the second over the first one's new lock.
 */
function acquire(file: string, content: string, folder: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (place(file, content)) return;
    const there = contentOf(file);
    if (there === null) continue; // given free just now
    if (isHeld(there)) break;
    const turn = `${file}.${sha256(there).slice(0, 16)}`;
    acquire(turn, content, folder);
    try {
      if (contentOf(file) === there) rmSync(file, { force: true });
    } finally {
      rmSync(turn, { force: true });
    }
  }
  throw folderError(file, `${folder} is in use by another study`, 'Wait for it, or remove this file when no study runs there');
}

/** Makes the file with all of its content at once, so that nobody reads an empty one. @returns false when it is there already */
function place(file: string, content: string): boolean {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(beside, content, { flag: 'wx', flush: true });
  try {
    linkSync(beside, file);
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    return placeWithoutLink(file, content);
  } finally {
    unlinkSync(beside);
  }
}

/** For file systems without hard links; a lock that is read before its content is there counts as held. */
function placeWithoutLink(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  }
}

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Does the program that wrote this still run? Yes whenever we cannot tell: the remedy is one file to remove. */
function isHeld(content: string): boolean {
  let holder: { pid?: unknown; host?: unknown } | null;
  try {
    holder = JSON.parse(content) as typeof holder;
  } catch {
    return true;
  }
  if (holder?.host !== hostname()) return true; // a shared disk
  const { pid } = holder;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return held.has(content);
  try {
    process.kill(pid, 0); // signal 0 only asks whether the process exists
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
