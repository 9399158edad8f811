import type { ArgumentSpec, AttackContext } from '../sim/model/technique.ts';

/** A TCP or UDP port. */
export const PORT: ArgumentSpec = { type: 'number', low: 1, high: 65_535 };

/** A step's argument as text, or `fallback` when the threat event does not give it. */
export function textArgument(attack: Pick<AttackContext, 'args'>, name: string, fallback = ''): string {
  const value = attack.args[name];
  return typeof value === 'string' ? value : fallback;
}

/** A step's argument as a list; a single word counts as a list of one. */
export function listArgument(attack: AttackContext, name: string, fallback: readonly string[] = []): readonly string[] {
  const value = attack.args[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as readonly string[]) : fallback;
}

/** A step's argument as a number. */
export function numberArgument(attack: AttackContext, name: string, fallback: number): number {
  const value = attack.args[name];
  return typeof value === 'number' ? value : fallback;
}

/** Adds one to a counter in the step's memory and returns the new count. */
export function count(attack: AttackContext, name: string): number {
  const before = attack.memory[name];
  const now = (typeof before === 'number' ? before : 0) + 1;
  attack.memory[name] = now;
  return now;
}

/** A counter in the step's memory; 0 when it was never counted. */
export function counted(attack: AttackContext, name: string): number {
  const value = attack.memory[name];
  return typeof value === 'number' ? value : 0;
}

/** A fact that must be a number (an address, a port), or 0. */
export function numericFact(attack: AttackContext, name: string): number {
  const value = attack.recall(name);
  return typeof value === 'number' ? value : 0;
}
