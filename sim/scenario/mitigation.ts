import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import { ChangeCheck, type HomesOwn } from './change-check.ts';
import { selector, type Change, type Selector } from './change.ts';
import { parse, type SourceNode } from './document.ts';
import type { Complaints } from './errors.ts';
import { check } from './explain.ts';
import { inputFiles, readText, type SourceReader } from './reader.ts';
import { placeOf } from './tree.ts';
import { ACTORS, BASES, FAMILIES, id, line, settings, text } from './words.ts';

export const MITIGATIONS = 'scenarios/mitigations';
export const SETS = 'scenarios/sets';

const money = z.number().min(0).optional();

/** A mitigation: a named set of settings, with who must act and what it costs (design section 10). */
export const mitigationFile = z.strictObject({
  id,
  title: line,
  family: z.enum(FAMILIES),
  actor: z.enum(ACTORS),
  set: z
    .array(
      z.strictObject({
        on: selector,
        settings: settings.optional(),
        profile: id.optional().describe("one of the model's profiles, in place of the home's"),
      }),
    )
    .min(1)
    .describe('a list of changes: - { on: { kind: … }, settings: { … } }'),
  cost: z.strictObject({ 'setup-minutes': money, usd: money, 'usd-per-month': money }).optional(),
  maps: z
    .array(
      z.strictObject({
        ref: z
          .string()
          .regex(/^[a-z0-9-]+:.+$/)
          .describe('a reference, for instance csf2:PR.IR-01'),
        basis: z.enum(BASES),
      }),
    )
    .optional(),
  note: text.optional(),
});

export interface Mitigation {
  readonly id: string;
  readonly title: string;
  readonly family: (typeof FAMILIES)[number];
  readonly actor: (typeof ACTORS)[number];
  readonly set: readonly Change[];
  readonly cost: { readonly setupMinutes: number; readonly usd: number; readonly usdPerMonth: number };
  readonly maps: readonly { readonly ref: string; readonly basis: (typeof BASES)[number] }[];
  readonly file: string;
  /** The document, for places in later complaints. */
  readonly node: SourceNode;
}

/** Reads every mitigation. `homes`: what homes add to the models. */
export function loadMitigations(
  reader: SourceReader,
  catalogue: Catalogue,
  homes: HomesOwn,
  complaints: Complaints,
): Map<string, Mitigation> {
  const found = new Map<string, Mitigation>();
  for (const file of inputFiles(MITIGATIONS, reader)) {
    const node = complaints.attempt(() => parse(readText(file, reader), { file }));
    const data = node === null ? null : check(node, mitigationFile, complaints);
    if (node === null || data === null) continue;
    uniqueId(data.id, node, found, 'mitigation', complaints);
    const set = data.set.map((change): Change => ({ on: change.on, settings: change.settings ?? {}, profile: change.profile ?? null }));
    for (const index of set.keys()) new ChangeCheck(set[index]!, node, index, catalogue, homes, complaints).run();
    const cost = {
      setupMinutes: data.cost?.['setup-minutes'] ?? 0,
      usd: data.cost?.usd ?? 0,
      usdPerMonth: data.cost?.['usd-per-month'] ?? 0,
    };
    found.set(data.id, {
      id: data.id,
      title: data.title,
      family: data.family,
      actor: data.actor,
      set,
      cost,
      maps: data.maps ?? [],
      file,
      node,
    });
  }
  return found;
}

/** Complains when two files define the same id. */
export function uniqueId(
  name: string,
  node: SourceNode,
  known: ReadonlyMap<string, { readonly file: string }>,
  what: string,
  complaints: Complaints,
): void {
  const first = known.get(name);
  if (first !== undefined)
    complaints.add(placeOf(node, ['id']), `${what} id "${name}" is already used by ${first.file}`, 'Give each its own id');
}

/** Does a selector find this device? */
export function selects(on: Selector, device: { readonly id: string; readonly kind: string }, roles: readonly string[]): boolean {
  if ('kind' in on) return device.kind === on.kind;
  return 'role' in on ? roles.includes(on.role) : device.id === on.id;
}
