import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import type { RecordFields } from '../model/records.ts';
import type { GoalSpec } from '../model/spec.ts';
import type { SourceNode } from './document.ts';
import type { Complaints } from './errors.ts';
import { describe } from './explain.ts';
import { suggest } from './nearest.ts';
import { find, placeOf, placeOfKey } from './tree.ts';

/** What devices, people and the observers report (sim/model/records.ts), with the fields of each: goals are stated over these. */
const RECORDS: Readonly<Record<string, RecordFields>> = {
  'action-blocked': { who: 'word', action: 'word', ref: 'word' },
  'alarm-answered': { alarm: 'number', afterMinutes: 'number', condition: 'word' },
  'alarm-overlooked': { alarm: 'number' },
  'alarm-raised': { alarm: 'number', tier: 'number', score: 'number', partial: 'flag' },
  'alarm-received': { alarm: 'number' },
  audio: { seconds: 'number', intended: 'flag', bystander: 'flag' },
  burden: { who: 'word', minutes: 'number', what: 'word' },
  call: { status: 'word', minutes: 'number' },
  'check-in': { status: 'word' },
  condition: { state: 'word' },
  contained: { device: 'word', hostile: 'flag' },
  controlled: { by: 'word' },
  disclosure: { to: 'word', kind: 'word', records: 'number', bytes: 'number', individuals: 'number' },
  measured: { ref: 'word', code: 'word', value: 'number' },
  'notice-answered': { alarm: 'number', what: 'word', afterMinutes: 'number', condition: 'word' },
  'notice-raised': { alarm: 'number', what: 'word' },
  'observation-accepted': { ref: 'word', code: 'word', value: 'number', altered: 'flag' },
  'order-declined': { ref: 'word' },
  'order-executed': { ref: 'word', executed: 'word', intended: 'word', altered: 'flag' },
  'order-spoken': { ref: 'word', text: 'word' },
  'patient-seen': { how: 'word', condition: 'word' },
  released: { device: 'word', hostile: 'flag' },
  rescue: { by: 'word', from: 'word' },
  telemetry: {},
  'telemetry-gap': { minutes: 'number', flooded: 'flag' },
  transcript: { days: 'number' },
  visit: { planned: 'flag', why: 'word' },
};

/** Other words for a field: the kind of an observation is its code. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([['observation-accepted.kind', 'code']]);

const condition = z
  .union([z.string().max(100), z.number(), z.boolean(), z.strictObject({ 'at-least': z.number() })])
  .describe('a value, or { at-least: number }');

export const goal = z
  .object({ count: z.int().min(1).optional() })
  .catchall(z.record(z.string(), condition))
  // For editors: a record kind must be there, and a count alone is none.
  .meta({ minProperties: 1, not: { required: ['count'], maxProperties: 1 } })
  .describe(
    'record kinds with conditions on their fields, { observation-accepted: { altered: true } }: any of them counts; and a count if more than one is needed',
  );

type Conditions = Readonly<Record<string, z.output<typeof condition>>>;
const EXPECTED = { word: 'text', number: 'a number, or { at-least: number }', flag: 'true or false' } as const;
const TYPES = { word: 'string', number: 'number', flag: 'boolean' } as const;

/** The goal of a threat event (`goal` in its file), its records and fields checked against those that can be reported. */
export function goalOf(data: z.output<typeof goal>, file: SourceNode, catalogue: Catalogue, complaints: Complaints): GoalSpec {
  const { count, ...records } = data as { count?: number } & Record<string, Conditions>;
  const known = new Map(Object.entries(RECORDS));
  for (const { records: own } of catalogue.devices.values())
    for (const [kind, fields] of Object.entries(own ?? {})) known.set(kind, fields);
  const kinds = Object.keys(records);
  if (kinds.length === 0)
    complaints.add(placeOf(file, ['goal']), 'expected a record kind in the goal; got none', `Write one of ${[...known.keys()].join(', ')}`);
  const goals = kinds.map((record) => ({ record, where: whereOf(record, records[record]!, known, file, complaints) }));
  const [first = { record: '', where: {} }, ...others] = goals;
  return { ...first, count: count ?? 1, ...(others.length === 0 ? {} : { or: others }) };
}

function whereOf(
  record: string,
  conditions: Conditions,
  known: ReadonlyMap<string, RecordFields>,
  file: SourceNode,
  complaints: Complaints,
): GoalSpec['where'] {
  const fields = known.get(record);
  if (fields === undefined)
    complaints.add(placeOfKey(file, ['goal'], record), `there is no record kind "${record}"`, () => suggest(record, known.keys()));
  const where = new Map<string, GoalSpec['where'][string]>();
  for (const [written, wanted] of Object.entries(conditions)) {
    const name = SYNONYMS.get(`${record}.${written}`) ?? written;
    const key = placeOfKey(file, ['goal', record], written);
    if (where.has(name)) complaints.add(key, `"${name}" stands here twice, once as "${written}"`, 'Keep one of them');
    if (fields !== undefined)
      checkField(record, written, Object.hasOwn(fields, name) ? fields[name] : undefined, wanted, Object.keys(fields), file, complaints);
    where.set(name, typeof wanted === 'object' ? { atLeast: wanted['at-least'] } : wanted);
  }
  return Object.fromEntries(where);
}

function checkField(
  record: string,
  name: string,
  type: RecordFields[string] | undefined,
  wanted: Conditions[string],
  known: readonly string[],
  file: SourceNode,
  complaints: Complaints,
): void {
  if (type === undefined)
    complaints.add(placeOfKey(file, ['goal', record], name), `${record} has no field "${name}"`, () =>
      known.length === 0 ? `Write ${record}: {}` : suggest(name, known),
    );
  else if (typeof wanted !== TYPES[type] && !(type === 'number' && typeof wanted === 'object'))
    complaints.add(
      placeOf(file, ['goal', record, name]),
      `goal.${record}.${name}: expected ${EXPECTED[type]}; got ${describe(find(file, ['goal', record, name])!)}`,
      `Write ${EXPECTED[type]}`,
    );
}
