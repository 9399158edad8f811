import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { loadHome, resolve } from '../../scenario/index.ts';
import { run } from '../../world/run.ts';
import { ROOT } from '../place.ts';
import { openProject } from '../project.ts';
import type { Extent, Finding } from './check.ts';

/** The variable that names another Node, and the names under which one is looked for on PATH. */
const VARIABLE = 'HOMEWARD_NODE';
const NAMES = [26, 25, 24, 23, 22, 21, 20].flatMap((major) => [`node${major}`, `node-${major}`]);

const HOME = 'reference';
const HOURS = 2;
const CASES: readonly (readonly [threat: string | null, mitigations: string])[] = [
  [null, 'typical'],
  ['te2-reading-tamper', 'none'],
  ['te5-router-to-hospital', 'recommended'],
];

interface Other {
  readonly path: string;
  readonly version: string;
}

/** A Node other than this one: the one that the environment names, else the newest on PATH. null: none is at hand. */
export function otherNode(environment: Readonly<Record<string, string | undefined>> = process.env): Other | null {
  const named = environment[VARIABLE];
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = named !== undefined && named !== '' ? [named] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of candidates) {
    if (named === undefined && (!existsSync(path) || realpathSync(path) === realpathSync(process.execPath))) continue;
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    const version = stdout?.trim() ?? '';
    if (status === 0 && /^v\d+\.\d+\.\d+\S*$/.test(version)) return { path, version };
  }
  return null;
}

/** A few runs under another Node: the same fingerprints. */
export async function otherNodes({ seed, progress }: Extent): Promise<Finding> {
  const other = otherNode();
  const named = process.env[VARIABLE] ?? '';
  const finding = (pass: boolean | null, figures: Finding['figures'], failures: readonly string[] = []): Finding => ({
    check: 'other-node',
    pass,
    figures: { here: process.version, ...figures },
    failures,
  });
  // Named and not to be had is a mistake; not named and not there is how most machines are.
  if (other === null)
    return named === ''
      ? finding(null, { there: 'not at hand' })
      : finding(false, { there: named }, [`${VARIABLE}: ${named} does not run, or is no Node`]);
  const { reader, catalogue, library } = openProject();
  const home = loadHome(`scenarios/homes/${HOME}.yaml`, reader, catalogue);
  const failures: string[] = [];
  CASES.forEach(([threat, mitigations], n) => {
    const here = run(resolve(home, { threat, mitigations, hours: HOURS }, library, catalogue), catalogue, {
      seed,
      replication: n,
    }).fingerprint;
    const args = ['run', HOME, '--mitigations', mitigations, '--hours', `${HOURS}`, '--seed', `${seed}`, '--replication', `${n}`, '--json'];
    const there = printOf(other, threat === null ? args : [...args, '--threat', threat]);
    if (there !== here)
      failures.push(
        `homeward ${args.join(' ')}${threat === null ? '' : ` --threat ${threat}`}: ${there} under ${other.version}, ${here} here`,
      );
    progress(n + 1, CASES.length, 'other-node');
  });
  return finding(failures.length === 0, { there: other.version, runs: CASES.length }, failures);
}

/** Fingerprint of a run of the built program under another Node, or what it said instead. */
function printOf(other: Other, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(other.path, [join(ROOT, 'dist', 'sim', 'cli', 'main.js'), ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) return `(${error?.message ?? stderr.trim().split('\n', 1)[0] ?? 'no answer'})`;
  return (JSON.parse(stdout) as { readonly fingerprint: string }).fingerprint;
}
