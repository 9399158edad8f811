import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder, wherever the program is started from: the nearest one above with a package.json of ours. */
export const ROOT: string = findRoot(dirname(fileURLToPath(import.meta.url)));
export const VERSION: string = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
/** Where the built viewer lies. */
export const VIEWER: string = join(ROOT, 'dist', 'viewer');

/** A path as the person at the keyboard would write it: relative to the current folder unless that is longer. */
export function display(path: string): string {
  if (!isAbsolute(path) && !existsSync(join(ROOT, path))) return path;
  const absolute = isAbsolute(path) ? path : join(ROOT, path);
  const short = relative(process.cwd(), absolute);
  return short === '' || short.length > absolute.length ? absolute : short;
}

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'homeward') return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json of homeward above ${from}`);
  }
}
