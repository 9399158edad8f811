import { describe, expect, it } from 'vitest';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type { TraceLine } from '../../sim/world/run.ts';
import { sentence, Watch } from '../../viewer/story/incidents.ts';
import { lineInWords } from '../../viewer/story/told.ts';
import { steppedText } from '../../viewer/home/stepped.ts';
import { clockText, Story } from '../../viewer/story/story.ts';
import { classOf } from '../../viewer/story/traffic.ts';

const MINUTE = 60_000_000;
const line = (kind: TraceLine['kind'], more: Partial<TraceLine> & Record<string, unknown> = {}): TraceLine => ({
  n: 0,
  t: MINUTE,
  kind,
  ...more,
});
const story = (): Story => new Story({ adversary: { inRange: true, inside: ['plug'], knows: [] } } as unknown as WorldSpec);
const batch = (lines: readonly TraceLine[]) => ({
  now: 5 * MINUTE,
  lines,
  counts: {},
  playing: false,
  atEnd: false,
  stepped: false,
  seeks: 0,
});

describe('a story', () => {
  it('follows the body, what was stored, and what was altered', () => {
    const told = story();
    told.take(
      batch([
        line('state', { from: 'patient', what: 'spo2', value: 91.5 }),
        line('record', { what: 'observation-accepted', fields: { code: 'spo2', value: 92, altered: false } }),
        line('record', { what: 'observation-accepted', t: 2 * MINUTE, fields: { code: 'spo2', value: 96, altered: true } }),
      ]),
    );
    expect(told.vitals.get('spo2')).toEqual({
      body: [[MINUTE, 91.5]],
      stored: [
        [MINUTE, 92],
        [2 * MINUTE, 96],
      ],
      altered: [[2 * MINUTE, 96]],
    });
  });

  it('keeps the ends of a flat stretch only', () => {
    const told = story();
    told.take(batch([1, 2, 3, 4].map((t) => line('state', { t, from: 'patient', what: 'temp', value: 37 }))));
    expect(told.vitals.get('temp')!.body).toEqual([
      [1, 37],
      [4, 37],
    ]);
  });

  it('knows who is controlled: from the start, and from what happens', () => {
    const told = story();
    told.take(batch([line('record', { from: 'camera', what: 'controlled', fields: { by: 'adversary' } })]));
    expect([...told.controlled]).toEqual(['plug', 'camera']);
  });

  it('lets a step’s end replace its beginning, and keeps both times', () => {
    const told = story();
    const step = (index: number, t: number, status: string, blockedBy?: object) =>
      line('step', { t, what: 'login', status, alternative: 1, index, ...(blockedBy === undefined ? {} : { blockedBy }) });
    const blockedBy = { device: 'router', rule: 'default-deny inbound' };
    told.take(batch([step(0, 1, 'running'), step(0, 2, 'succeeded'), step(1, 3, 'running'), step(1, 5, 'blocked', blockedBy)]));
    told.take(batch([step(2, 6, 'running'), line('step', { what: 'goal reached', t: 4 * MINUTE })]));
    expect(told.steps).toEqual([
      { alternative: 1, index: 0, status: 'succeeded', from: 1, to: 2, reason: '' },
      { alternative: 1, index: 1, status: 'blocked', from: 3, to: 5, reason: 'router: default-deny inbound' },
      { alternative: 1, index: 2, status: 'running', from: 6, to: null, reason: '' },
    ]);
    expect(told.goalAt).toBe(4 * MINUTE);
  });

  it('tells each incident once, in words', () => {
    const told = story();
    const disclosure = line('record', { what: 'disclosure', fields: { to: 'adversary', kind: 'observation', records: 1 } });
    const entries = told.take(
      batch([
        line('record', { what: 'alarm-raised', fields: { score: 7, tier: 4, partial: true } }),
        disclosure,
        disclosure,
        line('record', { what: 'disclosure', fields: { to: 'care-team', records: 1 } }),
        line('record', { what: 'order-executed', fields: { intended: '100 mcg', executed: '500 mcg' } }),
      ]),
    );
    expect(entries.map(({ text }) => text)).toEqual([
      'NEWS2 alarm: score 7, tier 4, partial',
      'The adversary begins to read patient data (observation, 1 record)',
      'The provider carries out “500 mcg”; the patient asked for “100 mcg”',
    ]);
  });
});

