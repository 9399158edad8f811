import { z } from 'zod';
import { parse, type SourceNode } from './document.ts';
import { Complaints } from './errors.ts';
import { check } from './explain.ts';
import { SETS, uniqueId } from './mitigation.ts';
import { suggest } from './nearest.ts';
import { inputFiles, readText, type SourceReader } from './reader.ts';
import { placeOf } from './tree.ts';
import { id, line, text } from './words.ts';

/** A named list of mitigations. */
export const setFile = z.strictObject({
  id,
  title: line,
  extends: id.optional().describe('a set whose mitigations come first'),
  mitigations: z.array(id).max(200).describe('a list of mitigation ids'),
  note: text.optional(),
});

interface Found {
  readonly file: string;
  readonly node: SourceNode;
  readonly data: z.output<typeof setFile>;
}

/** Reads every set; mitigations in order, each once. */
export function loadSets(
  reader: SourceReader,
  mitigations: ReadonlyMap<string, unknown>,
  complaints: Complaints,
): Map<string, readonly string[]> {
  const found = new Map<string, Found>();
  for (const file of inputFiles(SETS, reader)) {
    const node = complaints.attempt(() => parse(readText(file, reader), { file }));
    const data = node === null ? null : check(node, setFile, complaints);
    if (node === null || data === null) continue;
    uniqueId(data.id, node, found, 'set', complaints);
    if (mitigations.has(data.id))
      complaints.add(placeOf(node, ['id']), `"${data.id}" is a mitigation's id already`, 'Choose another id; commands accept either');
    for (const [index, name] of data.mitigations.entries())
      if (!mitigations.has(name))
        complaints.add(placeOf(node, ['mitigations', index]), `there is no mitigation "${name}"`, suggest(name, mitigations.keys()));
    found.set(data.id, { file, node, data });
  }
  return new Map([...found.keys()].map((name) => [name, [...new Set(members(name, found, [], complaints))]]));
}

function members(name: string, found: ReadonlyMap<string, Found>, below: readonly string[], complaints: Complaints): readonly string[] {
  const { node, data } = found.get(name)!;
  const base = data.extends;
  if (base === undefined) return data.mitigations;
  const at = placeOf(node, ['extends']);
  const round = [...below, name];
  if (!found.has(base)) complaints.add(at, `there is no set "${base}"`, suggest(base, found.keys()));
  else if (round.includes(base))
    complaints.add(at, `extends goes round in a circle: ${[...round, base].join(' → ')}`, 'Let one of them extend nothing');
  else return [...members(base, found, round, complaints), ...data.mitigations];
  return data.mitigations;
}
