import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import { loadHome, loadLibrary, resolve } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { projectReader, withFiles } from './project.ts';

const FILE = 'scenarios/mitigations/mine.yaml';
const HOME = 'scenarios/homes/own.yaml';
/** A project with one more mitigation, and a home that gives the camera a role of its own. */
const reader = (set: string) =>
  withFiles({
    [FILE]: `id: mine\ntitle: T\nfamily: governance\nactor: hdo\nset: [${set}]\n`,
    [HOME]: 'id: own\nextends: reference\ndevices:\n  - { id: camera, roles: [watched] }\n',
  });
const complaints = (set: string) => complaintsOf(() => loadLibrary(reader(set), fakeCatalogue)).join('\n');
const world = (set: string) =>
  resolve(
    loadHome(HOME, reader(set), fakeCatalogue),
    { threat: null, mitigations: ['mine'] },
    loadLibrary(reader(set), fakeCatalogue),
    fakeCatalogue,
  );

describe('a mitigation for one device, or for a role that only homes give', () => {
  it.each([
    ['{ on: { id: camera }, settings: { nosuch: 3 } }', 'mine.yaml:5:41: no device has a setting "nosuch"'],
    ['{ on: { id: camera }, settings: { credential: unique } }', 'no device has a setting "credential". Write "credentials"'],
    ['{ on: { id: camera }, settings: { credentials: nope } }', 'credentials: expected one of factory, unique; got "nope"'],
    ['{ on: { id: camera }, profile: nada }', 'no device has a profile "nada"'],
    ['{ on: { role: watched }, settings: { nosuch: 3 } }', 'no device has a setting "nosuch"'],
    ['{ on: { role: watchd }, settings: { nosuch: 3 } }', 'no device has the role "watchd". Write "watched"'],
    ['{ on: { role: hah-kit }, settings: { wifi.segment: medcal } }', 'no home has a segment "medcal". Write "medical"'],
    ['{ on: { id: hub }, settings: { wifi.segment: true } }', 'wifi.segment: expected the id of a Wi-Fi segment; got true'],
  ])('%s is refused when it is read', (set, complaint) => {
    expect(complaints(set)).toContain(complaint);
  });

  it('may be for a segment that only a home of one’s own has', () => {
    expect(() => loadLibrary(reader('{ on: { role: hah-kit }, settings: { wifi.segment: care } }'), fakeCatalogue)).not.toThrow();
  });

  it.each([
    ['{ on: { id: camra }, settings: { credentials: unique } }', 'mine.yaml:5:19: this home has no device "camra". Write "camera"'],
    ['{ on: { id: camera }, settings: { voice-pin: true } }', 'mine.yaml:5:41: camera has no setting "voice-pin"'],
    ['{ on: { id: camera }, profile: neglected }', 'camera has no profile "neglected"'],
  ])('%s is refused when it is chosen', (set, complaint) => {
    expect(complaintsOf(() => world(set)).join('\n')).toContain(complaint);
  });

  it('changes that device', () => {
    for (const on of ['id: camera', 'role: watched']) {
      const { devices } = world(
        `{ on: { ${on} }, settings: { credentials: unique } }, { on: { id: hub }, settings: { wifi.segment: guest } }`,
      );
      expect(devices.filter(({ settings }) => settings['credentials'] === 'unique').map(({ id }) => id)).toEqual(['camera']);
      expect(devices.find(({ id }) => id === 'hub')?.on[0]).toBe('guest');
    }
  });
});

describe('what the home says as a whole', () => {
  const library = loadLibrary(projectReader, catalogue);
  const home = loadHome('scenarios/homes/reference.yaml', projectReader, catalogue);
  it.each([
    [
      'devices.household.settings.residents=5',
      '--set devices.household.settings.residents=5:1:28: "residents" of a household is what the home says as household.residents. Write it as household.residents.',
    ],
    ['devices.household.settings.visitors-per-week=50', 'what the home says as household.visitors-per-week'],
    ['devices.patient.settings.course=deteriorating', 'what the home says as care.course'],
    ['devices.patient.settings={ course: deteriorating }', 'what the home says as care.course'],
  ])('no device is told otherwise: %s', (edit, complaint) => {
    expect(complaintsOf(() => resolve(home, { threat: null, mitigations: [], set: [edit] }, library, catalogue)).join('\n')).toContain(
      complaint,
    );
  });

  it('the bounds there are those of the models', () => {
    const { residents, 'visitors-per-week': visitors } = catalogue.devices.get('household')!.settings;
    expect([residents!.low, residents!.high, visitors!.low, visitors!.high]).toEqual([1, 20, 0, 200]);
    for (const edit of ['household.residents=20', 'household.visitors-per-week=200', 'household.visitors-per-week=0'])
      expect(resolve(home, { threat: null, mitigations: [], set: [edit] }, library, catalogue).id).toBe('reference');
  });
});

it('a refused setting is not applied: what follows from it is not complained about', () => {
  const library = loadLibrary(withFiles({}), fakeCatalogue);
  const home = loadHome('scenarios/homes/reference.yaml', withFiles({}), fakeCatalogue);
  const set = ['router.settings.segments.guest=1', 'devices.camera.on=guest', 'devices.hub.settings.wifi.segment=3'];
  expect(complaintsOf(() => resolve(home, { threat: null, mitigations: [], set }, library, fakeCatalogue))).toEqual([
    '--set devices.hub.settings.wifi.segment=3:1:35: wifi.segment: expected the id of a Wi-Fi segment; got 3. Write a segment id, for instance private.',
    '--set router.settings.segments.guest=1:1:32: segments.guest: expected true or false; got 1. Write true or false.',
  ]);
});
