import { readFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { ServerMessage, ViewerMessage } from '../protocol/messages.ts';
import { StudyFeed } from '../server/feed.ts';
import { ServeError, serve } from '../server/server.ts';
import type { RunningServer } from '../server/server.ts';
import { UsageError, fileReason } from './failures.ts';
import { libraryAnswer } from './files.ts';
import { port } from './options.ts';
import type { Terminal } from './output.ts';
import { VERSION, VIEWER } from './place.ts';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 8080;
/** When nobody asked for a port, so many after the default are tried. */
const PORTS_TRIED = 20;

export interface ServeFlags {
  readonly host: string;
  readonly port?: number;
  readonly insecureLan?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly publicUrl?: URL;
}

/** Options of every command that serves. */
export const withServeOptions = (command: Command): Command =>
  command
    .option('--host <address>', 'address to listen on', host, DEFAULT_HOST)
    .option('--port <n>', `port to listen on (default: ${DEFAULT_PORT}, or the next free one; 0: any free one)`, port)
    .option('--tls-cert <file>', 'certificate (PEM), with --tls-key')
    .option('--tls-key <file>', 'private key (PEM)')
    .option('--public-url <url>', 'how others reach the server, where a name or proxy stands in between', publicUrl)
    .option('--insecure-lan', 'serve beyond this machine without encryption');

/**
 * Starts the server and says where it is.
 * @throws UsageError for a busy port, a host that needs TLS, files that cannot be read
 */
export async function openServer(
  flags: ServeFlags,
  feed: StudyFeed,
  studies: readonly string[],
  onMessage: (message: ViewerMessage, reply: (message: ServerMessage) => void) => void,
  terminal: Terminal,
): Promise<RunningServer> {
  if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together (give both)');
  const tls = flags.tlsCert === undefined ? null : { cert: readPem(flags.tlsCert), key: readPem(flags.tlsKey!) };
  const library = libraryAnswer();
  const options = {
    host: flags.host,
    tls,
    insecureLan: flags.insecureLan === true,
    publicUrl: flags.publicUrl ?? null,
    root: VIEWER,
    version: VERSION,
    library: () => library,
    feed,
    studies,
    onMessage,
  };
  const server = await firstFree(flags.port, (candidate) => serve({ ...options, port: candidate }), terminal);
  if (!existsSync(join(VIEWER, 'index.html')))
    terminal.note('warning: the viewer is not built; the page will be missing (run: npm run setup -- --build)');
  if (flags.insecureLan === true && tls === null)
    terminal.note(`warning: ${flags.host} is served without encryption; everybody on that network can read and steer it`);
  return server;
}

async function firstFree(
  asked: number | undefined,
  attempt: (port: number) => Promise<RunningServer>,
  terminal: Terminal,
): Promise<RunningServer> {
  try {
    return await attempt(asked ?? DEFAULT_PORT);
  } catch (error) {
    if (!(error instanceof ServeError)) throw error;
    const busy = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
    if (asked !== undefined || !busy) throw new UsageError(error.message);
    for (let next = DEFAULT_PORT + 1; next <= DEFAULT_PORT + PORTS_TRIED; next++) {
      const server = await attempt(next).catch(() => null);
      if (server === null) continue;
      terminal.note(`note: port ${DEFAULT_PORT} is busy, using ${next} (choose one with --port)`);
      return server;
    }
    throw new UsageError(`ports ${DEFAULT_PORT} to ${DEFAULT_PORT + PORTS_TRIED} are all busy (choose another with --port)`);
  }
}

/** Keeps the program alive until it is told to stop; closes the server then. */
export function untilInterrupted(server: RunningServer): Promise<void> {
  return new Promise((done) => {
    const stop = (): void => {
      void server.close().then(done);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${fileReason(error)}`);
  }
}

function publicUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`)
    throw new InvalidArgumentError(
      'Expected an http or https address without path, query or password, for example https://twin.hospital.example/.',
    );
  return url;
}

/** An IPv6 address may come in the brackets that it has in a URL. */
const host = (text: string): string => /^\[(.*)\]$/.exec(text)?.[1] ?? text;
