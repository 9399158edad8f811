import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../sim/scenario/document.ts';
import { find, plain } from '../../sim/scenario/tree.ts';
import { complaintsOf } from './complaints.ts';

const yaml = (text: string) => parse(text, { file: 'a.yaml' });
const json = (text: string) => parse(text, { file: 'a.json' });

describe('documents', () => {
  it('every value knows its line and column', () => {
    const node = yaml('a: 1\nb:\n  - { c: text, d: true }\n');
    expect(find(node, ['b', 0, 'd'])?.place).toEqual({ file: 'a.yaml', line: 3, column: 19 });
  });

  it('reads YAML 1.2: on, off, yes and no are words', () => {
    expect(plain(yaml('[on, off, yes, no, true, null, 0x1f, 1e3]'))).toEqual(['on', 'off', 'yes', 'no', true, null, 31, 1000]);
  });

  it('expands aliases', () => {
    expect(plain(yaml('a: &x [1, 2]\nb: *x\n'))).toEqual({ a: [1, 2], b: [1, 2] });
  });

  it('JSON has places too, indented by tabs or not', () => {
    expect(find(json('{\n\t"a": [1,\n\t\t{ "b": 2 }]\n}'), ['a', 1, 'b'])?.place).toMatchObject({ line: 3, column: 10 });
  });

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'a.yaml:3:1: key "a" stands here twice'],
    ['a key twice inside', 'a: { b: 1, b: 2 }\n', 'a.yaml:1:12: key "b" stands here twice'],
    ['a key into the prototype', 'a:\n  __proto__: { b: 1 }\n', 'a.yaml:2:3: key "__proto__" is not allowed anywhere'],
    ['another one', '{ constructor: { prototype: 1 } }', 'a.yaml:1:3: key "constructor" is not allowed anywhere'],
    ['a list as key', '? [1]\n: 2\n', 'expected a word as key'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'a.yaml:2:1: a second document begins here'],
    ['a tag', 'a: !!js/function x\n', 'Unresolved tag'],
    ['an alias without anchor', 'a: *nowhere\n', 'a.yaml:1:4: '],
    ['many aliases', `a: &x 1\nb: [${'*x, '.repeat(60_000)}]`, 'more than 50000 values'],
    ['an alias of itself', 'a: &x [ *x ]\n', 'nested deeper than 40 levels'],
    ['an open quote', 'a: 1\nb: "open\nc: 2\n', 'a.yaml:2:4: Missing closing "quote'],
    ['an open quote in a list', "a: 1\nb: [x, 'open]\nc: 2\n", "a.yaml:2:8: Missing closing 'quote"],
    ['an open bracket', 'a: [1, 2\n', 'a.yaml:2:1: '],
    ['a thousand brackets', '['.repeat(5000), 'nested deeper than 40 levels'],
    ['a thousand dashes', '- '.repeat(5000), 'nested deeper than 40 levels'],
    ['a thousand questions', '? '.repeat(5000), 'nested deeper than 40 levels'],
    ['a thousand colons', 'a: '.repeat(5000), 'nested deeper than 40 levels'],
  ])('refuses %s', (_what, text, complaint) => {
    expect(complaintsOf(() => yaml(text)).join('\n')).toContain(complaint);
  });

  it('refuses a bomb of aliases without expanding it', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    expect(complaintsOf(() => yaml(lines.join('\n'))).join('\n')).toContain('more than 50000 values');
  });

  it.each([
    ['{"a": 01}', 'a.json:1:8: not JSON'],
    ['{"a": 1,}', 'not JSON'],
    ['a: 1', 'not JSON'],
    ["{'a': 1}", 'not JSON'],
    ['{"a": 1, "a": 2}', 'a.json:1:10: key "a" stands here twice'],
  ])('a .json file is JSON: %s', (text, complaint) => {
    expect(complaintsOf(() => json(text)).join('\n')).toContain(complaint);
  });

  it('a .JSON file is JSON as well', () => {
    expect(complaintsOf(() => parse('a: 1', { file: 'A.JSON' }))[0]).toContain('A.JSON:1:1: not JSON');
  });

  it('a JSON file may name its schema, at the top', () => {
    expect(plain(json('{ "$schema": "../home.schema.json", "a": 1 }'))).toEqual({ a: 1 });
    expect(plain(json('{ "b": { "$schema": 1 } }'))).toEqual({ b: { $schema: 1 } });
    expect(plain(yaml('$schema: x'))).toEqual({ $schema: 'x' });
  });

  it('a byte-order mark has no column', () => {
    expect(find(yaml('\uFEFFa: 1\n'), ['a'])?.place).toEqual({ file: 'a.yaml', line: 1, column: 4 });
    expect(plain(json('\uFEFF{}'))).toEqual({});
  });

  it('any JSON value comes through unchanged', () => {
    const safe = fc.jsonValue({ maxDepth: 6 }).filter((value) => !/"(__proto__|constructor|prototype)":/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(safe, (value) => {
        expect(plain(json(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
