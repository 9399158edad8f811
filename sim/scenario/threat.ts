import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import type { ThreatSpec } from '../model/spec.ts';
import type { NamedWord } from './arguments.ts';
import { parse, type SourceNode } from './document.ts';
import type { Complaints } from './errors.ts';
import { check } from './explain.ts';
import { goal, goalOf } from './goal.ts';
import { suggest } from './nearest.ts';
import { alternativesOf } from './steps.ts';
import { inputFiles, readText, type SourceReader } from './reader.ts';
import { uniqueId } from './mitigation.ts';
import { ofKind, type Relative } from './relations.ts';
import { kindOf, kindsIn, stepIn, wellNamed } from './step-devices.ts';
import { placeOf } from './tree.ts';
import { BASES, GRADES, id, line, text } from './words.ts';

export const THREATS = 'attacks/threat-events';

export const POSITIONS = ['internet', 'radio', 'visitor', 'clinician', 'supplier', 'insider', 'inside'] as const;
const word = z.union([z.string().max(300), z.strictObject({ kind: id.describe('a device kind') })]);
const argument = z
  .union([word, z.number(), z.boolean(), z.array(word)])
  .describe('a word, a number, true or false, { kind: … } for the first device of a kind, or a list of words');
const step = z
  .object({ technique: id.describe('a technique id') })
  .catchall(argument)
  .describe('a step: { technique: …, its arguments }, or { all: […] } or { any: […] }');
type Group = z.output<typeof step> | { all: Group[] } | { any: Group[] };
const group: z.ZodType<Group> = z.lazy(() =>
  z.union([step, z.strictObject({ all: z.array(group).min(1) }), z.strictObject({ any: z.array(group).min(1) })]),
);

/** A threat event (design section 10): where the adversary starts, what it does, when it has succeeded. */
export const threatFile = z.strictObject({
  id,
  title: line,
  replays: z.strictObject({ source: id, event: line, basis: z.enum(BASES).optional() }),
  start: z.strictObject({
    position: z.enum(POSITIONS),
    capability: z.enum(['low', 'moderate', 'high']),
    inside: z.array(id).optional().describe('device ids that the adversary controls when it starts'),
    knows: z
      .array(z.string().regex(/^[^=\s]+=.+$/))
      .optional()
      .describe('a list of "name=value", facts known before the start; {kind:…} in one is the id of the home’s first device of that kind'),
  }),
  needs: z
    .array(
      z.strictObject({
        condition: line,
        parameter: z.string().optional(),
        source: text.optional(),
        grade: z.enum(GRADES).optional(),
        prevalence: z.number().min(0).max(1).optional(),
      }),
    )
    .optional()
    .describe('a list of the conditions that it relies on: - { condition, parameter, grade }'),
  goal,
  steps: z
    .union([z.array(group).min(1), z.strictObject({ any: z.array(group).min(1) }), z.strictObject({ all: z.array(group).min(1) })])
    .describe('a list of steps, { all: […] } or { any: […] }'),
  attack: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .optional()
    .describe('ATT&CK ids by step, { T0: T1078.001 }'),
  note: text.optional(),
});

type ThreatData = z.output<typeof threatFile>;

/** A threat event with what only people read, and the places that later complaints need. */
export interface Threat extends ThreatSpec {
  readonly replays: NonNullable<ThreatData['replays']>;
  readonly needs: NonNullable<ThreatData['needs']>;
  readonly attack: Readonly<Record<string, string | readonly string[]>>;
  readonly inside: readonly string[];
  readonly knows: readonly string[];
  readonly file: string;
  readonly node: SourceNode;
  /** What its steps want a home to have. */
  readonly named: readonly NamedWord[];
}

/** Reads every threat event and checks its techniques against the catalogue and its parameters against the registry. */
export function loadThreats(
  reader: SourceReader,
  catalogue: Catalogue,
  parameters: ReadonlySet<string> | null,
  complaints: Complaints,
): Map<string, Threat> {
  const found = new Map<string, Threat>();
  for (const file of inputFiles(THREATS, reader)) {
    const node = complaints.attempt(() => parse(readText(file, reader), { file }));
    const data = node === null ? null : check(node, threatFile, complaints);
    if (node === null || data === null) continue;
    uniqueId(data.id, node, found, 'threat event', complaints);
    for (const [index, need] of (data.needs ?? []).entries())
      if (need.parameter !== undefined && parameters !== null && !parameters.has(need.parameter))
        complaints.add(
          placeOf(node, ['needs', index, 'parameter']),
          `there is no parameter "${need.parameter}"`,
          suggest(need.parameter, parameters),
        );
    for (const [index, fact] of (data.start.knows ?? []).entries()) {
      if (!wellNamed(fact))
        complaints.add(
          placeOf(node, ['start', 'knows', index]),
          'expected {kind:…} with a device kind and no blanks; got another form',
          'Write for instance {kind:camera}',
        );
      for (const kind of kindsIn(fact))
        if (!catalogue.devices.has(kind))
          complaints.add(placeOf(node, ['start', 'knows', index]), `there is no device kind "${kind}"`, () =>
            suggest(kind, catalogue.devices.keys()),
          );
    }
    const { roads, named } = alternativesOf(node, catalogue, complaints);
    found.set(data.id, {
      id: data.id,
      title: data.title,
      start: { position: data.start.position, capability: data.start.capability },
      alternatives: roads,
      goal: goalOf(data.goal, node, catalogue, complaints),
      replays: data.replays,
      needs: data.needs ?? [],
      attack: data.attack ?? {},
      inside: data.start.inside ?? [],
      knows: data.start.knows ?? [],
      file,
      node,
      named,
    });
  }
  return found;
}

/** The part that the engine takes, about the devices of this home. */
export const specOf = (
  { id: name, title, start, alternatives, goal }: Threat,
  home: readonly Relative[],
  catalogue: Catalogue,
): ThreatSpec => ({
  id: name,
  title,
  start,
  alternatives: alternatives.map((road) => road.map((step) => stepIn(home, step, catalogue))),
  goal,
});

const ADD_ONE = 'Add one to the home, or choose another threat event';

/** Complains about what the steps name and this home does not have. */
export function checkArguments(threat: Threat, known: readonly string[], home: readonly Relative[], complaints: Complaints): void {
  for (const { technique, argument, word, place } of threat.named) {
    const kind = kindOf(word);
    if (kind !== null && ofKind(kind, home).length === 0)
      complaints.add(place, `${threat.id}, step ${technique}, ${argument}: this home has no ${kind}`, ADD_ONE);
    else if (kind === null && !known.includes(word))
      complaints.add(place, `${threat.id}, step ${technique}, ${argument}: this home has no device or segment "${word}"`, () =>
        suggest(word, known),
      );
  }
  for (const [index, fact] of threat.knows.entries())
    for (const kind of kindsIn(fact))
      if (ofKind(kind, home).length === 0)
        complaints.add(placeOf(threat.node, ['start', 'knows', index]), `${threat.id}, knows: this home has no ${kind}`, ADD_ONE);
  for (const [index, inside] of threat.inside.entries())
    if (!known.includes(inside))
      complaints.add(placeOf(threat.node, ['start', 'inside', index]), `this home has no device "${inside}"`, () => suggest(inside, known));
}
