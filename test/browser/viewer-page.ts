import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { libraryAnswer } from '../../sim/cli/files.ts';
import type { LibraryAnswer, ViewerMessage } from '../../sim/protocol/messages.ts';
import { StudyFeed } from '../../sim/server/feed.ts';
import { serve, type RunningServer } from '../../sim/server/server.ts';
import { ROOT } from '../house/source.ts';
import { launch } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The viewer of the present sources, built, served by the real server, in a real browser. */
export interface Bench {
  readonly server: RunningServer;
  readonly feed: StudyFeed;
  /** What viewers asked of the server. */
  readonly asked: ViewerMessage[];
  /** Opens a page at a fragment; it complains at `close` about everything the browser complained about. */
  open(fragment: string, options?: BrowserContextOptions): Promise<Page>;
  /** Closes the pages that are open: one that plays goes on computing, and slows down those of the tests after it. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** @param library what the server hands out; the project's own unless given */
export async function startBench(library: LibraryAnswer = libraryAnswer()): Promise<Bench> {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, 'viewer-'));
  await build({
    configFile: join(ROOT, 'vite.config.ts'),
    root: join(ROOT, 'viewer'),
    logLevel: 'error',
    build: { outDir: root, emptyOutDir: true },
  });
  const feed = new StudyFeed();
  const asked: ViewerMessage[] = [];
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    insecureLan: false,
    publicUrl: null,
    root,
    version: 'test',
    library: () => library,
    feed,
    studies: ['cswp34'],
    onMessage: (message) => asked.push(message),
  });
  const browser: Browser = await launch();
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const leave = async (): Promise<void> => {
    for (const context of contexts.splice(0)) await context.close();
  };
  return {
    server,
    feed,
    asked,
    async open(fragment, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // Reading the canvas back is the test's doing, not the page's.
        const ours = message.text().includes('willReadFrequently');
        if (['error', 'warning'].includes(message.type()) && !ours) complaints.push(message.text());
      });
      await page.goto(server.url + fragment);
      return page;
    },
    leave,
    async close() {
      await leave();
      await browser.close();
      await server.close();
      rmSync(root, { recursive: true, force: true });
      if (complaints.length > 0) throw new Error(`the browser complained:\n${[...new Set(complaints)].join('\n')}`);
    },
  };
}

/** Seconds since the run's start, as the page shows them. */
export async function shownTime(page: Page): Promise<number> {
  const text = (await page.textContent('#time')) ?? '';
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(0, 8).split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** Waits until the run's end has been computed, and returns its sentence. */
export async function verdictOf(page: Page): Promise<string> {
  await page.waitForSelector('#outcome[aria-busy=false] #verdict');
  return (await page.textContent('#verdict')) ?? '';
}

/** What axe finds that keeps people out, in words. */
export async function barriers(page: Page): Promise<string[]> {
  // The policy refuses script elements; what a test evaluates does not pass through it.
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const axe = (
      globalThis as never as { axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }
    ).axe;
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}
