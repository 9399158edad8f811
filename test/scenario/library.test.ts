import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { files, withFiles } from './project.ts';

const SEGMENTATION = 'scenarios/mitigations/medical-segmentation.yaml';
const TAMPER = 'attacks/threat-events/te2-reading-tamper.yaml';
const load = (more: Record<string, string> = {}) => loadLibrary(withFiles(more), fakeCatalogue);
const complaints = (more: Record<string, string>) => complaintsOf(() => load(more)).join('\n');
const edited = (file: string, from: string, to: string) => ({ [file]: files[file]!.replace(from, to) });

describe('the library', () => {
  it('holds what the files say', () => {
    const library = load();
    expect([...library.sets]).toEqual([
      ['recommended', ['medical-segmentation', 'unique-credentials']],
      ['typical', []],
    ]);
    expect(library.mitigations.get('medical-segmentation')).toMatchObject({
      family: 'network-segmentation',
      actor: 'hdo',
      cost: { setupMinutes: 25 },
      maps: [{ ref: 'csf2:PR.IR-01', basis: 'ours' }],
    });
    expect(library.parameters.map(({ id }) => id)).toEqual([
      'air.rate',
      'air.tries',
      'camera.factory-credentials',
      'nurse.answer',
      'oximeter.report-period',
    ]);
    expect([...library.homes.keys()]).toEqual(['base', 'reference']);
  });

  it('a threat event’s graph becomes alternatives in the file’s order, however it nests', () => {
    const roads = (steps: string) => {
      const text = files[TAMPER]!.replace(/steps:[\s\S]*attack:.*\n/, `steps:\n  ${steps}\n`);
      return load({ [TAMPER]: text })
        .threats.get('te2-reading-tamper')!
        .alternatives.map((road) => road.map(({ args }) => args['n']).join(''));
    };
    const step = (n: string) => `{ technique: default-credentials, n: ${n} }`;
    expect(roads(`[${step('a')}, ${step('b')}]`)).toEqual(['ab']);
    expect(roads(`any: [${step('a')}, { all: [${step('b')}, ${step('c')}] }]`)).toEqual(['a', 'bc']);
    expect(roads(`all: [${step('a')}, { any: [${step('b')}, ${step('c')}] }, ${step('d')}]`)).toEqual(['abd', 'acd']);
  });

  it('a goal is a record kind with conditions, or any of several', () => {
    const goal = (text: string) =>
      load(edited(TAMPER, 'goal: { observation-accepted: { altered: true, kind: spo2 } }', `goal: ${text}`)).threats.get(
        'te2-reading-tamper',
      )!.goal;
    expect(goal('{ observation-accepted: { altered: true, code: spo2 } }')).toEqual({
      record: 'observation-accepted',
      where: { altered: true, code: 'spo2' },
      count: 1,
    });
    expect(goal('{ disclosure: { records: { at-least: 100 } }, count: 3 }')).toEqual({
      record: 'disclosure',
      where: { records: { atLeast: 100 } },
      count: 3,
    });
    expect(goal('{ disclosure: { to: adversary }, order-executed: { altered: true } }')).toEqual({
      record: 'disclosure',
      where: { to: 'adversary' },
      count: 1,
      or: [{ record: 'order-executed', where: { altered: true } }],
    });
    // A user's catalogue may report what we never heard of.
    expect(goal('{ dose-doubled: {} }')).toEqual({ record: 'dose-doubled', where: {}, count: 1 });
  });

  it('says everything that is wrong, in all files', () => {
    const all = complaints({
      ...edited(SEGMENTATION, 'actor: hdo', 'actor: hospital'),
      ...edited(TAMPER, 'technique: default-credentials', 'technique: default-credential'),
    });
    expect(all).toContain('medical-segmentation.yaml:5:8: actor: expected one of hdo, patient');
    expect(all).toContain('te2-reading-tamper.yaml:10:27: there is no technique "default-credential". Write "default-credentials"');
  });

  it.each([
    ['an unknown family', edited(SEGMENTATION, 'network-segmentation', 'network-segmentatoin'), 'Write "network-segmentation"'],
    [
      'an unknown kind',
      edited(SEGMENTATION, 'kind: consumer-router', 'kind: consumer-ruter'),
      'there is no device kind "consumer-ruter". Write "consumer-router"',
    ],
    ['an unknown role', edited(SEGMENTATION, 'role: hah-kit', 'role: hah-kti'), 'no device has the role "hah-kti". Write "hah-kit"'],
    [
      'a setting that the kind lacks',
      edited(SEGMENTATION, 'segments.medical', 'segments.medcal'),
      'consumer-router has no setting "segments.medcal". Write "segments.medical"',
    ],
    [
      'a setting that the role lacks',
      edited(SEGMENTATION, 'wifi.segment: medical', 'wifi.segmnt: medical'),
      'no device of this role has a setting "wifi.segmnt". Write "wifi.segment"',
    ],
    [
      'a value of the wrong type',
      edited(SEGMENTATION, 'segments.medical: true', 'segments.medical: 1'),
      'segments.medical: expected true or false; got 1',
    ],
    ['two selectors', edited(SEGMENTATION, '{ role: hah-kit }', '{ role: hah-kit, kind: phone }'), 'unknown key'],
    ['a basis of our invention', edited(SEGMENTATION, 'basis: ours', 'basis: our'), 'Write "ours"'],
    ['a negative cost', edited(SEGMENTATION, 'usd: 0', 'usd: -1'), 'expected a number of at least 0; got -1'],
    [
      'an unknown profile',
      edited('scenarios/mitigations/unique-credentials.yaml', 'ir8425a-informed', 'ir8425a'),
      'consumer-router has no profile "ir8425a"',
    ],
    [
      'two of one id',
      { 'scenarios/mitigations/other.yaml': files[SEGMENTATION]! },
      'mitigation id "medical-segmentation" is already used by scenarios/mitigations/medical-segmentation.yaml',
    ],
    [
      'an unknown mitigation in a set',
      { 'scenarios/sets/x.yaml': 'id: x\ntitle: X\nmitigations: [medical-segmentaton]\n' },
      'x.yaml:3:15: there is no mitigation "medical-segmentaton"',
    ],
    [
      'a set that extends itself',
      { 'scenarios/sets/x.yaml': 'id: x\ntitle: X\nextends: x\nmitigations: []\n' },
      'extends goes round in a circle: x → x',
    ],
    [
      'an unknown parameter',
      edited(TAMPER, 'camera.factory-credentials', 'camera.factory-credential'),
      'there is no parameter "camera.factory-credential"',
    ],
    [
      'a goal without a record',
      edited(TAMPER, 'observation-accepted: { altered: true, kind: spo2 }', 'count: 2'),
      'expected a record kind in the goal; got none',
    ],
    ['a mistyped record', edited(TAMPER, 'observation-accepted', 'observation-acepted'), 'Write "observation-accepted"'],
    [
      'a step without technique',
      edited(TAMPER, '{ technique: default-credentials, on: camera }', '{ tecnique: default-credentials }'),
      '"technique" is missing',
    ],
    [
      'an assumption without range',
      edited('scenarios/parameters/test.yaml', ', range: [10, 300]', ''),
      '"oximeter.report-period" is an assumption without a range',
    ],
    [
      'a value outside its range',
      edited('scenarios/parameters/test.yaml', '[10, 300]', '[100, 300]'),
      'value 60 of "oximeter.report-period" lies outside its range [100, 300]',
    ],
    ['a range the wrong way round', edited('scenarios/parameters/test.yaml', '[10, 300]', '[300, 10]'), 'expected low before high'],
    [
      'neither value nor distribution',
      edited('scenarios/parameters/test.yaml', 'value: 60, ', ''),
      '"oximeter.report-period" needs exactly one of value and distribution',
    ],
    ['an unknown grade', edited('scenarios/parameters/test.yaml', 'grade: published', 'grade: publishd'), 'Write "published"'],
    ['an unknown distribution', edited('scenarios/parameters/test.yaml', 'kind: lognormal', 'kind: lognorml'), 'distribution'],
    ['an infinite value', edited('scenarios/parameters/test.yaml', 'value: 60', 'value: .inf'), 'value: expected'],
    [
      'one parameter in two files',
      { 'scenarios/parameters/more.yaml': files['scenarios/parameters/test.yaml']! },
      'parameter "camera.factory-credentials" is already in scenarios/parameters/more.yaml, line 2',
    ],
  ])('refuses %s', (_what, more, complaint) => {
    expect(complaints(more as Record<string, string>)).toContain(complaint);
  });

  it('an unreadable registry is one complaint, not one for every reference to it', () => {
    expect(
      complaintsOf(() => load({ 'scenarios/parameters/test.yaml': '- { id: a.b, value: 1, unit: %, source: s, grade: published }\n' })),
    ).toHaveLength(1);
  });
});
