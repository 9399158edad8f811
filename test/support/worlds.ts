import { catalogue } from '../../sim/catalogue.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { loadHome, loadLibrary, resolve, type Choices, type Home, type Library, type SourceReader } from '../../sim/scenario/index.ts';
import { projectReader } from '../scenario/project.ts';

/** The project's own files and, over them, some that a test adds or replaces. */
const reading = (more: Readonly<Record<string, string>>): SourceReader => ({
  read: (path) => more[path] ?? projectReader.read(path),
  list: (folder) => [
    ...new Set([
      ...projectReader.list(folder),
      ...Object.keys(more)
        .filter((path) => path.slice(0, path.lastIndexOf('/')) === folder)
        .map((path) => path.slice(folder.length + 1)),
    ]),
  ],
});

const HOME = 'scenarios/homes/reference.yaml';

/** Homes and libraries read so far, by the files laid over the project's. */
const read = new Map<unknown, Map<string, { readonly home: Home; readonly library: Library }>>();

function inputs(files: Readonly<Record<string, string>>, path: string): { readonly home: Home; readonly library: Library } {
  const known = read.get(files) ?? new Map<string, { readonly home: Home; readonly library: Library }>();
  read.set(files, known);
  let pair = known.get(path);
  if (pair === undefined) {
    const reader = reading(files);
    pair = { home: loadHome(path, reader, catalogue), library: loadLibrary(reader, catalogue) };
    known.set(path, pair);
  }
  return pair;
}

const NONE = {};

/** The reference home under a threat event and mitigations, for a few hours in which the patient gets worse unless told otherwise. */
export function worldOf(
  threat: string | null,
  mitigations: Choices['mitigations'],
  more: {
    readonly hours?: number;
    readonly course?: 'natural' | 'deteriorating';
    readonly set?: readonly string[];
    /** Files added or replaced: path → text. */
    readonly files?: Readonly<Record<string, string>>;
    readonly home?: string;
  } = {},
): WorldSpec {
  const { hours = 6, course = 'deteriorating', set = [] } = more;
  const { home, library } = inputs(more.files ?? NONE, more.home ?? HOME);
  return resolve(home, { threat, mitigations, hours, course, set }, library, catalogue);
}

export const threats: readonly string[] = [...inputs(NONE, HOME).library.threats.keys()];
export { catalogue };
