/**
 * A copy of plain data: numbers, texts, lists (with their holes), Maps, Sets and objects without a class. What is shared
 * inside it stays shared. As `structuredClone`, within one thread: texts are not copied, so that a table asked for one
 * still finds it by its address.
 * @throws Error on a function, a class's object and other non-data, which a snapshot could not carry to another thread
 */
export function copyOf<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, known: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new Error(`cannot copy a ${typeof value}: world data must be plain`);
    return value;
  }
  const before = known.get(value);
  if (before !== undefined) return before;
  if (Array.isArray(value)) return list(value, known);
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    known.set(value, map);
    for (const [key, item] of value) map.set(copy(key, known), copy(item, known));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set<unknown>();
    known.set(value, set);
    for (const item of value) set.add(copy(item, known));
    return set;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(`cannot copy a ${value.constructor.name}: world data must be plain`);
  const fields: Record<string, unknown> = { ...value };
  known.set(value, fields);
  const names = Object.keys(fields);
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const item = fields[name];
    if (typeof item === 'object' ? item === null : typeof item !== 'function' && typeof item !== 'symbol') continue;
    const own = copy(item, known);
    if (name === '__proto__') Object.defineProperty(fields, name, { value: own });
    else fields[name] = own;
  }
  return fields;
}

function list(value: readonly unknown[], known: Map<object, object>): unknown[] {
  const items = value.slice(); // with its holes, and at once where there is nothing but numbers
  known.set(value, items);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item === 'object' ? item !== null : typeof item === 'function' || typeof item === 'symbol') items[i] = copy(item, known);
  }
  return items;
}
