import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROTOCOL, type ArmEstimates, type Estimate, type ServerMessage, type StudySnapshot } from '../../sim/protocol/messages.ts';
import { barriers, startBench, type Bench } from './viewer-page.ts';

let bench: Bench | undefined;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.close());

const THREATS = ['te1-voice-eavesdrop', 'te2-reading-tamper'];
const SETS = ['none', 'typical', 'recommended'];

/** A study after `n` replications an arm: means stay, intervals go with one over the root of n. */
function snapshot(n: number, state: StudySnapshot['state'] = 'running', shift = 1): StudySnapshot {
  const around = (mean: number, spread: number, most: number): Estimate => {
    const half = spread / Math.sqrt(n);
    return { mean, low: Math.max(0, mean - half), high: Math.min(most, mean + half), level: 0.95, n };
  };
  const arms = THREATS.flatMap((threat) =>
    SETS.map((set, i) => {
      const attributable = {
        undetectedDeteriorationMinutes: around(shift * (300 - 100 * i), 250, 1440),
        recordsExposed: around(40 - 10 * i, 30, 1e9),
      };
      return {
        id: `${threat}/${set}`,
        threat,
        set,
        mitigations: [],
        n,
        succeeded: around([0.8, 0.5, 0.2][i]!, 0.9, 1),
        outcomes: { ...attributable, undetectedDeteriorationMinutes: around(shift * (400 - 100 * i), 250, 1440) },
        attributable,
      };
    }),
  );
  return {
    study: 'cswp34',
    question: 'How much harm is avoided?',
    state,
    seed: 1,
    replications: 400,
    done: n * arms.length,
    total: 400 * arms.length,
    elapsedMs: 1000,
    hours: 24,
    course: 'deteriorating',
    baseline: 'typical',
    outcomes: ['undetectedDeteriorationMinutes', 'recordsExposed'],
    arms,
    failures: [],
    fingerprint: null,
  };
}

/** The same study with its arms changed. */
const changed = (study: StudySnapshot, change: (arm: ArmEstimates) => Partial<ArmEstimates>): StudySnapshot => ({
  ...study,
  arms: study.arms.map((arm) => ({ ...arm, ...change(arm) })),
});

const hello = (study: StudySnapshot | null, studies = ['cswp34']): ServerMessage => ({
  type: 'hello',
  protocol: PROTOCOL,
  version: 'test',
  studies,
  study,
});
const progress = (study: StudySnapshot): ServerMessage => ({ type: 'study-progress', seq: 1, study });

/** Waits until an element of the page says so. */
const says = (page: Page, selector: string, text: string): Promise<unknown> =>
  page.waitForFunction(([at, wanted]) => document.querySelector(at!)?.textContent?.includes(wanted!), [selector, text]);

const whiskers = (page: Page, outcome: string): Promise<number[]> =>
  page.$$eval(`.plot[data-outcome=${outcome}] .whisker`, (lines) =>
    lines.map((line) => Number(line.getAttribute('x2')) - Number(line.getAttribute('x1'))),
  );

