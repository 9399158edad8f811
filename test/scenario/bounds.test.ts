import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import type { Parameter } from '../../sim/model/parameters.ts';
import { misfit, type Figure } from '../../sim/scenario/bounds.ts';
import { loadHome, loadLibrary, resolve } from '../../sim/scenario/index.ts';
import { complaintsOf } from './complaints.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { projectReader, withFiles } from './project.ts';

const library = loadLibrary(projectReader, catalogue);
const home = loadHome('scenarios/homes/reference.yaml', projectReader, catalogue);
const world = (...set: string[]) => resolve(home, { threat: null, mitigations: [], set }, library, catalogue);
const refused = (id: string, value: string) => complaintsOf(() => world(`parameters.${id}=${value}`)).join('\n');
const named = (id: string): Parameter => library.parameters.find((one) => one.id === id)!;

/** What is wrong with a figure for a registry entry; null when nothing is. */
const wrong = (known: Parameter, given: Figure): string | null => misfit(known, given)?.message ?? null;

describe('a figure of a home stays near what the registry knows', () => {
  it.each([
    [
      'hub.keepalive',
      '1e-9',
      'parameters.hub.keepalive: expected at least 0.6 s; got 1e-9. Write a number from 0.6 on; the registry has 60.',
    ],
    ['oximeter.report-period', '0.009', 'expected at least 0.01 s; got 0.009'],
    ['voice.near-wake-gap', '1e-9', 'expected at least 216 s; got 1e-9'],
    ['isp.scan-rate', '1e15', 'expected at most 17520 1/h; got 1000000000000000'],
    ['speaker.clock-burst', '1e15', 'expected at most 200 queries'],
    ['wifi.tries', '1e15', 'expected at most 63 tries'],
    ['patient.drift.spo2', '-1e9', 'expected at least -400 %/h'],
    ['bp-cuff.error', '1e9', 'expected at most 2998.9 mmHg'],
  ])('%s=%s', (id, value, complaint) => {
    expect(refused(id, value)).toContain(complaint);
  });

  it('at a hundredth of the range and a hundredfold of it, and between', () => {
    for (const [id, ...values] of [
      ['hub.keepalive', 0.6, 30, 6000],
      ['line.time-between-failures', 1, 1e12],
      ['wifi.tries', 1, 63],
      ['patient.drift.spo2', -400, 0, 400],
      ['bp-cuff.error', -5, 5],
    ] as const)
      for (const value of values) expect([id, value, wrong(named(id), { value })]).toEqual([id, value, null]);
  });

  it('none and never are figures too, where a registry does not say that there is some', () => {
    for (const id of [
      'ble.loss',
      'isp.scan-rate',
      'voice.commands-per-day',
      'dns.negative-ttl',
      'adversary.start',
      'attack.order.refusals',
    ])
      expect([id, wrong(named(id), { value: 0 })]).toEqual([id, null]);
    expect(wrong(named('hub.keepalive'), { value: 0 })).toBe('expected more than 0 s; got 0');
    expect(wrong(named('wifi.rate'), { value: 0 })).toBe('expected more than 0 Mbit/s; got 0');
  });

  it('every registry entry is a possible figure for itself, and so is every end of a range', () => {
    for (const one of library.parameters) {
      expect([one.id, wrong(one, one)]).toEqual([one.id, null]);
      for (const value of one.range ?? []) expect([one.id, wrong(one, { value })]).toEqual([one.id, null]);
    }
  });
});

