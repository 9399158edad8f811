import type { ChannelSpec, DeviceContext, Effect } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { VENDOR_IMAGE } from '../home/updates.ts';
import { hostOf, signedBy } from '../peers.ts';
import { note, type RouterLog } from './router-log.ts';

/**
 * The router's own updates: ask the vendor once a day, download as bulk, fetch the manifest, check the signature,
 * restart into the new firmware. The restart is the router's business: `image-accepted` asks for it.
 */
export interface RouterUpdates {
  firmware: number;
  /** Firmware that the vendor offered last. */
  offered: number;
  /** Firmware that passed the check and waits for the restart. */
  staged: number;
  /** Update checks planned; names each. */
  checks: number;
}

const HTTPS = 443;
const MEGA = 1_000_000;
/** Application bytes of a question to the vendor. */
const QUERY_BYTES = 400;

export const routerUpdateChannel = (router: DeviceContext<any>): ChannelSpec => ({
  host: hostOf(router, 'vendor'),
  port: HTTPS,
  transport: 'tcp',
  tls: true,
  verifyServer: true,
  clientAuth: 'none',
  credential: null,
  keepOpen: 0,
});

/** To be spread into the running state, whose entry is `planUpdateCheck` and whose exit is `forgetUpdateCheck`. */
export const routerUpdateTransitions: Readonly<Record<string, TransitionEntry<RouterUpdates>>> = {
  'update-due': { cond: (memory, event) => event.body?.['check'] === memory.checks, actions: ['askForUpdate', 'planUpdateCheck'] },
  'update-answer': { actions: ['download'] },
  'update-downloaded': { actions: ['fetchImage'] },
  'update-image': { actions: ['checkImage'] },
};

type Names = 'planUpdateCheck' | 'forgetUpdateCheck' | 'askForUpdate' | 'download' | 'fetchImage' | 'checkImage';
export const routerUpdateEffects: Readonly<Record<Names, Effect<RouterUpdates & RouterLog>>> = {
  planUpdateCheck: (router) => {
    if (!router.setting<boolean>('auto-update')) return;
    router.memory.checks++;
    router.afterRandom(router.distribution('router.update-check-interval'), 'update-check', router.memory.checks, 'update-due', {
      check: router.memory.checks,
    });
  },
  /** A check planned before a restart no longer counts: its number is passed over. */
  forgetUpdateCheck: (router) => {
    router.memory.checks++;
  },
  askForUpdate: (router) => {
    router.request('updates', {
      kind: 'update-check',
      body: { model: router.kind, version: router.memory.firmware },
      bytes: QUERY_BYTES,
      n: router.memory.checks,
    });
  },
  download: (router, event) => {
    const version = Number(event.body?.['version'] ?? 0);
    if (!(version > router.memory.firmware)) return;
    router.memory.offered = version;
    router.stream(hostOf(router, 'vendor'), {
      mode: 'elastic',
      direction: 'down',
      bitsPerSecond: router.parameter('router.download-rate') * MEGA,
      bytes: Number(event.body?.['bytes'] ?? 0),
      type: 'update-downloaded',
      // The day's question: the same version asked for again is another download.
      n: event.n,
      port: HTTPS,
    });
  },
  fetchImage: (router, event) => {
    // A flow that never opened brought nothing to install.
    if (event.body?.['lost'] === 1) return;
    router.request('updates', {
      kind: 'update-file',
      body: { model: router.kind, version: router.memory.offered },
      bytes: QUERY_BYTES,
      n: event.n,
    });
  },
  /** Nothing is installed unless it proves to come from the vendor (B 4.2); a router that does not look is its own problem. */
  checkImage: (router, event) => {
    const version = Number(event.body?.['version'] ?? 0);
    if (router.setting<boolean>('firmware-signed') && !signedBy(router, 'vendor', event.message!))
      return note(router, 'image without the vendor’s signature not installed');
    router.memory.staged = version;
    if (event.body?.['program'] !== VENDOR_IMAGE) router.runForeignCode(event.message!);
    router.raise('image-accepted');
  },
};
