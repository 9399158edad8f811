import { basename, dirname } from 'node:path';
import type { Catalogue } from '../model/catalogue.ts';
import { parse } from '../scenario/document.ts';
import { InputError, startOf } from '../scenario/errors.ts';
import { loadHome, loadLibrary, loadStudy, resolve } from '../scenario/index.ts';
import type { Library, SourceReader } from '../scenario/index.ts';
import { byNearness } from '../scenario/nearest.ts';
import { normal, readText } from '../scenario/reader.ts';
import { setFile } from '../scenario/sets.ts';
import { child, idOf, textOf } from '../scenario/tree.ts';
import type { SourceNode } from '../scenario/document.ts';
import { OUTCOMES } from '../world/outcomes.ts';

export type Kind = 'home' | 'study' | 'mitigation' | 'set' | 'threat event' | 'parameters';

/** Folder in which files of a kind stand; the library reads most of them together. */
const FOLDERS: Readonly<Record<Kind, string>> = {
  home: 'scenarios/homes',
  study: 'scenarios/studies',
  mitigation: 'scenarios/mitigations',
  set: 'scenarios/sets',
  'threat event': 'attacks/threat-events',
  parameters: 'scenarios/parameters',
};

/** Keys that only one kind of file has, in the order in which they are asked for. */
const SIGNS: readonly (readonly [Kind, readonly string[]])[] = [
  ['threat event', ['goal', 'steps', 'replays']],
  ['mitigation', ['family', 'actor', 'maps', 'cost']],
  ['study', ['threats', 'arms', 'replications', 'question']],
  ['home', ['devices', 'router', 'extends', 'care', 'household', 'hospital']],
  ['set', ['mitigations']],
];

/**
 * Checks one file of any kind, with everything it refers to.
 * @param path relative to the project's root or absolute
 * @returns what it is
 * @throws InputError with every complaint
 */
export function validate(
  path: string,
  reader: SourceReader,
  catalogue: Catalogue,
  library: () => Library,
): { readonly kind: Kind; readonly id: string } {
  const file = normal(path);
  const node = parse(readText(file, reader), { file });
  const kind = kindOf(node, file, library);
  const id = idOf(node) ?? basename(file);
  if (kind === 'study') loadStudy(file, reader, catalogue, library(), OUTCOME_IDS);
  else if (kind === 'home') resolve(loadHome(file, reader, catalogue), { threat: null, mitigations: null }, library(), catalogue);
  else validateInLibrary(file, FOLDERS[kind], node, reader, catalogue);
  return { kind, id };
}

const OUTCOME_IDS: readonly string[] = OUTCOMES.map(({ id }) => id);

function kindOf(node: SourceNode, file: string, library: () => Library): Kind {
  // What stands in a folder for one kind, not below it, is of that kind, whatever a slip has made of the keys.
  const standing = (Object.keys(FOLDERS) as Kind[]).find((kind) => `/${dirname(file)}`.endsWith(`/${FOLDERS[kind]}`));
  if (standing !== undefined) return standing;
  if (node.kind === 'list') return 'parameters';
  if (isSet(node, library)) return 'set';
  const found = SIGNS.find(([, keys]) => keys.some((key) => child(node, key) !== null));
  if (found !== undefined) return found[0];
  const known = SIGNS.map(([kind, [key]]) => `${kind} (has ${key})`).join(', ');
  throw new InputError([
    { ...startOf(file), message: 'cannot tell what kind of file this is', remedy: `Write one of: ${known}, parameters (a list)` },
  ]);
}

/** Sets and homes may both say no more than what they extend and which mitigations they have: then it is what it extends. */
function isSet(node: SourceNode, library: () => Library): boolean {
  if (node.kind !== 'map' || child(node, 'mitigations')?.kind !== 'list') return false;
  if (!node.entries.every(({ key }) => Object.hasOwn(setFile.shape, key))) return false;
  const base = textOf(child(node, 'extends'));
  if (base === null) return child(node, 'extends') === null;
  const { sets, homes } = library();
  return sets.has(base) || (!homes.has(base) && !/[/\\.]/.test(base) && sets.has(byNearness(base, [...sets.keys(), ...homes.keys()])[0]!));
}

/** The library with this file in its place, or beside the project's own; complaints about other files are not this file's. */
function validateInLibrary(file: string, folder: string, node: SourceNode, reader: SourceReader, catalogue: Catalogue): void {
  const name = basename(file);
  const stands = `${folder}/${name}`;
  const id = idOf(node);
  const twin = (other: string): boolean =>
    id !== null && other !== name && idOf(parse(reader.read(`${folder}/${other}`) ?? '', { file: other })) === id;
  const overlay: SourceReader = {
    read: (path, within) => reader.read(path === stands ? file : path, within),
    // An edited copy under another name takes the original's place.
    list: (path) =>
      path === folder ? [...reader.list(folder).filter((other) => other !== name && !twin(other)), name] : reader.list(path),
  };
  try {
    loadLibrary(overlay, catalogue);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const own = error.places.filter((place) => place.file === stands).map((place) => ({ ...place, file }));
    throw new InputError(own.length > 0 ? own : error.places);
  }
}
