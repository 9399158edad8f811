import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { AttackContext, AttackEvent } from '../../sim/model/technique.ts';
import type { TraceLine } from '../../sim/world/trace.ts';
import {
  access,
  bench,
  client,
  CORE,
  LINE,
  resolver,
  rule,
  server,
  table,
  WIFI,
  type Bench,
  type Layout,
  type Part,
} from '../network/bench.ts';

/** A laptop that asks `server` at these seconds and runs foreign code, which asks `other` at those: their lookups share one flow. */
function shared(own: readonly number[], foreign: readonly number[], more: Partial<Layout['parts']> = {}): Bench {
  const shot = { to: 'other.example', port: 80, kind: 'ask', bytes: 50 };
  const parts = { ...access(), laptop: client(own), server: server(), other: server(), ...more } as Record<string, Part>;
  return bench({
    segments: [WIFI, LINE, CORE],
    parts,
    inside: ['laptop'],
    technique: {
      start: (attack: AttackContext) => foreign.forEach((at, n) => attack.after(at * SECOND, 'go', n)),
      on: { go: (attack: AttackContext, event: AttackEvent) => void attack.request('laptop', { ...shot, n: event.n }) },
    },
  }).run();
}
const labels = (lines: readonly TraceLine[]): unknown[] => lines.map((line) => line['label'] ?? 'own');
const OWN_FIRST = [[10], [20]] as const;
const FOREIGN_FIRST = [[20], [10]] as const;

describe('what a device and foreign code on it ask over one flow', () => {
  it.each([
    ['the device', OWN_FIRST, ['own', 'adversary']],
    ['foreign code', FOREIGN_FIRST, ['adversary', 'own']],
  ] as const)('is told apart when %s opened it', (_, [own, foreign], wanted) => {
    const world = shared(own, foreign);
    const queries = world.sent('dns-query');
    expect(new Set(queries.map(({ session }) => session)).size, 'one flow').toBe(1);
    expect(labels(queries)).toEqual(wanted);
    expect(labels(world.sent('dns-answer')), 'answers are the resolver’s').toEqual(['own', 'own']);
  });

  it('is told apart also when it is asked again', () => {
    const deaf = { ...resolver(), does: { 'dns-query': () => undefined } };
    for (const [own, foreign] of [OWN_FIRST, FOREIGN_FIRST]) {
      const queries = shared(own, foreign, { resolver: deaf }).sent('dns-query');
      const again = (label: string) => queries.filter((line) => (line['label'] ?? 'own') === label && line['attempt'] !== 0).length;
      expect(again('own')).toBeGreaterThan(0);
      expect(again('adversary')).toBe(again('own'));
    }
  });

  it.each([
    ['the device’s', FOREIGN_FIRST, null],
    ['foreign', OWN_FIRST, { device: 'router', rule: 'no answers' }],
  ] as const)('an answer that is stopped explains the step where the question was its own: %s', (_, [own, foreign], wanted) => {
    const closed = table({ rules: [rule('no answers', 'deny', { from: 'wan', transport: 'udp' })], tracking: false });
    const router: Part = {
      ...access().router!,
      start: (d) => {
        d.installPolicy(table({ tracking: false }));
        d.after(15 * SECOND, 'close');
      },
      does: { close: (d) => d.installPolicy(closed) },
    };
    const world = shared(own, foreign, { router });
    expect(world.stops('dns-answer')).toContain('no answers');
    expect(world.world.result().threat!.steps[0]!.blockedBy).toEqual(wanted);
  });
});

it('a handshake is whose connection it is: the asking side’s greeting, not the answer to it', () => {
  const world = shared(...OWN_FIRST);
  expect(labels(world.sent('syn'))).toEqual(['own', 'adversary']);
  expect(labels(world.sent('synack'))).toEqual(['own', 'own']);
  expect(labels(world.sent('ask'))).toEqual(['own', 'adversary']);
  expect(labels(world.sent('told'))).toEqual(['own', 'own']);
});
