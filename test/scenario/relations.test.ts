import { describe, expect, it } from 'vitest';
import { loadHome, loadLibrary, resolve, type Choices } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { files, REFERENCE, withFiles } from './project.ts';

const library = loadLibrary(withFiles({}), fakeCatalogue);
const NOBODY: Choices = { threat: null, mitigations: [] };
const settings = (text: string, device: string, set: readonly string[] = []) => {
  const home = loadHome('h/mine.yaml', withFiles({ 'h/mine.yaml': text }), fakeCatalogue);
  return resolve(home, { ...NOBODY, set }, library, fakeCatalogue).devices.find(({ id }) => id === device)!.settings;
};
const with2 = (lines: string): string => `id: mine\nextends: reference\ndevices:\n${lines}`;
const TWO = with2('  - { id: b-hub, kind: hah-tablet, on: private }\n  - { id: a-hub, kind: hah-tablet, on: private }\n');

describe('a setting that names devices', () => {
  it('finds them by their kind, whatever they are called', () => {
    const renamed = REFERENCE.replaceAll('id: hub', 'id: tablet-1').replaceAll('via: hub', 'via: tablet-1');
    expect(settings(renamed, 'hospital-edge')['enrolled']).toBe('tablet-1');
    expect(settings(renamed, 'router')['dns-server']).toBe('resolver');
    expect(settings(renamed, 'tablet-1')['oximeter']).toBe('oximeter');
  });

  it('takes all of the kind, in the order in which the home lists them, and kinds that stand for it', () => {
    expect(settings(TWO, 'hospital-edge')['enrolled']).toBe('hub, b-hub, a-hub');
    expect(settings(with2('  - { id: own, kind: own-tablet, on: private }\n'), 'hospital-edge')['enrolled']).toBe('hub, own');
  });

  it('takes only those that it relays for where it says so', () => {
    expect(settings(TWO, 'a-hub')['oximeter']).toBe('');
    const moved = `${TWO}  - { id: oximeter, via: a-hub }\n  - { id: ox-2, kind: pulse-oximeter, via: b-hub }\n`;
    expect(['hub', 'a-hub', 'b-hub'].map((hub) => settings(moved, hub)['oximeter'])).toEqual(['', 'oximeter', 'ox-2']);
  });

  it('is what the home says, be it nobody; --set comes last', () => {
    const own = (value: string): string => `${TWO}  - { id: hospital-edge, settings: { enrolled: ${value} } }\n`;
    expect(settings(own('a-hub'), 'hospital-edge')['enrolled']).toBe('a-hub');
    expect(settings(own("''"), 'hospital-edge')['enrolled']).toBe('');
    expect(settings(own('a-hub'), 'hospital-edge', ['devices.hospital-edge.settings.enrolled=b-hub'])['enrolled']).toBe('b-hub');
  });

  it.each([
    ['hub, hubb', 'h/mine.yaml:6:48: enrolled: there is no device "hubb". Write "hub", the nearest known.'],
    ['camera', 'h/mine.yaml:6:48: enrolled: "camera" is no hah-tablet. Known, nearest first: a-hub, b-hub, hub.'],
  ])('refuses %j, told where it stands', (value, complaint) => {
    const text = `${TWO}  - { id: hospital-edge, settings: { enrolled: "${value}" } }\n`;
    expect(complaintsOf(() => settings(text, 'router')).join('\n')).toBe(complaint);
  });

  it('refuses a sensor that another relay hears, and any where there is none', () => {
    const text = TWO.replace('id: a-hub, kind', 'id: a-hub, settings: { oximeter: oximeter }, kind');
    expect(complaintsOf(() => settings(text, 'router')).join('\n')).toContain(
      'oximeter: "oximeter" is no pulse-oximeter that "a-hub" relays for. This home has none: remove the setting, or write "" for nobody.',
    );
  });
});

