/**
 * The engine's own copy of a text. Two equal texts that were put together at run time are different objects, and a table
 * that is asked for one compares them letter by letter; with one copy a look-up compares addresses. Never changes a result.
 */
export const intern = (text: string): string => Object.keys({ [text]: 0 })[0]!;

const copies = new WeakMap<object, object>();

/**
 * Plain data with the engine's own copies of its texts, worked out once for one object. What was read from a file or came
 * from another thread has texts of its own, and whoever compares them later pays for it every time.
 */
export function withOwnTexts<T>(value: T): T {
  if (typeof value === 'string') return intern(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  let copy = copies.get(value);
  if (copy === undefined) {
    copy = Array.isArray(value)
      ? value.map((item: unknown) => withOwnTexts(item))
      : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withOwnTexts(item)]));
    copies.set(value, copy);
  }
  return copy as T;
}
