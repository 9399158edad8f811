import { describe, expect, it } from 'vitest';
import type { DeviceModel } from '../../sim/model/device.ts';
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
    const step = (n: string) => `{ technique: think, n: ${n} }`;
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
    // The kind of an observation is its code.
    expect(goal('{ observation-accepted: { altered: true, kind: spo2 } }').where).toEqual({ altered: true, code: 'spo2' });
  });

  it('a model may report records of its own, and goals name them', () => {
    const pump: DeviceModel = { ...fakeCatalogue.devices.get('camera')!, kind: 'pump', records: { 'dose-doubled': { units: 'number' } } };
    const own = { ...fakeCatalogue, devices: new Map([...fakeCatalogue.devices, ['pump', pump]]) };
    const more = edited(TAMPER, 'observation-accepted: { altered: true, kind: spo2 }', 'dose-doubled: { units: { at-least: 2 } }');
    expect(loadLibrary(withFiles(more), own).threats.get('te2-reading-tamper')!.goal).toEqual({
      record: 'dose-doubled',
      where: { units: { atLeast: 2 } },
      count: 1,
    });
    expect(complaints(more)).toContain('te2-reading-tamper.yaml:7:9: there is no record kind "dose-doubled". Known, nearest first: ');
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
    ['two selectors', edited(SEGMENTATION, '{ role: hah-kit }', '{ role: hah-kit, kind: phone }'), '"role" does not go with "kind"'],
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
      'an unknown field of a record',
      edited(TAMPER, 'altered: true, kind: spo2', 'altered: true, cde: spo2'),
      'te2-reading-tamper.yaml:7:48: observation-accepted has no field "cde". Write "code"',
    ],
    [
      'a field and its synonym',
      edited(TAMPER, 'altered: true, kind: spo2', 'code: pulse, kind: spo2'),
      '7:46: "code" stands here twice, once as "kind". Keep one of them.',
    ],
    [
      'a condition that a field cannot meet',
      edited(TAMPER, 'altered: true, kind: spo2', 'altered: yes'),
      '7:42: goal.observation-accepted.altered: expected true or false; got "yes". Write true or false.',
    ],
    ['a threshold for a word', edited(TAMPER, 'kind: spo2 } }', 'kind: { at-least: 2 } } }'), 'kind: expected text; got keys at-least'],
    [
      'an unknown argument',
      edited(TAMPER, '{ technique: default-credentials, on: camera }', '{ technique: default-credentials, onn: camera }'),
      '10:48: default-credentials takes no "onn". Write "on", the nearest known.',
    ],
    [
      'a missing argument',
      edited(TAMPER, '{ technique: default-credentials, on: camera }', '{ technique: default-credentials }'),
      '10:14: "on" is missing in step default-credentials. Add on: a device id or { kind: … }.',
    ],
    [
      'an argument of a technique that takes none',
      edited(TAMPER, '{ technique: default-credentials, on: camera }', '{ technique: rest, bogus: yes }'),
      '10:33: rest takes no "bogus". Remove it.',
    ],
    [
      'a port that is a word',
      edited(TAMPER, 'on: camera }', 'on: camera, port: abc }'),
      '10:66: default-credentials, port: expected a whole number from 1 to 65535; got "abc"',
    ],
    [
      'one station to get between',
      edited(TAMPER, 'between: [hub, router]', 'between: [hub]'),
      '10:103: arp-in-the-middle, between: expected a list of 2, each a device id or { kind: … }; got a list of 1',
    ],
    [
      'a choice that a technique lacks',
      edited(TAMPER, 'what: spo2', 'what: [spo2, puls]'),
      'rewrite-observation, what: expected one of spo2, pulse',
    ],
    [
      'a kind that nothing is of',
      edited(TAMPER, 'on: camera }', 'on: camera, kind: camra }'),
      'there is no device kind "camra". Write "camera"',
    ],
    [
      'a host that is none',
      edited(TAMPER, 'what: spo2', 'what: spo2, at: content'),
      'expected a name on the network, for instance content.example',
    ],
    [
      'a step that is a choice as well',
      edited(TAMPER, 'default-credentials, on: camera }', 'default-credentials, on: camera, any: [a] }'),
      'default-credentials takes no "any"',
    ],
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
