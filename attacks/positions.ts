import type { AttackContext, AttackEvent, PositionView } from '../sim/model/technique.ts';
import { SECOND } from '../sim/kernel/time.ts';
import { numericFact } from './arguments.ts';

/** The adversary's own host on the internet, or null. */
export function ownHost(attack: AttackContext): PositionView | null {
  return attack.positions().find((position) => position.kind === 'internet') ?? null;
}

/** Places that share a segment with others: devices under control and radios that joined a Wi-Fi network. */
export function localPositions(attack: AttackContext): readonly PositionView[] {
  return attack.positions().filter((position) => position.kind !== 'internet' && position.segment !== null);
}

/** Name of the fact that holds a station's address on a segment. */
export const stationFact = (station: string, segment: string): string => `address:${station}@${segment}`;

/**
 * Address of a station on the segment of `position` as far as the adversary has learned it, or 0.
 * The segment's gateway is known to whoever has a lease there.
 */
export function stationAddress(attack: AttackContext, position: PositionView, station: string): number {
  if (position.segment === null) return 0;
  const heard = numericFact(attack, stationFact(station, position.segment));
  if (heard !== 0) return heard;
  return station === 'router' ? numericFact(attack, `gateway:${position.id}`) : 0;
}

/** Multicast DNS port. */
const MDNS_PORT = 5353;
/** A multicast DNS question with one name. */
const MDNS_QUERY_BYTES = 45;

/** Asks the stations of a segment who answers to a name; the answer, if any, comes as a frame (`learnStation`). */
export function askForStation(attack: AttackContext, position: PositionView, station: string): void {
  attack.datagram(position.id, {
    to: '*',
    port: MDNS_PORT,
    transport: 'udp',
    kind: 'mdns-query',
    body: { name: station },
    bytes: MDNS_QUERY_BYTES,
  });
}

/** Learns a station's address from what it says about itself: multicast DNS, DHCP and ARP name their sender in clear. */
export function learnStation(attack: AttackContext, event: AttackEvent): void {
  const frame = event.frame;
  if (frame === null || frame.kind === null || frame.kind === 'mdns-query') return;
  if (frame.transport !== 'dhcp' && frame.transport !== 'arp' && !frame.kind.startsWith('mdns')) return;
  const segment = attack.position(event.position)?.segment ?? null;
  if (segment === null || frame.body === null) return;
  const name = frame.body['name'] ?? frame.body['hostname'] ?? frame.body['device'];
  if (typeof name !== 'string' || name === '') return;
  const station = name.split('.')[0]!;
  const told = frame.body['address'];
  const address = typeof told === 'number' && told !== 0 ? told : frame.src;
  const fact = stationFact(station, segment);
  if (address !== 0 && attack.recall(fact) !== address) attack.learn(fact, address);
}

/** Port on which the small botnets of the source capture reach their control host (IRC). */
const CONTROL_PORT = 6667;
/** Bytes of such a message: the middle of the 60–180 B seen. */
const BEACON_BYTES = 120;

/** Code on a device reports to its master now and then; call on 'gained' and on each 'beacon' timer. `n` comes back with the timer. */
export function beacon(attack: AttackContext, device: string, n: number): void {
  const master = ownHost(attack);
  if (master === null || attack.position(device) === null) return;
  attack.datagram(device, { to: master.address, port: CONTROL_PORT, kind: 'beacon', body: null, bytes: BEACON_BYTES });
  attack.after(Math.round(attack.parameter('attack.control.period') * SECOND), 'beacon', n);
}
