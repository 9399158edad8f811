import { readdirSync, rmSync, statSync } from 'node:fs';
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { AppendFile, besideOf, folderError, guarded, makeFolder, sha256, writePieces, writeWhole } from './files.ts';
import { mismatch, type Identity } from './identity.ts';
import { FolderLock, LOCK } from './lock.ts';
import { FILES, identityOf, manifestOf, planOf, readManifest, scenarioText } from './manifest.ts';
import { attackFreeParquet, runsParquet } from './parquet.ts';
import { partialText, readRows } from './partial.ts';
import { replicationAt, shareOf, type StudyPlan } from './plan.ts';
import type { Row, Rows } from './rows.ts';
import { looks } from './stopping.ts';
import type { StudyResult } from './summary.ts';

/**
 * A results folder while a study writes it. Finished replications are appended to runs.partial.jsonl as they come, so
 * that an interruption loses only what is in flight; the last step turns them into the files that people read.
 */
export class ResultsFolder {
  readonly path: string;
  /** Replications that the folder went to when it was opened, failed ones included. */
  readonly held: number;
  private readonly plan: StudyPlan;
  private readonly identity: Identity;
  /** Confidence of the summary's intervals. */
  readonly level: number;
  private readonly lock: FolderLock;
  private readonly partial: AppendFile;
  private readonly started = new Date();
  private readonly earlier: readonly unknown[];
  private readonly workers: number;
  private closed = false;

  private constructor(
    path: string,
    plan: StudyPlan,
    identity: Identity,
    level: number,
    workers: number,
    lock: FolderLock,
    earlier: readonly unknown[],
    held: number,
  ) {
    this.path = path;
    this.plan = plan;
    this.identity = identity;
    this.level = level;
    this.workers = workers;
    this.lock = lock;
    this.earlier = earlier;
    this.held = held;
    this.partial = new AppendFile(join(path, FILES.partial));
  }

  /** Starts a folder. @throws InputError when it holds something already (unless `overwrite` and it is a results folder) or cannot be written. */
  static create(
    path: string,
    plan: StudyPlan,
    identity: Identity,
    options: { level: number; workers: number; overwrite?: boolean },
  ): ResultsFolder {
    makeFolder(path);
    const lock = new FolderLock(path);
    let folder: ResultsFolder | null = null;
    try {
      const names = namesIn(path);
      const own = names.includes(FILES.manifest);
      if (names.length > 0 && !isBeginning(path, names) && !(own && options.overwrite === true)) {
        const remedy = own ? 'Continue it with --resume, or choose another folder' : 'Choose an empty or a new folder';
        throw folderError(path, own ? `${path} holds the results of a study already` : `${path} is not empty`, remedy);
      }
      // The manifest goes last: it is what says that the others are ours.
      if (own) for (const name of Object.values(FILES).reverse()) rmSync(join(path, name), { force: true });
      removeLeftovers(path);
      folder = new ResultsFolder(path, plan, identity, options.level, options.workers, lock, [], 0);
      writeWhole(join(path, FILES.scenario), scenarioText(plan));
      folder.writeManifest(null);
      return folder;
    } catch (error) {
      if (folder === null) lock.release();
      else folder.close();
      throw error;
    }
  }

  /**
   * Opens an interrupted or finished folder and fills `rows` with what it holds; failed replications are run again.
   * @throws InputError when it belongs to another code version, catalogue, registry, scenario, seed or shard, naming it,
   * or goes further than the plan; the folder is then as it was.
   */
  static async resume(
    path: string,
    plan: StudyPlan,
    identity: Identity,
    rows: Rows,
    options: { level?: number | undefined; workers: number },
  ): Promise<ResultsFolder> {
    readManifest(path); // no results folder gets no lock either
    const lock = new FolderLock(path);
    let folder: ResultsFolder | null = null;
    try {
      const manifest = readManifest(path); // another program may have finished meanwhile
      const file = join(path, FILES.manifest);
      const refuse = (what: string): never => {
        throw folderError(
          file,
          `${path} cannot be resumed: it has another ${what}`,
          'Run the study into a new folder, or restore what it was made with',
        );
      };
      const different = mismatch(identity, identityOf(manifest));
      if (different !== null) refuse(different);
      if (JSON.stringify(manifest.shard) !== JSON.stringify(plan.shard))
        refuse(`shard (${shardText(manifest.shard)} there, ${shardText(plan.shard)} here)`);
      const held = await readRows(path, manifest, planOf(path, manifest), rows, { keepFailures: false });
      const most = shareOf(plan, looks(plan.replications).at(-1)!);
      if (held > most)
        throw folderError(
          path,
          `the folder holds ${held} replications, more than the ${most} asked for`,
          'Ask for at least as many, or run into a new folder',
        );
      // Nothing has been written so far: a folder that is refused stays as it is.
      removeLeftovers(path);
      // Written anew: drops a torn last line, and turns a finished folder into one that can grow.
      writePieces(join(path, FILES.partial), partialLines(rows));
      const sessions = Array.isArray(manifest.execution.sessions) ? manifest.execution.sessions.slice(-100) : [];
      folder = new ResultsFolder(path, plan, identity, options.level ?? manifest.level, options.workers, lock, sessions, held);
      folder.writeManifest(null);
      return folder;
    } catch (error) {
      if (folder === null) lock.release();
      else folder.close();
      throw error;
    }
  }

