import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { LibraryAnswer } from '../protocol/messages.ts';
import { ROOT, VERSION } from './place.ts';
import { fileReader } from './project.ts';

const FOLDERS = ['scenarios', 'attacks/threat-events'];

/** Text of every scenario file of the project, by path relative to its root, for readers without a file system. */
export function projectFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const folder of FOLDERS)
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !['.yaml', '.yml', '.json'].includes(extname(entry.name))) continue;
      const path = join(entry.parentPath, entry.name);
      files[path.slice(ROOT.length + 1).replaceAll('\\', '/')] = readFileSync(path, 'utf8');
    }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const paths = (folder: string): readonly string[] => fileReader.list(folder).map((name) => `${folder}/${name}`);

/** `GET /api/library`. */
export function libraryAnswer(): LibraryAnswer {
  return { version: VERSION, homes: paths('scenarios/homes'), studies: paths('scenarios/studies'), files: projectFiles() };
}
