import { describe, expect, it } from 'vitest';
import { checkIgnorance, definedNames } from './ignorance.ts';
import { readSource, sourceFiles } from './source.ts';

const ENGINE = ['sim/kernel', 'sim/model', 'sim/network', 'sim/scenario', 'sim/world', 'sim/stats'];

describe('the engine knows no device', () => {
  const names = new Set(sourceFiles(['devices', 'attacks']).flatMap((file) => definedNames(file, readSource(file))));

  it('finds the models and techniques that it must not name', () => {
    expect([...names]).toEqual(expect.arrayContaining(['consumer-router', 'smart-speaker', 'telehealth-platform', 'arp-in-the-middle']));
  });

  it('and names none of them', () => {
    expect(sourceFiles(ENGINE).flatMap((file) => checkIgnorance(file, readSource(file), names))).toEqual([]);
  });

  it('reads kinds and ids from definitions', () => {
    expect(definedNames('a.ts', "export const a = defineDevice<M>({ kind: 'lamp', title: 'x' });")).toEqual(['lamp']);
    expect(definedNames('a.ts', "export const a = defineTechnique({ id: 'guess', title: 'x' });")).toEqual(['guess']);
    expect(definedNames('a.ts', "export const a = { kind: 'lamp' };")).toEqual([]);
  });

  it.each([
    ['a comparison', "export const f = (kind: string) => kind === 'lamp';"],
    ['a key', "export const delays = { 'lamp': 3 };"],
    ['a case', "export const f = (k: string) => { switch (k) { case 'lamp': return 1; default: return 0; } };"],
    ['a template', 'export const x = `lamp`;'],
  ])('complains about %s', (_what, text) => {
    expect(checkIgnorance('sim/world/a.ts', text, new Set(['lamp']))).toHaveLength(1);
  });

  it('lets comments give examples', () => {
    expect(checkIgnorance('sim/world/a.ts', "// such as 'lamp'\nexport const x = 'lampshade';", new Set(['lamp']))).toEqual([]);
  });
});
