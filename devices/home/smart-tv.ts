import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';
import { flag } from '../../sim/model/settings.ts';
import { hostOf } from '../peers.ts';
import { ADMIN_KINDS, adminTransitions } from '../admin.ts';
import { ADMIN_PORT, applianceEffects, applianceMemory, applianceSettings, clockTransition, type ApplianceMemory } from './appliance.ts';
import { link, type Chain } from './background.ts';
import { UPDATE_CHAIN, updateEffects, updateTransitions, vendorChannel } from './updates.ts';
import { webChannel, webSettings } from './web.ts';

const POLL: Chain = { event: 'poll-time', gap: 'tv.poll-gap' };
const TRACK: Chain = { event: 'track-time', gap: 'tv.track-gap' };
const CLOCK: Chain = { event: 'clock-time', gap: 'tv.clock-gap' };

const HTTPS = 443;
const MEGA = 1_000_000;

const always = {
  ...adminTransitions,
  ...updateTransitions,
  ...clockTransition(CLOCK),
  [POLL.event]: { actions: ['poll'] },
  [TRACK.event]: { actions: ['track'] },
} as const;

/** A television: adaptive video while somebody watches, polls and advertising at all hours, an administration page. */
export const smartTv = defineDevice<ApplianceMemory>({
  kind: 'smart-tv',
  title: 'Smart TV: streaming video, polls, advertising, administration page',
  family: 'home',
  roles: ['iot'],
  settings: { ...applianceSettings, ...webSettings, advertising: flag(true, 'Reports what is watched and fetches advertising.') },
  supply: 'mains',
  keeps: ['version'],
  memory: applianceMemory,
  listens: [ADMIN_PORT],
  serves: ADMIN_KINDS,
  machine: {
    initial: 'off',
    states: {
      off: { entry: ['powerUp'], on: { booted: { target: 'standby', actions: ['startChains'] } } },
      standby: { on: { ...always, watch: { target: 'playing', actions: ['play'] } } },
      playing: { on: { ...always, watched: { target: 'standby' } } },
    },
  },
  effects: {
    ...applianceEffects<ApplianceMemory>([POLL, TRACK, UPDATE_CHAIN], CLOCK, 'tv.boot-time'),
    ...updateEffects<ApplianceMemory>(),
    play: (device, event) => {
      const seconds = Number(event.body?.['seconds'] ?? 0);
      const rate = device.sample(device.distribution('tv.video-rate'), 'video-rate', event.n) * MEGA;
      device.stream(hostOf(device, 'web'), {
        mode: 'elastic',
        direction: 'down',
        bitsPerSecond: rate,
        seconds,
        type: 'watched',
        n: event.n,
        port: HTTPS,
      });
    },
    poll: link<ApplianceMemory>(POLL, (device, event) =>
      device.request('vendor', {
        kind: 'poll',
        body: { answerBytes: device.parameter('tv.poll-answer-bytes') },
        bytes: device.parameter('tv.poll-bytes'),
        n: event.n,
      }),
    ),
    track: link<ApplianceMemory>(TRACK, (device, event) => {
      if (!device.setting<boolean>('advertising')) return;
      device.request('web', {
        kind: 'web-get',
        body: { pageBytes: device.parameter('tv.track-answer-bytes') },
        bytes: device.parameter('tv.track-bytes'),
        n: event.n,
      });
    }),
  },
  channels: {
    // A TV keeps the session that it polls over; a new handshake every minute would be most of its idle traffic.
    vendor: (device) => ({ ...vendorChannel(device), keepOpen: device.parameter('tv.session-idle') * SECOND }),
    web: (device) => ({ ...webChannel(device), keepOpen: device.parameter('tv.session-idle') * SECOND }),
  },
});
