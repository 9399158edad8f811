import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flag } from '../../sim/model/settings.ts';
import { loadHome, loadLibrary, resolve, type Choices } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { BASE, files, REFERENCE, withFiles } from './project.ts';

const reader = withFiles({});
const library = loadLibrary(reader, fakeCatalogue);
const home = loadHome('scenarios/homes/reference.yaml', reader, fakeCatalogue);
const NOBODY: Choices = { threat: null, mitigations: [] };
const world = (choices: Partial<Choices> = {}) => resolve(home, { ...NOBODY, ...choices }, library, fakeCatalogue);
const complaints = (choices: Partial<Choices>) => complaintsOf(() => world(choices)).join('\n');
const device = (spec: ReturnType<typeof world>, id: string) => spec.devices.find((one) => one.id === id)!;

describe('resolving a home into a world', () => {
  it('leaves out the failure of a segment that these mitigations do not make', () => {
    const set = ['failures=[{ of: link, on: medical, from-hours: 1, minutes: 5 }, { of: power, from-hours: 1, minutes: 5 }]'];
    expect(world({ set }).failures.map(({ on }) => on)).toEqual([null]);
    expect(world({ set, mitigations: ['medical-segmentation'] }).failures.map(({ on }) => on)).toEqual(['medical', null]);
  });

  it('gives plain JSON, devices and segments in the order of their ids', () => {
    const spec = world({ threat: 'te2-reading-tamper', mitigations: 'recommended' });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const ids = spec.devices.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(spec.segments.map(({ id }) => id)).toEqual([
      'ble',
      'guest',
      'hospital-clinical',
      'hospital-dmz',
      'hospital-servers',
      'internet',
      'lan',
      'line',
      'lte',
      'medical',
      'private',
    ]);
  });

  it('does not depend on the order in which a file lists its devices', () => {
    const [before, rest] = [REFERENCE.slice(0, REFERENCE.indexOf('devices:')), REFERENCE.slice(REFERENCE.indexOf('devices:'))];
    const [listed, after] = [
      rest
        .slice(0, rest.indexOf('\nhousehold:'))
        .split('\n')
        .filter((line) => line.startsWith('  - ')),
      rest.slice(rest.indexOf('\nhousehold:')),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(listed, { minLength: listed.length }), (order) => {
        const shuffled = withFiles({ 'scenarios/homes/reference.yaml': `${before}devices:\n${order.join('\n')}${after}` });
        const other = loadHome('scenarios/homes/reference.yaml', shuffled, fakeCatalogue);
        expect(JSON.stringify(resolve(other, { threat: null, mitigations: 'recommended' }, library, fakeCatalogue))).toBe(
          JSON.stringify(world({ mitigations: 'recommended' })),
        );
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('attaches gateways to what they serve, and short-range devices to their relay’s own segment', () => {
    const spec = world();
    expect(device(spec, 'router').on).toEqual(['line', 'guest', 'lan', 'private']);
    expect(device(spec, 'hub').on).toEqual(['private', 'ble']);
    expect(device(spec, 'oximeter')).toMatchObject({ on: ['ble'], via: 'hub' });
    expect(spec.segments.find(({ id }) => id === 'ble')).toMatchObject({ medium: 'ble', gateway: 'hub' });
    expect(spec.segments.find(({ id }) => id === 'line')).toMatchObject({ medium: 'line', zone: 'wan', gateway: 'isp' });
  });

  it('settings: model < profile < home < mitigations < --set', () => {
    const upnp = (choices: Partial<Choices>) => device(world(choices), 'router').settings['upnp'];
    const factory = (choices: Partial<Choices>) => device(world(choices), 'camera').settings['credentials'];
    expect(upnp({})).toBe(true);
    expect(upnp({ mitigations: ['unique-credentials'] })).toBe(false); // it names another profile
    expect(upnp({ mitigations: ['unique-credentials'], set: ['router.settings.upnp=true'] })).toBe(true);
    expect(upnp({ mitigations: ['unique-credentials'], set: ['router.profile=typical-2025'] })).toBe(true);
    expect(factory({})).toBe('factory'); // the home says so
    expect(factory({ mitigations: ['unique-credentials'] })).toBe('unique');
    expect(factory({ mitigations: ['unique-credentials'], set: ['devices.camera.settings.credentials=factory'] })).toBe('factory');
  });

  it('a mitigation’s settings written by hand give the mitigation’s world', () => {
    const by = world({ mitigations: ['medical-segmentation'] });
    const set = [
      'router.settings.segments.medical=true',
      'router.settings.rules.medical-to-private=deny',
      'router.settings.rules.private-to-medical=deny',
    ];
    expect(world({ set: [...set, 'devices.hub.settings.wifi.segment=medical'] })).toEqual(by);
    expect(world({ set: [...set, 'devices.hub.on=medical'] })).toEqual(by);
    const text =
      'id: reference\nextends: reference\nsegments: [medical]\nrouter: { settings: { rules.medical-to-private: deny, rules.private-to-medical: deny } }\ndevices: [{ id: hub, on: medical }]\n';
    const hand = loadHome('/elsewhere/hand.yaml', withFiles({ '/elsewhere/hand.yaml': text }), fakeCatalogue);
    expect(resolve(hand, NOBODY, library, fakeCatalogue)).toEqual(by);
  });

  it('a mitigation moves only what is on Wi-Fi', () => {
    const moved = (on: string) => device(world({ mitigations: ['medical-segmentation'], set: [`devices.hub.on=${on}`] }), 'hub').on;
    expect([moved('private'), moved('guest'), moved('lte'), moved('lan')]).toEqual([
      ['medical', 'ble'],
      ['medical', 'ble'],
      ['lte', 'ble'],
      ['lan', 'ble'],
    ]);
  });

  it('a mitigation that finds nothing changes nothing', () => {
    const text =
      'id: nothing\ntitle: T\nfamily: governance\nactor: hdo\nset: [{ on: { kind: infusion-pump }, settings: { alarm: true } }]\n';
    const pump = { ...fakeCatalogue.devices.get('camera')!, kind: 'infusion-pump', settings: { alarm: flag(false, 'Sounds.') } };
    const pumps = { ...fakeCatalogue, devices: new Map([...fakeCatalogue.devices, [pump.kind, pump]]) };
    const more = loadLibrary(withFiles({ 'scenarios/mitigations/nothing.yaml': text }), pumps);
    expect(resolve(home, { ...NOBODY, mitigations: ['nothing'] }, more, pumps)).toEqual(world());
  });

  it('takes the home’s own mitigations when none are chosen, and a set by its name', () => {
    const own = loadHome(
      '/h/own.yaml',
      withFiles({ '/h/own.yaml': 'id: own\nextends: reference\nmitigations: [medical-segmentation]\n' }),
      fakeCatalogue,
    );
    expect(device(resolve(own, { ...NOBODY, mitigations: null }, library, fakeCatalogue), 'hub').on[0]).toBe('medical');
    expect(world({ mitigations: 'recommended' })).toEqual(world({ mitigations: ['medical-segmentation', 'unique-credentials'] }));
    expect(world({ mitigations: 'medical-segmentation' })).toEqual(world({ mitigations: ['medical-segmentation'] }));
  });

  it('a parameter of the home is its assumption', () => {
    const one = world({ set: ['parameters.oximeter.report-period=30'] }).parameters.find(({ id }) => id === 'oximeter.report-period');
    expect(one).toEqual({
      id: 'oximeter.report-period',
      value: 30,
      unit: 's',
      source: 'set by home reference; registry: ours',
      grade: 'assumption',
      range: [10, 300],
    });
  });

  it('a name on the network is a device of the home', () => {
    const text = files['attacks/threat-events/te2-reading-tamper.yaml']!.replaceAll('what: spo2', 'at: contents.example');
    const other = loadLibrary(withFiles({ 'attacks/threat-events/te2-reading-tamper.yaml': text }), fakeCatalogue);
    expect(complaintsOf(() => resolve(home, { ...NOBODY, threat: 'te2-reading-tamper' }, other, fakeCatalogue)).join('\n')).toContain(
      'step rewrite-observation, at: this home has no device or segment "contents". Write "content"',
    );
  });

  it('a mitigation leaves where it is what it would not move, though its segment is not there', () => {
    const set = ['devices.hub.on=lte', 'router.settings.segments.medical=false'];
    const hub = world({ set, mitigations: ['medical-segmentation'] }).devices.find(({ id }) => id === 'hub')!;
    expect(hub.on).toEqual(['lte', 'ble']);
  });

  it.each([
    [{ threat: 'te2-reading-temper' }, '--threat:1:1: there is no threat event "te2-reading-temper". Write "te2-reading-tamper"'],
    [
      { mitigations: ['medical-segmentaton'] },
      '--mitigations:1:1: there is no mitigation "medical-segmentaton". Write "medical-segmentation"',
    ],
    [{ mitigations: ['typical', 'unique-credentials'] }, 'It is a set; give it alone'],
    [{ mitigations: 'typicl' }, '--mitigations:1:1: there is no mitigation or set "typicl". Write "typical"'],
    [{ hours: 0 }, '--hours:1:1: expected from 0.01 to 2160 hours'],
    [{ hours: Number.NaN }, '--hours:1:1: expected from 0.01 to 2160 hours'],
    [
      { set: ['devices.hub.settings.wifi.segment=medical'] },
      '"hub" is to be on segment "medical", which does not exist in this home. List it under segments:',
    ],
    [{ set: ['devices.hub.settings.wifi.segment=nosuch'] }, 'does not exist in this home. Known, nearest first: guest, private.'],
    [{ set: ['router.settings.segments.guest=false', 'devices.camera.on=guest'] }, '"camera" is to be on segment "guest"'],
    [{ set: ['devices.hub.settings.wifi.segment=lte'] }, '"lte" is not a Wi-Fi segment'],
    [
      { set: ['devices.tv.on=lan', 'devices.tv.settings.wifi.segment=nosuch'] },
      'wifi.segment=nosuch:1:34: wifi.segment: "nosuch" is not a Wi-Fi segment',
    ],
    [{ set: ['devices.oximeter.settings.wifi.segment=privat'] }, '"privat" is not a Wi-Fi segment. Write "private"'],
    [{ set: ['devices.tv.on=lan', 'devices.tv.settings.wifi.segment=guest'] }, '"tv" is not on Wi-Fi, so that wifi.segment does nothing'],
    [
      { set: ['router.settings.dns-server=nosuch'] },
      '--set router.settings.dns-server=nosuch:1:28: dns-server: there is no device "nosuch". Known, nearest first: ',
    ],
    [{ set: ['devices.hospital-edge.settings.enrolled=hub, hubb'] }, 'enrolled: there is no device "hubb". Write "hub"'],
    [{ set: ['parameters.oximeter.report-perod=30'] }, 'there is no parameter "oximeter.report-perod". Write "oximeter.report-period"'],
    [{ set: ['parameters.oximeter.report-period=0'] }, 'expected more than 0 s; got 0'],
    [{ set: ['parameters.air.rate=0'] }, 'expected more than 0 Mbit/s; got 0'],
    [{ set: ['parameters.air.tries=2.5'] }, 'expected a whole number of tries, at least 1; got 2.5'],
    [{ set: ['parameters.air.tries=0'] }, 'expected a whole number of tries, at least 1; got 0'],
    [{ set: ['parameters.camera.factory-credentials=1.5'] }, 'from 0 to 1; got 1.5'],
  ] satisfies [Partial<Choices>, string][])('refuses %j', (choices, complaint) => {
    expect(complaints(choices)).toContain(complaint);
  });

  it('an uplink that is not there is to be listed, whatever else has a name that is near', () => {
    const text = REFERENCE.replace('extends: base', 'extends: ./bare.yaml');
    const bare = BASE.replace('id: line, medium: line', 'id: lime, medium: line').replace('[internet, line]', '[internet, lime]');
    const other = loadHome('h/mine.yaml', withFiles({ 'h/bare.yaml': bare, 'h/mine.yaml': text }), fakeCatalogue);
    expect(complaintsOf(() => resolve(other, NOBODY, library, fakeCatalogue)).join('\n')).toContain(
      '"router" is to be on segment "line", which does not exist in this home. List it under segments:, for instance { id: line, medium: line }.',
    );
  });

  it('a home may lack what a setting names by default: then it names nobody', () => {
    const small = REFERENCE.replace(/  - \{ id: (hub|oximeter|bp-cuff|thermometer),.*\n/g, '');
    const other = loadHome('h/mine.yaml', withFiles({ 'h/mine.yaml': small }), fakeCatalogue);
    expect(device(resolve(other, NOBODY, library, fakeCatalogue), 'hospital-edge').settings['enrolled']).toBe('');
  });

  it('a threat event about a device that the home lacks is refused where it is written', () => {
    const text = files['attacks/threat-events/te2-reading-tamper.yaml']!.replaceAll('on: camera', 'on: webcam');
    const other = loadLibrary(withFiles({ 'attacks/threat-events/te2-reading-tamper.yaml': text }), fakeCatalogue);
    expect(complaintsOf(() => resolve(home, { ...NOBODY, threat: 'te2-reading-tamper' }, other, fakeCatalogue))[0]).toContain(
      'attacks/threat-events/te2-reading-tamper.yaml:10:52: te2-reading-tamper, step default-credentials, on: this home has no device or segment "webcam"',
    );
  });
});
