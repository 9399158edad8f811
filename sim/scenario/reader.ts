import { InputError, startOf, type Place } from './errors.ts';
import { suggest } from './nearest.ts';

/**
 * How the scenario layer reads: through whoever starts it, so that it runs in a browser as well.
 * Paths are relative to the project's root or absolute, with '/' between names.
 */
export interface SourceReader {
  /**
   * The file's text, or null when there is no such file.
   * @param within given for a file that another file refers to: a folder that it may not lie outside of, whatever links say
   */
  read(path: string, within?: string): string | null;
  /** Names of the files in a folder (no sub-folders), in any order; empty when there is no such folder. */
  list(folder: string): readonly string[];
}

/** A reader over texts held in memory: tests, and the browser, which gets the files from the server. */
export function memoryReader(files: Readonly<Record<string, string>>): SourceReader {
  const texts = new Map(Object.entries(files));
  return {
    read: (path) => texts.get(path) ?? null,
    list: (folder) => [...texts.keys()].filter((path) => folderOf(path) === folder).map(nameOf),
  };
}

/** Larger inputs are refused before they are parsed: UTF-16 units, about a megabyte of text. */
export const LARGEST = 1_000_000;

/** Reads a file. @throws InputError when it is missing, unreadable or too large. */
export function readText(path: string, reader: SourceReader, from: Place | null = null): string {
  const place = from ?? startOf(path);
  const text = guarded(place, `${path} cannot be read`, () => (from === null ? reader.read(path) : reader.read(path, homeOf(path, from))));
  if (text === null) {
    const beside = guarded(place, `${folderOf(path)} cannot be listed`, () => reader.list(folderOf(path)));
    throw new InputError([{ ...place, message: `there is no file ${path}`, remedy: suggest(nameOf(path), beside.filter(isInput)) }]);
  }
  if (text.length > LARGEST)
    throw new InputError([
      {
        ...place,
        message: `${path} has ${text.length} characters; at most ${LARGEST} are read`,
        remedy: 'Split it, or remove what is not needed',
      },
    ]);
  return text;
}

/** The folder that a file may not leave when `from` refers to it: the referring file's own, or the project's for what stands there. */
function homeOf(path: string, from: Place): string {
  const root = normal(rootOf(from.file));
  return isBelow(path, root) ? root : rootOf(path);
}

/** Input files (YAML and JSON) of a folder, sorted, as paths. */
export function inputFiles(folder: string, reader: SourceReader): string[] {
  const names = guarded(startOf(folder), `${folder} cannot be listed`, () => reader.list(folder));
  return [...names]
    .filter(isInput)
    .filter((name) => !name.endsWith('.schema.json'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** A reader's own failure (a folder where a file is expected, no permission) is bad input too. */
function guarded<T>(place: Place, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError([{ ...place, message: `${what}: ${why}`, remedy: 'Give the path of a readable YAML or JSON file' }]);
  }
}

export const isInput = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '.' : cut === 0 ? '/' : path.slice(0, cut);
}

/** Folders that stand side by side below a scenarios folder; references may cross from one to another. */
const ROOMS: ReadonlySet<string> = new Set(['homes', 'studies', 'mitigations', 'sets', 'exercises', 'parameters']);

/** The folder that references in `file` may not leave: above the nearest of `homes`, `studies` …, else the file's own. */
export function rootOf(file: string): string {
  const own = folderOf(file);
  for (let folder = own; folder !== '.' && folder !== '/'; folder = folderOf(folder))
    if (ROOMS.has(nameOf(folder))) return folderOf(folder);
  return own;
}

/**
 * The path that `reference`, written in `file`, denotes.
 * @throws InputError when it is absolute or leaves the scenario's folder: a scenario that someone sends must not read other files.
 */
export function inside(file: string, reference: string, place: Place): string {
  const own = folderOf(file);
  const root = normal(rootOf(file));
  const remedy = `Keep the file below ${root} and write its path relative to ${own}`;
  const refuse = (message: string): InputError => new InputError([{ ...place, message, remedy }]);
  if (reference.startsWith('/') || /[\\\0]/.test(reference) || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference))
    throw refuse(`expected a relative path, got "${reference}"`);
  const path = normal(`${own}/${reference}`);
  if (!isBelow(path, root)) throw refuse(`path "${reference}" leaves the scenario's folder ${root}`);
  return path;
}

const isBelow = (path: string, root: string): boolean =>
  root === '.' ? !path.startsWith('..') && !path.startsWith('/') : path.startsWith(root === '/' ? '/' : `${root}/`);

/** Resolves `.` and `..` by the text alone. */
export function normal(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else out.push(part);
  }
  const joined = out.join('/');
  return path.startsWith('/') ? `/${joined}` : joined === '' ? '.' : joined;
}
