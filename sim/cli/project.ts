import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { catalogue } from '../catalogue.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { InputError, loadLibrary } from '../scenario/index.ts';
import type { Library, SourceReader } from '../scenario/index.ts';
import { suggest } from '../scenario/nearest.ts';
import { UsageError, fileReason } from './failures.ts';
import { ROOT, display } from './place.ts';
import { readSource } from './source-file.ts';

const SOURCES = new Set(['.yaml', '.yml', '.json']);

export interface Project {
  readonly catalogue: Catalogue;
  readonly reader: SourceReader;
  readonly library: Library;
}

/** The catalogue alone, for work that must not depend on the library's files. */
export const catalogueOf = (): Catalogue => catalogue;

let opened: Project | null = null;

/** Scenario files, library and catalogue; read once. @throws InputError when a file of the library does not hold. */
export function openProject(): Project {
  opened ??= { catalogue, reader: fileReader, library: loadLibrary(fileReader, catalogue) };
  return opened;
}

const absolute = (path: string): string => (isAbsolute(path) ? path : join(ROOT, path));

/** Reads the project's files by paths relative to its root, and a user's own by absolute paths. */
export const fileReader: SourceReader = {
  read: (path, within) => {
    const file = absolute(path);
    if (!existsSync(file)) return null;
    try {
      // Only what the command line itself names may be a pipe: a scenario that waits for ever is no use to anybody.
      return readSource(file, path, {
        pipe: isAbsolute(path) && within === undefined,
        within: within === undefined ? null : absolute(within),
      });
    } catch (error) {
      if (error instanceof UsageError || error instanceof InputError) throw error;
      throw new UsageError(`cannot read ${display(file)}: ${fileReason(error)}`);
    }
  },
  list: (folder) => {
    const path = absolute(folder);
    if (!existsSync(path)) return [];
    // Sorted: the file system's order is no one's intention.
    return readdirSync(path)
      .filter((name) => SOURCES.has(extname(name).toLowerCase()))
      .sort();
  },
};

/**
 * The file that a command's argument means: as given from the current folder, else from the project's root, else by
 * its bare name in one of the project's folders (`reference` → scenarios/homes/reference.yaml).
 * @returns a path relative to the root for project files, absolute for others
 * @throws UsageError naming the nearest file when there is none
 */
export function findInput(argument: string, what: string, folder: string): string {
  const candidates = [
    resolve(argument),
    join(ROOT, argument),
    ...['.yaml', '.yml', '.json'].map((ending) => join(ROOT, folder, argument + ending)),
  ];
  const standing = candidates.filter((candidate) => existsSync(candidate));
  // A folder of that name may well be there, with the study's results for instance.
  const file = standing.find((candidate) => !statSync(candidate).isDirectory());
  if (file === undefined) {
    if (standing.length > 0) throw new UsageError(`${what} ${argument}: it is a folder, a file is needed`);
    const known = fileReader.list(folder).map((name) => basename(name, extname(name)));
    throw new UsageError(`${what} ${argument}: there is no such file (${suggest(basename(argument, extname(argument)), known)})`);
  }
  const inside = relative(ROOT, file);
  return (inside.startsWith('..') || isAbsolute(inside) ? file : inside).split(sep).join('/');
}
