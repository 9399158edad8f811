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

/** 'foreign': the server says what this page does not understand, as one of another version would. */
export type Link = 'connecting' | 'open' | 'lost' | 'foreign';

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
      const { token, protocol } = (await answer.json()) as Partial<SessionAnswer>;
      if (protocol === PROTOCOL && typeof token === 'string') this.connect(token);
      else this.again('foreign');
    } catch {
      this.again('lost');
    }
  }

  /** @returns false when there is nobody to send it to */
  send(message: ViewerMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
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
      if (typeof message === 'string') this.onLink('foreign');
      else this.onMessage(message);
    });
    socket.addEventListener('close', () => this.again('lost'));
  }

  /** A server that was started anew has another token, so the session is asked for again. */
  private again(link: Link): void {
    this.onLink(link);
    setTimeout(() => void this.open(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }
}
