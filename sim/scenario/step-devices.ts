import type { Catalogue } from '../model/catalogue.ts';
import type { StepSpec } from '../model/spec.ts';
import type { ArgumentSpec } from '../model/technique.ts';
import { ofKind, type Relative } from './relations.ts';

/**
 * Devices that a step of a threat event names by what they are, `on: { kind: camera }`: which one that is, is known only when
 * a home is chosen. Until then it stands as the word `kind:camera`, which can be no id.
 */
const BY_KIND = 'kind:';
const PLACEHOLDER = /\{kind:([a-z][a-z0-9-]*)\}/g;
/** What was meant for one, whether it is written as one or not. */
const BEGUN = /\{\s*kind/g;

/** Does an argument of this type take a device? */
export const takesDevice = ({ type }: ArgumentSpec): boolean => type === 'device' || type === 'host';

/** The word that stands for a device of a kind until a home is chosen. */
export const wordOf = (kind: string): string => `${BY_KIND}${kind}`;

/** The kind that such a word stands for, or null. */
export const kindOf = (word: string): string | null => (word.startsWith(BY_KIND) ? word.slice(BY_KIND.length) : null);

/** A step's arguments as plain data, devices named by their kind as words. */
export const argumentsOf = (given: Readonly<Record<string, unknown>>): StepSpec['args'] => {
  const word = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'kind' in value ? wordOf(String(value.kind)) : value;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.map(word) : word(value)]),
  ) as StepSpec['args'];
};

/** The step in this home: the first device of a kind for each word that stands for one, and for each argument that has one by default. */
export function stepIn(home: readonly Relative[], step: StepSpec, catalogue: Catalogue): StepSpec {
  const specs = Object.entries(catalogue.techniques.get(step.technique)?.args ?? {});
  const types = new Map(specs);
  const args: Record<string, StepSpec['args'][string]> = {};
  const nameOf = (kind: string, name: string): string | null => {
    const [id] = ofKind(kind, home);
    return id === undefined ? null : types.get(name)?.type === 'host' ? `${id}.example` : id;
  };
  for (const [name, value] of Object.entries(step.args)) {
    const here = (word: string): string => {
      const kind = kindOf(word);
      return kind === null ? word : (nameOf(kind, name) ?? word);
    };
    args[name] = typeof value === 'string' ? here(value) : Array.isArray(value) ? (value as readonly string[]).map(here) : value;
  }
  for (const [name, { kind }] of specs)
    if (kind !== undefined && !Object.hasOwn(args, name)) {
      const usual = nameOf(kind, name);
      if (usual !== null) args[name] = usual;
    }
  for (const [name, { of }] of specs)
    if (of !== undefined && !Object.hasOwn(args, name) && Object.hasOwn(args, of)) args[name] = kindsOf(args[of]!, home);
  return { ...step, args };
}

/** What the devices are that an argument names, in its order. */
function kindsOf(named: StepSpec['args'][string], home: readonly Relative[]): string | string[] {
  const kind = (id: unknown): string => home.find((device) => device.id === id)?.model.kind ?? String(id);
  return Array.isArray(named) ? named.map(kind) : kind(named);
}

/** The kinds that a fact known before the start names. */
export const kindsIn = (fact: string): string[] => [...fact.matchAll(PLACEHOLDER)].map(([, kind]) => kind!);

/** Is all in such a fact that looks like a name by kind written as one? */
export const wellNamed = (fact: string): boolean => (fact.match(BEGUN) ?? []).length === kindsIn(fact).length;

/** Such a fact with the ids of this home's devices in it where it says `{kind:…}`. */
export const factIn = (home: readonly Relative[], fact: string): string =>
  fact.replace(PLACEHOLDER, (whole, kind: string) => ofKind(kind, home)[0] ?? whole);
