import type { TraceLine } from '../../sim/world/run.ts';

/** Classes of traffic that the map tells apart, by shape and colour. */
export const TRAFFIC = ['clinical', 'voice', 'household', 'network', 'adversary'] as const;
export type TrafficClass = (typeof TRAFFIC)[number];

export const TRAFFIC_TITLES: Readonly<Record<TrafficClass, string>> = {
  clinical: 'clinical',
  voice: 'voice assistant',
  household: 'household and IoT',
  network: 'network housekeeping',
  adversary: 'written by the adversary',
};

/** Kinds by class; a kind that is in none is household traffic. `prefix-` matches every kind that starts so. */
const KINDS: Readonly<Record<'clinical' | 'voice' | 'network', readonly string[]>> = {
  clinical:
    'vital observation observation- telemetry- alarm alarm- call- incoming-call session- care-plan care-plan- records records- order order- check-in-'.split(
      ' ',
    ),
  voice: ['voice-', 'skill-'],
  network: ['dns-', 'arp', 'arp-', 'dhcp', 'dhcp-', 'ntp', 'ntp-', 'mdns', 'syn', 'synack', 'hello', 'finished', 'reset', 'upnp-'],
};

/** The label is the trace's, made by observers; the message itself carries none. */
export function classOf(line: TraceLine): TrafficClass {
  if (line['label'] === 'adversary') return 'adversary';
  const kind = line.what ?? '';
  for (const name of ['clinical', 'voice', 'network'] as const) {
    if (KINDS[name].some((entry) => (entry.endsWith('-') ? kind.startsWith(entry) : kind === entry))) return name;
  }
  return 'household';
}
