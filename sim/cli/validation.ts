import { basename } from 'node:path';
import type { Catalogue } from '../model/catalogue.ts';
import { parse } from '../scenario/document.ts';
import { InputError, startOf } from '../scenario/errors.ts';
import { loadHome, loadLibrary, loadStudy, resolve } from '../scenario/index.ts';
import type { Library, SourceReader } from '../scenario/index.ts';
import { normal, readText } from '../scenario/reader.ts';
import { child, idOf } from '../scenario/tree.ts';
import type { SourceNode } from '../scenario/document.ts';

export type Kind = 'home' | 'study' | 'mitigation' | 'set' | 'threat event' | 'parameters';

/** Folder in which files of a kind stand; the library reads them together. */
const FOLDERS: Readonly<Record<Exclude<Kind, 'home' | 'study'>, string>> = {
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
  const kind = kindOf(node, file);
  const id = idOf(node) ?? basename(file);
  if (kind === 'study') loadStudy(file, reader, catalogue, library());
  else if (kind === 'home') resolve(loadHome(file, reader, catalogue), { threat: null, mitigations: null }, library(), catalogue);
  else validateInLibrary(file, FOLDERS[kind], node, reader, catalogue);
  return { kind, id };
}

function kindOf(node: SourceNode, file: string): Kind {
  if (node.kind === 'list') return 'parameters';
  const found = SIGNS.find(([, keys]) => keys.some((key) => child(node, key) !== null));
  if (found !== undefined) return found[0];
  const known = SIGNS.map(([kind, [key]]) => `${kind} (has ${key})`).join(', ');
  throw new InputError([
    { ...startOf(file), message: 'cannot tell what kind of file this is', remedy: `Write one of: ${known}, parameters (a list)` },
  ]);
}

/** The library with this file in its place, or beside the project's own; complaints about other files are not this file's. */
function validateInLibrary(file: string, folder: string, node: SourceNode, reader: SourceReader, catalogue: Catalogue): void {
  const name = basename(file);
  const stands = `${folder}/${name}`;
  const id = idOf(node);
  const twin = (other: string): boolean =>
    id !== null && other !== name && idOf(parse(reader.read(`${folder}/${other}`) ?? '', { file: other })) === id;
  const overlay: SourceReader = {
    read: (path) => reader.read(path === stands ? file : path),
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