/** Arms whose dot does not stand on its whisker. */
const dotsOutside = (page: Page): Promise<(string | undefined)[]> =>
  page.$$eval('.plot .arm', (arms) =>
    arms
      .filter((arm) => {
        const whisker = arm.querySelector('.whisker')!;
        const x = Number(/translate\(([\d.]+)/.exec(arm.querySelector('.dot')!.getAttribute('transform')!)![1]);
        return x < Number(whisker.getAttribute('x1')) || x > Number(whisker.getAttribute('x2'));
      })
      .map((arm) => (arm as SVGElement).dataset['arm']),
  );

const drawn = (page: Page, n: number): Promise<unknown> =>
  page.waitForFunction((count) => document.querySelector(`.plot .arm[data-n="${count}"]`) !== null, n);

const settled = (page: Page, n: number): Promise<unknown> => drawn(page, n).then(() => page.waitForTimeout(400));

describe('the study page', () => {
  it('says that nothing has run yet, and asks the server to start what the form says', async () => {
    const page = await bench!.open('#study');
    await says(page, '#study-status', 'No study has run yet.');
    await page.fill('#replications', '50');
    await page.fill('#study-seed', '9');
    await page.click('#study-start');
    await expect.poll(() => bench!.asked.at(-1)).toEqual({ type: 'study-start', study: 'cswp34', replications: 50, seed: 9 });
    bench!.feed.publish(snapshot(1));
    await page.waitForSelector('#study-stop[aria-disabled=false]');
    await page.click('#study-stop');
    await expect.poll(() => bench!.asked.at(-1)).toEqual({ type: 'study-stop' });
  });

  it('draws every arm and outcome with intervals that tighten as replications stream in', async () => {
    const page = await bench!.open('#study');
    await page.waitForSelector('#study-start');
    bench!.feed.publish(snapshot(4, 'running', 1.6));
    await settled(page, 4);
    expect(await page.$$eval('.plot', (plots) => plots.map((plot) => (plot as HTMLElement).dataset['outcome']))).toEqual([
      'succeeded',
      'undetectedDeteriorationMinutes',
      'recordsExposed',
    ]);
    const early = await whiskers(page, 'undetectedDeteriorationMinutes');
    expect(early).toHaveLength(THREATS.length * SETS.length);
    expect(Math.min(...early)).toBeGreaterThan(20);

    bench!.feed.publish(snapshot(100));
    await settled(page, 100);
    const late = await whiskers(page, 'undetectedDeteriorationMinutes');
    late.forEach((length, i) => expect(length).toBeLessThan(early[i]! / 2));
    expect(await dotsOutside(page)).toEqual([]);
    const shares = await whiskers(page, 'succeeded');
    shares.forEach((length) => expect(length).toBeGreaterThan(5));

    bench!.feed.publish(snapshot(400, 'done'));
    await settled(page, 400);
    expect(await page.textContent('#study-status')).toBe('Done.');
    expect(await page.textContent('#study-count')).toContain('2,400 of 2,400 runs');
    const cells = await page.$$eval('#study-table tbody tr:first-child > *', (all) => all.map((cell) => cell.textContent));
    expect(cells).toEqual(['TE1 voice eavesdrop', 'none', '400', '80 % (75.5 % to 84.5 %)', '300 (288 to 313)', '40 (38.5 to 41.5)']);
  });

  it('keeps a place for every arm before anything can be said about it', async () => {
    const page = await bench!.open('#study');
    const first = snapshot(1);
    const unknown = { mean: null, low: null, high: null, level: 0.95, n: 0 };
    bench!.feed.publish({
      ...first,
      done: 0,
      arms: first.arms.map((arm) => ({ ...arm, n: 0, succeeded: unknown, outcomes: {}, attributable: {} })),
    });
    await settled(page, 0);
    const rows = await page.$$eval('.plot', (plots) => plots.map((plot) => plot.querySelectorAll('.arm.empty').length));
    expect(rows).toEqual([6, 6, 6]);
    expect(await page.textContent('#study-table tbody tr')).toContain('–');
  });

  it('keeps one scale while the intervals tighten, so that shrinking can be seen', async () => {
    const page = await bench!.open('#study');
    bench!.feed.publish(snapshot(25));
    await settled(page, 25);
    const ticks = (): Promise<string> =>
      page.$$eval('.plot[data-outcome=recordsExposed] .axis text', (labels) => labels.map((label) => label.textContent).join(' '));
    const before = await ticks();
    bench!.feed.publish(snapshot(80));
    await settled(page, 80);
    expect(before).toMatch(/\d/);
    expect(await ticks()).toBe(before);
  });

  it('says what the figures are conditional on, marks clinical axes, and names failed replications', async () => {
    const page = await bench!.open('#study');
    bench!.feed.publish({
      ...snapshot(30),
      failures: [{ arm: 'te1-voice-eavesdrop/none', replication: 7, seed: 1, error: 'something broke' }],
    });
    await settled(page, 30);
    const text = (await page.textContent('#page-study')) ?? '';
    expect(text).toContain('Given that this adversary tries, and given a deterioration');
    expect(text).toContain('24 h a run, 400 replications an arm, seed 1.');
    expect(text).toContain('te1-voice-eavesdrop/none, replication 7, seed 1: something broke');
    const captions = await page.$$eval('.plot figcaption', (all) => all.map((caption) => caption.textContent));
    expect(captions[1]).toContain('modelled, not clinically validated');
    expect(captions[2]).not.toContain('validated');
  });

  it.each(['light', 'dark'] as const)('fits a narrow screen and keeps nobody out, %s', async (colorScheme) => {
    const page = await bench!.open('#study', { viewport: { width: 375, height: 812 }, colorScheme });
    bench!.feed.publish(snapshot(60));
    await settled(page, 60);
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  });
});

describe('the figures of a study', () => {
  let page: Page;
  beforeAll(async () => {
    page = await bench!.open('#study', { reducedMotion: 'reduce' });
  });

  it('marks every interval that should not be trusted yet, and says why', async () => {
    const doubtful = changed(snapshot(31), ({ id, attributable }) =>
      id !== 'te2-reading-tamper/none'
        ? {}
        : {
            attributable: {
              ...attributable,
              recordsExposed: { ...attributable['recordsExposed']!, warn: 'only 3 of 31 values are not zero' },
            },
          },
    );
    bench!.feed.publish(doubtful);
    await drawn(page, 31);
    expect(await page.$$eval('.plot .doubtful', (arms) => arms.map((arm) => (arm as SVGElement).dataset['arm']))).toEqual([
      'te2-reading-tamper/none',
    ]);
    const looks = await page.$eval('.plot .doubtful', (arm) => [
      getComputedStyle(arm.querySelector('.whisker')!).strokeDasharray,
      arm.querySelector('title')!.textContent,
    ]);
    expect(looks[0]).not.toBe('none');
    expect(looks[1]).toContain('not to be trusted yet: only 3 of 31 values are not zero');
    expect(await page.$$eval('#study-table td', (cells) => cells.filter((cell) => cell.textContent?.endsWith('!')).length)).toBe(1);
    expect(await page.textContent('#study-doubts')).toBe('WARN 1 estimate: only 3 of 31 values are not zero');
    await page.check('input[value=with-attack]');
    await page.waitForFunction(() => document.querySelector('#study-doubts') === null);
    await page.check('input[value=attributable]');
  });

  it('shows what is attributable to the attack, below zero too, and on request all that happens with it', async () => {
    const avoided: Estimate = { mean: -30, low: -60, high: 10, level: 0.95, n: 32 };
    bench!.feed.publish(
      changed(snapshot(32, 'done'), ({ attributable }) => ({ attributable: { ...attributable, undetectedDeteriorationMinutes: avoided } })),
    );
    await drawn(page, 32);
    const first = '#study-table tbody tr:first-child td:nth-child(5)';
    expect(await page.textContent(first)).toBe('−30 (−60 to 10)');
    expect(await page.textContent('#study-given')).toContain('with the attack minus the same luck and mitigations without it');
    await page.waitForFunction(() => {
      const plot = document.querySelector('.plot[data-outcome=undetectedDeteriorationMinutes]')!;
      const x = (selector: string, end: string): number => Number(plot.querySelector(selector)!.getAttribute(end));
      return x('.whisker', 'x1') < x('.zero', 'x1') && x('.zero', 'x1') < x('.whisker', 'x2');
    });
    expect(await page.$('.plot[data-outcome=recordsExposed] .zero')).toBeNull();
    await page.check('input[value=with-attack]');
    await says(page, first, '400');
    expect(await page.textContent('#study-given')).toContain('also what would have happened without it');
    expect(await page.$('.zero')).toBeNull();
    await page.check('input[value=attributable]');
  });

  it('says "never" of a time that never came, and how many runs an estimate rests on where some have nothing to time', async () => {
    const share = { mean: 0, low: 0, high: 0.1, level: 0.95, n: 33 };
    const time = { mean: 24, low: 20, high: 24, level: 0.95, n: 33, happened: share, restrictedTo: 24 };
    const response = { mean: 31, low: 0, high: 1440, level: 0.95, n: 1, happened: { ...share, mean: 1 / 33 } };
    const outcomes = ['timeToDetectHours', 'alarmToResponseMinutes'];
    const estimates = { timeToDetectHours: time, alarmToResponseMinutes: response };
    bench!.feed.publish({ ...changed(snapshot(33), () => ({ outcomes: estimates, attributable: estimates })), outcomes });
    await drawn(page, 33);
    const cells = await page.$$eval('#study-table tbody tr:first-child td', (all) => all.map((cell) => cell.textContent));
    expect(cells.slice(1, 2)).toEqual(['33']);
    expect(cells.slice(3)).toEqual([
      'never (counts as 24 h); happened 0 % (0 % to 10 %)',
      '31 (0 to 1440); happened 3 % (0 % to 10 %); n = 1',
    ]);
    const arm = '.plot[data-outcome=timeToDetectHours] .arm';
    expect(await page.textContent(`${arm} .remark`)).toBe('never in 33 runs');
    expect(await page.isVisible(`${arm} .dot`)).toBe(false);
  });

  it('gives each threat event its own axis where one would make the others disappear, and fits them at the end', async () => {
    const unequal = (state: StudySnapshot['state']): StudySnapshot =>
      changed(snapshot(34, state), ({ threat, attributable }) => {
        const { mean, low, high, ...rest } = attributable['recordsExposed']!;
        const times = threat === THREATS[0] ? 7000 : 1;
        return {
          attributable: { ...attributable, recordsExposed: { ...rest, mean: mean! * times, low: low! * times, high: high! * times } },
        };
      });
    bench!.feed.publish(unequal('done'));
    await drawn(page, 34);
    const long = await page.$$eval('.plot', (plots) => plots.map((plot) => plot.querySelectorAll('.axis').length));
    expect(long).toEqual([1, 1, 2]);
    await page.waitForFunction(() => {
      const lines = [...document.querySelectorAll<SVGLineElement>('.plot[data-outcome=recordsExposed] .whisker')];
      const ends = lines.map((line) => Number(line.getAttribute('x2')) / line.ownerSVGElement!.width.baseVal.value);
      return Math.max(...ends.slice(0, 3)) > 0.85 && Math.max(...ends.slice(3)) > 0.85;
    });
    expect(await page.textContent('.plot[data-outcome=recordsExposed] figcaption')).toContain('an axis of its own');
  });

  it('names sets as far as there is room, and whole in the table', async () => {
    const set = 'medical-segmentation+strong-authentication+signed-observations-end-to-end';
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      bench!.feed.publish(changed(snapshot(35), (arm) => (arm.set === 'none' ? { set } : { set: `${arm.set}, and more words` })));
      await drawn(page, 35);
      await page.waitForFunction(() => document.querySelector('.plot svg')!.clientWidth <= innerWidth);
      const outside = await page.$$eval(
        '.plot svg text',
        (texts) =>
          texts.filter((text) => {
            const [own, frame] = [text.getBoundingClientRect(), (text as SVGTextElement).ownerSVGElement!.getBoundingClientRect()];
            return own.left < frame.left - 1 || own.right > frame.right + 1;
          }).length,
      );
      expect([width, outside]).toEqual([width, 0]);
      const names = await page.$$eval('.plot:first-child .set', (texts) => texts.slice(0, 2).map((text) => text.textContent));
      expect(names[0]).toMatch(/^medical segmentation.*…$/);
      expect(names[1]).toMatch(width > 1000 ? /^typical, and more words$/ : /^typical/);
      expect(await page.textContent('#study-table tbody .set')).toBe(set.replaceAll('-', ' '));
    }
  });

  it('names some of the replications that failed, and counts the rest', async () => {
    const failures = Array.from({ length: 2_000 }, (_, replication) => ({
      arm: 'te1-voice-eavesdrop/none',
      replication,
      seed: 1,
      error: 'broke',
    }));
    bench!.feed.publish({ ...snapshot(36), failures });
    await says(page, '#page-study', '2,000 replications failed');
    await says(page, '#page-study', '… and 1,980 more');
    bench!.feed.publish(snapshot(37));
    await drawn(page, 37);
    expect(await page.textContent('#page-study')).not.toContain('failed');
  });
});

