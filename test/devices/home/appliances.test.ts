import { describe, expect, it } from 'vitest';
import { camera } from '../../../devices/home/camera.ts';
import { smartTv } from '../../../devices/home/smart-tv.ts';
import { phone } from '../../../devices/home/phone.ts';
import { laptop } from '../../../devices/home/laptop.ts';
import type { DeviceModel } from '../../../sim/model/device.ts';
import { Fake, find, indifferent, names, play, transitionsOf, type Story } from './fake.ts';

const TOKEN = { admin: { tokens: ['good'], issued: 1, failures: 0, lockedUntil: 0 } };

const updates = (state: string): Story[] => [
  { about: `${state} update-time`, to: state, does: ['request update-check'], waits: ['update-time'] },
  { about: `${state} update-answer`, to: state, body: { version: 2, bytes: 1000 }, does: ['stream update-downloaded'] },
  { about: `${state} update-downloaded`, to: state, does: ['request update-file'] },
  {
    about: `${state} update-file-failed`,
    to: state,
    memory: { downloading: 2 },
    body: { reason: 'timeout' },
    check: (fake) => expect(fake.memory.downloading).toBe(0),
  },
  {
    about: `${state} update-image`,
    to: state,
    body: { version: 2, program: 'agent' },
    message: true,
    settings: { 'updates-signed': false },
    does: ['foreign-code update-image'],
  },
  { about: `${state} clock-time`, to: state, does: ['datagram ntp'], waits: ['clock-time'] },
];
const page = (kind: string, state: string): Story[] => [
  { about: `${state} admin-login`, to: state, body: { user: 'admin', password: `admin-${kind}` }, message: true, does: ['reply admin-ok'] },
  {
    about: `${state} admin-run`,
    to: state,
    memory: TOKEN,
    body: { token: 'good', program: 'agent' },
    message: true,
    does: ['reply admin-ran', 'foreign-code admin-run'],
  },
  {
    about: `${state} admin-set`,
    to: state,
    memory: TOKEN,
    body: { token: 'good', name: 'auto-update', value: false },
    message: true,
    does: ['change auto-update', 'reply admin-done'],
  },
  {
    about: `${state} admin-read`,
    to: state,
    memory: TOKEN,
    body: { token: 'good', name: 'auto-update' },
    message: true,
    does: ['reply admin-value'],
  },
];

const cameraStories: Story[] = [
  ...['watching', 'recording', 'viewed'].flatMap((state): Story[] => [
    ...updates(state),
    ...page('camera', state),
    { about: `${state} keepalive-time`, to: state, does: ['request mqtt-ping'], waits: ['keepalive-time'] },
    { about: `${state} port-time`, to: state, settings: { 'remote-view': 'upnp' }, does: ['request upnp-map'], waits: ['port-time'] },
    { about: `${state} upnp-mapped`, to: state, body: { port: 80 }, check: (fake) => expect(fake.memory.portMapped).toBe(true) },
    { about: `${state} upnp-map-failed`, to: state, body: { reason: 'timeout' }, waits: ['port-again'] },
    { about: `${state} port-again`, to: state, settings: { 'remote-view': 'upnp' }, does: ['request upnp-map'] },
    { about: `${state} motion-time`, to: state === 'watching' ? 'recording' : state, waits: ['motion-time'] },
  ]),
  {
    about: 'off booted',
    settings: { 'remote-view': 'upnp' },
    to: 'watching',
    does: ['request upnp-map'],
    waits: ['keepalive-time', 'motion-time', 'clock-time', 'update-time'],
  },
  { about: 'watching motion', to: 'recording', does: ['stream clip-sent'] },
  { about: 'watching clip', to: 'recording', does: ['stream clip-sent'] },
  { about: 'recording clip-sent', to: 'watching', does: ['request clip-note'] },
  { about: 'watching view', settings: { 'remote-view': 'cloud' }, body: { seconds: 60 }, to: 'watching', does: ['request view-open'] },
  { about: 'watching view-opened', memory: { view: 60 }, to: 'viewed', does: ['stream view-ended'] },
  { about: 'watching view-direct', body: { seconds: 60 }, to: 'viewed', does: ['stream view-ended'] },
  { about: 'watching view-open-failed', memory: { view: 60 }, to: 'watching', check: (fake) => expect(fake.memory.view).toBe(0) },
  { about: 'viewed view-ended', memory: { view: 60 }, to: 'watching', check: (fake) => expect(fake.memory.view).toBe(0) },
];
const tvStories: Story[] = [
  ...['standby', 'playing'].flatMap((state): Story[] => [
    ...updates(state),
    ...page('smart-tv', state),
    { about: `${state} poll-time`, to: state, does: ['request poll'], waits: ['poll-time'] },
    { about: `${state} track-time`, to: state, does: ['request web-get'], waits: ['track-time'] },
  ]),
  { about: 'off booted', to: 'standby', waits: ['poll-time', 'track-time', 'clock-time', 'update-time'] },
  { about: 'standby watch', body: { seconds: 3600 }, to: 'playing', does: ['stream watched'] },
  { about: 'playing watched', to: 'standby' },
];
const personalStories: Story[] = [
  ...['idle', 'in-use'].flatMap((state): Story[] => [
    ...updates(state),
    { about: `${state} sync-time`, to: state, does: ['request poll'], waits: ['sync-time'] },
  ]),
  { about: 'off booted', to: 'idle', waits: ['sync-time', 'clock-time', 'update-time'] },
  { about: 'idle use', body: { seconds: 600 }, to: 'in-use', does: ['stream bulk-through'], waits: ['flow-time', 'use-over'] },
  { about: 'in-use flow-time', to: 'in-use', does: ['request web-get'], waits: ['flow-time'] },
  { about: 'in-use use-over', to: 'idle', check: (fake) => expect(fake.memory.flows).toBe(1) },
];

