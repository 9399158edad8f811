import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import { choice } from '../../sim/model/settings.ts';
import { HOUR, SECOND } from '../../sim/kernel/time.ts';
import { hostOf } from '../peers.ts';
import { ADMIN_KINDS, adminTransitions } from '../admin.ts';
import { ADMIN_PORT, applianceEffects, applianceMemory, applianceSettings, clockTransition, type ApplianceMemory } from './appliance.ts';
import { link, type Chain } from './background.ts';
import { UPDATE_CHAIN, updateEffects, updateTransitions, vendorChannel } from './updates.ts';

interface CameraMemory extends ApplianceMemory {
  /** Does it hold a port map, as far as it was told? */
  portMapped: boolean;
  /** Is another try to get a port map waiting, how many have failed in a row, and how many there were. */
  portRetry: boolean;
  portFailures: number;
  portRetries: number;
  /** The fluid flow of a remote view, 0 = none. */
  view: number;
}

const KEEPALIVE: Chain = { event: 'keepalive-time', gap: 'camera.keepalive-gap' };
const MOTION: Chain = { event: 'motion-time', gap: 'camera.motion-gap' };
/** Port maps are leases: such cameras renew them. */
const PORT: Chain = { event: 'port-time', gap: 'camera.port-gap' };
const CLOCK: Chain = { event: 'clock-time', gap: 'camera.clock-gap' };

const HTTPS = 443;
/** MQTT over TLS. */
const MQTTS = 8883;
/** Port on which routers listen for UPnP in this model (SSDP's). */
const UPNP = 1900;
const BITS = 8;
/** The wait for the next try doubles at most so often: from a minute to half an hour. */
const MOST_DOUBLINGS = 5;
const KILO = 1_000;

const always = {
  ...adminTransitions,
  ...updateTransitions,
  ...clockTransition(CLOCK),
  [KEEPALIVE.event]: { actions: ['keepAlive'] },
  [MOTION.event]: { actions: ['moved'] },
  [PORT.event]: { actions: ['renewPort'] },
  'upnp-mapped': { actions: ['holdPort'] },
  'upnp-map-failed': { actions: ['askForPortAgain'] },
  'port-again': { actions: ['openPort'] },
} as const;

function askForPort(device: DeviceContext<CameraMemory>, n: number): void {
  if (device.setting<string>('remote-view') !== 'upnp') return;
  const bytes = device.parameter('camera.upnp-bytes');
  device.request('upnp', { kind: 'upnp-map', body: { port: ADMIN_PORT, inside: ADMIN_PORT }, bytes, n });
}

/**
 * A motion-clip camera of the battery class: silent but for its broker session, a clip to the cloud when something
 * moves, and live view now and then. Its old firmware class runs what its administrator gives it.
 */
