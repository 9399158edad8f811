import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { completeLines, folderError, sha256 } from './files.ts';
import { FILES, readListed, REMEDY } from './manifest.ts';
import { readParquet } from './parquet.ts';
import { ordinalOf, replicationAt, type StudyPlan } from './plan.ts';
import { failed, Rows, type Row } from './rows.ts';
import { firstIssue, PartialLine, StoredRow, type Manifest } from './schema.ts';

/** Digits of the line's hash in front of it: finds damage, no protection against malice. */
const SUM = 16;
const LARGEST_PARQUET = 2 ** 31;

/** One line of runs.partial.jsonl: hash, then a replication of a group. Doubles survive JSON exactly. */
export function partialText(group: number, replication: number, runs: readonly Row[]): string {
  const data = runs.map((row) =>
    failed(row)
      ? { error: row.error }
      : [row.fingerprint, row.succeeded, Array.from(row.values, (value) => (value === value ? value : null))],
  );
  const text = JSON.stringify({ group, replication, runs: data });
  return `${sha256(text).slice(0, SUM)} ${text}\n`;
}

/**
 * Fills `rows` with what a folder holds: the partial file while there is one, else the finished Parquet files.
 * @param stored the folder's own plan; its arms are those of `rows.plan`. @throws InputError on damage, naming file and line.
 * @returns how far the folder goes: 1 + the last replication in the plan's order that it holds, failed ones included
 */
export async function readRows(
  folder: string,
  manifest: Manifest,
  stored: StudyPlan,
  rows: Rows,
  options: { keepFailures: boolean },
): Promise<number> {
  let held = 0;
  const keep = (group: number, ordinal: number, runs: readonly Row[]): void => {
    held = Math.max(held, ordinal + 1);
    if (options.keepFailures || !runs.some(failed)) rows.add(group, ordinal, runs);
  };
  if (existsSync(join(folder, FILES.partial)) && manifest.finished === null) readPartial(folder, rows, keep);
  else if (manifest.finished !== null) await readFinished(folder, manifest, stored, rows, keep);
  return held;
}

type Keep = (group: number, ordinal: number, runs: readonly Row[]) => void;

function readPartial(folder: string, rows: Rows, keep: Keep): void {
  const file = join(folder, FILES.partial);
  const { plan } = rows;
  const width = plan.outcomeSpecs.length;
  let number = 0;
  for (const line of completeLines(file)) {
    number++;
    const bad = (why: string) => folderError(file, `${file} is damaged: ${why}`, REMEDY, number);
    const text = line.slice(SUM + 1);
    if (sha256(text).slice(0, SUM) !== line.slice(0, SUM)) throw bad('the line does not have the hash in front of it');
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      throw bad('the line is not JSON');
    }
    const parsed = PartialLine.safeParse(data);
    if (!parsed.success) throw bad(firstIssue(parsed.error));
    const { group, replication, runs } = parsed.data;
    if (group >= rows.groups.length || runs.length !== rows.runsOf(group)) throw bad('the study has no such group of arms');
    const ordinal = ordinalOf(plan, replication);
    if (ordinal < 0) throw bad(`replication ${replication} belongs to another shard`);
    if (rows.has(group, ordinal)) throw bad(`replication ${replication} is there twice`);
    keep(
      group,
      ordinal,
      runs.map((run): Row => {
        if (!Array.isArray(run)) return { error: run.error };
        if (run[2].length !== width) throw bad(`${run[2].length} outcomes where ${width} are expected`);
        return { fingerprint: run[0], succeeded: run[1], values: Float64Array.from(run[2], (value) => value ?? NaN) };
      }),
    );
  }
}

async function readFinished(folder: string, manifest: Manifest, stored: StudyPlan, rows: Rows, keep: Keep): Promise<void> {
  const n = manifest.finished!.replications;
  const { plan, groups } = rows;
  const arms = await readColumns(
    folder,
    FILES.runs,
    manifest,
    stored,
    stored.arms.map((arm) => arm.id),
    n,
  );
  const free = await readColumns(
    folder,
    FILES.attackFree,
    manifest,
    stored,
    groups.map((group) => group.id),
    n,
  );
  for (let ordinal = 0; ordinal < n; ordinal++)
    groups.forEach((group, g) =>
      keep(g, ordinalOf(plan, replicationAt(stored, ordinal)), [free[g]![ordinal]!, ...group.arms.map((arm) => arms[arm]![ordinal]!)]),
    );
}

/** Rows by arm, then ordinal, each checked for being the one that belongs there. */
async function readColumns(
  folder: string,
  name: string,
  manifest: Manifest,
  stored: StudyPlan,
  ids: readonly string[],
  n: number,
): Promise<Row[][]> {
  const file = join(folder, name);
  const bytes = readListed(folder, name, manifest, LARGEST_PARQUET);
  try {
    const records = await readParquet(bytes, ids.length * n);
    return ids.map((id, column) =>
      Array.from({ length: n }, (_, ordinal) => rowOf(records[column * n + ordinal], id, replicationAt(stored, ordinal), stored)),
    );
  } catch (error) {
    // The reader of a foreign binary format may throw anything at a file that was made to break it.
    throw folderError(file, `${file} is damaged: ${(error instanceof Error ? error.message : String(error)).slice(0, 200)}`, REMEDY);
  }
}

function rowOf(record: Record<string, unknown> | undefined, id: string, replication: number, plan: StudyPlan): Row {
  const parsed = StoredRow.safeParse(record);
  if (!parsed.success) throw new Error(firstIssue(parsed.error));
  const row = parsed.data;
  if (row.arm !== id || row.replication !== replication)
    throw new Error(`row of ${row.arm}, replication ${row.replication}, stands where ${id}, ${replication} is expected`);
  if (row.seed !== BigInt(plan.seed)) throw new Error(`row of ${id}, replication ${replication}, has seed ${row.seed}`);
  if (row.error !== null) return { error: row.error };
  if (row.fingerprint === null) throw new Error(`row of ${id}, replication ${replication}, has neither fingerprint nor error`);
  const values = plan.outcomeSpecs.map((spec) => {
    const value = record![spec.id];
    if (value === null) return NaN;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new Error(`${spec.id} of ${id}, replication ${replication}, is no number`);
    return value;
  });
  return { fingerprint: row.fingerprint, succeeded: row.succeeded, values: Float64Array.from(values) };
}
