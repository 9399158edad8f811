import { defineDevice, type DeviceContext, type DeviceModel } from '../../sim/model/device.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import { hostOf } from '../peers.ts';
import { startChains, link, type Chain } from './background.ts';
import {
  UPDATE_CHAIN,
  updateEffects,
  updateMemory,
  updateSettings,
  updateTransitions,
  vendorChannel,
  type UpdateMemory,
} from './updates.ts';
import { browse, webChannel, webSettings } from './web.ts';

interface PersonalMemory extends UpdateMemory {
  /** Web flows so far: names the next one's luck. */
  flows: number;
  /** Timer of the next flow; 0 = none. */
  next: number;
}

const NTP = 123;
const HTTPS = 443;
/** NTP packet payload (RFC 5905). */
const NTP_BYTES = 48;

/** A resident's own computer: quiet when idle, web flows and bulk while in use. `area` names its registry entries. */
export function personalDevice(kind: string, title: string): DeviceModel<PersonalMemory> {
  const clock: Chain = { event: 'clock-time', gap: `${kind}.clock-gap` };
  const sync: Chain = { event: 'sync-time', gap: `${kind}.sync-gap` };
  const always = { ...updateTransitions, [clock.event]: { actions: ['setClock'] }, [sync.event]: { actions: ['sync'] } };
  const scheduleFlow = (device: DeviceContext<PersonalMemory>): void => {
    device.memory.next = device.afterRandom(device.distribution(`${kind}.flow-gap`), 'flow', device.memory.flows, 'flow-time');
  };
  return defineDevice<PersonalMemory>({
    kind,
    title,
    family: 'home',
    roles: ['personal'],
    settings: { ...updateSettings, ...webSettings },
    supply: 'battery',
    keeps: ['version'],
    memory: () => ({ flows: 0, next: 0, ...updateMemory() }),
    serves: [],
    machine: {
      initial: 'off',
      states: {
        off: { entry: ['powerUp'], on: { booted: { target: 'idle', actions: ['startChains'] } } },
        idle: { on: { ...always, use: { target: 'in-use', actions: ['startUse'] } } },
        'in-use': { on: { ...always, 'flow-time': { actions: ['openFlow'] }, 'use-over': { target: 'idle', actions: ['endUse'] } } },
      },
    },
    effects: {
      ...updateEffects<PersonalMemory>(),
      powerUp: (device) => void device.after(Math.round(device.parameter(`${kind}.boot-time`) * SECOND), 'booted'),
      startChains: (device) => startChains(device, [clock, sync, UPDATE_CHAIN]),
      setClock: link<PersonalMemory>(clock, (device, event) =>
        device.datagram(hostOf(device, 'vendor'), NTP, { kind: 'ntp', body: null, bytes: NTP_BYTES, n: event.n }),
      ),
      /** Mail, messages, backups: what it fetches without being touched. */
      sync: link<PersonalMemory>(sync, (device, event) =>
        device.request('vendor', {
          kind: 'poll',
          body: { answerBytes: device.parameter(`${kind}.sync-answer-bytes`) },
          bytes: device.parameter(`${kind}.sync-bytes`),
          n: event.n,
        }),
      ),
      startUse: (device, event) => {
        const seconds = Number(event.body?.['seconds'] ?? 0);
        device.after(Math.round(seconds * SECOND), 'use-over', event.n);
        scheduleFlow(device);
        const bytes = Math.round(
          Math.min(device.parameter('web.largest-download'), device.sample(device.distribution(`${kind}.bulk-bytes`), 'bulk', event.n)),
        );
        device.stream(hostOf(device, 'web'), {
          mode: 'elastic',
          direction: 'down',
          bitsPerSecond: device.parameter('web.rate'),
          bytes,
          type: 'bulk-through',
          n: event.n,
          port: HTTPS,
        });
      },
      openFlow: (device) => {
        browse(device, kind, device.memory.flows);
        device.memory.flows++;
        scheduleFlow(device);
      },
      /** The flow that was still to come never does. */
      endUse: (device) => {
        device.cancel(device.memory.next);
        device.memory.flows++;
      },
    },
    channels: { web: webChannel, vendor: vendorChannel },
  });
}
