import type { DeviceSpec, WorldSpec } from '../model/spec.ts';

export const INTERNET_HOST = 'attacker';
export const RADIO_HOST = 'neighbour';
/** No model runs on them. */
export const ADVERSARY_KIND = 'adversary-host';

/** The adversary's own hosts in a world with a threat event: one on the internet, and a radio near the home where the threat event starts there. */
export function adversaryHosts(spec: WorldSpec): DeviceSpec[] {
  const host = (id: string, on: readonly string[]): DeviceSpec => ({
    id,
    kind: ADVERSARY_KIND,
    title: id,
    on,
    via: null,
    zone: 'internet',
    room: null,
    roles: [],
    settings: {},
    power: true,
    supply: null,
  });
  const hosts = [host(INTERNET_HOST, spec.segments.some((segment) => segment.id === 'internet') ? ['internet'] : [])];
  if (spec.threat?.start.position === 'radio') hosts.push(host(RADIO_HOST, []));
  return hosts;
}