const cases: readonly (readonly [DeviceModel, readonly Story[]])[] = [
  [camera, cameraStories],
  [smartTv, tvStories],
  [phone, personalStories],
  [laptop, personalStories],
];
for (const [model, stories] of cases) {
  describe(`${model.kind}: every transition`, () => {
    for (const story of stories) it(story.about, () => expect(play(model, model.kind, story)).toBeNull());
    it('each story fails when its transition is deleted', () => expect(indifferent(model, model.kind, stories)).toEqual([]));
    it('no transition is without a story', () => expect(transitionsOf(model).sort()).toEqual(stories.map((story) => story.about).sort()));
  });
}

const login = (fake: Fake<any>, password: string) => fake.message('admin-login', { user: 'admin', password })[0]!;
const booted = (model: DeviceModel, settings: Readonly<Record<string, string | boolean>> = {}): Fake<any> => {
  const fake = new Fake<any>(model, 'thing', settings);
  fake.fire('booted');
  return fake;
};

describe('administration page', () => {
  it('credentials: the manual’s password opens it only while it is the factory’s', () => {
    expect(login(booted(camera), 'admin-camera').name).toBe('admin-ok');
    const own = booted(camera, { credentials: 'unique' });
    expect(login(own, 'admin-camera')).toMatchObject({
      what: 'refuse',
      more: { fact: 'credentials are not the factory ones', status: 401 },
    });
    expect(login(own, 'label-of-thing').name).toBe('admin-ok');
  });

  it('login-rate-limit: after five wrong passwords even the right one waits; without it guessing goes on', () => {
    const limited = booted(camera, { 'login-rate-limit': true });
    for (let i = 0; i < 5; i++) expect(login(limited, `guess ${i}`).more['fact']).toBe('credentials are not the factory ones');
    expect(login(limited, 'admin-camera').more['fact']).toBe('login rate limit');
    limited.now += 301e6;
    expect(login(limited, 'admin-camera').name).toBe('admin-ok');
    const open = booted(camera);
    for (let i = 0; i < 50; i++) login(open, `guess ${i}`);
    expect(login(open, 'admin-camera').name).toBe('admin-ok');
  });

  it('local-admin: switched off, nobody gets in', () => {
    expect(login(booted(smartTv, { 'local-admin': false }), 'admin-smart-tv').more['fact']).toBe('local-admin: switched off');
  });

  it('firmware-signed: an administrator’s program is not run', () => {
    const fake = booted(camera, { 'firmware-signed': true });
    const token = login(fake, 'admin-camera').body!['token']!;
    expect(fake.message('admin-run', { token, program: 'agent' })[0]!.more['fact']).toMatch(/^firmware-signed/);
  });

  it('a token must be one that was issued, and names must exist', () => {
    const fake = booted(camera);
    expect(fake.message('admin-run', { token: 'thing-1-5', program: 'agent' })[0]!.more['fact']).toBe('administration token unknown');
    expect(fake.message('admin-run', { program: 'agent' })[0]!.what).toBe('refuse');
    const token = login(fake, 'admin-camera').body!['token']!;
    expect(fake.message('admin-set', { token, name: 'nonsense', value: true })[0]!.what).toBe('refuse');
    expect(fake.message('admin-set', { token, name: 'auto-update', value: 'yes' })[0]!.what).toBe('refuse');
    expect(fake.message('admin-set', { token, name: 'auto-update' })[0]!.what).toBe('refuse');
    expect(fake.message('admin-read', { token, name: 'nonsense' })[0]!.what).toBe('refuse');
    expect(fake.message('admin-login', { user: 'toString', password: 'x' })[0]!.what).toBe('refuse');
  });
});

