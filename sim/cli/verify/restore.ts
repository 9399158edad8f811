import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import { EXIT } from '../failures.ts';
import { openProject } from '../project.ts';
import { reasonOf, told, type Extent, type Finding } from './check.ts';
import { homesOf, pairOf, runWhole, takeApart, type Ending } from './pair.ts';

/** Longest run, simulated hours: every threat event has begun by the second. */
const LONGEST = 4;
/** A trace tail's answer is one line; results of long runs with many alerts are large. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Compiled code beside this file; from source (tests) the build's, since a process of Node 20 does not load TypeScript. */
const child = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/sim/cli/verify/restored.js' : './restored.js', import.meta.url));

/** Goes on from the snapshots in these files, in a process of its own. @throws Error with what that process said */
export async function inFreshProcess(files: readonly string[]): Promise<readonly Ending[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [child(), ...files], { maxBuffer: MOST_OUTPUT }).catch(
    (error: Error & { readonly stderr?: string }) => {
      const line = error.stderr?.split('\n').find((text) => /^\w*Error\b/.test(text));
      throw new Error(`the fresh process failed: ${line ?? error.message}`);
    },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Ending);
}

/**
 * Principle 1 at random: a home's run is taken apart at a random instant, written to a file, and goes on in a process that
 * has seen nothing of what came before; result and trace equal those of a run that nobody interrupted. Exact, no false alarms;
 * 200 pairs miss a defect that shows in 1.5 % of pairs in 5 of 100 cases.
 */
export async function restore({ pairs, seed, progress }: Extent, longest = LONGEST): Promise<Finding> {
  const { reader, catalogue, library } = openProject();
  const homes = homesOf(reader, catalogue);
  const folder = mkdtempSync(join(tmpdir(), 'homeward-verify-'));
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  const stop = (): void => {
    tidy();
    process.exit(EXIT.interrupted);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const failures: string[] = [];
  const sizes: number[] = [];
  const seen = new Set<string>();
  let events = 0;
  let lines = 0;
  try {
    for (let n = 0; n < pairs; n++) {
      const pair = pairOf(seed + n, homes, library, catalogue, longest);
      seen.add(pair.spec.id);
      const complain = (what: string): void =>
        void failures.push(`homeward verify --only restore --seed ${seed + n} --pairs 1 (${pair.name}): ${what}`);
      try {
        const apart = takeApart(pair, catalogue);
        const bytes = serialize(apart.snapshot);
        sizes.push(bytes.length);
        const file = join(folder, String(n));
        writeFileSync(file, bytes);
        // The uninterrupted run meanwhile, on the other core.
        const [[found], wanted] = await Promise.all([inFreshProcess([file]), runLater(() => runWhole(pair, catalogue, apart.lines))]);
        rmSync(file);
        events += wanted.result.events;
        lines += wanted.lines;
        const difference = differenceOf(wanted, found!);
        if (difference !== null) complain(difference);
      } catch (error) {
        complain(reasonOf(error));
      }
      progress(n + 1, pairs, 'restore');
    }
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    tidy();
  }
  sizes.sort((a, b) => a - b);
  return {
    check: 'restore',
    pass: failures.length === 0,
    figures: {
      pairs,
      homes: seen.size,
      events,
      traceLines: lines,
      snapshotBytesMedian: sizes[sizes.length >> 1] ?? 0,
      snapshotBytesLargest: sizes.at(-1) ?? 0,
    },
    failures: told(failures),
  };
}

/** After the child has been started. */
const runLater = async <T>(work: () => T): Promise<T> => {
  await new Promise((resolve) => setImmediate(resolve));
  return work();
};

/** null when two endings are the same; a snapshot went through JSON on one side only. */
export function differenceOf(wanted: Ending, found: Ending): string | null {
  if (found.result.fingerprint !== wanted.result.fingerprint)
    return `fingerprint ${found.result.fingerprint}, not ${wanted.result.fingerprint}`;
  if (JSON.stringify(found.result) !== JSON.stringify(wanted.result)) return 'the same fingerprint, but another result';
  if (found.lines !== wanted.lines) return `${found.lines} lines of trace after the instant, not ${wanted.lines}`;
  return found.digest === wanted.digest ? null : 'another trace after the instant';
}
