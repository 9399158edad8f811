import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { techniques } from '../../attacks/index.ts';

const read = <T>(folder: string): (T & { file: string })[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ ...(parse(readFileSync(`${folder}/${name}`, 'utf8')) as T), file: name.replace('.yaml', '') }));

interface Mitigation {
  id: string;
  family: string;
  set: { on: object; settings?: object; profile?: string }[];
  maps: { ref: string; basis: string }[];
}
interface Step {
  technique?: string;
  all?: Step[];
  any?: Step[];
}
const mitigations = read<Mitigation>('scenarios/mitigations');
const sets = new Map(read<{ id: string; mitigations: string[] }>('scenarios/sets').map((set) => [set.id, set.mitigations]));
const threats = read<{ id: string; goal: object; steps: Step; needs: { parameter: string; grade: string }[] }>('attacks/threat-events');
const exceptions = read<{ id: string; title: string; mitigations: string[] }>('scenarios/homes/exceptions');
const registry = parse(readFileSync('scenarios/parameters/attack.yaml', 'utf8')) as { id: string; grade: string; range?: number[] }[];
const FAMILIES = ['access-control', 'authentication', 'continuous-monitoring', 'data-security', 'governance', 'network-segmentation'];

describe('mitigations', () => {
  it('cover the six families, at least two each', () => {
    expect(mitigations.length).toBeGreaterThanOrEqual(12);
    for (const family of FAMILIES) expect(mitigations.filter((one) => one.family === family).length, family).toBeGreaterThanOrEqual(2);
  });

  it('are nothing but settings, and every reference says what it rests on', () => {
    for (const one of mitigations) {
      expect(one.id).toBe(one.file);
      for (const change of one.set) expect(change.settings !== undefined || change.profile !== undefined, one.id).toBe(true);
      expect(one.maps.length, one.id).toBeGreaterThan(0);
      expect(
        one.maps.every(({ basis }) => basis === 'ours'),
        one.id,
      ).toBe(true);
    }
  });

  it('make three sets: nothing, the present day, and all six families', () => {
    expect(sets.get('none')).toEqual([]);
    const known = new Map(mitigations.map((one) => [one.id, one.family]));
    for (const [name, ids] of sets) for (const id of ids) expect(known.has(id), `${name}: ${id}`).toBe(true);
    expect([...new Set(sets.get('recommended')!.map((id) => known.get(id)))].sort()).toEqual(FAMILIES);
    expect(sets.get('typical')!.length).toBeLessThan(sets.get('recommended')!.length);
  });
});

describe('threat events', () => {
  const names = (step: Step): string[] => [
    ...(step.technique === undefined ? [] : [step.technique]),
    ...(step.all ?? []).flatMap(names),
    ...(step.any ?? []).flatMap(names),
  ];

  it('are the five of CSWP 34, built from known techniques', () => {
    expect(threats.map(({ id }) => id)).toEqual([
      'te1-voice-eavesdrop',
      'te2-reading-tamper',
      'te3-uplink-flood',
      'te4-voice-command',
      'te5-router-to-hospital',
    ]);
    const known = new Set(techniques.map(({ id }) => id));
    for (const threat of threats) for (const name of names(threat.steps)) expect(known.has(name), `${threat.id}: ${name}`).toBe(true);
  });

  it('use every technique', () => {
    const used = new Set(threats.flatMap(({ steps }) => names(steps)));
    expect(techniques.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });

  it('state the conditions that they rely on with the grade that the registry has', () => {
    const grades = new Map(registry.map(({ id, grade }) => [id, grade]));
    for (const threat of threats) {
      expect(threat.needs.length, threat.id).toBeGreaterThan(0);
      for (const need of threat.needs) expect(grades.get(need.parameter), `${threat.id}: ${need.parameter}`).toBe(need.grade);
    }
  });
});

describe('figures of the adversary', () => {
  it('are all used, and all that are used exist', () => {
    const code = ['attacks', 'attacks/techniques']
      .flatMap((folder) =>
        readdirSync(folder)
          .filter((name) => name.endsWith('.ts'))
          .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
      )
      .join('\n');
    const named = new Set([...code.matchAll(/'(attack\.[a-z0-9.-]+)'/g)].map(([, id]) => id!));
    const known = registry.map(({ id }) => id).filter((id) => id.startsWith('attack.'));
    expect([...named].filter((id) => !known.includes(id))).toEqual([]);
    // Ids put together from parts: the ports scanned, the vital signs covered.
    const composed = /^attack\.(scan\.port-\d+|cover\.[a-z0-9]+\.(low|high|slack))$/;
    expect(known.filter((id) => !named.has(id) && !composed.test(id))).toEqual([]);
  });

  it('have a range wherever they are assumptions', () => {
    for (const { id, grade, range } of registry) if (grade === 'assumption') expect(range, id).toHaveLength(2);
  });
});

describe('exceptions', () => {
  it('are homes with one mitigation on each, and different ones', () => {
    expect(exceptions.length).toBeGreaterThanOrEqual(5);
    expect(new Set(exceptions.flatMap((home) => home.mitigations)).size).toBeGreaterThanOrEqual(5);
    for (const home of exceptions) {
      expect(home.id).toBe(home.file);
      expect(home.mitigations).toHaveLength(1);
    }
  });
});
