import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { mean, quantile, type Distribution } from '../../sim/kernel/distributions.ts';
import type { Body } from '../../sim/model/message.ts';
import type { AttackContext, AttackEvent, FrameView, PositionView, Shot, Technique } from '../../sim/model/technique.ts';

/** The adversary's part of the registry, as the project ships it. */
const registry = new Map(
  (parse(readFileSync('scenarios/parameters/attack.yaml', 'utf8')) as { id: string; value?: number; distribution?: Distribution }[]).map(
    (entry) => [entry.id, entry],
  ),
);
const entry = (id: string) => {
  const found = registry.get(id);
  if (found === undefined) throw new Error(`the registry has no "${id}"`);
  return found;
};

export type Sent =
  | { what: 'request'; id: number; position: string; shot: Shot }
  | { what: 'datagram'; id: number; position: string; shot: Shot }
  | { what: 'claim'; id: number; position: string; victim: number; claimed: number }
  | { what: 'join'; id: number; position: string; segment: string; passphrase: string }
  | { what: 'forward'; frame: FrameView; change: Body | undefined }
  | { what: 'drop'; frame: FrameView }
  | { what: 'impersonate'; frame: FrameView }
  | { what: 'stream'; position: string; to: string | number; bitsPerSecond: number; seconds: number };

interface Timer {
  at: number;
  type: string;
  n: number;
  order: number;
}

/**
 * A stage for one step: plays the world's part by hand. Everything the technique is handed goes through a proxy that
 * throws on any access outside the interface, deep down to positions and frames.
 */
export class Stage {
  readonly sent: Sent[] = [];
  readonly facts = new Map<string, string | number>();
  readonly positions: PositionView[] = [{ id: 'attacker', kind: 'internet', segment: 'internet', address: 1 }];
  readonly listening: string[] = [];
  ended: 'running' | 'succeeded' | 'failed' = 'running';
  reason = '';
  now = 0;
  luck = 0.5;
  memory: Record<string, unknown> = {};
  private readonly timers: Timer[] = [];
  private readonly technique: Technique;
  private readonly args: AttackContext['args'];
  private nextId = 1;

  constructor(technique: Technique, args: AttackContext['args'] = {}) {
    this.technique = technique;
    this.args = args;
  }

  start(): this {
    this.technique.start(this.context());
    return this.plain();
  }

  /** Hands the technique an event; unknown types are ignored, as the engine does. */
  event(type: string, more: Partial<AttackEvent> = {}): this {
    const event: AttackEvent = { type, position: '', frame: null, n: 0, body: null, ...more };
    if (this.ended !== 'failed') this.technique.on[type]?.(this.context(), guarded(event, 'event'));
    return this.plain();
  }

  frame(frame: Partial<FrameView>, position: string): this {
    const whole: FrameView = {
      id: this.nextId++,
      src: 0,
      sport: 0,
      dst: 0,
      dport: 0,
      bytes: 100,
      transport: 'tcp',
      role: 'request',
      kind: null,
      body: null,
      readable: frame.body !== undefined && frame.body !== null,
      held: true,
      ...frame,
    };
    return this.event('frame', { position, frame: guarded(whole, 'frame') });
  }

  /** Lets the next timer go off. @returns its type, or null when none is left */
  tick(): string | null {
    this.timers.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = this.timers.shift();
    if (next === undefined) return null;
    this.now = next.at;
    this.event(next.type, { n: next.n });
    return next.type;
  }

  /** Runs timers until one of this type has gone off. */
  until(type: string): this {
    for (let i = 0; i < 10_000; i++) {
      const was = this.tick();
      if (was === type) return this;
      if (was === null) throw new Error(`no timer "${type}" is set`);
    }
    throw new Error(`timer "${type}" never came`);
  }

  last<W extends Sent['what']>(what: W): Extract<Sent, { what: W }> {
    const found = this.sent.filter((one): one is Extract<Sent, { what: W }> => one.what === what).at(-1);
    if (found === undefined) throw new Error(`no ${what} was sent`);
    return found;
  }

  all<W extends Sent['what']>(what: W): Extract<Sent, { what: W }>[] {
    return this.sent.filter((one): one is Extract<Sent, { what: W }> => one.what === what);
  }

