import type { Message, Transport } from '../model/message.ts';
import { familyOf } from './topology.ts';
import type { Verdict } from './policy.ts';

const TRANSPORTS: readonly Transport[] = ['tcp', 'udp', 'arp', 'dhcp', 'ble'];
/** Limits of the fields of a key; what lies beyond them is not kept. */
const ZONES = 32;
const NODES = 1023;
const PORTS = 65536;

/**
 * Verdicts that a forwarding device's present table has given. A verdict is a function of the table and of seven facts
 * (zones, family, transport, port, and who holds the two addresses now), so that remembering it changes nothing; a new
 * table begins with none.
 */
export class Verdicts {
  private readonly known = new Map<number, Verdict>();
  private readonly zones = new Map<string, number>();

  /** Number of the seven facts, −1 where they do not fit into one. `src`, `dst`: nodes that hold the addresses, −1 for nobody. */
  key(from: string, to: string, message: Message, src: number, dst: number): number {
    const zones = this.zone(from) * ZONES + this.zone(to);
    if (zones >= ZONES * ZONES || src >= NODES || dst >= NODES || !(message.dport >= 0 && message.dport < PORTS)) return -1;
    const ends = (zones * (NODES + 1) + src + 1) * (NODES + 1) + dst + 1;
    const way = TRANSPORTS.indexOf(message.transport) * 2 + (familyOf(message.dst) === 6 ? 1 : 0);
    return (ends * PORTS + message.dport) * 16 + way;
  }

  get(key: number): Verdict | undefined {
    return this.known.get(key);
  }

  set(key: number, verdict: Verdict): void {
    if (key >= 0) this.known.set(key, verdict);
  }

  private zone(name: string): number {
    let index = this.zones.get(name);
    if (index === undefined) {
      index = this.zones.size < ZONES ? this.zones.size : ZONES * ZONES;
      this.zones.set(name, index);
    }
    return index;
  }
}
