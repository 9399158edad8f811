import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

/** Only what the viewer's build contains; anything else is not found. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The file that a URL path denotes under `root`, or null. Refuses what leaves the folder by dots, encoded dots,
 * backslashes, NUL or symbolic links; refuses hidden files.
 */
export async function locate(root: string, pathname: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (!decoded.startsWith('/') || /[\\\0]/.test(decoded)) return null;
  const parts = decoded.slice(1).split('/');
  if (parts.at(-1) === '') parts[parts.length - 1] = 'index.html';
  // No empty part, no '.', no '..', no hidden file, no drive letter or stream name.
  if (parts.some((part) => part === '' || part.startsWith('.') || part.includes(':'))) return null;
  if (TYPES[extname(parts.at(-1)!).toLowerCase()] === undefined) return null;
  try {
    const home = await realpath(root);
    const file = await realpath(join(home, ...parts));
    return file.startsWith(home + sep) && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** Sends a located file. Names under /assets/ carry a hash of their content, so they may be kept for ever. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: string, pathname: string): void {
  response.setHeader('Content-Type', TYPES[extname(file).toLowerCase()]!);
  response.setHeader('Cache-Control', pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  stream.pipe(response);
}
