import { describe, expect, it } from 'vitest';
import { LARGEST } from '../../sim/scenario/reader.ts';
import { loadHome, type SourceReader } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { REFERENCE, withFiles } from './project.ts';

const load = (text: string, path = 'scenarios/homes/mine.yaml') => loadHome(path, withFiles({ [path]: text }), fakeCatalogue);
const complaints = (text: string, path?: string) => complaintsOf(() => load(text, path)).join('\n');
const device = (home: ReturnType<typeof load>, id: string) => home.data.devices.find((one) => one.id === id);

describe('homes', () => {
  it('the reference home has the devices that everything else counts on', () => {
    const ids = loadHome('scenarios/homes/reference.yaml', withFiles({}), fakeCatalogue).data.devices.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(
      'bp-cuff camera content ehr hospital-edge household hub idp isp laptop lte nurse-panel oximeter patient phone platform portal resolver skill-backend soc speaker thermometer tv vendor-cloud voice-cloud'.split(
        ' ',
      ),
    );
  });

  it('a home changes what it extends by id, whichever list named the thing first', () => {
    const home = load(
      'id: mine\nextends: reference\ndevices:\n  - { id: camera, on: guest }\n  - { id: platform, settings: { verify-signature: true } }\ncare: { course: deteriorating }\n',
    );
    expect(device(home, 'camera')).toMatchObject({ kind: 'camera', on: 'guest', settings: { credentials: 'factory' } });
    expect(device(home, 'platform')).toMatchObject({
      kind: 'telehealth-platform',
      zone: 'internet',
      settings: { 'verify-signature': true },
    });
    expect(home.data.care).toMatchObject({ plan: 'copd', course: 'deteriorating' });
    expect(home.title).toBe('Two-person home, COPD patient on day 2, tablet kit');
  });

  it('JSON is as good as YAML', () => {
    const home = load(
      '{ "id": "mine", "extends": "reference", "devices": [{ "id": "camera", "on": "guest" }] }',
      'scenarios/homes/mine.json',
    );
    expect(device(home, 'camera')?.on).toBe('guest');
    expect(
      complaints('{ "id": "mine", "extends": "reference", "devices": [{ "id": "camera", "onn": "guest" }] }', 'scenarios/homes/mine.json'),
    ).toContain('mine.json:1:71: unknown key "onn" in devices.camera. Write "on", the nearest known.');
  });

  it('a home of a user, anywhere, extends the project’s', () => {
    expect(load('id: mine\nextends: reference\n', '/somewhere/mine.yaml').data.devices.length).toBeGreaterThan(20);
    // A file called base.yaml may extend the project's base.
    expect(load('id: base\nextends: base\n', '/somewhere/base.yaml').data.line.kind).toBe('cable');
  });

  it('is plain data', () => {
    const home = load('id: mine\nextends: reference\n');
    expect(JSON.parse(JSON.stringify(home))).toEqual(home);
  });

  it.each([
    [
      'an unknown kind',
      'devices:\n  - { id: cam2, kind: camra, on: private }',
      'mine.yaml:4:23: there is no device kind "camra". Write "camera"',
    ],
    ['an unknown segment', 'devices:\n  - { id: camera, on: privat }', 'mine.yaml:4:23: there is no segment "privat". Write "private"'],
    [
      'an unknown segment in a list',
      'devices:\n  - { id: camera, on: [private, gest] }',
      'mine.yaml:4:33: there is no segment "gest". Write "guest"',
    ],
    ['an unknown relay', 'devices:\n  - { id: oximeter, via: hubb }', 'mine.yaml:4:26: there is no device "hubb". Write "hub"'],
    [
      'a setting of another kind',
      'devices:\n  - { id: camera, settings: { voice-pin: true } }',
      'mine.yaml:4:31: camera has no setting "voice-pin"',
    ],
    [
      'a wrong choice',
      'devices:\n  - { id: camera, settings: { credentials: factry } }',
      'mine.yaml:4:44: credentials: expected one of factory, unique; got "factry". Write "factory"',
    ],
    ['a wrong type', 'router: { settings: { upnp: "yes" } }', 'mine.yaml:3:29: upnp: expected true or false; got "yes"'],
    [
      'a value out of range',
      'router: { settings: { lockout-minutes: 61 } }',
      'lockout-minutes: expected a number from 0 to 60 min; got 61',
    ],
    ['an unknown profile', 'router: { profile: typical-2026 }', 'consumer-router has no profile "typical-2026". Write "typical-2025"'],
    [
      'a scale that does not exist',
      'care: { news2-scale: 3 }',
      'mine.yaml:3:22: care.news2-scale: expected 1, or 2 where the plan states hypercapnic failure; got 3',
    ],
    ['targets the wrong way round', 'care: { spo2-target: [92, 88] }', 'expected the lower bound first'],
    ['a negative number of visitors', 'household: { visitors-per-week: -1 }', 'expected a number of at least 0; got -1'],
    ['light homes', 'homes: { light: 10 }', '0: this version simulates one home'],
    ['an unknown line', 'line: { kind: cabel }', 'expected one of fibre, cable, dsl, lte; got "cabel". Write "cable"'],
    ['a device in the adversary’s hands that is none', 'adversary: { inside: [camer] }', 'there is no device "camer". Write "camera"'],
    ['a person in the adversary’s hands', 'adversary: { inside: [patient] }', '"patient" is a person'],
    ['a fact that is none', 'adversary: { knows: [password] }', 'adversary.knows.0: expected'],
    ['an id of the engine', 'devices:\n  - { id: attacker, kind: camera, on: private }', 'id "attacker" is used by the engine itself'],
    ['the router among the devices', 'devices:\n  - { id: router, kind: consumer-router }', '"router" stands under its own key'],
    [
      'an id twice',
      'devices:\n  - { id: cam2, kind: camera, on: private }\n  - { id: cam2, kind: camera, on: private }',
      'mine.yaml:5:11: device id "cam2" is already used in line 4',
    ],
    [
      'an id twice, in two lists',
      'devices:\n  - { id: x, kind: camera }\nclouds:\n  - { id: x, kind: web-content }',
      'mine.yaml:6:11: device id "x" is already used in line 4',
    ],
    ['a segment twice', 'segments: [private, private]', 'segment id "private" is already used'],
    ['a device without a kind', 'devices:\n  - { id: cam2, on: private }', '"kind" is missing in devices.cam2. Add kind: a device kind'],
    ['both relay and segment', 'devices:\n  - { id: oximeter, on: private }', '"oximeter" has both via and on'],
    ['a relay that is itself', 'devices:\n  - { id: oximeter, via: oximeter }', '"oximeter" cannot relay for itself'],
    ['an id that is no id', 'devices:\n  - { id: My Camera, kind: camera }', 'Write for instance my-camera'],
    ['an unknown care plan', 'care: { plan: copdd }', 'mine.yaml:3:15: there is no care plan "copdd". Write "copd"'],
    ['a person as relay', 'devices:\n  - { id: oximeter, via: patient }', 'mine.yaml:4:26: "patient" relays for no other device'],
    ['a camera as relay', 'devices:\n  - { id: oximeter, via: camera }', '"camera" relays for no other device. Known, nearest first: hub.'],
    [
      'relays in a circle',
      'devices:\n  - { id: a1, kind: hah-tablet, via: a2 }\n  - { id: a2, kind: hah-tablet, via: a1 }',
      'mine.yaml:4:38: "a2" relays for no other device',
    ],
    [
      'a person on the network',
      'devices:\n  - { id: patient, on: private }',
      'mine.yaml:4:24: "patient" is a person and on no network. Remove on.',
    ],
    [
      'a person of another kind',
      'devices:\n  - { id: household, kind: camera }',
      'mine.yaml:4:28: "household" is a person, no camera. Write kind: household',
    ],
    [
      'a second patient',
      'devices:\n  - { id: twin, kind: patient }',
      'mine.yaml:4:11: the patient of a home has the id "patient"; got "twin". Write id: patient, or remove it.',
    ],
    [
      'a gateway that does not forward',
      'segments:\n  - { id: private, medium: wifi, gateway: camera }',
      'mine.yaml:4:43: camera forwards nothing, so that it can be no gateway. Known, nearest first: ',
    ],
    ['a router that does not forward', 'router: { model: camera }', 'mine.yaml:3:18: camera forwards nothing, so that it can be no router'],
    [
      'a listed short-range segment',
      'segments:\n  - { id: private, medium: ble }',
      'mine.yaml:4:28: segment "private": short-range segments are not listed',
    ],
    [
      'a router without a line',
      'router: { on: [] }',
      'mine.yaml:3:15: the router is on no segment that leads out of the home. Name its uplink',
    ],
    ['a router that leads nowhere', 'router: { on: private }', 'the router is on no segment that leads out'],
    ['a segment named like a zone', 'segments: [wan]', '"wan" is a zone of every router'],
  ])('refuses %s', (_what, text, complaint) => {
    expect(complaints(`id: mine\nextends: reference\n${text}\n`)).toContain(complaint);
  });

  it('takes failures at given times, of the mains, of devices that hang on them, of links', () => {
    const failures = (list: string) => `id: mine\nextends: reference\nfailures: [${list}]\n`;
    const good =
      '{ of: power, from-hours: 6, minutes: 45 }, { of: power, on: camera, from-hours: 1, minutes: 1 }, { of: link, on: line, from-hours: 0, minutes: 0.5 }';
    expect(load(failures(good)).data.failures).toEqual([
      { of: 'power', 'from-hours': 6, minutes: 45 },
      { of: 'power', on: 'camera', 'from-hours': 1, minutes: 1 },
      { of: 'link', on: 'line', 'from-hours': 0, minutes: 0.5 },
    ]);
    const times = 'from-hours: 1, minutes: 1';
    expect(complaints(failures(`{ of: power, on: patient, ${times} }`))).toContain('"patient" cannot lose its power in this version');
    expect(complaints(failures(`{ of: power, on: camra, ${times} }`))).toContain('there is no device "camra". Write "camera"');
    expect(complaints(failures(`{ of: link, ${times} }`))).toContain('which link fails?');
    expect(complaints(failures(`{ of: addresses, ${times} }`))).toContain('whose addresses are used up?');
    expect(complaints(failures(`{ of: addresses, on: line, ${times} }`))).toContain('nobody gives addresses on "line"');
    expect(load(failures(`{ of: addresses, on: guest, ${times} }`)).data.failures).toHaveLength(1);
    expect(complaints(failures(`{ of: link, on: camera, ${times} }`))).toContain('there is no segment "camera"');
    expect(complaints(failures('{ of: link, on: line, from-hours: -1, minutes: 0 }'))).toMatch(
      /at least 0; got -1.*\n.*more than 0; got 0/s,
    );
    expect(complaints('id: mine\nextends: reference\ndevices: [{ id: oximeter, supply: battery }]\n')).toContain('cannot lose its power');
  });

  it('says what a home from scratch lacks', () => {
    const all = complaints('id: mine\n');
    for (const key of ['router', 'line', 'segments', 'devices', 'care']) expect(all).toContain(`"${key}" is missing`);
  });

  it('a home without segments is told to list them, not to disconnect what is there', () => {
    const text = REFERENCE.replace('extends: base\n', '').replace('segments: [private, guest]', 'segments: []');
    // This router has no segments of its own.
    const all = complaints(text.replace('consumer-router, profile: neglected', 'isp-gateway'));
    expect(all).toContain('there is no segment "private". List it under segments:, for instance { id: private, medium: wifi }.');
    expect(all).not.toContain('remove it');
  });

  it.each([
    [
      'in a circle',
      { 'scenarios/homes/a.yaml': 'id: a\nextends: b\n', 'scenarios/homes/b.yaml': 'id: b\nextends: a\n' },
      'b.yaml:2:10: extends goes round in a circle: scenarios/homes/a.yaml → scenarios/homes/b.yaml → scenarios/homes/a.yaml',
    ],
    ['itself', { 'scenarios/homes/a.yaml': 'id: a\nextends: a\n' }, 'extends goes round in a circle'],
    [
      'what is not there',
      { 'scenarios/homes/a.yaml': 'id: a\nextends: refrence\n' },
      'a.yaml:2:10: there is no home "refrence" beside this one or in scenarios/homes. Write "reference"',
    ],
    [
      'a file outside',
      { 'scenarios/homes/a.yaml': 'id: a\nextends: ../../secret.yaml\n', 'secret.yaml': 'id: x' },
      "leaves the scenario's folder scenarios",
    ],
    ['an absolute path', { 'scenarios/homes/a.yaml': 'id: a\nextends: /etc/passwd\n' }, 'expected a relative path'],
    [
      'what is nowhere, where many have a name that is near',
      { 'scenarios/homes/a.yaml': 'id: a\nextends: bsae\n', 'scenarios/homes/bse.txt': '' },
      'Write "base", the nearest known.',
    ],
    [
      'what is not beside it under this path',
      { 'scenarios/homes/a.yaml': 'id: a\nextends: ./refrence.yaml\n' },
      'a.yaml:2:10: there is no file scenarios/homes/refrence.yaml. Write "reference.yaml"',
    ],
    ['a URL', { 'scenarios/homes/a.yaml': 'id: a\nextends: "https://example.com/a.yaml"\n' }, 'expected a relative path'],
  ])('refuses to extend %s', (_what, files: Record<string, string>, complaint) => {
    expect(complaintsOf(() => loadHome('scenarios/homes/a.yaml', withFiles(files), fakeCatalogue)).join('\n')).toContain(complaint);
  });

  it('refuses a file that is too large, and one that cannot be read', () => {
    expect(complaints(`# ${'x'.repeat(LARGEST)}\nid: mine\n`)).toContain('at most 1000000 are read');
    const broken: SourceReader = {
      read: () => {
        throw new Error('it is a folder');
      },
      list: () => [],
    };
    expect(complaintsOf(() => loadHome('a.yaml', broken, fakeCatalogue)).join('\n')).toContain('a.yaml cannot be read: it is a folder');
  });
});
