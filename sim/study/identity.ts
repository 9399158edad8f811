import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutcomeSpec } from '../model/result.ts';
import type { StudyPlan } from './plan.ts';

/** What a result belongs to. Two results with equal identity and replication are the same bytes; anything else refuses to mix. */
export interface Identity {
  /** Version of the package and SHA-256 of the engine's own files. */
  readonly code: string;
  /** SHA-256 of devices and techniques. */
  readonly catalogue: string;
  /** SHA-256 of all parameters with their sources. */
  readonly registry: string;
  /** SHA-256 of every arm's world. */
  readonly scenario: string;
  readonly seed: number;
}

/** What people read when an identity does not match. */
export const IDENTITY_NAMES: Readonly<Record<keyof Identity, string>> = {
  code: 'code version',
  catalogue: 'catalogue of devices and techniques',
  registry: 'parameter registry',
  scenario: 'scenario',
  seed: 'seed',
};

/** Identity of what this program would run for a plan. Reads its own code from disk, some 2 MB. */
export function identify(plan: StudyPlan): Identity {
  return { ...codeIdentity(), registry: registryHash(plan), scenario: scenarioHash(plan), seed: plan.seed };
}

let code: Pick<Identity, 'code' | 'catalogue'> | null = null;

/** Folders whose code can change a run's fingerprint; statistics and front ends cannot. */
const ENGINE = ['sim/kernel', 'sim/model', 'sim/network', 'sim/world', 'sim/catalogue'];
const CATALOGUE = ['devices', 'attacks'];

function codeIdentity(): Pick<Identity, 'code' | 'catalogue'> {
  if (code !== null) return code;
  const own = fileURLToPath(import.meta.url);
  const root = join(dirname(own), '..', '..');
  const extension = own.endsWith('.ts') ? '.ts' : '.js';
  code = { code: `${packageFile().version}+${hashFiles(root, ENGINE, extension)}`, catalogue: hashFiles(root, CATALOGUE, extension) };
  return code;
}

/** SHA-256 over names and contents of the code files below some folders, in code-unit order of their names. */
function hashFiles(root: string, places: readonly string[], extension: string): string {
  const files: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) walk(child);
      else if (entry.name.endsWith(extension) && !entry.name.endsWith('.d.ts')) files.push(child);
    }
  };
  for (const place of places) {
    if (place === 'sim/catalogue') files.push(join(root, `${place}${extension}`));
    else walk(join(root, place));
  }
  const hash = createHash('sha256');
  const names = files.map((file) => ({ file, name: relative(root, file).split(sep).join('/') }));
  for (const { file, name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = contentOf(file);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Line ends differ between checkouts on different systems; the code does not. */
function contentOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}

/** The nearest package.json above this file: version and exact versions of the packages. */
export function packageFile(): { readonly version: string; readonly packages: Readonly<Record<string, string>> } {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const data = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        version: string;
        dependencies: Record<string, string>;
      };
      return { version: data.version, packages: data.dependencies };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === dirname(folder)) throw error;
    }
  }
}

/** SHA-256 of the arms' ids and worlds. */
export function scenarioHash(plan: StudyPlan): string {
  const arms = plan.arms.map(({ id, threat, set, mitigations, spec }) => ({ id, threat, set, mitigations, spec }));
  const outcomes = plan.outcomeSpecs.map(spelledOut);
  return sha256({ arms, outcomes });
}

/** An outcome's properties that decide its numbers, with what is meant where one is absent. */
export function spelledOut({
  id,
  unit,
  kind,
  better,
  bounds,
  withinRun,
  absent,
  sinceAttack,
}: OutcomeSpec): Required<Omit<OutcomeSpec, 'clinical'>> {
  return { id, unit, kind, better, bounds, withinRun: withinRun ?? false, absent: absent ?? 'never', sinceAttack: sinceAttack ?? false };
}

/** SHA-256 of the parameters that the arms use, each list once: most arms share theirs, and their number says nothing. */
export function registryHash(plan: StudyPlan): string {
  const lists = new Set(plan.arms.map((arm) => canonical(arm.spec.parameters)));
  return sha256([...lists].sort());
}

const sha256 = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

/** JSON with keys in code-unit order: equal data, equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** The first thing in which two identities differ, in words; null when they are equal. */
export function mismatch(own: Identity, other: Identity): string | null {
  for (const key of Object.keys(IDENTITY_NAMES) as (keyof Identity)[])
    if (own[key] !== other[key]) return `${IDENTITY_NAMES[key]} (${shorten(other[key])} there, ${shorten(own[key])} here)`;
  return null;
}

/** Twelve digits of a hash tell apart what people compare. */
const shorten = (value: string | number): string => String(value).replace(/[0-9a-f]{64}/g, (hash) => hash.slice(0, 12));
