import {
  parseServerMessage,
  PROTOCOL,
  TOKEN_PREFIX,
  type ServerMessage,
  type SessionAnswer,
  type ViewerMessage,
} from '../../sim/protocol/messages.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export type Link = 'connecting' | 'open' | 'lost';

/** The socket to the server: opened with the session's token, opened again when it breaks, every message checked. */
export class Live {
  private readonly onMessage: (message: ServerMessage) => void;
  private readonly onLink: (link: Link) => void;
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;

  constructor(onMessage: (message: ServerMessage) => void, onLink: (link: Link) => void) {
    this.onMessage = onMessage;
    this.onLink = onLink;
  }

  async open(): Promise<void> {
    this.onLink('connecting');
    try {
      const answer = await fetch('api/session');
      if (!answer.ok) throw new Error(String(answer.status));
      const { token } = (await answer.json()) as SessionAnswer;
      this.connect(token);
    } catch {
      this.again();
    }
  }

  send(message: ViewerMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(token: string): void {
    const url = new URL('live', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    const socket = new WebSocket(url, [PROTOCOL, TOKEN_PREFIX + token]);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.wait = FIRST_WAIT_MS;
      this.onLink('open');
    });
    socket.addEventListener('message', (event: MessageEvent<string>) => {
      const message = parseServerMessage(event.data);
      if (typeof message !== 'string') this.onMessage(message);
    });
    socket.addEventListener('close', () => this.again());
  }

  /** A server that was started anew has another token, so the session is asked for again. */
  private again(): void {
    this.onLink('lost');
    setTimeout(() => void this.open(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }
}
