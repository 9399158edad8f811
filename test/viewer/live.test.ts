import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL, TOKEN_PREFIX, type ServerMessage } from '../../sim/protocol/messages.ts';
import { Live, type Link } from '../../viewer/study/live.ts';

/** A socket that does what the test says. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  readonly protocols: readonly string[];

  constructor(_url: URL, protocols: readonly string[]) {
    super();
    this.protocols = protocols;
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  say(message: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: typeof message === 'string' ? message : JSON.stringify(message) }));
  }

  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

let session: () => Promise<unknown>;
let heard: ServerMessage[];
let links: Link[];
let live: Live;
const newest = (): FakeSocket => FakeSocket.made.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  let tokens = 0;
  session = async () => ({ ok: true, json: async () => ({ token: `t${++tokens}`, protocol: PROTOCOL }) });
  vi.stubGlobal('fetch', () => session());
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('location', { href: 'http://127.0.0.1:8080/#study' });
  heard = [];
  links = [];
  live = new Live(
    (message) => heard.push(message),
    (link) => links.push(link),
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const HELLO = { type: 'hello', protocol: PROTOCOL, version: '1', studies: [], study: null } as const;

describe('the live socket', () => {
  it('is opened with the session’s token and hands on what fits', async () => {
    await live.open();
    newest().open();
    newest().say(HELLO);
    expect(newest().protocols).toEqual([PROTOCOL, `${TOKEN_PREFIX}t1`]);
    expect(heard).toEqual([HELLO]);
    expect(links).toEqual(['connecting', 'open']);
  });

  it('tells that the server is a foreign one when a message does not fit, and hands it to nobody', async () => {
    await live.open();
    newest().open();
    for (const message of [{ ...HELLO, protocol: 'homeward.2' }, { type: 'study-progress', seq: 1 }, 'nonsense']) {
      newest().say(message);
      expect(links.at(-1)).toBe('foreign');
    }
    expect(heard).toEqual([]);
  });

  it('tells it too when the session is another version’s or none', async () => {
    session = async () => ({ ok: true, json: async () => ({ token: 't', protocol: 'homeward.2' }) });
    await live.open();
    expect(links.at(-1)).toBe('foreign');
    expect(FakeSocket.made).toEqual([]);
  });

  it('says when nothing can be sent', async () => {
    expect(live.send({ type: 'study-stop' })).toBe(false);
    await live.open();
    expect(live.send({ type: 'study-stop' })).toBe(false);
    newest().open();
    expect(live.send({ type: 'study-stop' })).toBe(true);
    expect(newest().sent).toEqual(['{"type":"study-stop"}']);
    newest().close();
    expect(live.send({ type: 'study-stop' })).toBe(false);
  });

  it('is opened again when it breaks, with a fresh token, more and more patiently until it opens', async () => {
    await live.open();
    newest().open();
    newest().close();
    expect(links.at(-1)).toBe('lost');
    await vi.advanceTimersByTimeAsync(499);
    expect(FakeSocket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.made).toHaveLength(2);
    expect(newest().protocols).toContain(`${TOKEN_PREFIX}t2`);
    newest().close();
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSocket.made).toHaveLength(2);
    session = async () => Promise.reject(new Error('refused'));
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.made).toHaveLength(2);
    session = async () => ({ ok: true, json: async () => ({ token: 'back', protocol: PROTOCOL }) });
    await vi.advanceTimersByTimeAsync(2000);
    expect(FakeSocket.made).toHaveLength(3);
    newest().open();
    newest().close();
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made).toHaveLength(4);
  });
});
