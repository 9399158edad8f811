import { join } from 'node:path';
import { folderError } from './files.ts';
import { mismatch } from './identity.ts';
import { FILES } from './manifest.ts';
import { ordinalOf, replicationAt, shareOf, type StudyPlan } from './plan.ts';
import { readResults, type StoredStudy } from './read.ts';
import { Rows } from './rows.ts';
import { ResultsFolder } from './store.ts';
import { summarise, type StudyResult } from './summary.ts';

/**
 * Joins the folders of a study's shards into the folder that one machine would have written (same bytes but for `execution`).
 * @throws InputError when shards are missing, double, unfinished, or belong to different studies; each is named.
 */
export async function mergeShards(
  paths: readonly string[],
  out: string,
  options: { level?: number; overwrite?: boolean } = {},
): Promise<StudyResult> {
  const { rows, identity, level } = await joinShards(paths);
  const used = options.level ?? level;
  const folder = ResultsFolder.create(out, rows.plan, identity, { level: used, workers: 0, overwrite: options.overwrite ?? false });
  try {
    const result = summarise(rows, rows.prefix, used);
    folder.finish(rows, result);
    return result;
  } finally {
    folder.close();
  }
}

/** The whole study's table from its shards, without writing anything. */
export async function joinShards(paths: readonly string[]): Promise<{ rows: Rows; identity: StoredStudy['identity']; level: number }> {
  const shards: StoredStudy[] = [];
  for (const path of paths) shards.push(await readResults(path));
  const first = shards[0];
  if (first === undefined) throw folderError('merge', 'no folder was given', 'Name the folders of all shards');
  const { shard: own } = first.plan;
  if (own === null)
    throw folderError(
      join(first.path, FILES.manifest),
      `${first.path} holds a whole study, no shard`,
      'Merge the folders of "study --shard i/n"',
    );
  const owners = new Map<number, string>();
  for (const shard of shards) check(shard, first, owners);
  const missing = Array.from({ length: own.of }, (_, i) => i + 1).filter((index) => !owners.has(index));
  if (missing.length > 0)
    throw folderError(
      join(first.path, FILES.manifest),
      `shard ${missing.map((index) => `${index}/${own.of}`).join(', ')} is missing`,
      'Name the folders of all shards',
    );

  const plan: StudyPlan = { ...first.plan, shard: null };
  const rows = new Rows(plan);
  for (const shard of shards)
    for (let ordinal = 0; ordinal < shard.replications; ordinal++)
      rows.groups.forEach((group, g) => {
        const whole = ordinalOf(plan, replicationAt(shard.plan, ordinal));
        rows.add(g, whole, [shard.rows.attackFree(g, ordinal), ...group.arms.map((arm) => shard.rows.arm(arm, ordinal))]);
      });
  return { rows, identity: first.identity, level: first.manifest.level };
}

/** What the merged folder can have only one of; nothing in it may depend on which folder was named first. */
function differences(shard: StoredStudy, first: StoredStudy): readonly { what: string; here: string; there: string }[] {
  const told = ({ plan, manifest }: StoredStudy): readonly (readonly [string, string])[] => [
    ['name', plan.id],
    ['question', plan.question],
    ['baseline', plan.baseline ?? 'no set'],
    ['list of outcomes', plan.outcomes.join(', ') || 'all'],
    ['stopping rule', JSON.stringify(plan.replications)],
    ['confidence level', String(manifest.level)],
  ];
  const there = told(first);
  return told(shard).flatMap(([what, here], i) => (here === there[i]![1] ? [] : [{ what, here, there: there[i]![1] }]));
}

function check(shard: StoredStudy, first: StoredStudy, owners: Map<number, string>): void {
  const file = join(shard.path, FILES.manifest);
  const different = mismatch(first.identity, shard.identity);
  if (different !== null)
    throw folderError(
      file,
      `${shard.path} does not belong to ${first.path}: it has another ${different}`,
      'Merge shards of one study only',
    );
  const own = shard.plan.shard;
  const { of } = first.plan.shard!;
  if (own === null || own.of !== of)
    throw folderError(
      file,
      `${shard.path} is ${own === null ? 'a whole study' : `shard ${own.index}/${own.of}`}, not one of ${of} shards`,
      'Merge shards of one study only',
    );
  const twin = owners.get(own.index);
  if (twin !== undefined) throw folderError(file, `${shard.path} is shard ${own.index}/${of}, and so is ${twin}`, 'Name every shard once');
  owners.set(own.index, shard.path);
  const total = first.plan.replications.atLeast;
  if (shard.plan.replications.atLeast !== total)
    throw folderError(
      file,
      `${shard.path} was made for ${shard.plan.replications.atLeast} replications, ${first.path} for ${total}`,
      'Run all shards with the same number',
    );
  const unlike = differences(shard, first)[0];
  if (unlike !== undefined)
    throw folderError(
      file,
      `${shard.path} has another ${unlike.what} (${unlike.here} and ${unlike.there} in ${first.path})`,
      'Run one of them like the other, with --resume (and --level): what is finished is not run again',
    );
  const share = shareOf(shard.plan, total);
  if (!shard.complete || shard.replications !== share)
    throw folderError(file, `${shard.path} is not finished: ${shard.replications} of ${share} replications`, 'Finish it with --resume');
}
