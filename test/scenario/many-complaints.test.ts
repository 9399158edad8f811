import { describe, expect, it } from 'vitest';
import { loadHome, loadLibrary } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { withFiles } from './project.ts';

const LISTED = 100;
const many = (count: number, line: (n: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, n) => line(n)).join(between);
const of = (text: string): string[] => complaintsOf(() => loadHome('h.yaml', withFiles({ 'h.yaml': text }), fakeCatalogue));

describe('a file with more mistakes than anybody reads', () => {
  // What is not listed is not worked out either: places and nearest names of all of these would take a minute.
  it.each([
    ['unknown keys', `id: h\nextends: reference\n${many(8_000, (n) => `key${n}: 1`)}\n`],
    [
      'unknown settings',
      `id: h\nextends: reference\ndevices:\n  - id: camera\n    settings:\n${many(8_000, (n) => `      setting${n}: 1`)}\n`,
    ],
    ['unknown devices', `id: h\nextends: reference\nadversary: { inside: [${many(8_000, (n) => `device${n}`, ', ')}] }\n`],
    ['wrong values', `id: h\nextends: reference\nrouter: { roles: [${'A, '.repeat(8_000)}] }\n`],
  ])('has %s: it is told a hundred, and that there are more', { timeout: 10_000 }, (_what, text) => {
    const told = of(text);
    expect(told).toHaveLength(LISTED + 1);
    expect(told.at(-1)).toMatch(/^h\.yaml:\d+:\d+: … and more\. Mend these first\.$/);
  });

  it('just a hundred are all', () => {
    expect(of(`id: h\nextends: reference\n${many(LISTED, (n) => `key${n}: 1`)}\n`)).toHaveLength(LISTED);
  });

  it('more is said once, however many files are read together', () => {
    const set = (id: string): string => `id: ${id}\ntitle: T\nmitigations: [${many(150, (n) => `nothing${n}`, ', ')}]\n`;
    const told = complaintsOf(() =>
      loadLibrary(withFiles({ 'scenarios/sets/a.yaml': set('a'), 'scenarios/sets/b.yaml': set('b') }), fakeCatalogue),
    );
    expect(told.filter((line) => line.includes('and more'))).toHaveLength(1);
  });
});

describe('a long word', () => {
  const LONG = 'a'.repeat(100_000);
  it.each([
    ['as key', `id: h\nextends: reference\n${LONG}: 1\n`],
    ['as key where a line is expected', `id: h\nextends: reference\ntitle: { "${LONG}": 1 }\n`],
    ['as a setting', `id: h\nextends: reference\nrouter: { settings: { ${LONG}: 1 } }\n`],
    ['as key twice', `id: h\nextends: reference\nrouter: { "${LONG}": 1, "${LONG}": 2 }\n`],
    ['as an alias', `id: h\nextends: reference\ntitle: *${LONG}\n`],
    ['as a tag', `id: h\nextends: reference\ntitle: !${LONG} x\n`],
    ['as a reference', `id: h\nextends: ${LONG}\n`],
    ['as an id', `id: h\nextends: reference\ndevices: [{ id: ${LONG} }]\n`],
  ])('%s is cut in the complaint', (_what, text) => {
    for (const line of of(text)) expect(line.length).toBeLessThan(500);
  });
});
