import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorldSpec } from '../model/spec.ts';
import { folderError, readLimited, sha256 } from './files.ts';
import { canonical, packageFile, scenarioHash, spelledOut, type Identity } from './identity.ts';
import type { StudyPlan } from './plan.ts';
import { firstIssue, ManifestSchema, ScenarioSchema, type Manifest } from './schema.ts';

export const FILES = {
  manifest: 'manifest.json',
  scenario: 'scenario.json',
  partial: 'runs.partial.jsonl',
  runs: 'runs.parquet',
  attackFree: 'attack-free.parquet',
  summary: 'summary.json',
} as const;

const LARGEST_MANIFEST = 16 << 20;
const LARGEST_SCENARIO = 256 << 20;

/** The manifest of a plan; equal plans and identities give equal bytes but for `execution`. */
export function manifestOf(
  plan: StudyPlan,
  identity: Identity,
  level: number,
  finished: Manifest['finished'],
  execution: Record<string, unknown>,
): Manifest {
  return {
    format: 1,
    simulated: true,
    study: plan.id,
    question: plan.question,
    code: identity.code,
    catalogue: identity.catalogue,
    registry: identity.registry,
    scenario: identity.scenario,
    seeds: { seed: plan.seed, replication: 'every draw is a function of seed, replication and its own address; all arms share them' },
    packages: { ...packageFile().packages },
    hours: plan.hours,
    course: plan.course,
    baseline: plan.baseline,
    summarised: [...plan.outcomes],
    outcomes: plan.outcomeSpecs.map(spelledOut),
    arms: plan.arms.map(({ id, threat, set, mitigations }) => ({ id, threat, set, mitigations: [...mitigations] })),
    replications: plan.replications,
    shard: plan.shard,
    level,
    finished,
    execution,
  };
}

/** scenario.json: what every arm ran, complete, so that a folder can be replayed without its inputs. */
export function scenarioText(plan: StudyPlan): string {
  const shared = plan.arms[0]!.spec.parameters;
  const key = canonical(shared);
  const worlds = plan.arms.map(({ spec }) => {
    const { parameters, ...world } = spec;
    return canonical(parameters) === key ? world : { ...world, parameters };
  });
  return `${JSON.stringify({ parameters: shared, worlds }, null, 1)}\n`;
}

export const identityOf = (manifest: Manifest): Identity => ({
  code: manifest.code,
  catalogue: manifest.catalogue,
  registry: manifest.registry,
  scenario: manifest.scenario,
  seed: manifest.seeds.seed,
});

/** Reads and checks manifest.json. @throws InputError */
export function readManifest(folder: string): Manifest {
  const file = join(folder, FILES.manifest);
  if (!existsSync(file))
    throw folderError(
      file,
      `${folder} is no results folder: it has no ${FILES.manifest}`,
      'Give a folder that "homeward study --out" has written',
    );
  const parsed = ManifestSchema.safeParse(readJson(file, LARGEST_MANIFEST));
  if (!parsed.success) throw folderError(file, `${file} is damaged: ${firstIssue(parsed.error)}`, REMEDY);
  return parsed.data;
}

/** The plan a folder was made from, its worlds checked against the manifest's hash. @throws InputError */
export function planOf(folder: string, manifest: Manifest): StudyPlan {
  const file = join(folder, FILES.scenario);
  const data = readJson(file, LARGEST_SCENARIO);
  const parsed = ScenarioSchema.safeParse(data);
  if (!parsed.success) throw folderError(file, `${file} is damaged: ${firstIssue(parsed.error)}`, REMEDY);
  // The data as read, not zod's copy: that has its keys in another order, and a merged folder must have the same bytes.
  const { parameters, worlds } = data as { readonly parameters: WorldSpec['parameters']; readonly worlds: readonly WorldSpec[] };
  if (worlds.length !== manifest.arms.length)
    throw folderError(file, `${file} has ${worlds.length} worlds for ${manifest.arms.length} arms`, REMEDY);
  const plan: StudyPlan = {
    id: manifest.study,
    question: manifest.question,
    hours: manifest.hours,
    course: manifest.course,
    seed: manifest.seeds.seed,
    baseline: manifest.baseline,
    outcomes: manifest.summarised,
    outcomeSpecs: manifest.outcomes,
    replications: manifest.replications,
    shard: manifest.shard,
    arms: manifest.arms.map((arm, i) => ({ ...arm, spec: { ...worlds[i]!, parameters: worlds[i]!.parameters ?? parameters } })),
  };
  if (scenarioHash(plan) !== manifest.scenario) throw folderError(file, `${file} does not have the hash that the manifest gives`, REMEDY);
  // The worlds' hash does not cover what the manifest repeats of them, and estimates go by it.
  if (plan.arms.some(({ spec }) => spec.hours !== plan.hours || spec.course !== plan.course))
    throw folderError(
      join(folder, FILES.manifest),
      `${folder} is damaged: the manifest has other hours, or another course, than ${file}`,
      REMEDY,
    );
  return plan;
}

export const REMEDY = 'Restore the folder from a copy, or run the study again into another one';

function readJson(file: string, limit: number): unknown {
  const text = new TextDecoder().decode(readLimited(file, limit));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw folderError(file, `${file} is not JSON: ${(error as Error).message.slice(0, 200)}`, REMEDY);
  }
}

/** Bytes of a file that the manifest lists, its hash checked. @throws InputError */
export function readListed(folder: string, name: string, manifest: Manifest, limit: number): Uint8Array {
  const file = join(folder, name);
  const bytes = readLimited(file, limit);
  if (manifest.finished?.files[name] !== sha256(bytes))
    throw folderError(file, `${file} is damaged: its hash is not the manifest's`, REMEDY);
  return bytes;
}
