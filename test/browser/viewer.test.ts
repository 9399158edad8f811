import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { libraryAnswer } from '../../sim/cli/files.ts';
import { barriers, shownTime, startBench, verdictOf, type Bench } from './viewer-page.ts';

const TAMPERED = '#home?threat=te2-reading-tamper&mitigations=none&course=deteriorating&seed=1&speed=3600';

let bench: Bench | undefined;
beforeAll(async () => {
  bench = await startBench();
});
afterEach(() => bench?.leave());
// Also fails when the browser complained about anything in the meantime: errors, and what the content security policy refused.
afterAll(() => bench?.close());

async function opened(fragment: string, options?: Parameters<Bench['open']>[1]): Promise<Page> {
  const page = await bench!.open(fragment, options);
  await page.waitForSelector('.node[data-id=hub]');
  return page;
}

/** The outcomes of the run shown, in words, without the mark of a change. */
const figures = (page: Page): Promise<string[]> =>
  page.$$eval('#outcome tbody tr', (rows) =>
    rows.map((row) =>
      [...row.children]
        .slice(0, 2)
        .map((cell) => cell.textContent!.replace(' ◂', ''))
        .join(': '),
    ),
  );

describe('the page of one run', () => {
  it('shows home, internet and hospital, every device by name, and the adversary’s host', async () => {
    const page = await opened(TAMPERED);
    expect(await page.$$eval('.zones text', (titles) => titles.map((title) => title.textContent))).toEqual([
      'Home',
      'Internet',
      'Hospital',
    ]);
    const names = await page.$$eval('.node', (nodes) => nodes.map((node) => node.getAttribute('data-id')));
    expect(names).toEqual(expect.arrayContaining(['router', 'hub', 'oximeter', 'camera', 'platform', 'hospital-edge', 'ehr', 'attacker']));
    expect(await page.getAttribute('.node[data-id=attacker]', 'aria-label')).toContain('adversary');
    expect(await page.textContent('footer')).toContain('not endorsed by NIST');
    expect(await page.textContent('#vitals-title')).toContain('modelled, not clinically validated');
    await verdictOf(page);
    expect(await page.textContent('#outcome tbody tr')).toMatch(/undetected deterioration \(modelled, not clinically validated\)/);
  });

  it('plays, draws messages, pauses, steps and restarts', async () => {
    const page = await opened(TAMPERED);
    expect(await shownTime(page)).toBe(0);
    await page.click('#toggle');
    await page.waitForFunction(() => Number(document.querySelector('#legend .count')?.textContent?.replace(/\D/g, '')) > 100);
    const drawn = await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#map canvas')!;
      return canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value > 0);
    });
    expect(await drawn.jsonValue()).toBe(true);
    await page.click('#toggle');
    await page.waitForFunction(() => document.querySelector('#toggle')?.textContent === 'Play');
    await page.waitForSelector('#time[data-playing=false]');
    const paused = await shownTime(page);
    expect(paused).toBeGreaterThan(60);
    await page.waitForTimeout(300);
    expect(await shownTime(page)).toBe(paused);
    await page.click('#restart');
    await page.waitForFunction(() => document.querySelector('#time')?.textContent?.startsWith('00:00:00'));
    const before = await page.textContent('#legend');
    for (let i = 0; i < 30; i++) await page.click('#step');
    await page.waitForFunction((text) => document.querySelector('#legend')?.textContent !== text, before);
  });

  it('shows the adversary’s steps as they happen, marks what it controls, and tells it in words', async () => {
    const page = await opened(TAMPERED);
    expect(await page.textContent('#steps .step')).toContain('waiting');
    await page.click('#incident');
    await page.waitForFunction(() => document.querySelector('#steps .step')?.textContent?.includes('running') === true);
    await page.waitForFunction(() => (document.querySelector('#log')?.textContent ?? '').includes('Adversary: scan for service begins'));
    expect(await page.getAttribute('.node[data-id=camera]', 'aria-label')).not.toContain('controlled');
    for (let i = 0; i < 40 && (await page.$('.node.controlled[data-id=camera]')) === null; i++) {
      await page.click('#incident');
      await page.waitForTimeout(150);
    }
    expect(await page.getAttribute('.node[data-id=camera]', 'aria-label')).toContain('controlled by the adversary');
    expect(await page.textContent('.node[data-id=camera] .state')).toContain('controlled');
    expect(await page.textContent('#steps .step.succeeded')).toContain('✓');
  });

  it('shows the patient’s vital signs, what was stored of them, and which were altered', async () => {
    const page = await opened(TAMPERED);
    await page.locator('#place').fill('720');
    await page.waitForFunction(() => document.querySelector('#time')?.textContent?.startsWith('12:00:00'));
    await page.waitForFunction(() => (document.querySelector('[data-code=spo2] .altered')?.getAttribute('d') ?? '').length > 100);
    const points = await page.$eval('[data-code=spo2] .body', (path) => path.getAttribute('d')!.split('L').length);
    expect(points).toBeGreaterThan(100);
    expect(await page.textContent('[data-code=spo2] .value')).toMatch(/^\d+(\.\d)? · stored \d+/);
    expect(await page.textContent('#alarm-text')).toContain('Patient: ');
  });

  it('tells the same run again after going back in time', async () => {
    const page = await opened(TAMPERED);
    const tell = async (): Promise<string> => {
      await page.locator('#place').fill('240');
      await page.waitForFunction(() => document.querySelector('#time')?.textContent?.startsWith('04:00:00'));
      await page.waitForTimeout(400);
      return `${await page.textContent('#legend')} ${await page.textContent('#steps')}`;
    };
    const first = await tell();
    expect(first).toContain('succeeded');
    await page.click('#restart');
    await page.waitForFunction(() => document.querySelector('#time')?.textContent?.startsWith('00:00:00'));
    expect(await tell()).toBe(first);
  });

  it('restarts with the same seed when a mitigation is switched, and the end of the run changes', async () => {
    const page = await opened(TAMPERED);
    expect(await verdictOf(page)).toBe('The adversary reaches its goal.');
    const first = await figures(page);
    expect(first.length).toBeGreaterThan(20);
    await page.click('#toggle');
    await page.waitForFunction(() => !document.querySelector('#time')!.textContent!.startsWith('00:0'));

    const box = page.locator('#mitigation-payload-signature');
    await page.locator('details.family', { has: box }).evaluate((family) => ((family as HTMLDetailsElement).open = true));
    await box.check();
    const after = await verdictOf(page);
    expect(after).toMatch(/^The adversary does not reach its goal: it is stopped at “rewrite observation” by \S+ \(.+\)\.$/);
    expect(await page.inputValue('#seed')).toBe('1');
    expect(page.url()).toContain('seed=1');
    expect(page.url()).toContain('mitigations=ids:payload-signature');
    expect(await page.inputValue('#set')).toBe('');
    expect(await page.$$eval('#outcome tr.changed', (rows) => rows.length)).toBeGreaterThan(0);

    await box.uncheck();
    expect(await verdictOf(page)).toBe('The adversary reaches its goal.');
    expect(await figures(page)).toEqual(first);
    expect(await page.inputValue('#set')).toBe('none');
  });

  it('starts over when a switch is turned while it plays, and plays on', async () => {
    const page = await opened(TAMPERED);
    await page.click('#toggle');
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! > '01:');
    await page.selectOption('#set', 'recommended');
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! < '00:30');
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! > '00:30');
    expect(await page.textContent('#toggle')).toBe('Pause');
  });

  it('opens the run that the address names, and follows the address', async () => {
    const page = await opened('#home?threat=te4-voice-command&mitigations=recommended&course=natural&seed=7&speed=60');
    expect(await page.inputValue('#threat')).toBe('te4-voice-command');
    expect(await page.inputValue('#set')).toBe('recommended');
    expect(await page.inputValue('#course')).toBe('natural');
    expect(await page.inputValue('#seed')).toBe('7');
    expect(await page.inputValue('#speed')).toBe('60');
    const recommended = await verdictOf(page);
    await page.evaluate(() => (location.hash = location.hash.replace('recommended', 'none').replace('natural', 'deteriorating')));
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('#set')?.value === 'none');
    expect(await verdictOf(page)).not.toBe(recommended);
  });

  it('can be used from the keyboard alone', async () => {
    const page = await opened(TAMPERED);
    await page.focus('#speed');
    for (let i = 0; i < 4 && !(await page.evaluate(() => document.activeElement?.classList.contains('node'))); i++)
      await page.keyboard.press('Tab');
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement!.getAttribute('data-id'));
    const start = await focused();
    expect(start).not.toBeNull();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const there = await focused();
    expect(there).not.toBe(start);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#inspector:not([hidden])');
    expect(await page.textContent('#inspector')).toContain('Segments');
    await page.focus('#inspector .close');
    await page.keyboard.press('Enter');
    expect(await page.isHidden('#inspector')).toBe(true);
    expect(await focused()).toBe(there);
    await page.focus('#toggle');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.querySelector('#toggle')?.textContent === 'Pause');
  });

  it.each([
    { width: 1440, colorScheme: 'light' },
    { width: 1440, colorScheme: 'dark' },
    { width: 375, colorScheme: 'light' },
    { width: 375, colorScheme: 'dark' },
  ] as const)('has no barrier and no sideways scrolling at $width px, $colorScheme', async ({ width, colorScheme }) => {
    const page = await opened(TAMPERED, { viewport: { width, height: 812 }, colorScheme });
    await verdictOf(page);
    await page.locator('#place').fill('720');
    await page.waitForFunction(() => document.querySelector('#log li') !== null);
    await page.click('.node[data-id=camera]');
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('lets nothing fly when the reader wants no motion: marks stand, instead of sweeping over the wires', async () => {
    const still = await inked(await opened(TAMPERED, { reducedMotion: 'reduce' }));
    const moving = await inked(await opened(TAMPERED, { reducedMotion: 'no-preference' }));
    expect(still).toBeGreaterThan(50);
    expect(still).toBeLessThan(moving / 2);
  });
});

/** Pixels of the map's canvas that messages touch while the page plays for 40 frames. */
async function inked(page: Page): Promise<number> {
  await page.click('#toggle');
  return await page.evaluate(async () => {
    const canvas = document.querySelector<HTMLCanvasElement>('#map canvas')!;
    const touched = new Set<number>();
    for (let frame = 0; frame < 40; frame++) {
      await new Promise(requestAnimationFrame);
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 128) touched.add(i);
    }
    return touched.size;
  });
}

describe('a library that does not hold', () => {
  it('is said on the page, with file, line and remedy', async () => {
    const library = libraryAnswer();
    const path = 'scenarios/homes/reference.yaml';
    const broken = await startBench({
      ...library,
      files: { ...library.files, [path]: library.files[path]!.replace('kind: smart-speaker', 'kind: smart-speeker') },
    });
    try {
      const page = await broken.open('#home');
      await page.waitForSelector('#trouble:not([hidden])');
      const text = await page.textContent('#trouble');
      expect(text).toMatch(/scenarios\/homes\/reference\.yaml:\d+:\d+: /);
      expect(text).toContain('smart-speaker');
    } finally {
      await broken.close();
    }
  });
});
