import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { ROOT } from '../house/source.ts';

/**
 * The browser of the browser tests: what CHROME_PATH names, else the Chromium of the npm package, unpacked once into a
 * folder of this user under node_modules/.cache.
 *
 * The package treats "the file exists in the temporary folder" as "unpacked", so a run that died half way, or another
 * user's files, would break every later run. Hence: unpack in a fresh folder, and rename it when it is complete.
 */
const CACHE = join(ROOT, 'node_modules', '.cache', 'chromium');
const UNPACK = "import('@sparticuz/chromium').then((module) => module.default.executablePath())";
/** Unpacking takes a few seconds; a folder that old was left by a run that died. */
const ABANDONED_MS = 10 * 60 * 1000;

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--font-render-hinting=none'];

/** Starts a headless browser. The caller closes it. @throws Error saying what to do when there is no browser for this machine. */
export async function launch(): Promise<Browser> {
  return await chromium.launch({ executablePath: await findChromium(), args: ARGUMENTS, headless: true });
}

async function findChromium(): Promise<string> {
  const told = process.env['CHROME_PATH'];
  if (told !== undefined && told !== '') {
    if (!existsSync(told)) throw new Error(`CHROME_PATH names ${told}, which does not exist`);
    return told;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('Browser tests need Chrome or Chromium here: install it and set CHROME_PATH to its program file.');
  }
  return await unpacked();
}

async function unpacked(): Promise<string> {
  // Unpacked files are readable by their owner only.
  const home = join(CACHE, String(userInfo().uid));
  const ready = join(home, 'ready');
  const program = join(ready, 'chromium');
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  // Without its program it is not what a rename left.
  rmSync(ready, { recursive: true, force: true });
  removeAbandoned(home);
  const fresh = mkdtempSync(join(home, 'unpacking-'));
  // A process of its own, because the package asks for the temporary folder by a variable of the whole process.
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK], { cwd: ROOT, env: { ...process.env, TMPDIR: fresh } });
  try {
    renameSync(fresh, ready);
  } catch (error) {
    // Another test file was quicker: its copy is as good.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(program)) throw error;
  }
  return program;
}

function removeAbandoned(home: string): void {
  for (const name of readdirSync(home)) {
    const path = join(home, name);
    const left = statSync(path, { throwIfNoEntry: false });
    if (left === undefined || !name.startsWith('unpacking-')) continue;
    if (Date.now() - left.mtimeMs > ABANDONED_MS) rmSync(path, { recursive: true, force: true });
  }
}
