/**
 * Where two values of plain data, Maps and Sets part first, as a path; null when they are equal. Order counts in all of
 * them: what is gone through in another order happens in another order.
 * @param ignored names of fields that may differ
 */
export function firstDifference(a: unknown, b: unknown, ignored: ReadonlySet<string>, path = ''): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return `${path}: ${shown(a)}, not ${shown(b)}`;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [name, value] = left[i] ?? [null, undefined];
    const [otherName, other] = right[i] ?? [null, undefined];
    if (name !== otherName && !(typeof name === 'object' && name !== null)) return `${path}: has ${shown(name)}, not ${shown(otherName)}`;
    if (typeof name === 'string' && ignored.has(name)) continue;
    const found = firstDifference(value, other, ignored, `${path}.${shown(name)}`);
    if (found !== null) return found;
  }
  return null;
}

function entriesOf(value: object): readonly (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value].map((one, i) => [i, one]);
  if (Array.isArray(value)) return value.map((one, i) => [i, one]);
  return Object.entries(value);
}

const shown = (value: unknown): string => (typeof value === 'object' && value !== null ? '{…}' : String(value));
