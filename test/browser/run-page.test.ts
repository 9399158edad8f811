import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { libraryAnswer } from '../../sim/cli/files.ts';
import { attributable, run } from '../../sim/world/run.ts';
import { figure } from '../../viewer/outcomes.ts';
import { catalogue, worldOf } from '../support/worlds.ts';
import { shownTime, startBench, verdictOf, type Bench } from './viewer-page.ts';

const TAMPERED = '#home?threat=te2-reading-tamper&mitigations=none&course=deteriorating&seed=1&speed=3600';
/** A day with less traffic: told sooner. */
const STOLEN = TAMPERED.replace('te2-reading-tamper', 'te5-router-to-hospital');

let bench: Bench | undefined;
beforeAll(async () => {
  bench = await startBench();
});
afterEach(() => bench?.leave());
afterAll(() => bench?.close());

async function opened(fragment: string): Promise<Page> {
  const page = await bench!.open(fragment);
  await page.waitForSelector('.node[data-id=hub]');
  return page;
}

async function goTo(page: Page, minutes: number): Promise<void> {
  await page.locator('#place').fill(String(minutes));
  await page.waitForFunction((at) => document.querySelector('#time')!.textContent!.startsWith(at), clock(minutes));
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`;

/** Figures of a column of the outcomes by id; nothing where it is not shown. */
const column = (page: Page, name: string): Promise<Record<string, string>> =>
  page.$$eval(`#outcome td[data-column=${name}]:not([hidden])`, (cells) =>
    Object.fromEntries(cells.map((cell) => [cell.closest('tr')!.dataset['outcome']!, cell.textContent!.replace(' ◂', '')])),
  );

const change = (page: Page, from: string, to: string): Promise<void> =>
  page.evaluate(([a, b]) => void (location.hash = location.hash.replace(a!, b!)), [from, to]);

describe('how a run ends', () => {
  it('stands beside the same day without the adversary, and beside the mitigations before', async () => {
    const page = await opened(STOLEN);
    await verdictOf(page);
    await page.waitForFunction(() => document.querySelector('#outcome td[data-column=twin]')!.textContent !== '');
    const options = { seed: 1, replication: 0 };
    const attacked = run(worldOf('te5-router-to-hospital', 'none', { hours: 24 }), catalogue, options).outcomes;
    const alone = run(worldOf(null, 'none', { hours: 24 }), catalogue, options).outcomes;
    const wanted = (outcomes: typeof attacked): Record<string, string> =>
      Object.fromEntries(Object.keys(outcomes).map((id) => [id, figure(id, outcomes[id] ?? null)]));
    const first = await column(page, 'now');
    expect(first).toEqual(wanted(attacked));
    expect(await column(page, 'twin')).toEqual(wanted(alone));
    expect(Object.values(attributable(attacked, alone)).some((difference) => difference !== 0)).toBe(true);
    expect(await column(page, 'before')).toEqual({});
    expect(await page.textContent('#outcome .note')).toMatch(/^One replication, given that this adversary tries, given a deterioration\./);

    await page.click('#outcome summary');
    await page.selectOption('#set', 'recommended');
    await verdictOf(page);
    expect(await column(page, 'before')).toEqual(first);
    expect(await page.textContent('#outcome .note')).toContain('Before: the same with the set “none”.');
    expect(await page.$$eval('#outcome tr.changed', (rows) => rows.map((row) => row.getAttribute('data-outcome')))).toContain(
      'recordsExposed',
    );
    expect(await page.$eval('#outcome details', (all) => (all as HTMLDetailsElement).open)).toBe(true);

    await page.selectOption('#threat', '');
    await verdictOf(page);
    expect(await page.textContent('#verdict')).toBe('Nobody attacks.');
    expect([await column(page, 'before'), await column(page, 'twin')]).toEqual([{}, {}]);
    expect(await page.textContent('#outcome .note')).toMatch(/^One replication, given a deterioration\. How/);
    expect(await page.textContent('#steps')).toContain('an ordinary day');
  });

  it('is not known when a run cannot be: nothing of the one before stays, and the next one is as always', async () => {
    const page = await opened(STOLEN);
    await page.click('#toggle');
    await page.waitForSelector('#log li');
    await page.click('.node[data-id=camera]');
    await change(page, 'te5-router-to-hospital', 'nonsense');
    await page.waitForSelector('#trouble:not([hidden])');
    expect(await page.textContent('#trouble')).toMatch(/^There is no threat event "nonsense"/);
    expect(await page.textContent('#verdict')).toBe('No run: see above.');
    expect(await page.getAttribute('#outcome', 'aria-busy')).toBe('false');
    expect(await page.isHidden('#outcome table')).toBe(true);
    expect(await page.inputValue('#threat')).toBe('nonsense');
    const left = '.node, .zones rect, #log li, #steps .step, #inspector:not([hidden]), #vitals path[d], tr.changed';
    expect(await page.$$eval(left, (elements) => elements.map((element) => element.outerHTML))).toEqual([]);
    expect(await page.$$eval('#player :is(button, input, select):enabled', (controls) => controls.map(({ id }) => id))).toEqual(['speed']);
    expect(await page.textContent('#time')).toBe('no run');
    await page.selectOption('#threat', 'te4-voice-command');
    expect(await verdictOf(page)).toMatch(/goal/);
    expect(await page.isHidden('#trouble')).toBe(true);
    expect(await page.textContent('#toggle')).toBe('Play');
  });
});