  /** Keeps a finished replication: on its way to the disk when this returns. */
  append(group: number, replication: number, runs: readonly Row[]): void {
    this.partial.append(partialText(group, replication, runs));
  }

  /** Writes the files that people read and removes the partial one. Their bytes depend on plan, identity and level alone. */
  finish(rows: Rows, result: StudyResult): void {
    const n = result.replications;
    const files: readonly (readonly [string, string | Uint8Array])[] = [
      [FILES.runs, runsParquet(rows, n)],
      [FILES.attackFree, attackFreeParquet(rows, n)],
      [FILES.summary, summaryText(result)],
    ];
    for (const [name, content] of files) writeWhole(join(this.path, name), content);
    const hashes = Object.fromEntries(files.map(([name, content]) => [name, sha256(content)]));
    this.writeManifest({ replications: n, fingerprint: result.fingerprint, files: hashes });
    this.end(() => rmSync(join(this.path, FILES.partial), { force: true }));
  }

  /** Leaves the folder as it is, ready to be resumed. */
  close(): void {
    this.end(() => undefined);
  }

  /** The lock goes last: who waits for it must find a folder in which nothing moves. */
  private end(last: () => void): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.partial.close();
      last();
    } finally {
      this.lock.release();
    }
  }

  private writeManifest(finished: Parameters<typeof manifestOf>[3]): void {
    const session = {
      started: this.started.toISOString(),
      ended: finished === null ? null : new Date().toISOString(),
      workers: this.workers,
      node: process.version,
      machine: { host: hostname(), system: `${platform()} ${release()}`, arch: arch(), processors: cpus().length, memoryBytes: totalmem() },
    };
    const manifest = manifestOf(this.plan, this.identity, this.level, finished, { sessions: [...this.earlier, session] });
    writeWhole(join(this.path, FILES.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** What is in a folder besides its lock. */
const namesIn = (path: string): string[] =>
  guarded(path, 'cannot be listed', () => readdirSync(path)).filter((name) => name !== LOCK && !name.startsWith(`${LOCK}.`));

const isLeftover = (name: string): boolean => Object.values<string | null>(FILES).includes(besideOf(name));

/** What a crash while they were written has left beside our files. */
function removeLeftovers(path: string): void {
  for (const name of namesIn(path).filter(isLeftover)) rmSync(join(path, name), { force: true });
}

/** Has a study died here in its first moments? It leaves an empty partial file, and there is no manifest to resume from. */
function isBeginning(path: string, names: readonly string[]): boolean {
  const ours = (name: string): boolean => name === FILES.partial || name === FILES.scenario || isLeftover(name);
  return names.includes(FILES.partial) && names.every(ours) && statSync(join(path, FILES.partial)).size === 0;
}

const shardText = (shard: StudyPlan['shard']): string => (shard === null ? 'whole study' : `${shard.index}/${shard.of}`);

export const summaryText = (result: StudyResult): string => `${JSON.stringify(result, null, 2)}\n`;

function* partialLines(rows: Rows): Generator<string> {
  const { plan, groups } = rows;
  for (let g = 0; g < groups.length; g++)
    for (const ordinal of rows.finishedOrdinals(g))
      yield partialText(g, replicationAt(plan, ordinal), [
        rows.attackFree(g, ordinal),
        ...groups[g]!.arms.map((arm) => rows.arm(arm, ordinal)),
      ]);
}
