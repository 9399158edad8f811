import { SECOND } from '../kernel/time.ts';
import type { Message } from '../model/message.ts';
import type { PolicyTable, PortMap } from '../model/policy.ts';
import type { Network } from './network.ts';
import { enter, numbered, numbers, strike } from './numbered.ts';
import { evaluate, laidOutTable, type Verdict } from './policy.ts';
import type { Track } from './state.ts';
import { familyOf } from './topology.ts';
import { Verdicts } from './verdicts.ts';

const TRACKED: Verdict = { allow: true, rule: 'tracked connection' };
/** Ports that it gives its inside's connections. */
const FIRST_NAT_PORT = 20_000;
const NAT_PORTS = 40_000;
const OPEN: Verdict = { allow: true, rule: 'forwards everything' };

/** Policy, connection tracking and NAT at forwarding devices (design section 4). */
export class Filter {
  private readonly net: Network;
  private readonly forwarders: readonly number[];
  private readonly tcpTimeout: number;
  private readonly udpTimeout: number;
  /** By node: what its present table has said. */
  private verdicts: (Verdicts | undefined)[] = [];
  /** Remember verdicts? The run is the same either way. */
  remembers = true;

  constructor(net: Network) {
    this.net = net;
    this.forwarders = net.nodes.filter((node) => node.forwards).map((node) => node.index);
    this.tcpTimeout = net.parameter('nat.tcp-timeout') * SECOND;
    this.udpTimeout = net.parameter('nat.udp-timeout') * SECOND;
  }

  /** After a snapshot was restored: other tables may be in force. */
  forgetVerdicts(): void {
    this.verdicts = [];
  }

  /** A connection has ended: nobody needs to track it any more. */
  forget(conn: number): void {
    for (const node of this.forwarders) this.drop(node, conn);
  }

  private drop(node: number, conn: number): void {
    strike(this.net.nodeState(node).tracks, conn);
  }

  /** A new rule table: it ends connections that its rules about a device forbid, and, where it flushes, all that it does not allow. */
  install(node: number, table: PolicyTable): void {
    const state = this.net.nodeState(node);
    state.policy = laidOutTable(table);
    this.verdicts[node] = undefined;
    const ended = new Map<number, string>();
    for (const conn of numbers(state.tracks)) {
      const rule = this.endedBy(state.policy, numbered(state.tracks, conn)!);
      if (rule === null) continue;
      ended.set(conn, rule);
      this.drop(node, conn);
    }
    this.net.streams.recheck(node, ended);
  }

  /** The rule of a table that ends a connection, null for none. */
  private endedBy(table: PolicyTable, track: Track): string | null {
    const { from, to, src, dst, dport, udp } = track;
    const message = { dst, dport, transport: udp ? 'udp' : 'tcp' } as const;
    const question = { from, to, message, srcDevice: this.deviceAt(src), dstDevice: this.deviceAt(dst) };
    const about = first(table, question);
    if (about?.allow === false) return about.rule;
    if (!table.flushOnChange) return null;
    const mapped = track.kind === 'dnat' && table.portMaps.some((map) => map.device === question.dstDevice && map.inside === dport);
    const verdict = mapped ? OPEN : evaluate(table, question);
    return verdict.allow ? null : verdict.rule;
  }

  /** Is a connection known that this node has let through? */
  tracks(node: number, conn: number): boolean {
    return numbered(this.net.nodeState(node).tracks, conn) !== null;
  }

  /**
   * Destination as it will be after address translation, decided before routing: an inbound message to the gateway's
   * own address may belong to a connection from inside, or to a port map. Returns false when it is for the gateway itself.
   */
  translateInbound(node: number, message: Message): boolean {
    const state = this.net.nodeState(node);
    const table = state.policy;
    if (table === null) return false;
    const track = this.live(node, message);
    if (track !== undefined) {
      if (track.kind === 'snat' && message.dst === track.natAddress) {
        message.dst = track.insideAddress;
        message.dport = track.insidePort;
        return true;
      }
      if (track.kind === 'dnat' && message.dst === track.natAddress) {
        message.dst = track.insideAddress;
        message.dport = track.insidePort;
        return true;
      }
      return false;
    }
    // From the inside too, but not what is for another of the gateway's addresses.
    const map = message.dst === this.net.publicAddress(node) ? portMapFor(table, message) : undefined;
    if (map === undefined) return false;
    const inside = this.net.nodeIndex.get(map.device);
    const address = inside === undefined ? 0 : this.net.addressOf(inside);
    if (address === 0) return false;
    if (message.conn !== 0)
      enter(state.tracks, message.conn, {
        kind: 'dnat',
        insideAddress: address,
        insidePort: map.inside,
        natAddress: message.dst,
        natPort: message.dport,
        // Known once it is routed: see `decide`.
        from: '',
        to: '',
        src: message.src,
        dst: address,
        dport: map.inside,
        rule: '',
        udp: message.transport === 'udp',
        seen: this.net.kernel.now,
      });
    message.dst = address;
    message.dport = map.inside;
    return true;
  }