describe('what is shown of a moment', () => {
  it('stays when the map is drawn anew, and open details follow it', async () => {
    const page = await opened(TAMPERED);
    await page.focus('.node[data-id=camera]');
    await page.keyboard.press('Enter');
    const adversary = (): Promise<string | null> => page.textContent('#inspector dd:last-of-type');
    expect(await adversary()).toBe('no code here');
    expect(await page.textContent('#inspector-title')).toMatch(/camera/i);
    expect(await page.getAttribute('.node[data-id=camera]', 'aria-expanded')).toBe('true');
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('inspector');
    await page.click('#inspector summary');
    await goTo(page, 180);
    await page.waitForSelector('.node.controlled[data-id=camera]');
    await page.waitForFunction(() => document.querySelector('#inspector dd:last-of-type')!.textContent === 'runs code here');
    expect(await page.$eval('#inspector details', (settings) => (settings as HTMLDetailsElement).open)).toBe(true);
    const { settings } = worldOf('te2-reading-tamper', 'none').devices.find(({ id }) => id === 'camera')!;
    expect(await page.$$eval('#inspector tr', (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)))).toEqual(
      Object.entries(settings).map(([name, value]) => [name, String(value)]),
    );

    const width = (): Promise<string | null> => page.getAttribute('svg.map', 'width');
    const before = await width();
    await page.setViewportSize({ width: 1100, height: 900 });
    await page.waitForFunction((old) => document.querySelector('svg.map')!.getAttribute('width') !== old, before);
    expect(await page.getAttribute('.node[data-id=camera]', 'class')).toContain('controlled');
    expect(await page.getAttribute('.node[data-id=camera]', 'aria-label')).toContain('controlled by the adversary');

    await page.focus('#inspector .close');
    await page.keyboard.press('Escape');
    expect(await page.isHidden('#inspector')).toBe(true);
    expect(await page.evaluate(() => document.activeElement!.getAttribute('data-id'))).toBe('camera');
    await page.click('.node[data-id=attacker]');
    expect(await page.textContent('#inspector')).toContain('A host of the adversary’s own');
    await page.selectOption('#threat', '');
    await page.waitForSelector('#inspector', { state: 'hidden' });
  });

  it('marks a device whose power has failed, the steps that were stopped, and every alarm', async () => {
    const page = await opened(TAMPERED.replace('none', 'typical'));
    const library = libraryAnswer();
    const home = 'scenarios/homes/reference.yaml';
    const failing = `${library.files[home]!}\nfailures: [{ of: power, on: camera, from-hours: 11, minutes: 90 }]\n`;
    await page.route('**/api/library', (route) => route.fulfill({ json: { ...library, files: { ...library.files, [home]: failing } } }));
    await page.reload();
    await verdictOf(page);
    const camera = '.node[data-id=camera]';
    expect(await page.getAttribute(camera, 'class')).not.toContain('off');
    await goTo(page, 720);
    await page.waitForSelector(`${camera}.off`);
    expect(await page.textContent(`${camera} .state`)).toContain('no power');
    expect(await page.$$eval('#steps .blocked .sign', (signs) => [...new Set(signs.map((sign) => sign.textContent))])).toEqual(['✕']);
    const alarms = Number(/\((\d+) so far\)/.exec((await page.textContent('#alarm-text'))!)![1]);
    expect(await page.$$eval('.alarms path.alarm', (paths) => paths.length)).toBe(alarms);
    const strip = (name: string): Promise<string | null> => page.getAttribute(`[data-code=spo2] .${name}`, 'd');
    expect(await strip('stored')).not.toBe(await strip('body'));
    await goTo(page, 760);
    await page.waitForSelector(`${camera}:not(.off)`);
  });
});