describe('a threat event that names devices by what they are', () => {
  const TAMPER = 'attacks/threat-events/te2-reading-tamper.yaml';
  const steps = (changed: readonly (readonly [string, string])[], home = REFERENCE) => {
    const text = changed.reduce((text, [from, to]) => text.replaceAll(from, to), files[TAMPER]!);
    const reader = withFiles({ [TAMPER]: text, 'h/mine.yaml': home });
    const spec = resolve(
      loadHome('h/mine.yaml', reader, fakeCatalogue),
      { ...NOBODY, threat: 'te2-reading-tamper' },
      loadLibrary(reader, fakeCatalogue),
      fakeCatalogue,
    );
    return { steps: spec.threat!.alternatives[0]!.map(({ args }) => args), knows: spec.adversary.knows };
  };
  const CAMERA = [', on: camera', ', on: { kind: camera }'] as const;
  const renamed = REFERENCE.replace('id: camera', 'id: eye').replace('id: hub', 'id: tablet').replaceAll('via: hub', 'via: tablet');

  it('is about the first device of the kind', () => {
    const both = [
      CAMERA,
      ['[hub, router]', '[{ kind: hah-tablet }, router]'],
      ['what: spo2', 'what: spo2, at: { kind: web-content }'],
    ] as const;
    const [login, between, rewrite] = steps(both, renamed).steps;
    expect(login!['on']).toBe('eye');
    expect(between!['between']).toEqual(['tablet', 'router']);
    expect(rewrite!['at']).toBe('content.example');
    expect(steps(both).steps[0]!['on']).toBe('camera');
  });

  it('knows what its device is where it does not say', () => {
    expect(
      steps(
        [
          [', on: camera', ', on: eye'],
          ['[hub', '[tablet'],
        ],
        renamed,
      ).steps[0],
    ).toEqual({ on: 'eye', kind: 'camera' });
  });

  it('takes the kind that the step says, whatever its device is', () => {
    expect(steps([['default-credentials, on: camera', 'default-credentials, on: { kind: camera }, kind: phone']]).steps[0]).toEqual({
      on: 'camera',
      kind: 'phone',
    });
  });

  it('may know a secret of such a device', () => {
    const knows = ['capability: moderate', "capability: moderate, knows: ['credential:x=secret-of-{kind:camera}']"] as const;
    expect(steps([CAMERA, ['[hub,', '[{ kind: hah-tablet },'], knows], renamed).knows).toEqual(['credential:x=secret-of-eye']);
  });

  it.each([
    [
      [CAMERA],
      REFERENCE.replace(/.*id: camera.*\n/, ''),
      '10:52: te2-reading-tamper, step default-credentials, on: this home has no camera. Add one',
    ],
    [[[', on: camera', ', on: { kind: camra }']], REFERENCE, 'there is no device kind "camra". Write "camera"'],
    [[[', on: camera', ', on: { kind: camera, id: x }']], REFERENCE, 'unknown key "id"'],
    [[['what: spo2', 'what: { kind: camera }']], REFERENCE, 'rewrite-observation, what: expected one of spo2, pulse'],
    [[[', on: camera', ', on: camera']], renamed, 'step default-credentials, on: this home has no device or segment "camera"'],
    [[['capability: moderate', "capability: moderate, knows: ['a=b-{kind:camra}']"]], REFERENCE, 'there is no device kind "camra"'],
    [
      [['capability: moderate', "capability: moderate, knows: ['a=b-{kind:own-tablet}']"]],
      REFERENCE,
      'te2-reading-tamper, knows: this home has no own-tablet. Add one',
    ],
    [[[', on: camera', ', on: "kind:camera"']], REFERENCE, 'got "kind:camera". Write { kind: camera }'],
    ...['{kind: camera}', '{ kind:camera }', '{kind:camera', '{kind:}', '{kind:__proto__}'].map(
      (name) =>
        [
          [['capability: moderate', `capability: moderate, knows: ['a=b-{kind:camera}-${name}']`]],
          REFERENCE,
          'expected {kind:…} with a device kind and no blanks; got another form. Write for instance {kind:camera}',
        ] as const,
    ),
    [
      [],
      `${REFERENCE}clouds:\n  - { id: content, kind: voice-cloud }\n`,
      'te2-reading-tamper, step rewrite-observation, at: this home has no web-content. Add one',
    ],
  ] as const)('refuses %j', (changed, home, complaint) => {
    expect(complaintsOf(() => steps(changed, home)).join('\n')).toContain(complaint);
  });
});
