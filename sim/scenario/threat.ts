import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import type { GoalSpec, StepSpec, ThreatSpec } from '../model/spec.ts';
import { parse, type SourceNode } from './document.ts';
import { Complaints, type Place } from './errors.ts';
import { check } from './explain.ts';
import { isSlip, suggest } from './nearest.ts';
import { alternativesOf } from './steps.ts';
import { inputFiles, readText, type SourceReader } from './reader.ts';
import { uniqueId } from './mitigation.ts';
import { placeOf, placeOfKey } from './tree.ts';
import { BASES, GRADES, id, line, text } from './words.ts';

export const THREATS = 'attacks/threat-events';

/**
 * What devices and people report to the observers (sim/model/records.ts); goals are stated over these. A catalogue may
 * bring records of its own, so an unknown word is refused only where it looks like a slip of the pen.
 */
// prettier-ignore
export const RECORD_KINDS: readonly string[] = [
  'measured', 'observation-accepted', 'condition', 'alarm-raised', 'alarm-answered', 'rescue', 'check-in', 'call',
  'visit', 'order-spoken', 'order-executed', 'order-declined', 'disclosure', 'audio', 'action-blocked', 'burden',
  'telemetry', 'telemetry-gap', 'transcript', 'controlled', 'hospital-down', 'contained', 'detected',
];

export const POSITIONS = ['internet', 'radio', 'visitor', 'clinician', 'supplier', 'insider', 'inside'] as const;
const argument = z
  .union([z.string().max(300), z.number(), z.boolean(), z.array(z.string().max(300))])
  .describe('a word, a number, true or false, or a list of words');
const step = z
  .object({ technique: id.describe('a technique id') })
  .catchall(argument)
  .describe('a step: { technique: …, its arguments }, or { all: […] } or { any: […] }');
type Group = z.output<typeof step> | { all: Group[] } | { any: Group[] };
const group: z.ZodType<Group> = z.lazy(() =>
  z.union([step, z.strictObject({ all: z.array(group).min(1) }), z.strictObject({ any: z.array(group).min(1) })]),
);

const condition = z
  .union([z.string().max(100), z.number(), z.boolean(), z.strictObject({ 'at-least': z.number() })])
  .describe('a value, or { at-least: number }');

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
      .describe('a list of "name=value", facts known before the start'),
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
  goal: z
    .object({ count: z.int().min(1).optional() })
    .catchall(z.record(z.string(), condition))
    .describe(
      'record kinds with conditions on their fields, { observation-accepted: { altered: true } }: any of them counts; and a count if more than one is needed',
    ),
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
  /** Place of each step of each alternative. */
  readonly places: readonly (readonly Place[])[];
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
    const roads = alternativesOf(node, catalogue, complaints);
    found.set(data.id, {
      id: data.id,
      title: data.title,
      start: { position: data.start.position, capability: data.start.capability },
      alternatives: roads.map((road) => road.map(({ spec }) => spec)),
      goal: goalOf(data, node, complaints),
      replays: data.replays,
      needs: data.needs ?? [],
      attack: data.attack ?? {},
      inside: data.start.inside ?? [],
      knows: data.start.knows ?? [],
      file,
      node,
      places: roads.map((road) => road.map(({ place }) => place)),
    });
  }
  return found;
}

function goalOf(data: ThreatData, node: SourceNode, complaints: Complaints): GoalSpec {
  const { count, ...records } = data.goal as { count?: number } & Record<string, Readonly<Record<string, z.output<typeof condition>>>>;
  const kinds = Object.keys(records);
  if (kinds.length === 0)
    complaints.add(placeOf(node, ['goal']), 'expected a record kind in the goal; got none', `Write one of ${RECORD_KINDS.join(', ')}`);
  for (const kind of kinds)
    if (isSlip(kind, RECORD_KINDS))
      complaints.add(placeOfKey(node, ['goal'], kind), `there is no record kind "${kind}"`, suggest(kind, RECORD_KINDS));
  const conditions = (record: string): GoalSpec['where'] =>
    Object.fromEntries(
      Object.entries(records[record] ?? {}).map(
        ([field, wanted]) => [field, typeof wanted === 'object' ? { atLeast: wanted['at-least'] } : wanted] as const,
      ),
    );
  const [record = '', ...others] = kinds;
  const goal = { record, where: conditions(record), count: count ?? 1 };
  return others.length === 0 ? goal : { ...goal, or: others.map((other) => ({ record: other, where: conditions(other) })) };
}

/** The part that the engine takes. */
export const specOf = ({ id: name, title, start, alternatives, goal }: Threat): ThreatSpec => ({
  id: name,
  title,
  start,
  alternatives,
  goal,
});

/** Arguments whose words are devices, segments or the adversary's own hosts. */
const NAMING: ReadonlySet<string> = new Set([
  'on',
  'between',
  'from',
  'to',
  'via',
  'through',
  'device',
  'devices',
  'segment',
  'target',
  'targets',
  'victim',
]);

/** Complains about arguments that name what this home does not have. */
export function checkArguments(threat: Threat, known: readonly string[], complaints: Complaints): void {
  const look = (spec: StepSpec, place: Place): void => {
    for (const [name, value] of Object.entries(spec.args)) {
      if (!NAMING.has(name)) continue;
      for (const word of Array.isArray(value) ? value : [value])
        if (typeof word !== 'string' || !known.includes(word))
          complaints.add(
            place,
            `${threat.id}, step ${spec.technique}, ${name}: this home has no device or segment "${String(word)}"`,
            suggest(String(word), known),
          );
    }
  };
  for (const [road, steps] of threat.alternatives.entries())
    for (const [index, spec] of steps.entries()) look(spec, threat.places[road]![index]!);
  for (const [index, inside] of threat.inside.entries())
    if (!known.includes(inside))
      complaints.add(placeOf(threat.node, ['start', 'inside', index]), `this home has no device "${inside}"`, suggest(inside, known));
}
