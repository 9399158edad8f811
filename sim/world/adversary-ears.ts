import type { Body, Message } from '../model/message.ts';
import type { FrameView } from '../model/technique.ts';
import type { Network } from '../network/network.ts';
import type { Adversary } from './adversary.ts';
import type { Decision } from './adversary-state.ts';
import { FrameEvent, SeenFrame } from './frame-view.ts';

/** Who reports what the adversary has read. */
const PARTY = 'adversary';

/** Where the adversary listens, and what of the traffic there its steps are shown. */
export class Ears {
  private readonly adversary: Adversary;
  private readonly net: Network;
  /** By node and by segment: does a step listen there? Follows from state. */
  private readonly listeningNodes: boolean[];
  private readonly listeningSegments: boolean[];

  constructor(adversary: Adversary) {
    this.adversary = adversary;
    this.net = adversary.net;
    this.listeningNodes = this.net.nodes.map(() => false);
    this.listeningSegments = this.net.segments.map(() => false);
  }

  /** Does a step listen at this node? */
  listening(node: number): boolean {
    return this.listeningNodes[node]!;
  }

  /** Does a step hear what other stations say on this segment? */
  listeningIn(segment: number): boolean {
    return this.listeningSegments[segment]!;
  }

  /** After a step changed what it listens to, or positions moved. */
  relisten(): void {
    this.listeningNodes.fill(false);
    this.listeningSegments.fill(false);
    const { positions, steps } = this.adversary.state;
    for (const step of steps)
      for (const [id, promiscuous] of step.listens) {
        const position = positions.get(id);
        if (position === undefined) continue;
        this.listeningNodes[position.node] = true;
        if (promiscuous)
          for (const at of this.net.nodeState(position.node).interfaces)
            if (this.hears(at.segment)) this.listeningSegments[at.segment] = true;
      }
  }

  /** Can other stations' frames be read on this segment? Open or WPA2 with the passphrase: yes; WPA3 derives a key per station. */
  private hears(segment: number): boolean {
    const { medium, gatewayNode } = this.net.segments[segment]!;
    if (medium !== 'wifi') return false;
    return this.net.host.setting(gatewayNode, 'wifi.security') !== 'wpa3';
  }

  /** A frame is at a node where code of the adversary listens. false: it goes no further. */
  hold(node: number, message: Message): boolean {
    const decision: Decision = { message, change: null, dropped: false, impersonator: -1 };
    const frame = this.view(node, message, true);
    this.disclose(message, frame);
    const { positions, steps } = this.adversary.state;
    for (let number = 0; number < steps.length; number++)
      for (const id of steps[number]!.listens.keys()) if (positions.get(id)?.node === node) this.tell(number, id, frame, decision);
    if (decision.dropped) return false;
    if (decision.impersonator >= 0) {
      message.body = { ...message.body, certificate: `${this.net.nodes[node]!.id}.example`, by: this.net.nodes[node]!.id };
      this.adversary.labels.altered(message, decision.impersonator);
    }
    return true;
  }

  /** A frame was in the air of a segment where the adversary listens. */
  overhear(segment: number, message: Message): void {
    // Several steps may listen at one position: they are shown the same copy.
    let seenAt = -1;
    let seen: SeenFrame | null = null;
    const { positions, steps } = this.adversary.state;
    for (let number = 0; number < steps.length; number++)
      for (const [id, promiscuous] of steps[number]!.listens) {
        const position = positions.get(id);
        if (!promiscuous || position === undefined || position.node === message.l2src || position.node === message.l2dst) continue;
        if (position.node !== seenAt) {
          if (!this.net.nodeState(position.node).interfaces.some((at) => at.segment === segment)) continue;
          seenAt = position.node;
          seen = this.view(position.node, message, false);
          this.disclose(message, seen);
        }
        this.tell(number, id, seen!, null);
      }
  }

  /** A message reached the host it is for, and a step listens there. */
  received(node: number, message: Message): void {
    const { positions, steps } = this.adversary.state;
    const frame = this.view(node, message, false);
    this.disclose(message, frame);
    for (let number = 0; number < steps.length; number++)
      for (const id of steps[number]!.listens.keys()) if (positions.get(id)?.node === node) this.tell(number, id, frame, null);
  }

  /** What a step asked for was answered, turned down, or came to nothing. */
  answered(reference: number, type: 'reply' | 'refused' | 'failed', message: Message | null, body: Body | null): void {
    const { asked, positions } = this.adversary.state;
    const shot = asked.get(reference);
    if (shot === undefined) return;
    asked.delete(reference);
    const position = positions.get(shot.position);
    const frame = message === null || position === undefined ? null : this.view(position.node, message, false);
    if (message !== null && frame !== null) this.disclose(message, frame);
    // The technique reads its own copy: the sender may keep the original in its memory, and only `forward` alters a message.
    const own = body === null ? null : { ...body };
    this.adversary.emit(shot.step, { type, position: shot.position, frame, n: shot.tag, body: own });
  }

  /** Shows a step a frame at one of its positions; that it cannot be read may be what the step fails on. */
  private tell(number: number, position: string, frame: FrameView, decision: Decision | null): void {
    const { adversary } = this;
    const step = adversary.state.steps[number]!;
    if (!frame.readable && step.status === 'running') adversary.obstacles.sealed(number, frame);
    if (step.status !== 'failed' && adversary.catalogue.techniques.get(step.technique)!.on['frame'] !== undefined)
      adversary.emit(number, new FrameEvent(position, frame), decision);
  }

  /** A message as it looks from a node: its content where no session seals it, or where the node is an end of the session or in it. */
  private view(node: number, message: Message, held: boolean): SeenFrame {
    const conn = this.net.conn(message.conn);
    const readable = !message.sealed || (conn !== null && (conn.interposer === node || conn.client === node || conn.server === node));
    return new SeenFrame(message, readable, held);
  }

  /** Health records that the adversary can read are disclosed to it, once a message: sent again, it says nothing new. */
  private disclose(message: Message, frame: FrameView): void {
    const { body } = message;
    const { read } = this.adversary.state;
    if (!frame.readable || body === null || typeof body['phiRecords'] !== 'number') return;
    const said = message.exchange === 0 ? `${message.id}` : `${message.exchange} ${message.role}`;
    if (read.has(said)) return;
    read.add(said);
    this.adversary.observers.record('disclosure', PARTY, message.id, {
      to: 'adversary',
      kind: message.kind,
      records: body['phiRecords'],
      bytes: Number(body['phiBytes'] ?? 0),
      individuals: Number(body['individuals'] ?? 1),
    });
  }
}
