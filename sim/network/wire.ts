import { childKey } from '../kernel/draws.ts';
import { MILLISECOND } from '../kernel/time.ts';
import type { Body, Message } from '../model/message.ts';
import { duplicate } from './frames.ts';
import { BROADCAST } from './topology.ts';
import { serve, type Service } from './link.ts';
import type { Network } from './network.ts';
import type { InterfaceState } from './state.ts';
import type { Segment } from './topology.ts';

/** Preamble, access address, header, L2CAP, ATT, integrity check and CRC of a notification, bytes (Bluetooth Core Specification, arithmetic). */
const BLE_OVERHEAD = 21;
/** Purposes of a hop's draws, in the low bits of their address. */
const LOSS = 0; // and delay: two uniforms of one block
const OVERLOAD = 2;

/** One hop: what the medium does to a message between two nodes. */
export class Wire {
  private readonly net: Network;
  private readonly arriveHandler: number;
  private readonly bleTries: number;
  private readonly service: Service = { done: 0, loss: 0 };
  /** Make one event of the two hops over a provider's gateway? What happens, and when, is the same either way. */
  merges = true;

  constructor(net: Network) {
    this.net = net;
    this.bleTries = net.parameter('ble.tries');
    this.arriveHandler = net.kernel.register('net.arrive', (node, _a, _b, message: Message) => net.frames.arrive(node, message), {
      digest: (fingerprint, _a, _b, message: Message) => {
        const { luck0, luck1, hop, attempt, intact, signatureFits, bytes, digest } = message;
        fingerprint.quad(luck0, luck1, (hop * 256 + attempt * 4 + (intact ? 1 : 0) + (signatureFits ? 2 : 0)) ^ digest, bytes);
      },
    });
  }

  /** A BLE notification from a peripheral to its central, which owns the piconet. */
  notify(node: number, kind: string, body: Body | null, bytes: number, n: number, key: { readonly k0: number; readonly k1: number }): void {
    const { net } = this;
    const at = net.nodeState(node).interfaces.find((face) => net.segments[face.segment]!.medium === 'ble');
    if (at === undefined) return; // not paired
    const luck = childKey(key, n, 0);
    const message = net.frames.make(kind, 'datagram', 'ble', node, body, bytes + BLE_OVERHEAD, luck.k0, luck.k1);
    message.src = at.address6;
    message.sealed = true;
    message.n = n;
    this.transmit(node, at, message, net.segments[at.segment]!.gatewayNode);
  }

  /** One hop: link service, loss, delay; arrival is scheduled. `target` −1 = every station of the segment. */
  transmit(node: number, at: InterfaceState, message: Message, target: number): void {
    const net = this.net;
    const segment = net.segments[at.segment]!;
    message.segment = at.segment;
    message.l2src = node;
    message.l2dst = target;
    message.hop++;
    net.host.onHop(message, node, target, at.segment, net.kernel.now);
    const gateway = segment.gatewayNode;
    const shared = segment.medium === 'wifi' || segment.medium === 'ethernet';
    // A station's frame goes to the access point first, which bridges it; the access point sends to the station itself.
    const receiver = shared && gateway >= 0 && node !== gateway ? gateway : target;
    const link = node === gateway ? segment.downlink : segment.uplink;
    if (net.host.listeningIn(at.segment)) net.host.overhear(at.segment, message);
    const done = segment.interval > 0 ? this.radioInterval(link, segment, message) : this.pass(node, link, segment, message, receiver < 0);
    if (done < 0) return;
    if (receiver >= 0) {
      if (!this.straightThrough(receiver, message, done)) net.kernel.post(done, this.arriveHandler, receiver, 0, 0, message);
      return;
    }
    // What is said to everybody is dropped unseen by the stacks of those who do not care: they get no event.
    for (const member of segment.members)
      if (member !== node && member !== message.origin && net.host.cares(member, message))
        net.kernel.post(done, this.arriveHandler, member, 0, 0, duplicate(message));
  }

