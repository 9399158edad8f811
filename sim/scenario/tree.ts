import type { Place } from './errors.ts';
import type { SourceEntry, SourceMap, SourceNode } from './document.ts';

/** Steps from the root of a document: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** The value without places, as plain JSON. */
export function plain(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
}

export const entryOf = (node: SourceNode | null, key: string): SourceEntry | null =>
  node?.kind === 'map' ? (node.entries.find((entry) => entry.key === key) ?? null) : null;

export const child = (node: SourceNode | null, key: string): SourceNode | null => entryOf(node, key)?.value ?? null;

export const items = (node: SourceNode | null): readonly SourceNode[] => (node?.kind === 'list' ? node.items : []);

/** Text of a scalar, or null. */
export const textOf = (node: SourceNode | null): string | null =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;

/** The node at a path; null when the path goes further than the document. */
export function find(node: SourceNode, path: Path): SourceNode | null {
  let here: SourceNode | null = node;
  for (const step of path) {
    if (here === null) return null;
    here = typeof step === 'number' ? (items(here)[step] ?? null) : child(here, String(step));
  }
  return here;
}

/** Place of the value at a path, or of the deepest value on the way to it: where something missing would have to stand. */
export function placeOf(node: SourceNode, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const found = find(node, path.slice(0, length));
    if (found !== null) return found.place;
  }
  return node.place;
}

/** Place of a key. */
export const placeOfKey = (node: SourceNode, path: Path, key: string): Place => entryOf(find(node, path), key)?.at ?? placeOf(node, path);

/** A map with one key put in (in its old position when it was there). */
export function withKey(map: SourceMap, entry: SourceEntry): SourceMap {
  const known = map.entries.some(({ key }) => key === entry.key);
  const entries = known ? map.entries.map((old) => (old.key === entry.key ? entry : old)) : [...map.entries, entry];
  return { ...map, entries };
}

export const withoutKeys = (map: SourceMap, keys: readonly string[]): SourceMap => ({
  ...map,
  entries: map.entries.filter((entry) => !keys.includes(entry.key)),
});

/** Id of a list's item: its `id`, or the item itself when it is a word. */
export const idOf = (node: SourceNode): string | null => textOf(node) ?? textOf(child(node, 'id'));

/**
 * `over` laid on `under`: maps key by key, lists of things with ids item by item (new ones at the end), all else replaced.
 */
export function merge(under: SourceNode, over: SourceNode, identified: (path: Path) => boolean, path: Path = []): SourceNode {
  if (under.kind === 'map' && over.kind === 'map') {
    // A key that is put in again keeps its old position.
    const merged = new Map(under.entries.map((entry) => [entry.key, entry]));
    for (const entry of over.entries) {
      const below = merged.get(entry.key);
      merged.set(
        entry.key,
        below === undefined ? entry : { ...entry, value: merge(below.value, entry.value, identified, [...path, entry.key]) },
      );
    }
    return { ...under, place: over.place, entries: [...merged.values()] };
  }
  if (under.kind === 'list' && over.kind === 'list' && identified(path)) {
    const merged = [...under.items];
    for (const item of over.items) {
      const id = idOf(item);
      const index = merged.findIndex((known) => id !== null && idOf(known) === id);
      if (index < 0) merged.push(item);
      // A bare id only repeats that the thing is there.
      else if (item.kind === 'map') merged[index] = merge(merged[index]!, item, identified, [...path, index]);
    }
    return { ...over, items: merged };
  }
  return over;
}
