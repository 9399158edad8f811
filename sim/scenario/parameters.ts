import { z } from 'zod';
import { mean } from '../kernel/distributions.ts';
import type { Parameter } from '../model/parameters.ts';
import { parse, type SourceNode } from './document.ts';
import { Complaints, type Place } from './errors.ts';
import { check } from './explain.ts';
import type { HomeData, ParameterOverride } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { inputFiles, readText, type SourceReader } from './reader.ts';
import { placeOf, placeOfKey } from './tree.ts';
import { distribution, GRADES, text } from './words.ts';

export const PARAMETERS = 'scenarios/parameters';

const entry = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$/)
    .describe('an id with its area first, for instance oximeter.report-period'),
  value: z.number().optional().describe('the figure, when it is one number'),
  distribution: distribution.optional(),
  unit: z.union([z.string().min(1).max(60), z.literal(1)]).describe('the unit, or 1 for a bare number'),
  source: text.describe('the citation that stands behind the figure'),
  grade: z.enum(GRADES),
  range: z.tuple([z.number(), z.number()]).optional().describe('low and high for a sweep, [low, high]'),
  note: text.optional(),
});

/** A registry file: a list of figures. */
export const parameterFile = z.array(entry).describe('a list of figures: - { id, value, unit, source, grade, range }');
type Entry = z.output<typeof entry>;

/** Reads every file of the registry. Ids are unique over all files. Sorted by id. */
export function loadParameters(reader: SourceReader, complaints: Complaints): Parameter[] {
  const known = new Map<string, Place>();
  const parameters: Parameter[] = [];
  for (const file of inputFiles(PARAMETERS, reader)) {
    const node = complaints.attempt(() => parse(readText(file, reader), { file }));
    const entries = node === null ? null : check(node, parameterFile, complaints);
    for (const [index, one] of (entries ?? []).entries()) {
      const at = placeOf(node!, [index, 'id']);
      const first = known.get(one.id);
      if (first !== undefined)
        complaints.add(at, `parameter "${one.id}" is already in ${first.file}, line ${first.line}`, 'Keep one of them');
      known.set(one.id, at);
      consistent(one, node!, index, complaints);
      parameters.push(bare(one));
    }
  }
  return parameters.sort(byId);
}

function consistent(one: Entry, node: SourceNode, index: number, complaints: Complaints): void {
  const at = (key: string): Place => placeOf(node, [index, key]);
  if ((one.value === undefined) === (one.distribution === undefined))
    complaints.add(
      one.value === undefined ? at('id') : at('distribution'),
      `"${one.id}" needs exactly one of value and distribution`,
      one.value === undefined ? 'Add value: with a number' : 'Remove one of them',
    );
  if (one.range === undefined) {
    if (one.grade === 'assumption')
      complaints.add(
        at('grade'),
        `"${one.id}" is an assumption without a range`,
        'Add range: [low, high], the values that a sweep should try',
      );
    return;
  }
  const [low, high] = one.range;
  if (low > high) complaints.add(at('range'), `range of "${one.id}": expected low before high; got ${low} and ${high}`, 'Swap them');
  else if (one.value !== undefined && (one.value < low || one.value > high))
    complaints.add(
      at('value'),
      `value ${one.value} of "${one.id}" lies outside its range [${low}, ${high}]`,
      'Change the value or widen the range',
    );
}

const bare = ({ note: _note, value, distribution: spread, range, unit, ...one }: Entry): Parameter => ({
  ...one,
  unit: String(unit),
  ...(value === undefined ? {} : { value }),
  ...(spread === undefined ? {} : { distribution: spread }),
  ...(range === undefined ? {} : { range }),
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Units of durations: a device may wait this long between two doings, so zero would never let time pass. */
const DURATIONS: ReadonlySet<string> = new Set(['us', 'µs', 'ms', 's', 'min', 'h', 'd', 'day', 'days']);

/** Units of rates: at zero nothing would ever be through. */
const RATES: ReadonlySet<string> = new Set(['bit/s', 'kbit/s', 'Mbit/s']);
/** Units of what is counted, and happens once at least. */
const COUNTS: ReadonlySet<string> = new Set(['tries', 'hops']);

/** The registry with a home's own values put in. They are that home's assumptions, and reports say so. */
export function overridden(parameters: readonly Parameter[], home: HomeData, node: SourceNode, complaints: Complaints): Parameter[] {
  const own = new Map(Object.entries(home.parameters ?? {}));
  const ids = parameters.map((parameter) => parameter.id);
  for (const [id, override] of own) {
    const at = placeOf(node, ['parameters', id]);
    const known = parameters.find((parameter) => parameter.id === id);
    if (known === undefined) complaints.add(placeOfKey(node, ['parameters'], id), `there is no parameter "${id}"`, suggest(id, ids));
    else possible(known, central(override), at, complaints);
  }
  return parameters.map((parameter) => {
    const override = own.get(parameter.id);
    return override === undefined ? parameter : put(parameter, override, home.id);
  });
}

const central = (override: ParameterOverride): number =>
  typeof override === 'number' ? override : 'value' in override ? override.value : mean(override.distribution);

function possible(known: Parameter, value: number, at: Place, complaints: Complaints): void {
  const usual = known.value ?? mean(known.distribution!);
  const least = known.range?.[0] ?? usual;
  if (COUNTS.has(known.unit) && !(value >= 1 && Number.isInteger(value)))
    complaints.add(
      at,
      `parameters.${known.id}: expected a whole number of ${known.unit}, at least 1; got ${value}`,
      `Write a whole number; the registry has ${usual}`,
    );
  else if ((DURATIONS.has(known.unit) || RATES.has(known.unit)) && usual > 0 && value <= 0)
    complaints.add(
      at,
      `parameters.${known.id}: expected more than 0 ${known.unit}; got ${value}`,
      `Write a positive number; the registry has ${usual}`,
    );
  else if (least >= 0 && usual >= 0 && value < 0)
    complaints.add(
      at,
      `parameters.${known.id}: expected 0 or more ${known.unit}; got ${value}`,
      `Write a number that is not negative; the registry has ${usual}`,
    );
  else if (/^(probability|share|proportion)\b/.test(known.unit) && value > 1)
    complaints.add(
      at,
      `parameters.${known.id}: expected a ${known.unit} from 0 to 1; got ${value}`,
      `Write it as a fraction; the registry has ${usual}`,
    );
}

function put(known: Parameter, override: ParameterOverride, home: string): Parameter {
  const value = central(override);
  const [low, high] = known.range ?? [value, value];
  return {
    id: known.id,
    ...(typeof override === 'object' && 'distribution' in override ? { distribution: override.distribution } : { value }),
    unit: known.unit,
    source: `set by home ${home}; registry: ${known.source}`,
    grade: 'assumption',
    range: [Math.min(low, value), Math.max(high, value)],
  };
}
