import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LARGEST_REQUEST, PROTOCOL, TOKEN_PREFIX, parseServerMessage } from '../../sim/protocol/messages.ts';
import type { ServerMessage, StudySnapshot, ViewerMessage } from '../../sim/protocol/messages.ts';
import { StudyFeed } from '../../sim/server/feed.ts';
import { LIVE_PATH, serve } from '../../sim/server/server.ts';
import type { RunningServer, ServerOptions } from '../../sim/server/server.ts';

let folder: string;
let feed: StudyFeed;
let received: ViewerMessage[];
let running: RunningServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homeward-server-'));
  mkdirSync(join(folder, 'viewer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'viewer', 'index.html'), '<!doctype html><title>viewer</title>');
  writeFileSync(join(folder, 'viewer', 'assets', 'app.js'), 'export {};');
  writeFileSync(join(folder, 'viewer', '.hidden.json'), '{}');
  writeFileSync(join(folder, 'viewer', 'notes.exe'), 'no');
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  feed = new StudyFeed();
  received = [];
  running = [];
});

afterEach(async () => {
  for (const server of running) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(changes: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    insecureLan: false,
    publicUrl: null,
    root: join(folder, 'viewer'),
    version: '0.0.0',
    library: () => ({ version: '0.0.0', homes: [], studies: [], files: { 'scenarios/a.yaml': 'id: a' } }),
    feed,
    studies: ['cswp34'],
    onMessage: (message) => void received.push(message),
    ...changes,
  });
  running.push(server);
  return server;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Plain request: unlike fetch, it sends the path and the Host header exactly as given. */
function get(server: RunningServer, path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', fail).end();
  });
}

const token = async (server: RunningServer): Promise<string> =>
  (JSON.parse((await get(server, '/api/session')).text) as { token: string }).token;

interface Opening {
  readonly origin?: string | undefined;
  readonly host?: string;
  readonly protocols?: readonly string[];
  readonly path?: string;
}

interface Opened {
  /** 101, or the status that refused. */
  readonly status: number;
  readonly socket: WebSocket;
  readonly messages: ServerMessage[];
}

async function open(server: RunningServer, opening: Opening = {}): Promise<Opened> {
  const protocols = opening.protocols ?? [PROTOCOL, TOKEN_PREFIX + (await token(server))];
  const origin = 'origin' in opening ? opening.origin : `http://127.0.0.1:${server.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${opening.path ?? LIVE_PATH}`, [...protocols], {
    headers: { ...(origin === undefined ? {} : { Origin: origin }), ...(opening.host === undefined ? {} : { Host: opening.host }) },
  });
  const messages: ServerMessage[] = [];
  socket.on('message', (data) => {
    const message = parseServerMessage(String(data));
    if (typeof message === 'string') throw new Error(message);
    messages.push(message);
  });
  return new Promise((done) => {
    socket.on('error', () => undefined);
    socket.on('open', () => done({ status: 101, socket, messages }));
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      done({ status: response.statusCode ?? 0, socket, messages });
    });
  });
}

const closed = (socket: WebSocket): Promise<number> => new Promise((done) => socket.on('close', (code) => done(code)));

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited 5 s in vain');
    await new Promise((next) => setTimeout(next, 10));
  }
}

function snapshot(done: number, note = ''): StudySnapshot {
  return {
    study: 'cswp34',
    question: note,
    state: 'running',
    seed: 1,
    replications: 10,
    done,
    total: 10,
    elapsedMs: 5,
    hours: 24,
    course: 'deteriorating',
    baseline: 'typical',
    outcomes: [],
    arms: [],
    failures: [],
    fingerprint: null,
  };
}

