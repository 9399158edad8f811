import { z } from 'zod';
import { mean } from '../kernel/distributions.ts';
import type { Parameter } from '../model/parameters.ts';
import { misfit, type Figure } from './bounds.ts';
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
  else possible(one, at, complaints);
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

/** What a home may not put in, a registry may not hold either. */
function possible(one: Entry, at: (key: string) => Place, complaints: Complaints): void {
  const itself = bare(one);
  const look = (key: string, what: string, given: Figure): void => {
    const wrong = misfit(itself, given);
    if (wrong !== null) complaints.add(at(key), `${what}"${one.id}": ${wrong.message}`, 'Change it, or the unit');
  };
  look(one.value === undefined ? 'distribution' : 'value', '', itself);
  for (const value of one.range ?? []) look('range', 'range of ', { value });
}

const bare = ({ note: _note, value, distribution: spread, range, unit, ...one }: Entry): Parameter => ({
  ...one,
  unit: String(unit),
  ...(value === undefined ? {} : { value }),
  ...(spread === undefined ? {} : { distribution: spread }),
  ...(range === undefined ? {} : { range }),
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The registry with a home's own values put in. They are that home's assumptions, and reports say so. */
export function overridden(parameters: readonly Parameter[], home: HomeData, node: SourceNode, complaints: Complaints): Parameter[] {
  const own = new Map(Object.entries(home.parameters ?? {}));
  const ids = parameters.map((parameter) => parameter.id);
  for (const [id, override] of own) {
    if (complaints.full) break;
    const at = placeOf(node, ['parameters', id]);
    const known = parameters.find((parameter) => parameter.id === id);
    if (known === undefined) complaints.add(placeOfKey(node, ['parameters'], id), `there is no parameter "${id}"`, () => suggest(id, ids));
    else {
      const wrong = misfit(known, figureOf(override));
      if (wrong !== null) complaints.add(at, `parameters.${id}: ${wrong.message}`, wrong.remedy);
    }
  }
  return parameters.map((parameter) => {
    const override = own.get(parameter.id);
    return override === undefined ? parameter : put(parameter, override, home.id);
  });
}

const figureOf = (override: ParameterOverride): Figure => (typeof override === 'number' ? { value: override } : override);

function put(known: Parameter, override: ParameterOverride, home: string): Parameter {
  const figure = figureOf(override);
  const centre = figure.value ?? mean(figure.distribution!);
  const [low, high] = known.range ?? [centre, centre];
  return {
    id: known.id,
    ...figure,
    unit: known.unit,
    source: `set by home ${home}; registry: ${known.source}`,
    grade: 'assumption',
    range: [Math.min(low, centre), Math.max(high, centre)],
  };
}
