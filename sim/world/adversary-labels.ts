import type { Message } from '../model/message.ts';
import type { Network } from '../network/network.ts';
import type { Exchange } from '../network/state.ts';
import type { Adversary } from './adversary.ts';
import { Marks } from './marks.ts';

/** Which step of the adversary a message belongs to. Kept beside the trace; nothing in the world can read it. */
export class Labels {
  private readonly adversary: Adversary;
  private readonly net: Network;
  /** Messages with a label or an origin among its steps; follows from state. */
  private readonly marks = new Marks();

  constructor(adversary: Adversary) {
    this.adversary = adversary;
    this.net = adversary.net;
  }

  /** Step that authored a message, −1 for none. */
  stepOf(message: Message): number {
    const label = this.marks.may(message.id) ? this.adversary.state.labels.get(message.id) : undefined;
    if (label !== undefined) return label;
    const exchange = this.question(message);
    // Of its questions only what the asking side says is the adversary's; answers are the server's.
    if (exchange !== null) return message.origin === exchange.node ? exchange.label - 1 : -1;
    const conn = this.net.conn(message.conn);
    return conn !== null && message.origin === conn.client ? conn.attack - 1 : -1;
  }

  /**
   * The question that a message asks or answers; null for handshakes, pushes and whatever belongs to the connection alone. A
   * device's own lookups and those of foreign code on it share one flow: who opened it says nothing of what is asked over it.
   */
  private question(message: Message): Exchange | null {
    const exchange = message.exchange === 0 ? null : this.net.exchange(message.exchange);
    return exchange?.purpose === 'push' ? null : exchange;
  }

  /** Step without which a message would not be: its author, the one it answers, or the one that made others send it; −1 for none. */
  stepBehind(message: Message): number {
    const step = this.stepOf(message);
    if (step >= 0) return step;
    const asked = (this.question(message)?.label ?? this.net.conn(message.conn)?.attack ?? 0) - 1;
    if (asked >= 0) return asked;
    return (this.marks.may(message.id) ? this.adversary.state.consequences.get(message.id) : undefined) ?? -1;
  }

  /** Called for the first hop of every message. */
  note(message: Message): void {
    const { labels, consequences } = this.adversary.state;
    const step = this.stepOf(message);
    if (step >= 0) {
      if (!labels.has(message.id)) this.label(message.id, step);
      return;
    }
    if (message.cause === 0 || !this.marks.may(message.cause)) return;
    const origin = labels.get(message.cause) ?? consequences.get(message.cause);
    if (origin === undefined) return;
    consequences.set(message.id, origin);
    this.marks.add(message.id);
  }

  /** A step authored this message. */
  label(id: number, step: number): void {
    const { labels, steps } = this.adversary.state;
    labels.set(id, step);
    this.marks.add(id);
    steps[step]?.messages.push(id);
  }

  /** A step altered this message; what comes of the order or reading that it is about is told by its reference. */
  altered(message: Message, step: number): void {
    const { labels, references } = this.adversary.state;
    if (!labels.has(message.id)) this.label(message.id, step);
    const reference = message.body?.['ref'];
    if (typeof reference === 'string') references.set(reference, step);
  }

  /** Was this message authored or altered by the adversary? */
  isHostile(message: number): boolean {
    return this.adversary.state.labels.has(message);
  }

  /** After the state was restored. */
  restore(): void {
    const { labels, consequences } = this.adversary.state;
    this.marks.clear();
    for (const id of labels.keys()) this.marks.add(id);
    for (const id of consequences.keys()) this.marks.add(id);
  }
}
