import { describe, expect, it } from 'vitest';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type { TraceLine } from '../../sim/world/run.ts';
import { assign } from '../../viewer/home/steps.ts';
import { sentence, Watch } from '../../viewer/story/incidents.ts';
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
const batch = (lines: readonly TraceLine[]) => ({ now: 5 * MINUTE, lines, counts: {}, playing: false, atEnd: false });

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

  it('lets a step’s end replace its beginning, and gives reasons only for steps that were stopped', () => {
    const told = story();
    const blockedBy = { device: 'router', rule: 'default-deny inbound' };
    told.take(
      batch([
        line('step', { what: 'scan', status: 'running' }),
        line('step', { what: 'scan', status: 'succeeded', blockedBy }),
        line('step', { what: 'login', status: 'running' }),
        line('step', { what: 'login', status: 'blocked', blockedBy }),
        line('step', { what: 'goal reached', t: 4 * MINUTE }),
      ]),
    );
    expect(told.steps.map(({ technique, status, reason }) => [technique, status, reason])).toEqual([
      ['scan', 'succeeded', ''],
      ['login', 'blocked', 'router: default-deny inbound'],
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

describe('the roads of a threat event', () => {
  const road = (...techniques: string[]) => techniques.map((technique) => ({ technique, args: { on: 'camera' } }));
  const done = (technique: string, status: string) => ({ technique, status, t: 1, reason: '' });

  it('take each step that was begun at its place: on the present road, or on a later one', () => {
    const { roads, others } = assign(
      [road('scan', 'login', 'listen'), road('scan', 'listen'), road('listen')],
      [done('scan', 'succeeded'), done('login', 'blocked'), done('scan', 'succeeded'), done('listen', 'running'), done('phish', 'failed')],
    );
    expect(roads.map((steps) => steps.map(({ status }) => status))).toEqual([
      ['succeeded', 'blocked', 'waiting'],
      ['succeeded', 'running'],
      ['waiting'],
    ]);
    expect(others.map(({ technique }) => technique)).toEqual(['phish']);
    expect(roads[0]![0]!.target).toBe('camera');
  });
});

describe('times', () => {
  it('are shown as hours, minutes and seconds', () => {
    expect(clockText(((25 * 60 + 3) * 60 + 7) * 1_000_000 + 999_999)).toBe('25:03:07');
  });
});
