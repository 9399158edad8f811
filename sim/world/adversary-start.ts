import type { Catalogue } from '../model/catalogue.ts';
import type { WorldSpec } from '../model/spec.ts';
import type { Network } from '../network/network.ts';
import type { AdversaryState } from './adversary-state.ts';

/** What the adversary knows before it does anything: what is public, where the home is, what can be guessed, what it was told. */
export function learnAtStart(knowledge: AdversaryState['knowledge'], net: Network, spec: WorldSpec, catalogue: Catalogue): void {
  for (const [name, value] of catalogue.publicKnowledge) knowledge.set(name, value);
  const home = homeGateway(net);
  if (home >= 0) knowledge.set('address:home', net.publicAddress(home));
  for (const device of spec.devices) {
    const node = net.nodeIndex.get(device.id)!;
    // Clouds see a home device's IPv6 address whenever it calls; lists of such addresses are traded.
    if (net.nodes[node]!.homeClient) knowledge.set(`address6:${device.id}`, net.addressOf(node, 6));
  }
  for (const segment of spec.segments) {
    if (segment.medium !== 'wifi') continue;
    knowledge.set(`credential:wifi-factory:${segment.id}`, passphraseOf('factory-derived', segment.id));
    knowledge.set(`credential:wifi-wordlist:${segment.id}`, passphraseOf('weak', segment.id));
  }
  for (const known of spec.adversary.knows) {
    const at = known.indexOf('=');
    knowledge.set(known.slice(0, at), known.slice(at + 1));
  }
}

/** The home's access point, −1 for none. */
export function homeGateway(net: Network): number {
  return net.segments.find((segment) => segment.medium === 'wifi')?.gatewayNode ?? -1;
}

/** The passphrase that an access point with this setting has on a segment. A strong one is known only to who is told. */
export const passphraseOf = (setting: string, segment: string): string => `${setting}-${segment}`;
