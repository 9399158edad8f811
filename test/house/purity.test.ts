import { describe, expect, it } from 'vitest';
import { checkPurity } from './purity.ts';
import { readSource, sourceFiles } from './source.ts';

/** Everything whose bytes end up in a fingerprint, or in an estimate made from one. */
const ENGINE = [
  'sim/kernel',
  'sim/model',
  'sim/network',
  'sim/scenario',
  'sim/world',
  'sim/stats',
  'sim/catalogue.ts',
  'devices',
  'attacks',
];

const complaintsAbout = (text: string): string[] => checkPurity('snippet.ts', text).map((complaint) => complaint.message);

describe('code under the engine line', () => {
  it('uses nothing that could give other bytes on another machine', () => {
    const files = sourceFiles(ENGINE);
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((file) => checkPurity(file, readSource(file)))).toEqual([]);
  });

  const broken: readonly (readonly [what: string, text: string])[] = [
    ['a random number', 'export const x = Math.random();'],
    ['a transcendental function', 'export const x = Math.log(2);'],
    ['a constant of Math', 'export const x = Math.PI;'],
    ['Math by string', "export const x = Math['exp'](1);"],
    ['Math by template', 'export const x = Math[`exp`](1);'],
    ['Math by variable', "const f = 'floor'; export const x = Math[f as 'floor'](1);"],
    ['Math taken apart', 'const { sin } = Math; export const x = sin(1);'],
    ['Math handed on', 'export const f = (m: unknown) => m; f(Math);'],
    ['Math in an object', 'export const x = { Math };'],
    ['the power operator', 'export const f = (x: number) => x ** 2;'],
    ['the power assignment', 'export let x = 2; x **= 3;'],
    ['a date', 'export const x = new Date(0);'],
    ['a date by its static method', 'export const x = Date.now();'],
    ['a locale table', "export const x = new Intl.NumberFormat('en');"],
    ['a locale method', 'export const x = (5).toLocaleString();'],
    ['a locale comparison', "export const x = 'a'.localeCompare('b');"],
    ['a wall clock', 'export const x = performance.now();'],
    ['a key loop', 'export const f = (o: object) => { for (const k in o) k; };'],
    ['the environment', 'export const x = process.env;'],
    ['the global object', "export const x = (globalThis as never)['Date'];"],
    ['a timer', 'setTimeout(() => {}, 1);'],
    ['a promise', 'export const f = async () => 1;'],
    ['a generator', 'export function* f() { yield 1; }'],
    ['a module address', 'export const x = import.meta.url;'],
    ['code inside a template', 'export const x = `${Math.random()}`;'],
  ];
  it.each(broken)('is refused %s', (_what, text) => {
    expect(complaintsAbout(text)).toHaveLength(1);
  });

  const fine: readonly (readonly [what: string, text: string])[] = [
    ['the exact functions', 'export const x = Math.floor(Math.abs(-1.5)) + Math.imul(2, 3);'],
    ['talk in a comment', '// Math.random(), Date.now(), x ** 2\n/* for (const k in o) */\nexport const x = 1;'],
    ['talk in a string', "export const x = 'Math.random() Date ** Intl'; export const y = `new Date() ${x}`;"],
    ['a regular expression', 'export const x = /Math.random\\(\\) \\*\\* Date/;'],
    ['a property of that name', 'export const f = (o: { Date: number; process: number }) => o.Date + o.process;'],
    ['a key of that name', 'export const x = { process: 1, Date: 2 };'],
  ];
  it.each(fine)('may use %s', (_what, text) => {
    expect(complaintsAbout(text)).toEqual([]);
  });

  it('names the line', () => {
    expect(checkPurity('a.ts', 'export const x = 1;\n\nexport const y = Math.sin(x);\n')[0]).toMatchObject({ file: 'a.ts', line: 3 });
  });
});