  stand(position: PositionView, gateway = 0): this {
    this.positions.push(position);
    if (gateway !== 0) this.facts.set(`gateway:${position.id}`, gateway);
    return this;
  }

  /** Bookkeeping has to survive a snapshot. */
  private plain(): this {
    const copy = JSON.parse(JSON.stringify(this.memory)) as Record<string, unknown>;
    if (JSON.stringify(copy) !== JSON.stringify(this.memory)) throw new Error('memory is not plain JSON');
    this.memory = copy;
    return this;
  }

  private context(): AttackContext {
    const send = <T extends Sent>(one: T & { id: number }): number => {
      this.sent.push(one);
      return one.id;
    };
    const id = (): number => this.nextId++;
    const value = (name: string): number => entry(name).value ?? mean(entry(name).distribution!);
    const distribution = (name: string): Distribution => entry(name).distribution ?? { kind: 'constant', value: entry(name).value! };
    const after = (delay: number, type: string, n = 0): void => {
      if (!Number.isInteger(delay) || delay < 0) throw new Error(`delay ${delay} of "${type}" is not a whole number of microseconds`);
      this.timers.push({ at: this.now + delay, type, n, order: id() });
    };
    const context: AttackContext = {
      now: this.now,
      args: this.args,
      memory: this.memory,
      parameter: value,
      distribution,
      draw: () => this.luck,
      sample: (d) => quantile(d, this.luck),
      after,
      afterRandom: (seconds, _purpose, n, type) => after(Math.round(quantile(seconds, this.luck) * 1_000_000), type, n),
      knows: (name) => this.facts.has(name),
      recall: (name) => this.facts.get(name) ?? null,
      learn: (name, fact) => void this.facts.set(name, fact),
      positions: () => this.positions.map((position) => guarded(position, 'position')),
      position: (name) => {
        const found = this.positions.find((position) => position.id === name);
        return found === undefined ? null : guarded(found, 'position');
      },
      request: (position, shot) => send({ what: 'request', id: id(), position, shot }),
      datagram: (position, shot) => send({ what: 'datagram', id: id(), position, shot }),
      claimAddress: (position, victim, claimed) => send({ what: 'claim', id: id(), position, victim, claimed }),
      join: (position, segment, passphrase) => send({ what: 'join', id: id(), position, segment, passphrase }),
      listen: (position) => void this.listening.push(position),
      forward: (frame, change) => void this.sent.push({ what: 'forward', frame, change }),
      drop: (frame) => void this.sent.push({ what: 'drop', frame }),
      impersonate: (frame) => void this.sent.push({ what: 'impersonate', frame }),
      stream: (position, to, { bitsPerSecond, seconds }) => {
        this.sent.push({ what: 'stream', position, to, bitsPerSecond, seconds });
        return id();
      },
      stop: () => {},
      succeed: () => {
        if (this.ended !== 'running') throw new Error(`the step ended twice (${this.ended}, then succeeded)`);
        this.ended = 'succeeded';
      },
      fail: (reason) => {
        if (this.ended !== 'running') throw new Error(`the step ended twice (${this.ended}, then failed: ${reason})`);
        this.ended = 'failed';
        this.reason = reason;
      },
    };
    return guarded(context, 'context', ['memory', 'args']);
  }
}

/** Throws on reading a property that the interface does not have, and on every write. */
export function guarded<T extends object>(target: T, name: string, open: readonly string[] = []): T {
  return new Proxy(target, {
    get: (object, key) => {
      if (typeof key === 'symbol' || key === 'toJSON') return Reflect.get(object, key) as unknown;
      if (!(key in object)) throw new Error(`${name} has no "${key}"`);
      const value = Reflect.get(object, key) as unknown;
      return typeof value === 'object' && value !== null && !open.includes(key) && key !== 'body' && key !== 'frame'
        ? guarded(value, `${name}.${key}`)
        : value;
    },
    set: (_, key) => {
      throw new Error(`${name} is written at "${String(key)}"`);
    },
    deleteProperty: (_, key) => {
      throw new Error(`${name} is deleted at "${String(key)}"`);
    },
  });
}
