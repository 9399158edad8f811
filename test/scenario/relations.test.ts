import { describe, expect, it } from 'vitest';
import { loadHome, loadLibrary, resolve, type Choices } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { REFERENCE, withFiles } from './project.ts';

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
