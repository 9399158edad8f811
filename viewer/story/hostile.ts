import type { WorldSpec } from '../../sim/model/spec.ts';
import { INTERNET_HOST, RADIO_HOST } from '../../sim/world/adversary-hosts.ts';

/** A host of the adversary's own: the world makes it when there is a threat event; the home does not list it. */
export interface HostileHost {
  readonly id: string;
  readonly title: string;
  readonly zone: 'home' | 'internet';
  /** What it stands under on the map. */
  readonly group: string;
}

export function hostileHosts(spec: WorldSpec): readonly HostileHost[] {
  if (spec.threat === null) return [];
  const hosts: HostileHost[] = [{ id: INTERNET_HOST, title: 'The adversary’s host on the internet', zone: 'internet', group: 'adversary' }];
  if (spec.threat.start.position === 'radio') {
    const group = spec.adversary.inRange ? 'in radio range' : 'out of radio range';
    hosts.push({ id: RADIO_HOST, title: 'The adversary’s radio near the home', zone: 'home', group });
  }
  return hosts;
}
