import { childKey } from '../kernel/draws.ts';
import { MINUTE } from '../kernel/time.ts';
import type { Address, Body, Message } from '../model/message.ts';
import type { AttackContext, Shot } from '../model/technique.ts';
import { BROADCAST } from '../network/topology.ts';
import type { Adversary } from './adversary.ts';
import { MEDIUM } from './adversary-obstacles.ts';
import { homeGateway, passphraseOf } from './adversary-start.ts';
import type { StepState } from './adversary-state.ts';
import type { StepLuck } from './attack-luck.ts';

/** Ethernet frame of an ARP packet, bytes. */
const ARP_BYTES = 64;
/** Association and key handshake of a Wi-Fi join, bytes. */
const JOIN_BYTES = 600;
/** Ephemeral-range port for what answers nobody. */
const FLOOD_PORT = 40000;
/** How long a radio waits for an access point that does not answer, µs. */
const JOIN_PATIENCE = 10_000_000;

/** A fluid flow that a technique asks for. */
export type Flow = Parameters<AttackContext['stream']>[2];

/** What one step sends from the adversary's positions, each message with the step's label and luck. */
export class Sender {
  private readonly adversary: Adversary;
  private readonly number: number;
  private readonly luck: StepLuck;

  constructor(adversary: Adversary, number: number, luck: StepLuck) {
    this.adversary = adversary;
    this.number = number;
    this.luck = luck;
  }

  private get step(): StepState {
    return this.adversary.state.steps[this.number]!;
  }

  request(position: string, shot: Shot): number {
    const node = this.adversary.positions.nodeOf(position);
    if (node < 0) return 0;
    const { net, state } = this.adversary;
    const reference = state.nextAsked++;
    state.asked.set(reference, { step: this.number, position, tag: shot.n ?? 0 });
    const auth = shot.clientAuth ?? 'none';
    net.transport.open({
      node,
      channel: 'attack',
      session: `attack ${this.number} ${shot.port} ${shot.tls === true} ${auth} ${shot.to}`,
      host: shot.to,
      kind: shot.kind,
      body: shot.body ?? null,
      bytes: shot.bytes,
      n: shot.n ?? 0,
      signed: false,
      luck: childKey(this.luck.key(`${position} ${shot.kind}`), this.count('requests'), 0),
      cause: 0,
      purpose: 'attack',
      reference,
      label: this.number + 1,
      spec: {
        port: shot.port,
        transport: shot.transport ?? 'tcp',
        tls: shot.tls === true,
        verifyServer: false,
        clientAuth: auth,
        // A certificate's private key cannot be claimed: a position can only show its own.
        credential: auth === 'certificate' ? position : (shot.credential ?? null),
        keepOpen: MINUTE,
      },
    });
    return reference;
  }

  datagram(position: string, shot: Shot & { readonly as?: Address }): number {
    const node = this.poweredNode(position);
    if (node < 0) return 0;
    const { net } = this.adversary;
    const dst = shot.to === '*' ? BROADCAST : typeof shot.to === 'number' ? shot.to : net.names.directory(shot.to);
    const faces = net.nodeState(node).interfaces;
    const at = faces.find((face) => net.segments[face.segment]!.medium === 'wifi') ?? faces[0];
    if (at === undefined || (dst < 0 && dst !== BROADCAST)) return 0;
    const message = this.make(node, shot.kind, 'datagram', 'udp', shot.as ?? at.address4, dst, shot.port, shot.bytes, shot.body ?? null);
    this.noteAbsent(at.segment, shot.body ?? null);
    if (dst === BROADCAST) net.wire.transmit(node, at, message, -1);
    else net.frames.route(node, message);
    return message.id;
  }

  claimAddress(position: string, victim: Address, claimed: Address): number {
    const node = this.poweredNode(position);
    if (node < 0) return 0;
    const { net } = this.adversary;
    const holder = net.ownerOf(victim);
    const at = net.nodeState(node).interfaces.find((face) => face.segment === net.segmentOf(victim));
    if (holder < 0 || at === undefined) {
      this.adversary.obstacles.obstruct(this.number, { device: position, fact: 'ARP does not cross from one segment to another' });
      return 0;
    }
    const message = this.make(node, 'arp-answer', 'datagram', 'arp', claimed, victim, 0, ARP_BYTES, { address: claimed });
    net.wire.transmit(node, at, message, holder);
    return message.id;
  }

