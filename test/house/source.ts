import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';

/** The project's sources as the house checks see them: real syntax trees, so that strings and comments cannot trip a rule. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A node of the ESTree that the bundler's parser gives. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export function parse(text: string, file: string): Node {
  return parseAst(text, { lang: 'ts' }, file) as unknown as Node;
}

/** Calls `visit` for every node below and including `node`, with its parent and the field of the parent that holds it. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | null, field: string) => void,
  parent: Node | null = null,
  field = '',
): void {
  visit(node, parent, field);
  for (const [name, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit, node, name);
    } else if (isNode(value)) walk(value, visit, node, name);
  }
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export interface Import {
  readonly specifier: string;
  readonly start: number;
  readonly typeOnly: boolean;
}

/** Every way a module can name another: import, export … from, import(), import type, typeof import(). */
export function importsOf(program: Node): Import[] {
  const found: Import[] = [];
  walk(program, (node) => {
    const source = node['source'];
    const names = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType'];
    if (!names.includes(node.type) || !isNode(source)) return;
    const typeOnly = node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
    // A computed specifier cannot be checked, so it is reported as one that no rule allows.
    const specifier = typeof source['value'] === 'string' ? source['value'] : '(computed)';
    found.push({ specifier, start: node.start, typeOnly });
  });
  return found;
}

/** Project path ('/'-separated) that a relative specifier in `file` names. */
export function resolveImport(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

/** TypeScript files under the given folders of the project, '/'-separated, in a fixed order. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => filesUnder(join(ROOT, folder))).filter((file) => file.endsWith('.ts'));
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function filesUnder(path: string): string[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  if (!entry.isDirectory()) return [relative(ROOT, path).split(sep).join('/')];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesUnder(join(path, name)));
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