describe('a distribution of a home', () => {
  it.each([
    ['core.delay', '{ kind: normal, mean: 20, sd: 20 }', 'expected 0 or more ms; the least value of this distribution is -99.9561'],
    ['core.delay', '{ kind: lognormal, mu: 1e308, sigma: 1 }', 'expected finite values; the mean of this distribution is Infinity'],
    ['core.delay', '{ kind: weibull, shape: 0.00001, scale: 5 }', 'expected finite values; the mean of this distribution is'],
    ['core.delay', '{ kind: uniform, low: 10, high: 1 }', 'high: expected a number that is not below low; got 1'],
    [
      'core.delay',
      '{ kind: quantiles, values: [5, 1] }',
      'values: expected a list of numbers, each at least as large as the one before it',
    ],
    ['oximeter.report-period', '{ kind: quantiles, values: [-5, 8] }', 'expected 0 or more s; the least value of this distribution is -5'],
    ['phone.uses-per-day', '{ kind: poisson, mean: 1e300 }', 'expected at most 8000 uses/day; the mean of this distribution is 1e+300'],
    [
      'oximeter.report-period',
      '{ kind: lognormal, mu: -100, sigma: 14.4 }',
      'expected at least 0.01 s; the median of this distribution is 3.72008e-44',
    ],
    ['ble.loss', '{ kind: normal, mean: 0.5, sd: 0.2 }', 'expected a share from 0 to 1; the least value of this distribution is -0.699561'],
  ])('%s as %s', (id, law, complaint) => {
    expect(refused(id, `{ distribution: ${law} }`)).toContain(complaint);
  });

  it('may have tails where the registry has them, and the same values', () => {
    for (const law of [
      { kind: 'exponential', mean: 20 },
      { kind: 'uniform', low: 3, high: 3 },
      { kind: 'quantiles', values: [0, 2, 8] },
    ] as const)
      expect(wrong(named('core.delay'), { distribution: law })).toBeNull();
    expect(wrong(named('bp-cuff.error'), { distribution: { kind: 'normal', mean: -1, sd: 8 } })).toBeNull();
  });

  it('is judged, whatever its figures, and does not take for ever', () => {
    const far = [1e-300, 1e-9, 1, 1e9, 1e300];
    for (const a of far)
      for (const b of far) {
        for (const law of [
          { kind: 'gamma', shape: a, mean: b },
          { kind: 'beta', a, b },
          { kind: 'weibull', shape: a, scale: b },
          { kind: 'negative-binomial', mean: a, k: b },
        ] as const)
          wrong(named('web.largest-download'), { distribution: law });
      }
  });
});

describe('hours of the day', () => {
  it('go from midnight to midnight', () => {
    for (const value of [0, 7.5, 24]) expect(wrong(named('household.hour-bed'), { value })).toBeNull();
    for (const value of ['24.5', '99', '-1'])
      expect(refused('household.hour-bed', value)).toContain(
        `expected an hour of the day, from 0 to 24; got ${value}. Write a number from 0 to 24; the registry has 23.`,
      );
  });

  it('a habit around midnight has hours of the next day', () => {
    expect(wrong(named('household.hour-bed'), { distribution: { kind: 'normal', mean: 24, sd: 0.5 } })).toBeNull();
    expect(wrong(named('household.hour-bed'), { distribution: { kind: 'normal', mean: 0, sd: 0.5 } })).toContain('an hour of the day');
  });
});

describe('a registry', () => {
  const complaints = (entry: string) =>
    complaintsOf(() =>
      loadLibrary(
        withFiles({ 'scenarios/parameters/more.yaml': `- { id: x.y, source: ours, grade: published, ${entry} }\n` }),
        fakeCatalogue,
      ),
    ).join('\n');

  it.each([
    ['value: -60, unit: s', 'more.yaml:1:53: "x.y": expected more than 0 s; got -60'],
    ['value: 0, unit: s', 'expected more than 0 s; got 0'],
    ['value: -60, unit: B', 'expected 0 or more B; got -60'],
    ['value: 1.5, unit: share', 'expected a share from 0 to 1; got 1.5'],
    ['value: 2.5, unit: tries', 'expected a whole number of tries, at least 1; got 2.5'],
    ['distribution: { kind: uniform, low: 0, high: 1 }, unit: tries', 'expected at least 1 tries; the mean of this distribution is 0.5'],
    ['value: 25, unit: hour of day', 'expected an hour of the day, from 0 to 24; got 25'],
    ['distribution: { kind: normal, mean: 5, sd: 5 }, unit: ms', 'expected 0 or more ms; the least value of this distribution is'],
    ['distribution: { kind: quantiles, values: [2, 1] }, unit: ms', 'each at least as large as the one before it'],
    ['value: 0.5, unit: share, range: [0.1, 10]', 'range of "x.y": expected a share from 0 to 1; got 10'],
  ])('with %s is refused', (entry, complaint) => {
    expect(complaints(entry)).toContain(complaint);
  });
});