describe('who is answered', () => {
  it('answers to its own names only, so that a rebound name gets nothing', async () => {
    const server = await start();
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`])
      expect((await get(server, '/', { Host: host })).status).toBe(200);
    for (const host of [
      'attacker.example',
      `attacker.example:${server.port}`,
      '127.0.0.1',
      `127.0.0.1:${server.port + 1}`,
      `127.0.0.1:${server.port}.attacker.example`,
    ]) {
      for (const path of ['/', '/api/session', '/api/library']) {
        const answer = await get(server, path, { Host: host });
        expect(answer.status).toBe(421);
        expect(answer.text).not.toContain('token');
      }
    }
  });

  it('keeps its data from pages of other sites and lets nobody write by HTTP', async () => {
    const server = await start();
    for (const site of ['cross-site', 'same-site'])
      expect((await get(server, '/api/session', { 'Sec-Fetch-Site': site })).status).toBe(403);
    expect((await get(server, '/api/session', { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get(server, '/api/study', {}, method)).status).toBe(405);
    const answer = await get(server, '/api/session');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('sends a content security policy without inline script or eval', async () => {
    const server = await start();
    const policy = String((await get(server, '/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`ws://127.0.0.1:${server.port}`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect((await get(server, '/')).headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('files', () => {
  it('serves the viewer and nothing outside it', async () => {
    symlinkSync(join(folder, 'secret.json'), join(folder, 'viewer', 'linked.json'));
    const server = await start();
    expect((await get(server, '/')).text).toContain('viewer');
    expect((await get(server, '/index.html?x=1')).status).toBe(200);
    expect((await get(server, '/assets/app.js')).headers['cache-control']).toContain('immutable');
    expect((await get(server, '/', {}, 'HEAD')).text).toBe('');
    const outside = [
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/assets/..%2f..%2fsecret.json',
      '/..%5csecret.json',
      '/assets/../../secret.json',
      '//secret.json',
      '/%00index.html',
      '/%zz',
      '/linked.json',
      '/.hidden.json',
      '/notes.exe',
      '/assets',
      '/C:/secret.json',
    ];
    for (const path of outside) expect([path, (await get(server, path)).status]).toEqual([path, 404]);
  });
});

describe('opening the live socket', () => {
  it('greets a page of its own that shows the token', async () => {
    const server = await start();
    const { status, socket, messages } = await open(server);
    expect(status).toBe(101);
    expect(socket.protocol).toBe(PROTOCOL);
    expect(socket.extensions).toBe('');
    await until(() => messages.length > 0);
    expect(messages[0]).toMatchObject({ type: 'hello', protocol: PROTOCOL, studies: ['cswp34'], study: null });
  });

  it('refuses other origins, a missing one included', async () => {
    const server = await start();
    for (const origin of ['http://attacker.example', `https://127.0.0.1:${server.port}`, 'http://127.0.0.1', 'null', undefined])
      expect([origin, (await open(server, { origin })).status]).toEqual([origin, 403]);
  });

  it('refuses a wrong, missing or shortened token, and the wrong path or name', async () => {
    const server = await start();
    const right = await token(server);
    for (const protocols of [
      [PROTOCOL],
      [PROTOCOL, TOKEN_PREFIX + 'f'.repeat(64)],
      [PROTOCOL, TOKEN_PREFIX + right.slice(1)],
      [TOKEN_PREFIX + right],
    ])
      expect((await open(server, { protocols })).status).toBe(401);
    expect((await open(server, { path: '/' })).status).toBe(404);
    expect((await open(server, { path: `${LIVE_PATH}?token=${right}` })).status).toBe(404);
    expect((await open(server, { host: 'attacker.example' })).status).toBe(421);
    const other = await start();
    expect(await token(other)).not.toBe(right);
  });

  it('has room for 32 viewers and tells the next one so', async () => {
    const server = await start();
    for (let i = 0; i < 32; i++) expect((await open(server)).status).toBe(101);
    expect((await open(server)).status).toBe(503);
  });
});

describe('what a viewer may say', () => {
  it('hands on what fits and refuses the rest by name', async () => {
    const server = await start();
    const { socket, messages } = await open(server);
    socket.send('{"type":"study-start","study":"cswp34","replications":5,"seed":1}');
    for (const bad of [
      'nonsense',
      '{"type":"shutdown"}',
      '{"type":"study-start","study":"cswp34","replications":-1,"seed":1}',
      '{"type":"study-stop","extra":1}',
      '[]',
    ])
      socket.send(bad);
    await until(() => messages.length === 6);
    expect(received).toEqual([{ type: 'study-start', study: 'cswp34', replications: 5, seed: 1 }]);
    expect(messages.slice(1).map((message) => message.type)).toEqual(Array(5).fill('refused'));
  });

  it('hangs up on a message that is too long', async () => {
    const server = await start();
    const { socket } = await open(server);
    const end = closed(socket);
    socket.send('x'.repeat(LARGEST_REQUEST + 1));
    expect(await end).toBe(1009);
    expect(received).toEqual([]);
  });

  it('hangs up on binary data and on a flood, and goes on serving others', async () => {
    const server = await start();
    const bystander = await open(server);
    const binary = await open(server);
    const binaryEnd = closed(binary.socket);
    binary.socket.send(Buffer.from([1, 2, 3]));
    expect(await binaryEnd).toBe(1003);
    const flood = await open(server);
    const floodEnd = closed(flood.socket);
    for (let i = 0; i < 500; i++) flood.socket.send('{"type":"study-stop"}');
    expect(await floodEnd).toBe(1008);
    expect(received.length).toBeLessThan(60);
    bystander.socket.send('{"type":"refresh"}');
    await until(() => bystander.messages.length === 2);
  });

  it('survives half-sent requests', async () => {
    const server = await start();
    const raw = createConnection(server.port, '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write(`GET ${LIVE_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
    raw.destroy();
    expect((await get(server, '/')).status).toBe(200);
  });
});

describe('study progress', () => {
  it('reaches every viewer, and a late one starts from the newest state', async () => {
    const server = await start();
    const first = await open(server);
    feed.publish(snapshot(1));
    await until(() => first.messages.some((message) => message.type === 'study-progress'));
    const late = await open(server);
    await until(() => late.messages.length > 0);
    expect(late.messages[0]).toMatchObject({ type: 'hello', study: { done: 1 } });
    expect(JSON.parse((await get(server, '/api/study')).text)).toMatchObject({ study: { done: 1 } });
    feed.publish({ ...snapshot(10), state: 'done', fingerprint: 'f' });
    await until(() => late.messages.some((message) => message.type === 'study-done'));
  });

  it('tells progress at most four times a second, and the last state always', async () => {
    const server = await start();
    const { messages } = await open(server);
    for (let i = 0; i <= 9; i++) feed.publish(snapshot(i));
    await until(() => messages.some((message) => message.type === 'study-progress' && message.study.done === 9));
    expect(messages.filter((message) => message.type === 'study-progress')).toHaveLength(2);
  });

  it('spares a slow viewer the queue and gives it the newest state once it reads again', async () => {
    const server = await start({ limits: { backlogBytes: 64 * 1024 } });
    const { socket, messages } = await open(server);
    await until(() => messages.length === 1);
    socket.pause();
    const large = 'x'.repeat(2_000_000);
    for (let i = 0; i < 40; i++) feed.publish({ ...snapshot(i, large), state: 'done' });
    // Until the socket is read again nothing more than the kernel's buffers and one message has left.
    await new Promise((next) => setTimeout(next, 300));
    socket.resume();
    await until(() => messages.some((message) => message.type === 'study-done' && message.study.done === 39));
    expect(messages.length).toBeLessThan(20);
  });
});

describe('a refused caller', () => {
  /** Asks for the live socket under a name that is not the server's, and keeps its own half of the connection open. */
  const intrude = (port: number): Promise<{ answer: string; closed: Promise<void> }> =>
    new Promise((done, fail) => {
      const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
      const closed = new Promise<void>((gone) => socket.once('close', gone));
      socket.once('error', fail);
      socket.once('data', (bytes) => {
        socket.on('error', () => undefined);
        done({ answer: bytes.toString(), closed });
        // Only whoever writes learns that nobody listens any more.
        const knock = setInterval(() => socket.write('x'), 50);
        socket.once('close', () => clearInterval(knock));
      });
      socket.write(`GET ${LIVE_PATH} HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    });

  it('is told why, and cannot keep others out by staying', async () => {
    const server = await start({ maxConnections: 2 });
    const callers = await Promise.all([intrude(server.port), intrude(server.port)]);
    for (const { answer } of callers) expect(answer).toMatch(/^HTTP\/1.1 421 /);
    await Promise.all(callers.map(({ closed }) => closed));
    expect((await get(server, '/')).status).toBe(200);
  });

  it('does not hold the server open', async () => {
    const server = await start();
    const { closed } = await intrude(server.port);
    const before = performance.now();
    await server.close();
    await closed;
    expect(performance.now() - before).toBeLessThan(900);
  });
});

describe('where it listens', () => {
  it('says what is wrong with a certificate or an address', async () => {
    await expect(start({ tls: { cert: 'rubbish', key: 'rubbish' } })).rejects.toThrow(/certificate or key cannot be used: .*PEM/);
    await expect(start({ host: 'fe80::1', insecureLan: true })).rejects.toThrow(/no address of this machine .*--host/);
  });

  it('names a busy port and the way out', async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    const { port } = holder.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(new RegExp(`port ${port} .*busy .*--port`));
    await new Promise((done) => holder.close(done));
  });

  it('does not leave this machine unencrypted unless told to', async () => {
    for (const host of ['0.0.0.0', '192.0.2.1', '::']) await expect(start({ host })).rejects.toThrow(/--tls-cert.*--insecure-lan/);
  });

  it('checks names and origins against the public URL when one is given', async () => {
    const server = await start({ publicUrl: new URL('https://twin.hospital.example/') });
    expect(server.url).toBe('https://twin.hospital.example/');
    expect((await get(server, '/', { Host: 'twin.hospital.example' })).status).toBe(200);
    expect((await open(server, { host: 'twin.hospital.example', origin: 'https://twin.hospital.example' })).status).toBe(101);
    expect((await open(server, { host: 'twin.hospital.example', origin: 'https://hospital.example' })).status).toBe(403);
  });
});
