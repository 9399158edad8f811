import type { WebSocket } from 'ws';
import { parseViewerMessage } from '../protocol/messages.ts';
import type { ServerMessage, ViewerMessage } from '../protocol/messages.ts';

/** Limits of one socket. */
export interface ClientLimits {
  /** Messages a viewer may send in a burst, and per second afterwards. */
  readonly burst: number;
  readonly perSecond: number;
  /** Unsent bytes above which a viewer counts as slow: it gets the newest state later, instead of a queue. */
  readonly backlogBytes: number;
  /** A slow viewer that has not caught up by then is let go, ms. */
  readonly patienceMs: number;
  /** Between two pings, ms; a viewer that missed one is gone. */
  readonly heartbeatMs: number;
}

export const CLIENT_LIMITS: ClientLimits = { burst: 20, perSecond: 5, backlogBytes: 1 << 20, patienceMs: 60_000, heartbeatMs: 15_000 };

const POLICY_VIOLATION = 1008;
const UNSUPPORTED_DATA = 1003;

interface Client {
  readonly socket: WebSocket;
  allowance: number;
  counted: number;
  alive: boolean;
  /** Since when it is too slow; null = keeps up. Then it misses messages and gets the newest state when it has drained. */
  slowSince: number | null;
}

/** All open sockets: encodes a message once, sends it to everybody who keeps up. */
export class Clients {
  private readonly clients = new Set<Client>();
  private readonly limits: ClientLimits;
  private readonly greet: () => ServerMessage;
  private readonly latest: () => ServerMessage | null;
  private readonly onMessage: (message: ViewerMessage, reply: (message: ServerMessage) => void) => void;
  private readonly timers: NodeJS.Timeout[];

  /**
   * @param greet the first message on a socket, and the answer to `refresh`
   * @param latest the newest state, for a viewer that was too slow
   */
  constructor(
    limits: ClientLimits,
    greet: () => ServerMessage,
    latest: () => ServerMessage | null,
    onMessage: (message: ViewerMessage, reply: (message: ServerMessage) => void) => void,
  ) {
    this.limits = limits;
    this.greet = greet;
    this.latest = latest;
    this.onMessage = onMessage;
    this.timers = [setInterval(() => this.beat(), limits.heartbeatMs), setInterval(() => this.catchUp(), 100)];
    for (const timer of this.timers) timer.unref();
  }

  get size(): number {
    return this.clients.size;
  }

  add(socket: WebSocket): void {
    const client: Client = { socket, allowance: this.limits.burst, counted: performance.now(), alive: true, slowSince: null };
    this.clients.add(client);
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('close', () => this.clients.delete(client));
    // 'close' follows; ws reports oversize and malformed frames here.
    socket.on('error', () => undefined);
    socket.on('message', (data, binary) => {
      if (!this.allowed(client)) return socket.close(POLICY_VIOLATION, 'too many messages');
      if (binary) return socket.close(UNSUPPORTED_DATA, 'text only');
      const message = parseViewerMessage(String(data));
      const reply = (answer: ServerMessage): void => this.send(client, JSON.stringify(answer));
      if (typeof message === 'string') reply({ type: 'refused', message });
      else if (message.type === 'refresh') reply(this.greet());
      else this.onMessage(message, reply);
    });
    this.send(client, JSON.stringify(this.greet()));
  }

  broadcast(message: ServerMessage): void {
    if (this.clients.size === 0) return;
    const text = JSON.stringify(message);
    for (const client of this.clients) this.send(client, text);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const client of this.clients) client.socket.terminate();
    this.clients.clear();
  }

  private send(client: Client, text: string): void {
    const { socket } = client;
    if (socket.readyState !== socket.OPEN) return;
    // What waits and what would be added: a single large message must not slip past an empty queue's test twice.
    if (client.slowSince !== null || (socket.bufferedAmount > 0 && socket.bufferedAmount + text.length > this.limits.backlogBytes)) {
      client.slowSince ??= performance.now();
      return;
    }
    socket.send(text);
  }

  /** Token bucket. */
  private allowed(client: Client): boolean {
    const now = performance.now();
    client.allowance = Math.min(this.limits.burst, client.allowance + ((now - client.counted) / 1000) * this.limits.perSecond);
    client.counted = now;
    client.allowance -= 1;
    return client.allowance >= 0;
  }

  private catchUp(): void {
    for (const client of this.clients) {
      if (client.slowSince === null) continue;
      if (client.socket.bufferedAmount === 0) {
        client.slowSince = null;
        const state = this.latest();
        if (state !== null) this.send(client, JSON.stringify(state));
      } else if (performance.now() - client.slowSince > this.limits.patienceMs) client.socket.terminate();
    }
  }

  private beat(): void {
    for (const client of this.clients) {
      if (!client.alive) {
        client.socket.terminate();
        continue;
      }
      client.alive = false;
      client.socket.ping();
    }
  }
}
