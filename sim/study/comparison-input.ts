import { basename, join, resolve } from 'node:path';
import { folderError } from './files.ts';
import { FILES } from './manifest.ts';
import { joinShards } from './merge.ts';
import type { PlannedArm, StudyPlan } from './plan.ts';
import { readResults, type StoredStudy } from './read.ts';
import { Rows } from './rows.ts';
import { looks } from './stopping.ts';

export interface ComparisonInput {
  readonly rows: Rows;
  /** Leading replications that every folder has. */
  readonly replications: number;
  /** The folder's, of several the first one's. */
  readonly level: number;
  /** Folders of which not everything is compared: not finished, or with more replications than another. */
  readonly partly: readonly Pick<StoredStudy, 'path' | 'complete' | 'replications'>[];
}

/**
 * The table that `compare DIR…` works on: one folder; the shards of one study; or several studies side by side, whose
 * arms are paired by replication. Where a later folder has arms of a threat event that clash with an earlier one's, its sets
 * of that threat event get `@<folder>` behind them; its others keep their names, so that they keep their baseline.
 * @throws InputError when folders cannot be paired: another seed, code version, catalogue or list of outcomes.
 */
export async function readForComparison(paths: readonly string[]): Promise<ComparisonInput> {
  const twice = paths.find((path, i) => paths.slice(0, i).some((other) => resolve(other) === resolve(path)));
  if (twice !== undefined) throw folderError(twice, `${twice} is named twice`, 'Name every folder once');
  const studies: StoredStudy[] = [];
  for (const path of paths) studies.push(await readResults(path));
  const first = studies[0];
  if (first === undefined) throw folderError('compare', 'no folder was given', 'Name a results folder');
  const several = studies.length > 1;
  if (several && studies.every((study) => study.identity.scenario === first.identity.scenario && study.plan.shard !== null)) {
    const { rows, level } = await joinShards(paths);
    return { rows, replications: rows.prefix, level, partly: [] };
  }
  if (several) for (const study of studies) pairable(study, first);
  const replications = Math.min(...studies.map((study) => study.replications));
  const partly = studies
    .filter((study) => !study.complete || study.replications > replications)
    .map(({ path, complete, replications: held }) => ({ path, complete, replications: held }));
  return { rows: several ? sideBySide(studies, replications) : first.rows, replications, level: first.manifest.level, partly };
}

function pairable(study: StoredStudy, first: StoredStudy): void {
  const refuse = (what: string): never => {
    throw folderError(
      join(study.path, FILES.manifest),
      `${study.path} cannot be paired with ${first.path}: ${what}`,
      'Compare studies made by one version with one seed',
    );
  };
  if (study.plan.shard !== null) refuse('it is a shard; merge its study first');
  if (study.identity.seed !== first.identity.seed) refuse(`another seed (${study.identity.seed} and ${first.identity.seed})`);
  if (study.identity.code !== first.identity.code) refuse('another code version');
  if (study.identity.catalogue !== first.identity.catalogue) refuse('another catalogue');
  if (study.plan.hours !== first.plan.hours) refuse(`other simulated hours (${study.plan.hours} and ${first.plan.hours})`);
  if (study.plan.course !== first.plan.course) refuse(`another course (${study.plan.course} and ${first.plan.course})`);
  if (JSON.stringify(study.plan.outcomeSpecs) !== JSON.stringify(first.plan.outcomeSpecs)) refuse('other outcomes');
}

function sideBySide(studies: readonly StoredStudy[], replications: number): Rows {
  const first = studies[0]!;
  const taken = new Set<string>();
  const arms: PlannedArm[] = [];
  const origins: { readonly study: StoredStudy; readonly arm: number }[] = [];
  for (const study of studies) {
    const folder = basename(resolve(study.path));
    const clashing = new Set(study.plan.arms.filter((arm) => taken.has(arm.id)).map((arm) => arm.threat));
    study.plan.arms.forEach((arm, index) => {
      const mark = clashing.has(arm.threat) ? `@${folder}` : '';
      const set = `${arm.set}${mark}`;
      const id = `${arm.id}${mark}`;
      if (taken.has(id))
        throw folderError(study.path, `another folder is called ${folder} too`, 'Rename one of them: the names tell their arms apart');
      arms.push({ ...arm, id, set });
      origins.push({ study, arm: index });
    });
    for (const arm of arms) taken.add(arm.id);
  }
  // Intervals cover for the looks of whichever rule took most.
  const looksOf = (study: StoredStudy): number => looks(study.plan.replications).length;
  const watched = studies.reduce((most, study) => (looksOf(study) > looksOf(most) ? study : most));
  const plan: StudyPlan = { ...first.plan, arms, replications: watched.plan.replications };
  const rows = new Rows(plan);
  rows.groups.forEach((group, g) => {
    const own = origins[group.arms[0]!]!;
    const free = own.study.rows.groupOf(own.arm);
    for (let ordinal = 0; ordinal < replications; ordinal++)
      rows.add(g, ordinal, [
        own.study.rows.attackFree(free, ordinal),
        ...group.arms.map((arm) => origins[arm]!.study.rows.arm(origins[arm]!.arm, ordinal)),
      ]);
  });
  return rows;
}