  join(position: string, segment: string, passphrase: string): number {
    const { adversary } = this;
    const { net, spec } = adversary;
    const node = this.poweredNode(position);
    const index = net.segmentIndex.get(segment);
    if (node < 0) return 0;
    if (index === undefined || net.segments[index]!.medium !== 'wifi' || net.segments[index]!.gatewayNode < 0) {
      adversary.obstacles.obstruct(this.number, {
        device: net.nodes[homeGateway(net)]?.id ?? position,
        fact: `there is no Wi-Fi network ${segment}`,
      });
      adversary.setTimer(this.number, 0, 'failed', 0);
      return -1;
    }
    const { gatewayNode } = net.segments[index]!;
    if (!spec.adversary.inRange) {
      adversary.obstacles.obstruct(this.number, { device: position, fact: 'out of radio range of the home' });
      adversary.setTimer(this.number, JOIN_PATIENCE, 'failed', 0);
      return -1;
    }
    const silence = !net.nodeState(gatewayNode).power ? 'switched off' : net.works(index) ? null : `${segment} is down`;
    if (silence !== null) {
      adversary.obstacles.obstruct(this.number, { device: net.nodes[gatewayNode]!.id, fact: silence }, MEDIUM);
      adversary.setTimer(this.number, JOIN_PATIENCE, 'failed', 0);
      return -1;
    }
    const security = String(net.host.setting(gatewayNode, 'wifi.security') ?? 'wpa2');
    const expected = passphraseOf(String(net.host.setting(gatewayNode, 'wifi.passphrase') ?? 'strong'), segment);
    if (security !== 'none' && passphrase !== expected) {
      adversary.obstacles.obstruct(this.number, {
        device: net.nodes[gatewayNode]!.id,
        fact: `wifi.passphrase: the passphrase of ${segment} is not the one tried`,
      });
      adversary.refuseLater(this.number, position, security);
      return -1;
    }
    net.attachments.join(node, index);
    adversary.state.knowledge.delete(`gateway:${position}`); // that of the network it was on
    adversary.ears.relisten();
    const at = net.nodeState(node).interfaces.find((face) => face.segment === index)!;
    const message = this.make(node, 'wifi-join', 'datagram', 'dhcp', 0, BROADCAST, 0, JOIN_BYTES, null);
    net.wire.transmit(node, at, message, gatewayNode);
    net.leases.discover(node, at);
    return message.id;
  }

  stream(position: string, to: string | Address, flow: Flow): number {
    const node = this.poweredNode(position);
    if (node < 0) return 0;
    const { net } = this.adversary;
    const count = this.count('streams');
    return net.streams.open({
      node,
      host: to,
      port: FLOOD_PORT,
      mode: flow.mode,
      direction: 'up',
      bitsPerSecond: flow.bitsPerSecond,
      seconds: flow.seconds,
      bytes: 0,
      type: 'flood',
      n: count,
      purpose: 'attack',
      label: this.number + 1,
      luck: net.kernel.keys.key(`${net.nodes[node]!.id} stream flood ${FLOOD_PORT}`),
    });
  }

  /** Node of a position from which something can be said now, −1 for none: what has no power is silent, whoever has broken into it. */
  private poweredNode(position: string): number {
    const node = this.adversary.positions.nodeOf(position);
    if (node < 0 || this.adversary.net.nodeState(node).power) return node;
    this.adversary.obstacles.obstruct(this.number, { device: position, fact: 'switched off' });
    return -1;
  }

  /** Asking a segment for a station that is elsewhere gets no answer; the reason is worth telling. */
  private noteAbsent(segment: number, body: Body | null): void {
    const { net } = this.adversary;
    const name = body?.['name'];
    const wanted = typeof name === 'string' ? net.nodeIndex.get(name) : undefined;
    if (wanted === undefined) return;
    const state = net.nodeState(wanted);
    const faces = state.interfaces.filter((face) => net.segments[face.segment]!.medium !== 'ble');
    if (!state.power) this.adversary.obstacles.obstruct(this.number, { device: String(name), fact: 'switched off' });
    else if (!faces.some((face) => face.segment === segment))
      this.adversary.obstacles.obstruct(this.number, {
        device: String(name),
        fact: `not on segment ${net.segments[segment]!.id}: it is on ${faces.map((face) => net.segments[face.segment]!.id).join(', ') || 'none'}`,
      });
  }

  /** How many of a sort this step has made before; counts on. */
  private count(sort: string): number {
    const { memory } = this.step;
    const count = Number(memory[`#${sort}`] ?? 0);
    memory[`#${sort}`] = count + 1;
    return count;
  }

  /** A message of this step's that belongs to no connection. */
  private make(
    node: number,
    kind: string,
    role: Message['role'],
    transport: Message['transport'],
    src: Address,
    dst: Address,
    dport: number,
    bytes: number,
    body: Body | null,
  ): Message {
    const { net } = this.adversary;
    const count = this.count('datagrams');
    const key = childKey(this.luck.key(kind), count, 0);
    const message = net.frames.make(kind, role, transport, node, body, bytes, key.k0, key.k1);
    message.src = src;
    message.sport = transport === 'udp' ? FLOOD_PORT : 0;
    message.dst = dst;
    message.dport = dport;
    message.n = count;
    this.adversary.labels.label(message.id, this.number);
    return message;
  }
}
