import type { ChannelSpec, DeviceContext, Effect } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { hostOf } from '../peers.ts';
import { link, startChains, type Chain } from './background.ts';
import { UPDATE_CHAIN } from './updates.ts';

/**
 * What a smart speaker says without being asked: name lookups, polls of its vendor, plain-HTTP connectivity checks,
 * clock bursts and multicast announcements, at the rates seen in a 5.5-hour capture of an idle Echo Dot.
 */
const POLL: Chain = { event: 'poll-time', gap: 'speaker.poll-gap' };
const PROBE: Chain = { event: 'probe-time', gap: 'speaker.probe-gap' };
const CLOCK: Chain = { event: 'clock-time', gap: 'speaker.clock-gap' };
const LOOKUP: Chain = { event: 'lookup-time', gap: 'speaker.lookup-gap' };
const ANNOUNCE: Chain = { event: 'announce-time', gap: 'speaker.announce-gap' };
/** Sounds in the room that resemble the wake word. */
export const NEAR_WAKE: Chain = { event: 'near-wake', gap: 'voice.near-wake-gap' };

/** UDP ports: NTP (RFC 5905), DNS (RFC 1035), multicast DNS (RFC 6762). */
const NTP = 123;
const DNS = 53;
const MDNS = 5353;
/** Bytes of an NTP packet's payload (RFC 5905). */
const NTP_BYTES = 48;

export const speakerTrafficTransitions: Readonly<Record<string, TransitionEntry<any>>> = {
  [POLL.event]: { actions: ['poll'] },
  [PROBE.event]: { actions: ['probe'] },
  [CLOCK.event]: { actions: ['setClock'] },
  [LOOKUP.event]: { actions: ['lookUp'] },
  [ANNOUNCE.event]: { actions: ['announce'] },
};

/** A poll opens a session of its own: that is what the capture's flow count counts. */
export const pollChannel = (device: DeviceContext<any>): ChannelSpec => ({
  host: hostOf(device, 'vendor'),
  port: 443,
  transport: 'tcp',
  tls: true,
  verifyServer: true,
  clientAuth: 'certificate',
  credential: device.id,
  keepOpen: 0,
});
/** "Is there an internet?": plain HTTP, nothing in it. */
export const probeChannel = (device: DeviceContext<any>): ChannelSpec => ({
  host: hostOf(device, 'web'),
  port: 80,
  transport: 'tcp',
  tls: false,
  verifyServer: false,
  clientAuth: 'none',
  credential: null,
  keepOpen: 0,
});

/** Servers whose names the speaker's software looks up beside those of its sessions. */
const LOOKED_UP: readonly string[] = ['voice', 'vendor', 'web'];

export function speakerTrafficEffects<M extends object>(): Readonly<
  Record<'startTraffic' | 'poll' | 'probe' | 'setClock' | 'lookUp' | 'announce', Effect<M>>
> {
  return {
    startTraffic: (device: DeviceContext<M>) => startChains(device, [POLL, PROBE, CLOCK, LOOKUP, ANNOUNCE, NEAR_WAKE, UPDATE_CHAIN]),
    poll: link<M>(POLL, (device, event) => {
      device.request('poll', {
        kind: 'poll',
        body: { answerBytes: device.parameter('speaker.poll-answer-bytes') },
        bytes: device.parameter('speaker.poll-bytes'),
        n: event.n,
      });
    }),
    probe: link<M>(PROBE, (device, event) => {
      device.request('probe', { kind: 'connectivity-check', body: null, bytes: device.parameter('speaker.probe-bytes'), n: event.n });
    }),
    setClock: link<M>(CLOCK, (device, event) => {
      const burst = device.parameter('speaker.clock-burst');
      for (let i = 0; i < burst; i++)
        device.datagram(hostOf(device, 'vendor'), NTP, { kind: 'ntp', body: null, bytes: NTP_BYTES, n: event.n * burst + i });
    }),
    lookUp: link<M>(LOOKUP, (device, event) => {
      const name = hostOf(device, LOOKED_UP[event.n % LOOKED_UP.length]!);
      device.datagram(hostOf(device, 'resolver'), DNS, {
        kind: 'dns-query',
        body: { name },
        bytes: device.parameter('speaker.lookup-bytes'),
        n: event.n,
      });
    }),
    announce: link<M>(ANNOUNCE, (device, event) => {
      device.datagram('*', MDNS, {
        kind: 'mdns',
        body: { name: device.id },
        bytes: device.parameter('speaker.announce-bytes'),
        n: event.n,
      });
    }),
  };
}
