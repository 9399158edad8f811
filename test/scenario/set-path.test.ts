import { describe, expect, it } from 'vitest';
import { loadHome, loadLibrary, resolve } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { withFiles } from './project.ts';

const library = loadLibrary(withFiles({}), fakeCatalogue);
const home = loadHome('scenarios/homes/reference.yaml', withFiles({}), fakeCatalogue);
const world = (...set: string[]) => resolve(home, { threat: null, mitigations: [], set }, library, fakeCatalogue);
const complaints = (...set: string[]) => complaintsOf(() => world(...set)).join('\n');
const device = (id: string, ...set: string[]) => world(...set).devices.find((one) => one.id === id)!;

describe('--set PATH=VALUE', () => {
  it('edits the home by id', () => {
    expect(device('camera', 'devices.camera.on=guest').on).toEqual(['guest']);
    expect(device('hub', 'devices.hub.on=lte').on).toEqual(['lte', 'ble']);
    expect(device('hub', 'devices.hub.on=[lte, private]').on).toEqual(['lte', 'private', 'ble']);
    expect(device('speaker', 'devices.speaker.power=off').power).toBe(false);
    expect(device('speaker', 'devices.speaker.settings.skill-transport=tls').settings['skill-transport']).toBe('tls');
    expect(device('platform', 'devices.platform.settings.verify-signature=true').settings['verify-signature']).toBe(true);
    expect(world('adversary.in-range=false').adversary.inRange).toBe(false);
    expect(world('adversary.inside=[camera]').adversary.inside).toEqual(['camera']);
    expect(world('care.course=deteriorating').course).toBe('deteriorating');
    expect(world('line.kind=dsl').line.kind).toBe('dsl');
  });

  it('takes dotted names of settings whole, and the router by either path', () => {
    expect(device('router', 'router.settings.segments.medical=true').settings['segments.medical']).toBe(true);
    expect(device('router', 'devices.router.settings.upnp=false').settings['upnp']).toBe(false);
    expect(device('router', 'router.settings.upnp=false')).toEqual(device('router', 'devices.router.settings.upnp=false'));
    expect(device('router', 'router.profile=ir8425a-informed').settings['admin-password']).toBe('unique');
  });

  it('the last of two edits of one thing wins', () => {
    expect(device('camera', 'devices.camera.on=guest', 'devices.camera.on=private').on).toEqual(['private']);
    expect(device('router', 'router.settings.upnp=false', 'router.settings.upnp=true').settings['upnp']).toBe(true);
  });

  it('a map of settings is as strong as each of them alone: mitigations leave both', () => {
    const protectedBy = (...set: string[]) =>
      resolve(home, { threat: null, mitigations: 'recommended', set }, library, fakeCatalogue).devices.map(({ id, settings }) => [
        id,
        settings,
      ]);
    expect(protectedBy('devices.camera.settings={ credentials: factory }')).toEqual(
      protectedBy('devices.camera.settings.credentials=factory'),
    );
    expect(protectedBy('devices.camera={ kind: camera, on: private, settings: { credentials: factory } }')).toEqual(
      protectedBy('devices.camera.settings.credentials=factory'),
    );
    expect(protectedBy('router={ model: consumer-router, profile: neglected }')).toEqual(protectedBy('router.profile=neglected'));
    expect(protectedBy('router.settings={ segments.medical: true, upnp: true }')).toEqual(
      protectedBy('router.settings.segments.medical=true', 'router.settings.upnp=true'),
    );
  });

  it('a map in place of settings given by hand takes them away', () => {
    const credentials = (...set: string[]) => device('camera', ...set).settings['credentials'];
    const unique = 'devices.camera.settings.credentials=unique';
    expect(credentials(unique, 'devices.camera.settings={ credentials: factory }')).toBe('factory');
    expect(credentials('devices.camera.settings={ credentials: factory }', unique)).toBe('unique');
    expect(credentials(unique, 'devices.camera={ kind: camera, on: guest }')).toBe('factory');
    expect(credentials(unique, 'devices.camera.on=guest')).toBe('unique');
  });

  it('what replaces a thing of a list is that thing still', () => {
    expect(device('camera', 'devices.camera={ kind: camera, on: guest }').on).toEqual(['guest']);
    expect(device('camera', 'devices.camera={ id: camera, kind: camera, on: guest }').on).toEqual(['guest']);
    expect(world('segments.guest=guest')).toEqual(world());
    expect(world('segments.guest.zone=visitors').segments.find(({ id }) => id === 'guest')).toMatchObject({
      medium: 'wifi',
      zone: 'visitors',
    });
    expect(world('segments.guest={ medium: wifi }')).toEqual(world());
  });

  it('leaves the home itself alone', () => {
    const before = JSON.stringify(home);
    world('devices.camera.on=guest', 'router.settings.upnp=false');
    expect(JSON.stringify(home)).toBe(before);
  });

  it.each([
    ['devices.camra.on=guest', '--set devices.camra.on=guest:1:9: devices has no "camra". Write "camera", the nearest known.'],
    ['devices.camera.onn=guest', ':1:16: devices.camera has no "onn". Write "on"'],
    ['devises.camera.on=guest', ':1:1: a home has no "devises". Write "devices"'],
    ['devices.camera.on=gest', ':1:19: there is no segment "gest". Write "guest"'],
    ['devices.camera.settings.credential=unique', ':1:25: camera has no setting "credential". Write "credentials"'],
    ['devices.camera.settings.credentials=uniqe', ':1:37: credentials: expected one of factory, unique; got "uniqe". Write "unique"'],
    ['router.settings.segments.medcal=true', ':1:17: consumer-router has no setting "segments.medcal". Write "segments.medical"'],
    ['router.profile=typical', ':1:16: consumer-router has no profile "typical"'],
    ['router.settings.upnp=', 'expected a word, a number, true or false; got nothing'],
    ['router.settings.upnp={a: 1}', 'expected a word, a number, true or false'],
    ['router.settings.upnp=[', '--set router.settings.upnp=[:1:'],
    ['devices.camera', 'expected PATH=VALUE'],
    ['=guest', 'expected PATH=VALUE'],
    ['care.news2-scale=3', ':1:18: care.news2-scale: expected 1, or 2'],
    ['line.kind.x=1', 'line.kind has nothing below it'],
    ['devices.camera=guest', ':1:16: devices.camera is a device; got "guest". Name one of its keys, for instance devices.camera.on.'],
    ['devices.camera=3', ':1:16: devices.camera is a device; got 3.'],
    ['devices.camera={ id: cam, kind: camera }', 'devices.camera is a device; got one with the id "cam"'],
    ['segments.guest=null', ':1:16: segments.guest is a segment; got nothing. Name one of its keys, for instance segments.guest.zone.'],
    ['segments.guest.medium=wlan', 'segments.guest.medium: expected one of wifi, ethernet'],
    ['devices.21.on=guest', 'devices has no "21". Known, nearest first: '],
    ['devices.camera.settings={ credentials: nope }', ':1:40: credentials: expected one of factory, unique; got "nope"'],
    ['extends=base', 'a home has no "extends"'],
    ['adversary.inside=[__proto__]', 'adversary.inside.0: expected an id'],
    ['router.settings.__proto__=true', ':1:17: "__proto__" is not allowed anywhere'],
    ['parameters.__proto__=1', ':1:12: "__proto__" is not allowed anywhere'],
  ])('refuses %s', (argument, complaint) => {
    expect(complaints(argument)).toContain(complaint);
  });

  it('complains about all of several wrong edits', () => {
    const all = complaints('devices.camra.on=guest', 'router.settings.unpp=false', 'router.profile=x');
    expect(all).toContain('camra');
    expect(all).toContain('profile "x"');
  });
});
