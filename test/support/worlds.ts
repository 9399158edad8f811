import { catalogue } from '../../sim/catalogue.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { loadHome, loadLibrary, resolve, type Choices, type SourceReader } from '../../sim/scenario/index.ts';
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
const ownLibrary = loadLibrary(projectReader, catalogue);
const ownHome = loadHome(HOME, projectReader, catalogue);

/** The reference home under a threat event and mitigations, for a few hours in which the patient gets worse unless told otherwise. */
export function worldOf(
  threat: string | null,
  mitigations: Choices['mitigations'],
  more: {
    hours?: number;
    course?: 'natural' | 'deteriorating';
    set?: readonly string[];
    files?: Readonly<Record<string, string>>;
    home?: string;
  } = {},
): WorldSpec {
  const { hours = 6, course = 'deteriorating', set = [], files, home = HOME } = more;
  const choices: Choices = { threat, mitigations, hours, course, set };
  if (files === undefined && home === HOME) return resolve(ownHome, choices, ownLibrary, catalogue);
  const reader = reading(files ?? {});
  return resolve(loadHome(home, reader, catalogue), choices, loadLibrary(reader, catalogue), catalogue);
}

export const threats: readonly string[] = [...ownLibrary.threats.keys()];
export { catalogue };
