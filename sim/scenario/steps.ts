import type { Catalogue } from '../model/catalogue.ts';
import type { StepSpec } from '../model/spec.ts';
import { checkArguments, type NamedWord } from './arguments.ts';
import type { SourceMap, SourceNode } from './document.ts';
import type { Complaints } from './errors.ts';
import { suggest } from './nearest.ts';
import { argumentsOf } from './step-devices.ts';
import { child, items, plain, textOf } from './tree.ts';

type Road = readonly StepSpec[];

/** A graph of alternatives within alternatives multiplies out; nobody reads more roads than this. */
const MOST_ROADS = 64;
const MOST_STEPS = 64;

/**
 * The `steps` of a threat event as alternatives in the file's order: `all` is a sequence, `any` a choice, nested as one
 * likes. The adversary tries the first road first. `named`: what the steps want a home to have.
 */
export function alternativesOf(
  threat: SourceNode,
  catalogue: Catalogue,
  complaints: Complaints,
): { readonly roads: readonly Road[]; readonly named: readonly NamedWord[] } {
  const steps = child(threat, 'steps')!;
  const named: NamedWord[] = [];
  let full = false;
  const limited = (roads: Road[]): Road[] => {
    full ||= roads.length > MOST_ROADS || roads.some((road) => road.length > MOST_STEPS);
    return roads.slice(0, MOST_ROADS).map((road) => road.slice(0, MOST_STEPS));
  };
  const roadsOf = (node: SourceNode): Road[] => {
    if (child(node, 'technique') !== null) return [[stepOf(node as SourceMap, catalogue, named, complaints)]];
    const any = child(node, 'any');
    if (any !== null) return limited(items(any).flatMap(roadsOf));
    return items(node.kind === 'list' ? node : child(node, 'all')).reduce<Road[]>(
      (before, item) => {
        const after = roadsOf(item);
        return limited(before.flatMap((road) => after.map((more) => [...road, ...more])));
      },
      [[]],
    );
  };
  const roads = roadsOf(steps);
  if (full)
    complaints.add(
      steps.place,
      `these steps multiply out to more than ${MOST_ROADS} roads or ${MOST_STEPS} steps a road`,
      'Write fewer alternatives',
    );
  return { roads, named };
}

function stepOf(node: SourceMap, catalogue: Catalogue, named: NamedWord[], complaints: Complaints): StepSpec {
  const written = child(node, 'technique')!;
  const name = textOf(written) ?? '';
  const technique = catalogue.techniques.get(name);
  if (technique === undefined)
    complaints.add(written.place, `there is no technique "${name}"`, () => suggest(name, catalogue.techniques.keys()));
  else for (const word of checkArguments(node, technique, catalogue, complaints)) named.push(word);
  const { technique: _technique, ...args } = plain(node) as Record<string, unknown>;
  return { technique: name, args: argumentsOf(args) };
}
