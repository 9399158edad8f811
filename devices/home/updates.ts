import type { ChannelSpec, DeviceContext, DeviceEvent, Effect } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { deviceIds, flag, type SettingSpecs } from '../../sim/model/settings.ts';
import { MINUTE } from '../../sim/kernel/time.ts';
import { hostOf, signedBy } from '../peers.ts';
import { link, type Chain } from './background.ts';

/**
 * Software updates of consumer devices: ask the vendor once a day, download the image as bulk, fetch its manifest,
 * check the signature if the setting says so, install. An image is what its manifest says it is: the vendor's, or
 * somebody else's program.
 */
export interface UpdateMemory {
  /** Version installed now. */
  version: number;
  /** Version being downloaded, 0 = none. */
  downloading: number;
  /** How large the vendor said it is, bytes. */
  imageBytes: number;
}

export const updateMemory = (): UpdateMemory => ({ version: 1, downloading: 0, imageBytes: 0 });

/** What a genuine image calls itself. */
export const VENDOR_IMAGE = 'vendor-firmware';

export const updateSettings: SettingSpecs = {
  'auto-update': flag(true, 'Asks the vendor for updates once a day and installs them.'),
  'updates-signed': flag(false, 'Installs an image only when the vendor signed it.'),
  vendor: deviceIds({ kind: 'device-vendor' }, 'Cloud of its vendor: the first.'),
};

export const UPDATE_CHAIN: Chain = { event: 'update-time', gap: 'update.check-gap' };

/** Port of the vendor's service (HTTPS). */
const HTTPS = 443;
/** Bytes of a question and of a manifest request: a short JSON document each. */
const QUESTION_BYTES = 400;

/** The vendor's service: TLS, checked, with the device's own certificate. Closed at once: nothing is pushed. */
export const vendorChannel = (device: DeviceContext<any>): ChannelSpec => ({
  host: hostOf(device, 'vendor'),
  port: HTTPS,
  transport: 'tcp',
  tls: true,
  verifyServer: true,
  clientAuth: 'certificate',
  credential: device.id,
  keepOpen: MINUTE,
});

/** To be spread into the `on` of every powered state. */
export const updateTransitions: Readonly<Record<string, TransitionEntry<any>>> = {
  [UPDATE_CHAIN.event]: { actions: ['checkForUpdate'] },
  'update-answer': { actions: ['downloadUpdate'] },
  'update-downloaded': { actions: ['fetchManifest'] },
  'update-image': { actions: ['installUpdate'] },
  'update-file-failed': { actions: ['giveUpUpdate'] },
};

const giveUp = (device: DeviceContext<any>): void => void (device.memory.downloading = 0);

/** Effects named in `updateTransitions`; the model needs a channel `vendor`. */
export function updateEffects<M extends UpdateMemory>(): Readonly<
  Record<'checkForUpdate' | 'downloadUpdate' | 'fetchManifest' | 'installUpdate' | 'giveUpUpdate', Effect<M>>
> {
  return {
    checkForUpdate: link<M>(UPDATE_CHAIN, (device: DeviceContext<M>, event: DeviceEvent) => {
      if (!device.setting<boolean>('auto-update')) return;
      device.request('vendor', {
        kind: 'update-check',
        body: { model: device.kind, version: device.memory.version },
        bytes: QUESTION_BYTES,
        n: event.n,
      });
    }),
    downloadUpdate: (device, event) => {
      const version = Number(event.body?.['version'] ?? 0);
      const bytes = Number(event.body?.['bytes'] ?? 0);
      if (version <= device.memory.version || !(bytes > 0) || device.memory.downloading !== 0) return;
      device.memory.downloading = version;
      device.memory.imageBytes = bytes;
      device.stream(hostOf(device, 'vendor'), {
        mode: 'elastic',
        direction: 'down',
        bitsPerSecond: device.parameter('update.download-rate'),
        bytes,
        type: 'update-downloaded',
        // The day's question: the same version asked for again is another download.
        n: event.n,
        port: HTTPS,
      });
    },
    fetchManifest: (device, event) => {
      // A flow that never opened or was cut off brought no whole image.
      if (Number(event.body?.['bytes'] ?? 0) < Math.floor(device.memory.imageBytes)) return giveUp(device);
      device.request('vendor', {
        kind: 'update-file',
        body: { model: device.kind, version: device.memory.downloading },
        bytes: QUESTION_BYTES,
        n: event.n,
      });
    },
    /** No image, or no manifest for it: the next daily question begins anew. */
    giveUpUpdate: giveUp,
    installUpdate: (device, event) => {
      const message = event.message!;
      // Only the answer to its own question counts: nobody can hand it an image through a port it listens on.
      if (message.role !== 'reply') return;
      device.memory.downloading = 0;
      const genuine = event.body?.['program'] === VENDOR_IMAGE;
      if (device.setting<boolean>('updates-signed') && !signedBy(device, 'vendor', message)) return;
      device.memory.version = Math.max(device.memory.version, Number(event.body?.['version'] ?? 0));
      if (!genuine) device.runForeignCode(message);
    },
  };
}
