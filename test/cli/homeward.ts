import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Terminal } from '../../sim/cli/output.ts';
import { execute } from '../../sim/cli/program.ts';

/** The project's folder and the program that `pretest` built. */
export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PROGRAM = join(PROJECT, 'dist', 'sim', 'cli', 'main.js');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A running `homeward`; `ended` resolves with what it printed. */
export interface Running {
  readonly ended: Promise<Finished>;
  /** Resolves when standard output or error contains `text`. */
  until(text: string | RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** The reader of its standard output goes away. */
  closeOutput(): void;
}

const folders: string[] = [];
/** A fresh folder that is removed after the file's tests. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'homeward-cli-'));
  folders.push(path);
  return path;
}

const children = new Set<{ kill(signal: NodeJS.Signals): boolean }>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** A program that hangs ends before the test does, so that the test can say what it said. */
const PATIENCE_MS = 55_000;

/** Starts the built program in a folder, away from the project unless told otherwise, with no terminal. */
export function start(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Running {
  if (!existsSync(PROGRAM)) throw new Error('dist is not built: run npm test, or npm run setup -- --build');
  const { DEBUG: _debug, NO_COLOR: _color, ...environment } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd ?? folder(),
    env: { ...environment, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    for (const watch of watchers) watch();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const ended = new Promise<Finished>((done) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      children.delete(child);
      for (const watch of watchers) watch();
      done({ code, out, err });
    });
  });
  return {
    ended,
    signal: (name) => void child.kill(name),
    closeOutput: () => void child.stdout.destroy(),
    until: (text) =>
      new Promise((done, fail) => {
        const watch = (): void => {
          const all = out + err;
          if (typeof text === 'string' ? all.includes(text) : text.test(all)) {
            watchers.delete(watch);
            done(all);
          } else if (child.exitCode !== null) fail(new Error(`ended with ${child.exitCode} before it said ${text}: ${all}`));
        };
        watchers.add(watch);
        watch();
      }),
  };
}

export const homeward = (args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Finished> =>
  start(args, options).ended;

/** What a terminal was told, without a process: for the many cases in which only words and exit code matter. */
export async function words(args: readonly string[]): Promise<Finished> {
  const said = { out: '', err: '' };
  const terminal: Terminal = {
    status: 0,
    out: (line = '') => void (said.out += `${line}\n`),
    json: (document) => void (said.out += `${JSON.stringify(document)}\n`),
    note: (line) => void (said.err += `${line}\n`),
    progress: () => undefined,
    progressEnd: () => undefined,
    bold: (text) => text,
    dim: (text) => text,
  };
  return { code: await execute(args, terminal), ...said };
}
