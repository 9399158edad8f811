import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { libraryAnswer } from '../../sim/cli/files.ts';
import type { Choices } from '../../sim/scenario/index.ts';
import { ROOT } from '../house/source.ts';
import { launch } from './chromium.ts';
import { fingerprintOf } from './fingerprint-page.ts';

/** The engine as the viewer's worker has it: bundled and minified for browsers. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      minify: true,
      lib: { entry: join(ROOT, 'test/browser/fingerprint-page.ts'), formats: ['iife'], name: 'engine' },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}

let browser: Browser;
let page: Page;
const { files } = libraryAnswer();
beforeAll(async () => {
  browser = await launch();
  page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });
});
afterAll(() => browser.close());

const inBrowser = (choices: Choices, seed: number, replication: number, traced: boolean): Promise<string> =>
  page.evaluate(
    ([texts, chosen, s, r, withTrace]) => {
      const { fingerprintOf: compute } = (globalThis as never as { engine: { fingerprintOf: typeof fingerprintOf } }).engine;
      return compute(texts, chosen, s, r, withTrace ? () => undefined : undefined);
    },
    [files, choices, seed, replication, traced] as const,
  );

describe('the engine bundled for the browser gives Node’s fingerprint for the flagship home', () => {
  const cases: readonly (readonly [threat: string | null, mitigations: string, replication: number])[] = [
    [null, 'typical', 0],
    ['te1-voice-eavesdrop', 'none', 0],
    ['te2-reading-tamper', 'none', 3],
    ['te3-uplink-flood', 'typical', 1],
    ['te4-voice-command', 'none', 0],
    ['te5-router-to-hospital', 'recommended', 2],
  ];
  it.each(cases)('%s under %s, replication %i', async (threat, mitigations, replication) => {
    const choices: Choices = { threat, mitigations, course: 'deteriorating', hours: 24 };
    const node = fingerprintOf(files, choices, 1, replication);
    expect(node).toMatch(/^[0-9a-f]{32}$/);
    expect(await inBrowser(choices, 1, replication, false)).toBe(node);
  });

  it('with the trace on as with it off', async () => {
    const choices: Choices = { threat: 'te2-reading-tamper', mitigations: 'none', course: 'deteriorating', hours: 6 };
    expect(await inBrowser(choices, 1, 0, true)).toBe(fingerprintOf(files, choices, 1, 0));
  });

  it('and another for another seed, replication or mitigation', async () => {
    const choices: Choices = { threat: 'te2-reading-tamper', mitigations: 'none', course: 'deteriorating', hours: 6 };
    const prints = [
      await inBrowser(choices, 1, 0, false),
      await inBrowser(choices, 2, 0, false),
      await inBrowser(choices, 1, 1, false),
      await inBrowser({ ...choices, mitigations: 'recommended' }, 1, 0, false),
    ];
    expect(new Set(prints).size).toBe(4);
  });
});