describe('the player', () => {
  it('leaves the slider to whoever moves it, and goes where it is let go', async () => {
    const page = await opened(STOLEN.replace('3600', '60'));
    await page.click('#toggle');
    await page.locator('#place').evaluate((place) => {
      (place as HTMLInputElement).value = '700';
      place.dispatchEvent(new Event('input'));
    });
    const from = await shownTime(page);
    await page.waitForFunction((then) => Number(document.querySelector('#time')!.textContent!.slice(6, 8)) !== then, from % 60);
    expect(await page.inputValue('#place')).toBe('700');
    const places = page.evaluate(async () => {
      const place = document.querySelector<HTMLInputElement>('#place')!;
      const seen: number[] = [];
      place.dispatchEvent(new Event('change'));
      while (!document.querySelector('#time')!.textContent!.startsWith('11:4')) {
        await new Promise(requestAnimationFrame);
        seen.push(Number(place.value));
      }
      return seen;
    });
    expect(Math.min(...(await places))).toBeGreaterThanOrEqual(700);
    expect(await page.textContent('#toggle')).toBe('Pause');
  });

  it('plays and pauses by the space bar, unless something else is meant; says in words what a single step brought', async () => {
    const page = await opened(STOLEN);
    const label = (): Promise<string | null> => page.textContent('#toggle');
    await page.keyboard.press('Space');
    expect(await label()).toBe('Pause');
    await page.keyboard.press('Space');
    expect(await label()).toBe('Play');
    await page.click('.node[data-id=camera]');
    for (const place of ['#inspector summary', '#log', '#seed']) {
      await page.focus(place);
      await page.keyboard.press('Space');
      expect(await label(), place).toBe('Play');
    }
    expect(await page.$eval('#inspector details', (settings) => (settings as HTMLDetailsElement).open)).toBe(true);
    await page.click('#step');
    await page.waitForFunction(() => /^\d\d:\d\d:\d\d .{6}/.test(document.querySelector('#stepped')!.textContent!));
    await page.click('#incident');
    await page.waitForFunction(() => document.querySelector('#stepped')!.textContent === '');
  });

  it('has nothing to go on to at the end, and starts over; draws the messages that the legend says, and none of the run before', async () => {
    const page = await opened(STOLEN);
    await verdictOf(page);
    await goTo(page, 1440);
    await page.waitForFunction(() => document.querySelector('#steps')!.textContent!.includes('not tried'));
    expect(await page.$$eval('#player :disabled', (controls) => controls.map(({ id }) => id))).toEqual(['step', 'incident']);
    await page.click('#toggle');
    await page.waitForFunction(
      () => document.querySelector('#time')!.textContent! < '12' && document.querySelector('#time')!.textContent! > '00:10',
    );
    expect(await page.textContent('#toggle')).toBe('Pause');
    expect(await page.isEnabled('#step')).toBe(true);
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! > '03');
    await page.waitForSelector('#log li');
    await page.$$eval('#legend input', (boxes) => boxes.forEach((box) => (box as HTMLInputElement).click()));
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#map canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.every((value) => value === 0);
    });
    await page.click('#toggle');
    await page.click('#restart');
    await page.waitForFunction(() => document.querySelector('#time')!.textContent!.startsWith('00:00:00'));
    expect(await page.$$('#log li')).toEqual([]);
  });

  it('keeps playing when a choice is made in the same breath', async () => {
    const page = await opened(STOLEN);
    await page.evaluate(() => {
      document.querySelector<HTMLButtonElement>('#toggle')!.click();
      const course = document.querySelector<HTMLSelectElement>('#course')!;
      course.value = 'natural';
      course.dispatchEvent(new Event('change'));
    });
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! > '00:30');
    expect(page.url()).toContain('course=natural');
    expect(await page.textContent('#toggle')).toBe('Pause');
  });

  it('is paused while the study is looked at; going back there changes no run', async () => {
    const page = await opened(STOLEN.replace('te5-router-to-hospital', 'none'));
    await page.click('#link-study');
    await page.waitForSelector('#page-study:not([hidden])');
    await page.click('#link-home');
    await page.locator('#seed').fill('5');
    await page.locator('#seed').press('Tab');
    await page.click('#toggle');
    await page.waitForFunction(() => document.querySelector('#time')!.textContent! > '00:30');
    await page.goBack();
    await page.waitForSelector('#page-study:not([hidden])');
    expect(page.url()).toMatch(/#study\?.*seed=5/);
    expect(await page.textContent('#toggle')).toBe('Play');
    await page.click('#link-home');
    expect(await page.inputValue('#seed')).toBe('5');
    expect(await shownTime(page)).toBeGreaterThan(1800);
  });
});

