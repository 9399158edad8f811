import type { Field, FieldType, Shape } from './trace-columns.ts';

const field = (name: string, type: FieldType): Field => ({ name, within: null, type });
const numbers = (...names: readonly string[]): Field[] => names.map((name) => field(name, 'number'));
const texts = (...names: readonly string[]): Field[] => names.map((name) => field(name, 'text'));

/** The frequent lines, as the world makes them: a hop that bears no label, a verdict, the value of a quantity. */
export const HOP: Shape = {
  kind: 'message',
  fields: [
    ...numbers('id'),
    ...texts('from', 'to', 'link'),
    ...numbers('bytes', 'session', 'cause'),
    ...texts('src', 'dst', 'what', 'role'),
    field('sealed', 'flag'),
    ...texts('origin'),
    ...numbers('attempt'),
  ],
};
export const VERDICT: Shape = { kind: 'verdict', fields: [...numbers('id'), ...texts('from', 'verdict', 'rule', 'what')] };
export const QUANTITY: Shape = { kind: 'state', fields: [...texts('from', 'what'), ...numbers('value')] };

/** An object that is taken apart: it has something in it, and nothing deep. */
export function isFlat(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const inner = Object.values(value);
  return inner.length > 0 && inner.every((each) => each !== undefined && (typeof each !== 'object' || each === null));
}

export function typeOf(value: unknown): FieldType {
  if (value === null) return 'null';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'flag' : 'json';
}

/** The shape of a line whose first three fields are number, time and kind. Absent values are left out, as in JSON. */
export function shapeOf(line: { readonly [name: string]: unknown }): Shape {
  const fields: Field[] = [];
  for (const [name, value] of Object.entries(line).slice(3)) {
    if (isFlat(value)) for (const [inner, each] of Object.entries(value)) fields.push({ name: inner, within: name, type: typeOf(each) });
    else if (value !== undefined) fields.push({ name, within: null, type: typeOf(value) });
  }
  return { kind: line['kind'] as string, fields };
}