describe('a server under an open study page', () => {
  let page: Page;
  let socket: WebSocketRoute | null = null;
  const asked: string[] = [];
  const say = (message: object): void => socket!.send(JSON.stringify(message));

  // The test is the server: it hears what the page asks, and speaks and hangs up as it likes.
  beforeAll(async () => {
    page = await bench!.open('#study', { reducedMotion: 'reduce' });
    await page.routeWebSocket('**/live', (opened) => {
      socket = opened;
      opened.onMessage((text) => asked.push(String(text)));
    });
  });
  beforeEach(async () => {
    socket = null;
    asked.length = 0;
    await page.reload();
    await expect.poll(() => socket).not.toBeNull();
  });

  it('that is started anew leaves what was typed, and nothing of what it does not know any more', async () => {
    await says(page, '#study-status', 'Connecting …');
    expect(await page.textContent('#page-study')).not.toContain('No study has run yet');
    say(hello(snapshot(40)));
    await drawn(page, 40);
    expect(await page.inputValue('#replications')).toBe('400');
    await page.fill('#replications', '77');
    await page.focus('#study-seed');
    const old = socket!;
    socket = null;
    await old.close();
    await says(page, '#study-status', 'connection to the server is lost');
    await page.waitForSelector('#study-start[aria-disabled=true]');
    await expect.poll(() => socket).not.toBeNull();
    say(hello(null, ['other', 'cswp34']));
    await says(page, '#study-status', 'No study has run yet.');
    expect(await page.textContent('#study-title')).toBe('Study');
    for (const part of ['.question', '#study-count', '#study-given', '.plots'])
      expect([part, await page.textContent(part)]).toEqual([part, '']);
    expect(await page.$('#study-table')).toBeNull();
    expect(await page.$eval('progress', (bar) => bar.value)).toBe(0);
    expect(await page.inputValue('#replications')).toBe('77');
    expect(await page.inputValue('#study')).toBe('cswp34');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('study-seed');
  });

  it('that refuses a command is heard until the next one, whatever a study says meanwhile', async () => {
    say(hello(snapshot(41, 'done')));
    await page.waitForSelector('#study-start[aria-disabled=false]');
    await page.fill('#study-seed', '9007199254740993');
    await page.click('#study-start');
    expect(await page.$eval('#study-seed', (input) => (input as HTMLInputElement).validity.rangeOverflow)).toBe(true);
    expect(asked).toEqual([]);
    await page.fill('#study-seed', '5');
    await page.click('#study-start');
    await expect.poll(() => asked.length).toBe(1);
    say({ type: 'refused', message: 'somebody else was quicker' });
    await says(page, '#study-notice', 'somebody else was quicker');
    const spoken = await page.evaluateHandle(() => {
      const status = document.querySelector('#study-status')!;
      const heard: (string | null)[] = [];
      new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
      return heard;
    });
    for (const n of [42, 45, 50]) {
      say(progress(snapshot(n)));
      await drawn(page, n);
    }
    expect(await spoken.jsonValue()).toEqual(['Running.']);
    expect(await page.textContent('#study-notice')).toBe('somebody else was quicker');
    // Running: what would be refused is not sent, and said at once.
    await page.click('#study-start', { force: true });
    await says(page, '#study-notice', 'a study is running; stop it first');
    expect(asked).toHaveLength(1);
    await page.click('#study-stop');
    await expect.poll(() => asked.at(-1)).toBe('{"type":"study-stop"}');
    expect(await page.textContent('#study-notice')).toBe('');
  });

  it('that speaks another version is no server without a study', async () => {
    say({ ...hello(null), protocol: 'homeward.2' });
    await says(page, '#study-status', 'another version than this page: reload');
    expect(await page.textContent('#page-study')).not.toContain('No study has run yet');
  });
});