  /**
   * A provider's gateway that forwards everything onto the core adds a delay and nothing else: no rule, no queue, nobody
   * who listens. The two hops are one event then; times, luck and trace are those of two hops.
   */
  private straightThrough(node: number, message: Message, time: number): boolean {
    const net = this.net;
    if (
      !this.merges ||
      !net.nodes[node]!.forwards ||
      message.dst === BROADCAST ||
      message.transport === 'arp' ||
      message.transport === 'dhcp'
    )
      return false;
    const state = net.nodeState(node);
    if (state.policy !== null || !state.power || net.host.listening(node)) return false;
    const hop = net.routes.nextHop(node, message.dst);
    if (hop === null) return false;
    const segment = net.segments[hop.at.segment]!;
    const holder = net.ownerOf(hop.address);
    if (segment.medium !== 'core' || holder < 0 || holder === node || net.failures.mayFail(node, segment)) return false;
    message.segment = segment.index;
    message.l2src = node;
    message.l2dst = holder;
    message.hop++;
    net.host.onHop(message, node, holder, segment.index, time);
    net.kernel.draws.twoAt(message.luck0, message.luck1, segment.word, message.hop * 256 + message.attempt * 4 + LOSS);
    net.kernel.post(Math.ceil(time + segment.delay.at(net.kernel.draws.second) * MILLISECOND), this.arriveHandler, holder, 0, 0, message);
    return true;
  }

  /** FIFO service with streams beside it, then the medium's own loss and delay. −1 = lost. */
  private pass(node: number, link: number, segment: Segment, message: Message, toAll: boolean): number {
    const net = this.net;
    const state = net.state.links[link]!;
    if (!state.up || (segment.uplink !== link && !net.state.links[segment.uplink]!.up)) {
      net.stop(message, node, { fact: `${segment.id} is down` });
      return -1;
    }
    const fixed = net.links[link]!;
    const { airtime } = segment;
    const { draws } = net.kernel;
    const address = message.hop * 256 + message.attempt * 4;
    const sure = segment.fixedDelay >= 0 && segment.loss === 0 && (airtime === null || !airtime.fails);
    const luck = sure ? 1 : draws.twoAt(message.luck0, message.luck1, segment.word, address + LOSS);
    const lost = luck < segment.loss;
    let size = message.bytes;
    let after = 0; // the medium is taken for so long after the message has arrived
    let tries = 1;
    if (airtime !== null) {
      if (!toAll) tries = lost ? airtime.most : airtime.tries(luck - segment.loss, 1 - segment.loss);
      size = toAll ? airtime.sizeToAll(size) : airtime.size(size, Math.min(tries, airtime.most));
      after = toAll ? airtime.afterAll : airtime.after;
    }
    const { busyUntil, busyFavoured } = state;
    serve(
      fixed,
      state,
      net.loads[link]!,
      size,
      net.kernel.now,
      net.queues[link]!,
      net.queues[link] === 'priority' && net.host.favoured(message.origin),
      this.service,
    );
    if (this.service.done < 0) {
      net.stop(message, node, { fact: `${fixed.id}: buffer full` });
      return -1;
    }
    if (this.service.loss > 0 && draws.uniformAt(message.luck0, message.luck1, segment.word, address + OVERLOAD) < this.service.loss) {
      state.busyUntil = busyUntil; // it found no place: nobody waits behind it
      state.busyFavoured = busyFavoured;
      net.stop(message, node, { fact: `${fixed.id}: overloaded` });
      return -1;
    }
    if (lost || (airtime !== null && tries > airtime.most)) {
      net.stop(message, node, { fact: lost ? `${segment.id}: lost in the air` : `${segment.id}: no acknowledgement` });
      return -1;
    }
    const delay = segment.fixedDelay >= 0 ? segment.fixedDelay : segment.delay.at(draws.second) * MILLISECOND;
    return Math.ceil(this.service.done - after + delay);
  }

  /**
   * BLE: waits for the next connection event, behind what the piconet has to send before it; then one try at each event
   * until the link layer's acknowledgement or the last try.
   */
  private radioInterval(link: number, segment: Segment, message: Message): number {
    const { draws, now } = this.net.kernel;
    const { id, rate, buffer } = this.net.links[link]!;
    const state = this.net.state.links[link]!;
    if (!state.up) {
      this.net.stop(message, message.l2src, { fact: `${id} is down` });
      return -1;
    }
    const event = (Math.floor(now / segment.interval) + 1) * segment.interval;
    const start = Math.max(event, state.busyUntil);
    if ((start - event) * rate > buffer * 8e6) {
      this.net.stop(message, message.l2src, { fact: `${id}: buffer full` });
      return -1;
    }
    state.busyUntil = start + (message.bytes * 8e6) / rate;
    const u = draws.uniformAt(message.luck0, message.luck1, segment.word, message.hop * 256 + message.attempt * 4 + LOSS);
    // The try at which u first exceeds loss^k: k failures have probability loss^k.
    let tries = 1;
    for (let p = segment.loss; u < p && tries <= this.bleTries; p *= segment.loss) tries++;
    if (tries > this.bleTries) {
      this.net.stop(message, message.l2src, { fact: `${segment.id}: no acknowledgement` });
      return -1;
    }
    return (Math.floor(start / segment.interval) + tries - 1) * segment.interval;
  }
}
