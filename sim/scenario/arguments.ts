import type { Catalogue } from '../model/catalogue.ts';
import type { ArgumentSpec, Technique } from '../model/technique.ts';
import type { SourceMap, SourceNode } from './document.ts';
import type { Complaints, Place } from './errors.ts';
import { describe } from './explain.ts';
import { suggest } from './nearest.ts';
import { kindOf, takesDevice, wordOf } from './step-devices.ts';
import { child, entryOf, textOf } from './tree.ts';

/** A word of a step that names something of the home. Whether a home has it is known only when one is chosen. */
export interface NamedWord {
  readonly technique: string;
  readonly argument: string;
  readonly word: string;
  readonly place: Place;
}

const EXPECTED: Readonly<Record<ArgumentSpec['type'], string>> = {
  device: 'a device id or { kind: … }',
  host: 'a name on the network, for instance content.example, or { kind: … }',
  segment: 'a segment id',
  kind: 'a device kind',
  word: 'a word',
  number: 'a whole number',
};
const HOST = /^([a-z][a-z0-9-]*)\.example$/;

/** Checks a step's arguments against what its technique takes. @returns the words that name something of a home */
export function checkArguments(step: SourceMap, technique: Technique, catalogue: Catalogue, complaints: Complaints): NamedWord[] {
  const takes = new Map(Object.entries(technique.args ?? {}));
  const named: NamedWord[] = [];
  for (const { key, at, value } of step.entries) {
    if (key === 'technique') continue;
    const spec = takes.get(key);
    if (spec === undefined)
      complaints.add(at, `${technique.id} takes no "${key}"`, () => (takes.size === 0 ? 'Remove it' : suggest(key, takes.keys())));
    else for (const word of new Argument(technique.id, key, spec, catalogue, complaints).check(value)) named.push(word);
  }
  for (const [name, spec] of takes) {
    if (entryOf(step, name) !== null) continue;
    if (spec.needed === true) complaints.add(step.place, `"${name}" is missing in step ${technique.id}`, `Add ${name}: ${expected(spec)}`);
    else if (spec.kind !== undefined) named.push({ technique: technique.id, argument: name, word: wordOf(spec.kind), place: step.place });
  }
  return named;
}

class Argument {
  private readonly technique: string;
  private readonly name: string;
  private readonly spec: ArgumentSpec;
  private readonly catalogue: Catalogue;
  private readonly complaints: Complaints;

  constructor(technique: string, name: string, spec: ArgumentSpec, catalogue: Catalogue, complaints: Complaints) {
    this.technique = technique;
    this.name = name;
    this.spec = spec;
    this.catalogue = catalogue;
    this.complaints = complaints;
  }

  check(node: SourceNode): NamedWord[] {
    const { spec } = this;
    const values = spec.many === true && node.kind === 'list' ? node.items : [node];
    if (values.length === 0 || (spec.count !== undefined && values.length !== spec.count)) {
      this.wrong(node, `Write ${expected(spec)}`);
      return [];
    }
    return values.flatMap((value) => this.one(value));
  }

  private one(node: SourceNode): NamedWord[] {
    const { spec, catalogue, technique, name: argument } = this;
    const word = textOf(node);
    const kind = takesDevice(spec) && node.kind === 'map' && node.entries.length === 1 ? textOf(child(node, 'kind')) : null;
    if (spec.type === 'number') this.number(node);
    else if (kind !== null && catalogue.devices.has(kind)) return [{ technique, argument, word: wordOf(kind), place: node.place }];
    else if (kind !== null) this.unknownKind(child(node, 'kind')!, kind);
    else if (word === null) this.wrong(node, `Write ${EXPECTED[spec.type]}`);
    else if (kindOf(word) !== null && takesDevice(spec)) this.wrong(node, `Write { kind: ${kindOf(word)!.trim() || '…'} }`);
    else if (spec.choices?.includes(word) === false) this.wrong(node, suggest(word, spec.choices));
    else if (spec.type === 'kind' && !catalogue.devices.has(word)) this.unknownKind(node, word);
    else if (spec.type === 'device' || spec.type === 'segment') return [{ technique, argument, word, place: node.place }];
    else if (spec.type === 'host') {
      const device = HOST.exec(word)?.[1];
      if (device !== undefined) return [{ technique, argument, word: device, place: node.place }];
      this.wrong(node, 'Write a device id and .example');
    }
    return [];
  }

  private unknownKind(node: SourceNode, kind: string): void {
    const { devices } = this.catalogue;
    this.complaints.add(node.place, `there is no device kind "${kind}"`, () => suggest(kind, devices.keys()));
  }

  private number(node: SourceNode): void {
    const { low = -Infinity, high = Infinity } = this.spec;
    const value = node.kind === 'scalar' ? node.value : null;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
      this.wrong(node, 'Write a number of this kind');
  }

  private wrong(node: SourceNode, remedy: string): void {
    this.complaints.add(node.place, `${this.technique}, ${this.name}: expected ${expected(this.spec)}; got ${describe(node)}`, remedy);
  }
}

function expected({ type, choices, low, high, many, count }: ArgumentSpec): string {
  if (type === 'number') return `a whole number${low === undefined || high === undefined ? '' : ` from ${low} to ${high}`}`;
  const one = choices === undefined ? EXPECTED[type] : `one of ${choices.join(', ')}`;
  if (count !== undefined) return `a list of ${count}, each ${one}`;
  return many === true ? `${one}, or a list of such` : one;
}
