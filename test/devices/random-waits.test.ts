import { describe, expect, it } from 'vitest';
import { HOUR } from '../../sim/kernel/time.ts';
import { World } from '../../sim/world/run.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

/**
 * What is left to chance is drawn anew in every fresh fork (design section 3): no wait that a law was drawn for may keep its
 * end over all forks. A fork that forgot one would have it end at the same microsecond twelve times.
 */
const FORKS = 12;
/** After midnight, in the morning, at noon, in the evening. */
const HOURS = [0.5, 7.5, 10.2, 13, 17.5, 20.5];

/** Waits that were drawn, as `device type`; a handler's name stands for what is no device's timer. */
const ALWAYS_SEEN = [
  'patient wake',
  'patient check-in-time',
  'patient order-time',
  'patient results-time',
  'patient charge-time',
  'patient bed-time',
  'household wake',
  'household bed-time',
  'household tv-time',
  'household phone-time',
  'household laptop-time',
  'household command-time',
  'nurse-panel visit-time',
  'nurse-panel second-visit',
  'nurse-panel video-time',
  'net.lease-renewal',
];
const DRAWN = [
  ...ALWAYS_SEEN,
  'household visit-time',
  'household view-time',
  'nurse-panel attend',
  'nurse-panel arrive',
  'soc picked-up',
  'soc triage-done',
  'ehr reviewed',
  'ehr due',
  'bp-cuff measure',
  'thermometer measure',
];

/** Of every pending event of the listed sorts, its name and time by its handle. */
function drawn(world: World): Map<number, { readonly name: string; readonly time: number }> {
  const found = new Map<number, { readonly name: string; readonly time: number }>();
  for (const { handle, handler, subject, random, data, a, time } of world.kernel.snapshot().records) {
    const payload: unknown = random ? (data as { readonly data: unknown }).data : data;
    const type = typeof payload === 'string' ? payload : ((payload as { readonly type?: string } | null)?.type ?? '');
    // Leases are drawn once, for the first renewal; the others follow it at a fixed distance.
    const name = handler === 'net.lease-renewal' ? (a === 0 ? handler : '') : `${subject} ${type}`;
    if (DRAWN.includes(name)) found.set(handle, { name, time });
  }
  return found;
}

describe.each([
  [null, 'typical'],
  [null, 'recommended'],
  ['te2-reading-tamper', 'typical'],
  ['te2-reading-tamper', 'recommended'],
] as const)('the reference home under %s and %s mitigations', (threat, mitigations) => {
  it('keeps no drawn wait over twelve forks', () => {
    const world = World.build(worldOf(threat, mitigations, { hours: 24 }), catalogue, { seed: 5, replication: 2 });
    const seen = new Set<string>();
    const kept: string[] = [];
    for (const hour of HOURS) {
      world.runUntil(hour * HOUR);
      const forks = Array.from({ length: FORKS }, (_, k) => drawn(world.fork(k + 1)));
      for (const [handle, { name }] of drawn(world)) {
        seen.add(name);
        const times = forks.map((fork) => fork.get(handle)!.time);
        if (new Set(times).size < FORKS / 2) kept.push(`${name} at hour ${hour}: ${times.join(' ')}`);
        expect(Math.min(...times)).toBeGreaterThan(world.now);
      }
    }
    expect(kept).toEqual([]);
    expect(ALWAYS_SEEN.filter((name) => !seen.has(name))).toEqual([]);
  });
});
