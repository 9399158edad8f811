import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Estimate, StudySnapshot } from '../../sim/protocol/messages.ts';
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
    SETS.map((set, i) => ({
      id: `${threat}/${set}`,
      threat,
      set,
      mitigations: [],
      n,
      succeeded: around([0.8, 0.5, 0.2][i]!, 0.9, 1),
      outcomes: {
        undetectedDeteriorationMinutes: around(shift * (300 - 100 * i), 250, 1440),
        recordsExposed: around(40 - 10 * i, 30, 1e9),
      },
      attributable: {},
    })),
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

const settled = (page: Page, n: number): Promise<unknown> =>
  page.waitForFunction((count) => document.querySelector(`.plot .arm[data-n="${count}"]`) !== null, n).then(() => page.waitForTimeout(400));

describe('the study page', () => {
  it('says that nothing has run yet, and asks the server to start what the form says', async () => {
    const page = await bench!.open('#study');
    await page.waitForSelector('#study-start');
    await page.waitForFunction(() => document.querySelector('#study-status')?.textContent === 'No study has run yet.');
    await page.fill('#replications', '50');
    await page.fill('#study-seed', '9');
    await page.click('#study-start');
    await expect.poll(() => bench!.asked.at(-1)).toEqual({ type: 'study-start', study: 'cswp34', replications: 50, seed: 9 });
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
    expect(await page.textContent('#study-status')).toContain('2,400 of 2,400 runs, done');
    const row = await page.textContent('#study-table tbody tr');
    expect(row).toContain('80 % (75.5 % to 84.5 %)');
    expect(row).toContain('300 (288 to 313)');
  });

  it('keeps a place for every arm before anything can be said about it', async () => {
    const page = await bench!.open('#study');
    const first = snapshot(1);
    const unknown = { mean: null, low: null, high: null, level: 0.95, n: 0 };
    bench!.feed.publish({ ...first, done: 0, arms: first.arms.map((arm) => ({ ...arm, n: 0, succeeded: unknown, outcomes: {} })) });
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
