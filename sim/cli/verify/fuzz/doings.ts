import type { Luck } from './luck.ts';
import { ACT_CHOICES, DEED_CHOICES, type AdversaryPlan, type Deed, type Plan, type Thing } from './plan.ts';

/** What the parts do to each other, and the adversary to them. */
export function doings(luck: Luck, things: readonly Thing[], homes: readonly string[], seconds: number): Pick<Plan, 'deeds' | 'adversary'> {
  const parts = things.filter(({ kind }) => kind === 'part').map(({ id }) => id);
  const targets = [...things.map(({ id }) => id), 'nobody'];
  const at = (): number => luck.whole(0, seconds * 1000);
  const deed = (): Deed => ({
    who: luck.pick(parts),
    // Mostly to those who answer.
    to: luck.chance(0.7) ? luck.pick(parts) : luck.pick(targets),
    at: at(),
    how: luck.pick(DEED_CHOICES.ways),
    port: luck.pick([80, 80, 443, 443, 9, 81]),
    bytes: luck.pick([0, 1, 100, 1000, 5000, 300_000]),
    answer: luck.pick(DEED_CHOICES.answers),
    tls: luck.chance(0.4),
    verify: luck.chance(0.5),
    auth: luck.pick(['none', 'password', 'token', 'certificate']),
    keepOpenMs: luck.pick([0, 500, 3_600_000]),
    elastic: luck.chance(0.5),
    down: luck.chance(0.5),
    bitsPerSecond: luck.scale(1e4, 1e8),
    seconds: luck.pick([0, 0.5, 10, 100]),
  });
  const once = luck.list(5, 40, deed);
  // Again what was done before: sessions are shared and kept.
  const again = luck.list(0, 20, () => ({ ...luck.pick(once), at: at() }));
  return { deeds: [...once, ...again], adversary: luck.chance(0.5) ? adversary(luck, things, homes, targets, at) : null };
}

function adversary(
  luck: Luck,
  things: readonly Thing[],
  homes: readonly string[],
  targets: readonly string[],
  at: () => number,
): AdversaryPlan {
  const some = luck.some(
    things.filter(({ on }) => on.length > 0).map(({ id }) => id),
    0.2,
  );
  return {
    radio: luck.chance(0.5),
    inside: some,
    promiscuous: luck.chance(0.5),
    listens: luck.chance(0.6),
    drops: luck.pick([0, 0.1, 1]),
    alters: luck.pick([0, 0.3, 1]),
    impersonates: luck.pick([0, 0.5, 1]),
    acts: luck.list(1, 20, () => ({
      at: at(),
      what: luck.pick(ACT_CHOICES),
      position: luck.whole(0, 100),
      to: luck.pick(targets),
      port: luck.pick([80, 443, 9, 53, 81]),
      tls: luck.chance(0.5),
      bytes: luck.pick([0, 100, 5000]),
      address: luck.whole(0, 2 * (things.length + 2) * (homes.length + 5)),
      claimed: luck.whole(0, 2 * (things.length + 2) * (homes.length + 5)),
      segment: luck.pick([...homes, 'nowhere']),
      seen: luck.chance(0.7),
    })),
  };
}
