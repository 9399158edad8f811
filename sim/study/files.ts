import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import { InputError, startOf } from '../scenario/errors.ts';

/** Bad results folder or output path: place and remedy, exit code 2. */
export function folderError(file: string, message: string, remedy: string, line = 1): InputError {
  return new InputError([{ ...startOf(file), line, message, remedy }]);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link',
  EEXIST: 'it is a file',
};

/** What no other path or permission would mend. */
const DEVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'the file would be larger than the system allows',
  EIO: 'the device reports an error',
};

/** The disk failed a study that was asked for rightly: exit code 1. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

/** Runs file work; what the operating system refuses becomes an InputError, or a DiskError when the input is not to blame. */
export function guarded<T>(file: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    if (code in DEVICE)
      throw new DiskError(`${file} ${what}: ${DEVICE[code]}; put that right, then an interrupted study goes on with --resume`);
    throw folderError(file, `${file} ${what}: ${REASONS[code] ?? code}`, 'Choose a folder that you may read and write');
  }
}

/** Reads a whole file that is at most `limit` bytes long. */
export function readLimited(file: string, limit: number): Uint8Array {
  return guarded(file, 'cannot be read', () => {
    const { size } = statSync(file);
    if (size > limit) throw folderError(file, `${file} has ${size} bytes; at most ${limit} are read`, 'Use the folder as a study left it');
    return readFileSync(file);
  });
}

/** Writes beside and renames: a reader sees the old file or the new one, never half of it. */
export const writeWhole = (file: string, content: string | Uint8Array): void => writePieces(file, [content]);

/** As `writeWhole`, from pieces that need not fit into memory, or into one string, together. */
export function writePieces(file: string, pieces: Iterable<string | Uint8Array>): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  guarded(file, 'cannot be written', () => {
    try {
      const fd = openSync(beside, 'wx');
      try {
        for (const piece of pieces) writeAll(fd, typeof piece === 'string' ? Buffer.from(piece) : piece);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(beside, file);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  });
}

/** The file that a name as `writePieces` makes it stands beside; null for any other name. */
export const besideOf = (name: string): string | null => /^(.+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const CHUNK = 1 << 20;
const LONGEST_LINE = 16 << 20;

/** Complete lines of a text file, without reading it whole. A last line without line end is torn and left out. */
export function* completeLines(file: string): Generator<string> {
  const fd = guarded(file, 'cannot be read', () => openSync(file, 'r'));
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer[] = [];
    let length = 0;
    for (;;) {
      const got = guarded(file, 'cannot be read', () => readSync(fd, chunk));
      if (got === 0) return;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < got; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
        rest = [];
        length = 0;
        from = end + 1;
      }
      rest.push(Buffer.from(chunk.subarray(from, got)));
      length += got - from;
      if (length > LONGEST_LINE)
        throw folderError(file, `${file} has a line of more than ${LONGEST_LINE} bytes`, 'Use the folder as a study left it');
    }
  } finally {
    closeSync(fd);
  }
}

/** A file that only grows; every `append` is one write, so that a crash can tear nothing but the last line. */
export class AppendFile {
  private readonly file: string;
  private readonly fd: number;
  private failure: { readonly error: unknown } | null = null;

  /** Opens, or creates, without following a link that somebody put there. */
  constructor(file: string) {
    this.file = file;
    const noFollow = constants.O_NOFOLLOW ?? 0; // absent on Windows
    this.fd = guarded(file, 'cannot be written', () =>
      openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow, 0o644),
    );
  }

  /** After a write that failed all others fail too: the last line may be torn, and nothing may follow a torn line. */
  append(text: string): void {
    if (this.failure !== null) throw this.failure.error;
    try {
      guarded(this.file, 'cannot be written', () => writeAll(this.fd, Buffer.from(text)));
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  close(): void {
    try {
      guarded(this.file, 'cannot be written', () => fsyncSync(this.fd));
    } finally {
      closeSync(this.fd);
    }
  }
}

/** Makes a folder and what is above it: one by one, as Node's own way of making all at once does not end where a file system makes none. */
export function makeFolder(folder: string): void {
  const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const make = (path: string): void => {
    if (isThere(path)) return;
    if (dirname(path) !== path) make(dirname(path));
    try {
      mkdirSync(path);
    } catch (error) {
      if (!isThere(path)) throw error; // unless somebody else was quicker
    }
  };
  guarded(folder, 'cannot be made', () => make(resolvePath(folder)));
}
