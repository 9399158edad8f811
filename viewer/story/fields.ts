import type { TraceLine } from '../../sim/world/run.ts';

/** A field of a trace line, wherever the line carries it: beside its own keys or under `fields`. */
export function field(line: TraceLine, name: string): unknown {
  const nested = line['fields'];
  if (typeof nested === 'object' && nested !== null && name in nested) return (nested as Record<string, unknown>)[name];
  return line[name];
}

export function text(line: TraceLine, name: string): string {
  const value = field(line, name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** NaN when the line has no such number. */
export function number(line: TraceLine, name: string): number {
  const value = field(line, name);
  return typeof value === 'number' ? value : NaN;
}