describe('camera, TV and personal devices: what their settings do', () => {
  it('remote-view: a port is asked for, the cloud is asked, or nobody may look', () => {
    const deeds = (way: string) => {
      const fake = new Fake<any>(camera, 'camera', { 'remote-view': way });
      fake.fire('booted');
      if (names(fake.deeds).includes('request upnp-map')) fake.message('upnp-mapped', { port: 80 });
      fake.send('view', { seconds: 60 });
      return {
        port: names(fake.deeds).includes('request upnp-map'),
        cloud: names(fake.deeds).includes('request view-open'),
        blocked: names(fake.deeds).includes('record action-blocked'),
        state: fake.state,
      };
    };
    expect(deeds('upnp')).toEqual({ port: true, cloud: false, blocked: false, state: 'viewed' });
    expect(deeds('cloud')).toEqual({ port: false, cloud: true, blocked: false, state: 'watching' });
    expect(deeds('off')).toEqual({ port: false, cloud: false, blocked: true, state: 'watching' });
  });

  it('remote-view by a port: while no map is held, nobody looks in from outside, and no cloud steps in', () => {
    const fake = booted(camera, { 'remote-view': 'upnp' });
    const look = (): string[] => names(fake.send('view', { seconds: 60 }));
    const blocked = ['record action-blocked'];
    expect(look()).toEqual(blocked);
    fake.message('upnp-mapped', { port: 80 });
    expect(look()).toEqual(['stream view-ended']);
    fake.send('view-ended');
    // The router has UPnP off when the map is to be renewed, then on again, then does not answer.
    fake.send('upnp-map-failed', { reason: 'refused', status: 403 });
    expect(look()).toEqual(blocked);
    fake.message('upnp-mapped', { port: 80 });
    expect(look()).toEqual(['stream view-ended']);
    fake.send('view-ended');
    fake.send('upnp-map-failed', { reason: 'timeout' });
    expect(look()).toEqual(blocked);
  });

  it('a port that was opened after some tries begins the waits anew, and no try has the luck of another', () => {
    const fake = booted(camera, { 'remote-view': 'upnp' });
    const asked = new Set<unknown>();
    const waits = [1, 2, 3].map(() => {
      fake.send('upnp-map-failed', { reason: 'timeout' });
      const wait = fake.timers.find((timer) => timer.type === 'port-again')!.at - fake.now;
      asked.add(find(fake.fire('port-again'), 'request', 'upnp-map').more['n']);
      fake.message('upnp-mapped', { port: 80 });
      return wait;
    });
    expect(new Set(waits).size).toBe(1);
    expect(asked.size).toBe(3);
  });

  it('a router that refuses to open a port is not asked again at once', () => {
    const fake = booted(camera);
    fake.send('upnp-map-failed', { reason: 'refused', status: 403 });
    expect(fake.waits('port-again')).toBe(false);
  });

  it('motion-clips: switched off, nothing goes up', () => {
    const fake = booted(camera, { 'motion-clips': 'off' });
    fake.fire('motion-time');
    fake.send('motion');
    expect(fake.state).toBe('watching');
  });

  it('a live view keeps within what cameras were seen to send', () => {
    for (const u of [0.0001, 0.5, 0.9999]) {
      const fake = booted(camera);
      fake.draws.set('view-rate', u);
      const rate = Number(find(fake.send('view-direct', { seconds: 60 }), 'stream').more['bitsPerSecond']);
      expect(rate).toBeGreaterThanOrEqual(32_000);
      expect(rate).toBeLessThanOrEqual(1_660_000);
    }
  });

  it('advertising: switched off, the TV no longer reports', () => {
    expect(names(booted(smartTv, { advertising: false }).fire('track-time'))).toEqual([]);
  });

  it('TV video takes 3 to 8 Mbit/s as an elastic stream', () => {
    const flow = find(booted(smartTv).send('watch', { seconds: 100 }), 'stream', 'watched').more;
    expect(flow).toMatchObject({ mode: 'elastic', direction: 'down', seconds: 100 });
    expect(flow['bitsPerSecond']).toBe(5_500_000);
  });

  it('what a page weighs beyond one message follows as a stream', () => {
    const fake = booted(laptop);
    fake.send('use', { seconds: 600 });
    fake.draws.set('flow-down', 0.9999);
    const deeds = fake.fire('flow-time');
    expect(find(deeds, 'request', 'web-get').body!['pageBytes']).toBe(200_000);
    expect(names(deeds)).toContain('stream page-through');
  });

  it('a use that ends leaves no flow behind for the next one', () => {
    const fake = booted(phone);
    fake.send('use', { seconds: 600 });
    fake.fire('use-over');
    expect(fake.waits('flow-time')).toBe(false);
  });
});
