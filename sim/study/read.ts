import { join } from 'node:path';
import type { WorldSpec } from '../model/spec.ts';
import { folderError } from './files.ts';
import { identify, mismatch, type Identity } from './identity.ts';
import { FILES, identityOf, planOf, readManifest, REMEDY } from './manifest.ts';
import { readRows } from './partial.ts';
import { ordinalOf, replicationAt, type StudyPlan } from './plan.ts';
import { failed, Rows } from './rows.ts';
import type { Manifest } from './schema.ts';
import { summarise, type StudyResult } from './summary.ts';

/** A results folder, checked. */
export interface StoredStudy {
  readonly path: string;
  readonly manifest: Manifest;
  readonly identity: Identity;
  readonly plan: StudyPlan;
  readonly rows: Rows;
  /** Replications that every arm has. */
  readonly replications: number;
  /** false: interrupted, or still being written. */
  readonly complete: boolean;
}

/** Reads a finished or interrupted folder. @throws InputError naming file and what is wrong; nothing in a folder can crash the program. */
export async function readResults(path: string): Promise<StoredStudy> {
  const manifest = readManifest(path);
  const plan = planOf(path, manifest);
  let rows: Rows;
  try {
    rows = new Rows(plan);
  } catch (error) {
    throw folderError(join(path, FILES.manifest), `${path} describes no possible study: ${(error as Error).message}`, REMEDY);
  }
  await readRows(path, manifest, plan, rows, { keepFailures: true });
  const replications = rows.prefix;
  const { finished } = manifest;
  if (finished !== null && (finished.replications !== replications || rows.fingerprint(replications) !== finished.fingerprint))
    throw folderError(join(path, FILES.runs), `${path} is damaged: its runs do not have the manifest's fingerprint`, REMEDY);
  return { path, manifest, identity: identityOf(manifest), plan, rows, replications, complete: finished !== null };
}

/** The folder's study document, at its own or another level; for `results`. Partial folders give the finished prefix. */
export const summaryOf = (study: StoredStudy, level: number = study.manifest.level): StudyResult =>
  summarise(study.rows, study.replications, level);

/** What `replay` needs: the world to run, and what must come out. */
export interface Replay {
  readonly spec: WorldSpec;
  readonly seed: number;
  readonly replication: number;
  /** null when the stored run failed; so are its outcomes. */
  readonly fingerprint: string | null;
  readonly error: string | null;
  /** Whether the threat reached its goal; null without a threat. */
  readonly succeeded: boolean | null;
  /** By outcome; null where it did not happen. */
  readonly outcomes: Readonly<Record<string, number | null>> | null;
}

/**
 * Finds one run of a folder. @param arm an arm's id, or `attack-free/<set>`.
 * @param own identity of this program for the folder's plan; computed when absent.
 * @throws InputError for an unknown arm or replication, and when code, catalogue or registry are not those of the folder.
 */
export function replayOf(study: StoredStudy, arm: string, replication: number, own: Identity = identify(study.plan)): Replay {
  const file = join(study.path, FILES.manifest);
  const different = mismatch(own, study.identity);
  if (different !== null)
    throw folderError(
      file,
      `${study.path} cannot be replayed: it has another ${different}`,
      'Use the version of Homeward and the inputs it was made with',
    );
  const { plan, rows } = study;
  const ids = [...plan.arms.map((candidate) => candidate.id), ...rows.groups.map((group) => group.id)];
  const column = ids.indexOf(arm);
  if (column < 0) throw folderError(file, `no arm is called ${arm}`, `Arms: ${ids.slice(0, 50).join(', ')}`);
  const ordinal = ordinalOf(plan, replication);
  if (!Number.isInteger(replication) || ordinal < 0 || ordinal >= study.replications)
    throw folderError(file, `${arm} has no replication ${replication}`, `It has ${held(study)}`);
  const group = column - plan.arms.length;
  const row = group < 0 ? rows.arm(column, ordinal) : rows.attackFree(group, ordinal);
  const spec = group < 0 ? plan.arms[column]!.spec : rows.groups[group]!.spec;
  const run = { spec, seed: plan.seed, replication };
  if (failed(row)) return { ...run, fingerprint: null, error: row.error, succeeded: null, outcomes: null };
  const { fingerprint, succeeded, values } = row;
  const outcomes = Object.fromEntries(plan.outcomeSpecs.map(({ id }, i) => [id, Number.isNaN(values[i]) ? null : values[i]!]));
  return { ...run, fingerprint, error: null, succeeded, outcomes };
}

/** The replications of a folder in words: "3, from 1 to 7 in steps of 3". */
function held({ plan, replications: n }: StoredStudy): string {
  const [first, last] = [replicationAt(plan, 0), replicationAt(plan, n - 1)];
  if (n < 2) return n === 0 ? 'none yet' : `1, number ${first}`;
  const step = plan.shard === null ? '' : ` in steps of ${plan.shard.of}`;
  return `${n}, from ${first} to ${last}${step}`;
}
