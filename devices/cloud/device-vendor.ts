import { defineDevice } from '../../sim/model/device.ts';
import { flag } from '../../sim/model/settings.ts';
import { VENDOR_IMAGE } from '../home/updates.ts';

interface VendorMemory {
  /** Version that the vendors offer now. */
  version: number;
}

/** NTP packet payload (RFC 5905). */
const NTP_BYTES = 48;

/**
 * Clouds of the consumer devices' vendors, as one server: polls, time, the cameras' and TVs' message broker, clips,
 * remote viewing, and software updates with or without a signature.
 */
export const deviceVendor = defineDevice<VendorMemory>({
  kind: 'device-vendor',
  title: 'Vendor clouds of consumer devices: updates, time, camera and TV services',
  family: 'cloud',
  roles: ['server'],
  settings: {
    'signs-updates': flag(true, 'Signs update images with the vendor’s key.'),
  },
  memory: () => ({ version: 1 }),
  listens: [80, 123, 443, 8883],
  serves: ['poll', 'ntp', 'mqtt-ping', 'clip-note', 'view-open', 'update-check', 'update-file'],
  machine: {
    initial: 'up',
    states: {
      up: {
        entry: ['planRelease'],
        on: {
          released: { actions: ['release', 'planRelease'] },
          poll: { actions: ['answerPoll'] },
          ntp: { actions: ['tellTime'] },
          'mqtt-ping': { actions: ['pong'] },
          'clip-note': { actions: ['noteClip'] },
          'view-open': { actions: ['openView'] },
          'update-check': { actions: ['offerUpdate'] },
          'update-file': { actions: ['handOut'] },
        },
      },
    },
  },
  effects: {
    planRelease: (device) =>
      void device.afterRandom(device.distribution('update.release-gap'), 'release', device.memory.version, 'released'),
    release: (device) => void device.memory.version++,
    answerPoll: (device, event) =>
      device.reply(event.message!, { kind: 'poll-answer', body: null, bytes: Number(event.body?.['answerBytes'] ?? 0) }),
    tellTime: (device, event) => device.reply(event.message!, { kind: 'ntp-answer', body: null, bytes: NTP_BYTES }),
    pong: (device, event) =>
      device.reply(event.message!, { kind: 'mqtt-pong', body: null, bytes: device.parameter('camera.keepalive-bytes') }),
    noteClip: (device, event) =>
      device.reply(event.message!, { kind: 'clip-noted', body: null, bytes: device.parameter('camera.note-bytes') }),
    openView: (device, event) =>
      device.reply(event.message!, { kind: 'view-opened', body: null, bytes: device.parameter('camera.note-bytes') }),
    offerUpdate: (device, event) => {
      const model = String(event.body?.['model'] ?? '');
      const bytes = model === 'smart-speaker' ? device.parameter('update.speaker-image-bytes') : device.parameter('update.image-bytes');
      device.reply(event.message!, {
        kind: 'update-answer',
        body: { version: device.memory.version, bytes },
        bytes: device.parameter('update.answer-bytes'),
      });
    },
    handOut: (device, event) =>
      device.reply(event.message!, {
        kind: 'update-image',
        body: { version: device.memory.version, program: VENDOR_IMAGE },
        bytes: device.parameter('update.answer-bytes'),
        sign: device.setting<boolean>('signs-updates'),
      }),
  },
});