describe('incidents', () => {
  it('are steps, alerts and notable records; ordinary traffic is none', () => {
    const watch = new Watch();
    expect(watch.isIncident(line('step'))).toBe(true);
    expect(watch.isIncident(line('alert'))).toBe(true);
    expect(watch.isIncident(line('record', { what: 'condition', t: 0 }))).toBe(false);
    expect(watch.isIncident(line('record', { what: 'condition' }))).toBe(true);
    expect(watch.isIncident(line('record', { what: 'telemetry' }))).toBe(false);
    expect(watch.isIncident(line('message', { what: 'alarm' }))).toBe(false);
  });

  it('are failures of power and links too; a device without power is dark until it has it back', () => {
    const watch = new Watch();
    const off = line('state', { from: 'router', what: 'power off' });
    expect(watch.isIncident(off)).toBe(true);
    expect(watch.isIncident(line('state', { from: 'tv', what: 'playing' }))).toBe(false);
    expect(sentence(off).text).toBe('router is without power');
    expect(sentence(line('state', { from: 'line', what: 'link up' })).text).toBe('The link of line works again');
  });

  it('say who stopped a step, by which rule', () => {
    const stopped = line('step', { what: 'arp-in-the-middle', status: 'blocked', blockedBy: { device: 'router', fact: 'forged answer' } });
    expect(sentence(stopped).text).toBe('Adversary: arp in the middle is blocked — router: forged answer');
    const late = line('step', { what: 'rewrite-order', status: 'fruitless', blockedBy: { device: 'ehr', fact: 'review' } });
    expect(sentence(late).text).toBe('Adversary: rewrite order comes to nothing — ehr: review');
  });
});

describe('any line of the trace', () => {
  it('has words, for whoever goes step by step', () => {
    const hop = { from: 'oximeter', to: '*', link: 'ble', what: 'observation-ack', sealed: true };
    const words: readonly [TraceLine, string][] = [
      [line('message', hop), 'observation ack from oximeter to everybody (ble, encrypted)'],
      [
        line('message', { ...hop, to: 'hub', sealed: false, label: 'adversary' }),
        'observation ack from oximeter to hub (ble, written by the adversary)',
      ],
      [
        line('verdict', { from: 'router', what: 'login', verdict: 'stopped', rule: 'default-deny' }),
        'login stopped at router: default-deny',
      ],
      [line('state', { from: 'patient', what: 'spo2', value: 91 }), 'patient: spo2 is 91'],
      [line('state', { from: 'hub', what: 'ready' }), 'hub: ready'],
      [line('state', { from: 'hub', what: 'power off' }), 'hub is without power'],
      [line('setting', { from: 'router', what: 'upnp', value: false }), 'router sets upnp to false'],
      [line('record', { from: 'ehr', what: 'disclosure', fields: { to: 'care-team' } }), 'ehr notes: disclosure'],
      [line('record', { from: 'soc', what: 'contained', fields: { device: 'camera' } }), 'camera is contained'],
      [line('step', { what: 'scan', status: 'succeeded' }), 'Adversary: scan succeeded'],
      [line('alert', { what: 'flow-sensor', truth: false }), 'Alert by flow sensor, a false one'],
    ];
    expect(words.map(([told]) => lineInWords(told))).toEqual(words.map(([, text]) => text));
  });

  it('is what a step of the player says, with the number of those beside it', () => {
    const lines = [line('state', { from: 'hub', what: 'ready' }), line('state', { from: 'tv', what: 'on' })];
    expect(steppedText({ ...batch(lines), stepped: true })).toBe('00:05:00 hub: ready; and 1 more at this moment');
    expect(steppedText({ ...batch([]), atEnd: true })).toBe('00:05:00 the run is at its end');
  });
});

describe('classes of traffic', () => {
  it('come from the kind, except that the trace’s label goes first', () => {
    const of = (what: string, label?: string): string => classOf(line('message', { what, ...(label === undefined ? {} : { label }) }));
    expect(['observation-ack', 'skill-turn', 'arp-answer', 'web-page'].map((kind) => of(kind))).toEqual([
      'clinical',
      'voice',
      'network',
      'household',
    ]);
    expect(of('observation', 'adversary')).toBe('adversary');
  });
});

describe('times', () => {
  it('are shown as hours, minutes and seconds', () => {
    expect(clockText(((25 * 60 + 3) * 60 + 7) * 1_000_000 + 999_999)).toBe('25:03:07');
  });
});