describe('choices', () => {
  it('are kept to what can be, and an address that cannot be is said to be so', async () => {
    const page = await opened(`${STOLEN.replace('seed=1', 'seed=1.5')}`);
    expect(await page.textContent('#trouble')).toBe('The address says seed=1.5, which cannot be; 1 is taken instead.');
    await page.locator('#seed').fill('9007199254740993');
    await page.locator('#seed').press('Tab');
    expect(await page.inputValue('#seed')).toBe('1');
    await page.locator('#seed').fill('7');
    await page.locator('#seed').press('Tab');
    expect(page.url()).toContain('seed=7');
    expect(await page.isHidden('#trouble')).toBe(true);
    await change(page, 'speed=3600', 'speed=10');
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('#speed')!.value === '10');
    expect(await page.$eval('#set option[value=""]', (own) => (own as HTMLOptionElement).disabled)).toBe(true);
    await page.selectOption('#course', 'natural');
    expect(page.url()).toContain('course=natural');
    await page.selectOption('#speed', '300');
    expect(page.url()).toContain('speed=300');
    await page.selectOption('#speed', '10');
    for (const choice of ['seed=7', 'course=natural', 'speed=10', 'threat=te5'])
      expect(await page.getAttribute('#link-study', 'href')).toContain(choice);
  });

  it('can be asked for again when they did not arrive', async () => {
    const page = await opened(STOLEN);
    await page.route('**/api/library', (route) => route.fulfill({ body: '<!doctype html>' }), { times: 1 });
    await page.reload();
    await page.waitForSelector('#again');
    expect(await page.textContent('#trouble')).toContain('The scenarios did not arrive: the server answered something else.');
    await page.click('#again');
    await page.waitForFunction(() => document.querySelector('#verdict')!.textContent === 'The adversary reaches its goal.');
    expect(await page.isHidden('#trouble')).toBe(true);
  });
});