export const camera = defineDevice<CameraMemory>({
  kind: 'camera',
  title: 'Indoor camera: motion clips to the cloud, remote view, administration page',
  family: 'home',
  roles: ['iot'],
  settings: {
    ...applianceSettings,
    'remote-view': choice(
      'upnp',
      ['upnp', 'cloud', 'off'],
      'Live view from outside: by a port it asks the router to open, by the vendor’s cloud, or not at all.',
    ),
    'motion-clips': choice('cloud', ['cloud', 'off'], 'Sends a clip to the cloud when something moves.'),
  },
  supply: 'mains',
  keeps: ['version'],
  memory: () => ({ ...applianceMemory(), view: 0, portMapped: false, portRetry: false, portFailures: 0, portRetries: 0 }),
  listens: [ADMIN_PORT],
  serves: ADMIN_KINDS,
  machine: {
    initial: 'off',
    states: {
      off: { entry: ['powerUp'], on: { booted: { target: 'watching', actions: ['startChains', 'openPort'] } } },
      watching: {
        on: {
          ...always,
          motion: { actions: ['seeVisitor'] },
          clip: { target: 'recording' },
          view: { actions: ['askForView'] },
          'view-opened': { target: 'viewed', actions: ['startView'] },
          'view-direct': { target: 'viewed', actions: ['startView'] },
          'view-open-failed': { actions: ['viewFailed'] },
        },
      },
      recording: {
        entry: ['sendClip'],
        on: { ...always, 'clip-sent': { target: 'watching', actions: ['noteClip'] } },
      },
      viewed: {
        on: { ...always, 'view-ended': { target: 'watching', actions: ['closeView'] } },
      },
    },
  },
  effects: {
    ...applianceEffects<CameraMemory>([KEEPALIVE, MOTION, PORT, UPDATE_CHAIN], CLOCK, 'camera.boot-time'),
    ...updateEffects<CameraMemory>(),
    /** Asks the router to let the internet in to its page, as such cameras do to be found from a phone. */
    openPort: (device, event) => {
      device.memory.portRetry = false;
      // The first and the renewals have even numbers, further tries odd ones: no two share their luck.
      askForPort(device, event.type === 'port-again' ? 2 * event.n - 1 : 0);
    },
    renewPort: link<CameraMemory>(PORT, (device, event) => askForPort(device, 2 * (event.n + 1))),
    holdPort: (device) => {
      device.memory.portMapped = true;
      device.memory.portFailures = 0;
    },
    /** A router that is still starting does not answer; one that refuses has been asked. A map that was not renewed is gone. */
    askForPortAgain: (device, event) => {
      device.memory.portMapped = false;
      if (event.body?.['reason'] === 'refused' || device.memory.portRetry) return;
      // One retry at a time, each later than the last: a router that never answers is not asked every minute for ever.
      device.memory.portRetry = true;
      const wait = device.parameter('camera.port-retry') * (1 << Math.min(device.memory.portFailures++, MOST_DOUBLINGS));
      device.after(Math.round(wait * SECOND), 'port-again', ++device.memory.portRetries);
    },
    keepAlive: link<CameraMemory>(KEEPALIVE, (device, event) =>
      device.request('broker', { kind: 'mqtt-ping', body: null, bytes: device.parameter('camera.keepalive-bytes'), n: event.n }),
    ),
    moved: link<CameraMemory>(MOTION, (device, event) => {
      if (device.state === 'watching' && device.setting<string>('motion-clips') === 'cloud')
        device.raise('clip', { who: 'somebody' }, event.n);
    }),
    seeVisitor: (device, event) => {
      if (device.setting<string>('motion-clips') === 'cloud') device.raise('clip', { who: 'visitor' }, event.n);
    },
    sendClip: (device, event) => {
      const who = String(event.body?.['who'] ?? '');
      const bytes = Math.round(device.sample(device.distribution('camera.clip-bytes'), `clip/${who}`, event.n));
      device.stream(hostOf(device, 'vendor'), {
        mode: 'elastic',
        direction: 'up',
        bitsPerSecond: (bytes * BITS) / device.parameter('camera.clip-seconds'),
        bytes,
        type: 'clip-sent',
        // Clips of either are numbered apart; each has luck of its own.
        n: 2 * event.n + (who === 'visitor' ? 1 : 0),
        port: HTTPS,
      });
    },
    noteClip: (device, event) =>
      device.request('vendor', { kind: 'clip-note', body: null, bytes: device.parameter('camera.note-bytes'), n: event.n }),
    /** A resident wants to look from outside: through the port that the router opened, or through the cloud, as set. */
    askForView: (device, event) => {
      const way = device.setting<string>('remote-view');
      if (way === 'off' || (way === 'upnp' && !device.memory.portMapped))
        return device.record('action-blocked', { who: 'patient', action: 'look at the camera' });
      const seconds = Number(event.body?.['seconds'] ?? 0);
      if (way === 'upnp') return device.raise('view-direct', { seconds }, event.n);
      device.memory.view = seconds;
      device.request('vendor', { kind: 'view-open', body: null, bytes: device.parameter('camera.note-bytes'), n: event.n });
    },
    startView: (device, event) => {
      const seconds = Number(event.body?.['seconds'] ?? device.memory.view);
      const kilobits = device.sample(device.distribution('camera.view-rate'), 'view-rate', event.n);
      const rate =
        KILO * Math.min(device.parameter('camera.view-rate-highest'), Math.max(device.parameter('camera.view-rate-lowest'), kilobits));
      device.memory.view = device.stream(hostOf(device, 'vendor'), {
        mode: 'unresponsive',
        direction: 'up',
        bitsPerSecond: rate,
        seconds,
        type: 'view-ended',
        n: event.n,
        port: HTTPS,
      });
    },
    viewFailed: (device) => void (device.memory.view = 0),
    closeView: (device) => void (device.memory.view = 0),
  },
  channels: {
    vendor: vendorChannel,
    broker: (device) => ({
      host: hostOf(device, 'vendor'),
      port: MQTTS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'password',
      credential: `broker-password-of-${device.id}`,
      keepOpen: HOUR,
    }),
    upnp: () => ({
      host: 'router.example',
      port: UPNP,
      transport: 'tcp',
      tls: false,
      verifyServer: false,
      clientAuth: 'none',
      credential: null,
      keepOpen: SECOND,
    }),
  },
});
