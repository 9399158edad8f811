import type { Catalogue } from '../model/catalogue.ts';
import type { StepSpec } from '../model/spec.ts';
import type { SourceNode } from './document.ts';
import type { Complaints, Place } from './errors.ts';
import { suggest } from './nearest.ts';
import { child, items, plain, textOf } from './tree.ts';

/** A step and where it is written. */
export interface PlacedStep {
  readonly spec: StepSpec;
  readonly place: Place;
}
type Road = readonly PlacedStep[];

/** A graph of alternatives within alternatives multiplies out; nobody reads more roads than this. */
const MOST_ROADS = 64;
const MOST_STEPS = 64;

/**
 * The `steps` of a threat event as alternatives in the file's order: `all` is a sequence, `any` a choice, nested as one
 * likes. The adversary tries the first road first.
 */
export function alternativesOf(threat: SourceNode, catalogue: Catalogue, complaints: Complaints): readonly Road[] {
  const steps = child(threat, 'steps')!;
  let full = false;
  const limited = (roads: Road[]): Road[] => {
    full ||= roads.length > MOST_ROADS || roads.some((road) => road.length > MOST_STEPS);
    return roads.slice(0, MOST_ROADS).map((road) => road.slice(0, MOST_STEPS));
  };
  const roadsOf = (node: SourceNode): Road[] => {
    const any = child(node, 'any');
    if (any !== null) return limited(items(any).flatMap(roadsOf));
    const all = node.kind === 'list' ? node : child(node, 'all');
    if (all !== null && child(node, 'technique') === null)
      return items(all).reduce<Road[]>(
        (before, item) => {
          const after = roadsOf(item);
          return limited(before.flatMap((road) => after.map((more) => [...road, ...more])));
        },
        [[]],
      );
    return [[{ spec: stepOf(node, catalogue, complaints), place: node.place }]];
  };
  const roads = roadsOf(steps);
  if (full)
    complaints.add(
      steps.place,
      `these steps multiply out to more than ${MOST_ROADS} roads or ${MOST_STEPS} steps a road`,
      'Write fewer alternatives',
    );
  return roads;
}

function stepOf(node: SourceNode, catalogue: Catalogue, complaints: Complaints): StepSpec {
  const technique = child(node, 'technique');
  const name = textOf(technique) ?? '';
  if (!catalogue.techniques.has(name))
    complaints.add(technique?.place ?? node.place, `there is no technique "${name}"`, suggest(name, catalogue.techniques.keys()));
  const { technique: _technique, ...args } = plain(node) as Record<string, string | number | boolean | string[]>;
  return { technique: name, args };
}
