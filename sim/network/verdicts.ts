import type { Message, Transport } from '../model/message.ts';
import type { PolicyTable } from '../model/policy.ts';
import { familyOf, type Node } from './topology.ts';
import type { Verdict } from './policy.ts';

const TRANSPORTS: readonly Transport[] = ['tcp', 'udp', 'arp', 'dhcp', 'ble'];
const WAYS = 2 * TRANSPORTS.length;
/** Limit of the key: V8 keeps numbers below it in place. */
const LARGEST = 0x40000000;

/**
 * Verdicts that a forwarding device's table has given. A verdict is a function of the table and of seven facts: zones,
 * family, transport, port, and who holds the two addresses now; and of a port or a holder only as far as some rule names
 * it. So remembering it by these changes nothing.
 */
export class Verdicts {
  private readonly known = new Map<number, Verdict>();
  private readonly zones: string[] = [];
  /** By node: 0, or the number of a holder that some rule names. */
  private readonly holders: readonly number[];
  private readonly holderCount: number;
  private readonly ports: readonly number[];
  private readonly most: number;

  constructor(table: PolicyTable, nodes: readonly Node[]) {
    const named = [...new Set(table.rules.flatMap(({ src, dst }) => [src, dst]))].filter((id) => id !== undefined);
    this.holders = nodes.map(({ id }) => named.indexOf(id) + 1);
    this.holderCount = named.length + 1;
    this.ports = [...new Set(table.rules.map(({ dport }) => dport))].filter((port) => port !== undefined);
    this.most = Math.floor(Math.sqrt(LARGEST / (this.holderCount * this.holderCount * (this.ports.length + 1) * WAYS)));
  }

  /** Number of the seven facts, −1 where there are too many for one. `src`, `dst`: nodes that hold the addresses, −1 for nobody. */
  key(from: string, to: string, message: Message, src: number, dst: number): number {
    const first = place(this.zones, from);
    const second = place(this.zones, to);
    if (first >= this.most || second >= this.most) return -1;
    const zones = first * this.most + second;
    const ends = (zones * this.holderCount + this.holder(src)) * this.holderCount + this.holder(dst);
    const { ports } = this;
    let port = 0;
    while (port < ports.length && ports[port] !== message.dport) port++;
    let way = message.transport === 'tcp' ? 0 : message.transport === 'udp' ? 1 : TRANSPORTS.indexOf(message.transport);
    if (familyOf(message.dst) === 6) way += TRANSPORTS.length;
    return (ends * (ports.length + 1) + port) * WAYS + way;
  }

  get(key: number): Verdict | undefined {
    return this.known.get(key);
  }

  set(key: number, verdict: Verdict): void {
    if (key >= 0) this.known.set(key, verdict);
  }

  private holder(node: number): number {
    return node < 0 ? 0 : this.holders[node]!;
  }
}

/** Position of a name in a short list, at whose end it is put when it is new. */
function place(names: string[], name: string): number {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return i;
  return names.push(name) - 1;
}
