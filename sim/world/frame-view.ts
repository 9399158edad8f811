import type { Body, Message } from '../model/message.ts';
import type { AttackEvent, FrameView } from '../model/technique.ts';

/**
 * What a position sees of a message. The content is copied when it is first looked at: a technique must not hold the
 * sender's own object, and most frames that pass are never looked into.
 */
export class SeenFrame implements FrameView {
  readonly id: number;
  readonly src: number;
  readonly sport: number;
  readonly dst: number;
  readonly dport: number;
  readonly bytes: number;
  readonly transport: string;
  readonly role: string;
  readonly kind: string | null;
  readonly readable: boolean;
  readonly held: boolean;
  #original: Body | null;
  #copy: Body | null = null;

  constructor(message: Message, readable: boolean, held: boolean) {
    this.id = message.id;
    this.src = message.src;
    this.sport = message.sport;
    this.dst = message.dst;
    this.dport = message.dport;
    this.bytes = message.bytes;
    this.transport = message.transport;
    this.role = message.role;
    this.kind = readable ? message.kind : null;
    this.readable = readable;
    this.held = held;
    this.#original = readable ? message.body : null;
  }

  get body(): Body | null {
    if (this.#copy === null && this.#original !== null) this.#copy = { ...this.#original };
    return this.#copy;
  }
}

/** A frame that a step is told of; its body is copied only when looked at. */
export class FrameEvent implements AttackEvent {
  readonly type = 'frame';
  readonly position: string;
  readonly frame: FrameView;
  readonly n = 0;

  constructor(position: string, frame: FrameView) {
    this.position = position;
    this.frame = frame;
  }

  get body(): Body | null {
    return this.frame.body;
  }
}
