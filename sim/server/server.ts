import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerOptions as HttpOptions, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LARGEST_REQUEST, PROTOCOL, TOKEN_PREFIX } from '../protocol/messages.ts';
import type { LibraryAnswer, ServerMessage, SessionAnswer, StudyAnswer, ViewerMessage } from '../protocol/messages.ts';
import { CLIENT_LIMITS, Clients } from './clients.ts';
import type { ClientLimits } from './clients.ts';
import type { StudyFeed } from './feed.ts';
import { acceptedHosts, acceptedOrigins, authority, isLoopback } from './hosts.ts';
import { locate, sendFile } from './static.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Serve plain HTTP beyond this machine. */
  readonly insecureLan: boolean;
  /** How people outside reach it, where a proxy or name stands in between. */
  readonly publicUrl: URL | null;
  /** Folder of the built viewer. */
  readonly root: string;
  readonly version: string;
  readonly library: () => LibraryAnswer;
  readonly feed: StudyFeed;
  readonly studies: readonly string[];
  /** Commands of a viewer; answers go back to that viewer alone. */
  readonly onMessage: (message: ViewerMessage, reply: (message: ServerMessage) => void) => void;
  readonly maxConnections?: number;
  readonly limits?: Partial<ClientLimits>;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export const LIVE_PATH = '/live';
const MAX_SOCKETS = 32;
const MAX_CONNECTIONS = 256;
/** A refused caller has so long to read why, ms; whoever keeps the connection open would keep others out. */
const REFUSAL_MS = 1000;

/** A refusal to serve that the person at the keyboard can mend. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
}

/**
 * Serves the viewer, its data and the live socket. Binds to loopback unless told otherwise; beyond loopback it wants
 * TLS or `insecureLan`.
 * @throws ServeError when the host is not allowed, the port is busy or may not be bound
 */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const secure = options.tls !== null;
  if (!isLoopback(options.host) && !secure && !options.insecureLan)
    throw new ServeError(
      `will not serve ${options.host} without encryption: everybody on that network could read and steer it (give --tls-cert and --tls-key, or --insecure-lan if you accept that)`,
    );

  const token = randomBytes(32).toString('hex');
  let hosts: ReadonlySet<string> = new Set();
  let origins: ReadonlySet<string> = new Set();

  const clients = new Clients(
    { ...CLIENT_LIMITS, ...options.limits },
    () => ({ type: 'hello', protocol: PROTOCOL, version: options.version, studies: [...options.studies], study: options.feed.latest }),
    () => options.feed.message(),
    options.onMessage,
  );
  options.feed.listen((message) => clients.broadcast(message));

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response, { ...options, token, hosts, secure }).catch(() => response.destroy());
  };
  const limits = { maxHeaderSize: 8 * 1024, headersTimeout: 10_000, requestTimeout: 15_000 };
  const server: Server = options.tls === null ? createHttpServer(limits, answer) : encrypted(limits, options.tls, answer);
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  // All of them: what was upgraded, or half-open, the server itself no longer knows.
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_REQUEST,
    perMessageDeflate: false, // costs more than it saves on loopback and LAN
    handleProtocols: () => PROTOCOL,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseUpgrade(request, hosts, origins, token) ?? (clients.size >= MAX_SOCKETS ? '503 Service Unavailable' : null);
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      const patience = setTimeout(() => socket.destroy(), REFUSAL_MS);
      socket.once('close', () => clearTimeout(patience));
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => clients.add(ws));
  });

  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  hosts = acceptedHosts(options.host, port, secure, options.publicUrl);
  origins = acceptedOrigins(hosts, secure, options.publicUrl);
  const shown = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  return {
    url: options.publicUrl?.href ?? `${secure ? 'https' : 'http'}://${authority(shown, port, secure)}/`,
    port,
    close: () =>
      new Promise((done) => {
        clients.close();
        sockets.close();
        server.close(() => done());
        for (const socket of connections) socket.destroy();
      }),
  };
}

/** @throws ServeError where certificate and key are none, or not of each other */
function encrypted(limits: HttpOptions, tls: NonNullable<ServerOptions['tls']>, answer: RequestListener): Server {
  try {
    return createHttpsServer({ ...limits, ...tls }, answer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError(`certificate or key cannot be used: ${reason} (give a certificate and its private key, both as PEM)`);
  }
}

/** @returns status line of the refusal, or null when the socket may open. */
function refuseUpgrade(request: IncomingMessage, hosts: ReadonlySet<string>, origins: ReadonlySet<string>, token: string): string | null {
  if (!hosts.has(request.headers.host ?? '')) return '421 Misdirected Request';
  if (request.url !== LIVE_PATH) return '404 Not Found';
  // A missing Origin is no page of ours either.
  if (!origins.has(request.headers.origin ?? '')) return '403 Forbidden';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
  const shown = offered.find((word) => word.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length) ?? '';
  const matches = shown.length === token.length && timingSafeEqual(Buffer.from(shown), Buffer.from(token));
  return offered.includes(PROTOCOL) && matches ? null : '401 Unauthorized';
}

interface Responding extends ServerOptions {
  readonly token: string;
  readonly hosts: ReadonlySet<string>;
  readonly secure: boolean;
}

async function respond(request: IncomingMessage, response: ServerResponse, options: Responding): Promise<void> {
  const host = request.headers.host ?? '';
  setSecurityHeaders(response, host, options);
  if (!options.hosts.has(host)) return refuse(response, 421, 'This server does not answer to that name.');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'Only GET and HEAD.');
  }
  // The path alone, not through URL(), which would resolve dots before they can be refused.
  const pathname = (request.url ?? '/').split(/[?#]/, 1)[0]!;
  if (!pathname.startsWith('/api/')) {
    const file = await locate(options.root, pathname);
    return file === null ? refuse(response, 404, 'Not found.') : sendFile(request, response, file, pathname);
  }
  // Browsers say where a request comes from; other sites have no business here even where they cannot read the answer.
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return refuse(response, 403, 'Only for pages of this server.');
  if (pathname === '/api/session')
    return json(response, { token: options.token, protocol: PROTOCOL, version: options.version } satisfies SessionAnswer);
  if (pathname === '/api/library') return json(response, options.library());
  if (pathname === '/api/study') return json(response, { study: options.feed.latest } satisfies StudyAnswer);
  return refuse(response, 404, 'Not found.');
}

function setSecurityHeaders(response: ServerResponse, host: string, options: Responding): void {
  // connect-src names the socket explicitly: older browsers do not read 'self' as including ws.
  const live = options.hosts.has(host) ? ` ${options.secure ? 'wss' : 'ws'}://${host}` : '';
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; connect-src 'self'${live}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(`${text}\n`);
}

function json(response: ServerResponse, document: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }).end(JSON.stringify(document));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      // A connection that cannot be taken (too many open files) is lost; the server goes on.
      server.on('error', () => undefined);
      done();
    });
  });
}

/** Says what the operating system refused and what to do. `cause` keeps its code. */
function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new ServeError(`port ${port} on ${host} is busy (choose another with --port, or stop the program that holds it)`, {
      cause: error,
    });
  if (error.code === 'EACCES')
    return new ServeError(`port ${port} may not be used by this account (choose one above 1023 with --port)`, { cause: error });
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EINVAL' || error.code === 'EAFNOSUPPORT')
    return new ServeError(`${host} is no address of this machine (choose one that is with --host)`, { cause: error });
  return error;
}
