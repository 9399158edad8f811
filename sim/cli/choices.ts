import type { Library } from '../scenario/index.ts';
import { suggest } from '../scenario/nearest.ts';
import { UsageError } from './failures.ts';

/** `unknown threat event "te2-readng" (Write "te2-reading-tamper", the nearest known)` */
export const unknownId = (what: string, id: string, known: Iterable<string>): string => `unknown ${what} "${id}" (${suggest(id, known)})`;

/** @throws UsageError naming the nearest when the threat event is not known */
export function checkThreat(id: string | undefined, library: Library): void {
  if (id !== undefined && !library.threats.has(id)) throw new UsageError(unknownId('threat event', id, library.threats.keys()));
}

/** A single word is a set or a mitigation; a list holds mitigations. @throws UsageError naming every unknown one */
export function checkMitigations(choice: string | readonly string[] | undefined, library: Library): void {
  if (choice === undefined) return;
  const ids = typeof choice === 'string' ? [choice] : choice;
  const known = typeof choice === 'string' ? [...library.sets.keys(), ...library.mitigations.keys()] : [...library.mitigations.keys()];
  const unknown = ids.filter((id) => !known.includes(id));
  const what = typeof choice === 'string' ? 'set or mitigation' : 'mitigation';
  if (unknown.length > 0) throw new UsageError(...unknown.map((id) => unknownId(what, id, known)));
}