  /** May it pass from zone to zone? Tracks and translates what passes. */
  decide(node: number, from: string, to: string, message: Message): Verdict {
    const state = this.net.nodeState(node);
    const table = state.policy;
    if (table === null) return OPEN;
    const track = this.live(node, message);
    if (track !== undefined) {
      if (track.kind === 'snat' && message.src === track.insideAddress) {
        message.src = track.natAddress;
        message.sport = track.natPort;
      } else if (track.kind === 'dnat' && message.src === track.insideAddress) {
        message.src = track.natAddress;
        message.sport = track.natPort;
      }
      if (track.kind !== 'dnat' || track.rule !== '') return TRACKED;
      // First message through a port map: it opens what the default closes, not what a rule about this very device closes.
      const about = this.askAbout(node, from, to, message);
      if (about !== null && !about.allow) {
        this.drop(node, message.conn);
        return about;
      }
      const rule = `port map ${message.dport}`;
      enter(state.tracks, message.conn, { ...track, from, to, rule });
      return { allow: true, rule };
    }
    const verdict = this.ask(node, from, to, message);
    if (!verdict.allow || !table.tracking) return verdict;
    const nat = table.natTo.includes(to) && familyOf(message.dst) === 4;
    if (message.conn === 0) {
      // Nothing comes back of it, so that there is nothing to remember.
      if (nat) message.src = this.net.publicAddress(node);
      return verdict;
    }
    const entry: Track = {
      kind: nat ? 'snat' : 'plain',
      insideAddress: message.src,
      insidePort: message.sport,
      natAddress: nat ? this.net.publicAddress(node) : 0,
      // The same again for a connection that it has forgotten: gateways keep ports where they can (RFC 4787, REQ-1 and 3).
      natPort: nat ? FIRST_NAT_PORT + (message.conn % NAT_PORTS) : 0,
      from,
      to,
      src: message.src,
      dst: message.dst,
      dport: message.dport,
      rule: verdict.rule,
      udp: message.transport === 'udp',
      seen: this.net.kernel.now,
    };
    enter(state.tracks, message.conn, entry);
    if (nat) {
      message.src = entry.natAddress;
      message.sport = entry.natPort;
    }
    return verdict;
  }

  /** The rules alone, without tracking or translation. `src`: who sends it, where that is known by more than its address. */
  ask(node: number, from: string, to: string, message: Message, src = this.net.ownerOf(message.src)): Verdict {
    const table = this.net.nodeState(node).policy;
    if (table === null) return OPEN;
    const dst = this.net.ownerOf(message.dst);
    const known = (this.verdicts[node] ??= new Verdicts(table, this.net.nodes));
    const key = this.remembers ? known.key(from, to, message, src, dst) : -1;
    const before = key < 0 ? undefined : known.get(key);
    if (before !== undefined) return before;
    const verdict = evaluate(table, { from, to, message, srcDevice: this.idOf(src), dstDevice: this.idOf(dst) });
    known.set(key, verdict);
    return verdict;
  }

  /** Verdict of the rules that name a device; null when none of them matches. */
  private askAbout(node: number, from: string, to: string, message: Message): Verdict | null {
    const table = this.net.nodeState(node).policy!;
    return first(table, { from, to, message, srcDevice: this.deviceAt(message.src), dstDevice: this.deviceAt(message.dst) });
  }

  /** As above for a frame bridged between two stations of one zone, by their hardware addresses. Rules without a device say nothing about it. */
  askAboutDevice(node: number, zone: string, message: Message, src: number, dst: number): Verdict | null {
    const table = this.net.nodeState(node).policy;
    if (table === null) return null;
    return first(table, {
      from: zone,
      to: zone,
      message,
      srcDevice: this.net.nodes[src]!.id,
      dstDevice: dst < 0 ? null : this.net.nodes[dst]!.id,
    });
  }

  private live(node: number, message: Message): Track | undefined {
    if (message.conn === 0) return undefined;
    const track = numbered(this.net.nodeState(node).tracks, message.conn);
    if (track === null) return undefined;
    const now = this.net.kernel.now;
    if (now - track.seen > (track.udp ? this.udpTimeout : this.tcpTimeout)) {
      this.drop(node, message.conn);
      return undefined;
    }
    track.seen = now;
    return track;
  }

  private deviceAt(address: number): string | null {
    return this.idOf(this.net.ownerOf(address));
  }

  private idOf(node: number): string | null {
    return node < 0 ? null : this.net.nodes[node]!.id;
  }
}

/** First of the rules that name a device and match. */
function first(table: PolicyTable, question: Parameters<typeof evaluate>[1]): Verdict | null {
  const verdict = evaluate(aboutDevices(table), question);
  return verdict.rule === NOTHING.name ? null : verdict;
}

const NOTHING = { name: '', action: 'allow' } as const;
const narrowed = new WeakMap<PolicyTable, PolicyTable>();

/** A table with only the rules that name a device. */
function aboutDevices(table: PolicyTable): PolicyTable {
  let own = narrowed.get(table);
  if (own === undefined) {
    const rules = table.rules.filter((rule) => rule.src !== undefined || rule.dst !== undefined);
    own = laidOutTable({ ...table, rules, fallback: NOTHING });
    narrowed.set(table, own);
  }
  return own;
}

function portMapFor(table: PolicyTable, message: Message): PortMap | undefined {
  if (message.role !== 'syn' && message.role !== 'hello' && message.role !== 'request' && message.role !== 'datagram') return undefined;
  return table.portMaps.find((map) => map.port === message.dport);
}
