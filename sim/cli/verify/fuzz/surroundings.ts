import type { Distribution } from '../../../kernel/distributions.ts';
import { log } from '../../../kernel/math.ts';
import type { PolicyRule, PolicyTable } from '../../../model/policy.ts';
import type { SegmentSpec } from '../../../model/spec.ts';
import type { Luck } from './luck.ts';
import type { Failure, Plan, Thing } from './plan.ts';

/** What surrounds the things: media and their faults, rules, settings that change, power that fails. */
export function surroundings(
  luck: Luck,
  things: readonly Thing[],
  homes: readonly string[],
  segments: readonly SegmentSpec[],
  seconds: number,
): Pick<Plan, 'parameters' | 'tables' | 'changes' | 'failures'> {
  const at = (): number => luck.whole(0, seconds * 1000);
  return {
    parameters: parameters(luck),
    tables: [0, ...luck.list(0, 3, at)].map((time) => ({ at: time, table: table(luck, things, homes) })),
    changes: luck.list(0, 4, () => ({ at: at(), ...change(luck) })),
    failures: luck.list(0, luck.chance(0.5) ? 4 : 0, () => failure(luck, things, segments, at())),
  };
}

function failure(luck: Luck, things: readonly Thing[], segments: readonly SegmentSpec[], at: number): Failure {
  const lasts = Math.round(luck.scale(1, 100_000));
  if (luck.chance(0.4)) return { of: luck.pick(['link', 'addresses']), on: luck.pick(segments).id, at, lasts };
  return { of: 'power', on: luck.chance(0.3) ? null : luck.pick(things).id, at, lasts };
}

function change(luck: Luck): { name: string; value: string | boolean } {
  const name = luck.pick(['wan.queue', 'lte-backup', 'wifi.security', 'monitor.flows']);
  if (name === 'wan.queue') return { name, value: luck.pick(['fifo', 'fair', 'priority']) };
  if (name === 'wifi.security') return { name, value: luck.pick(['none', 'wpa2', 'wpa3']) };
  return { name, value: luck.chance(0.5) };
}

/** Figures of the engine, from harmless to harsh: narrow lines, small buffers, impatient timers, lossy air. */
function parameters(luck: Luck): Record<string, number | Distribution> {
  const delay = (ms: number): number | Distribution =>
    luck.pick<number | Distribution>([
      0,
      ms,
      { kind: 'uniform', low: 0, high: 2 * ms },
      { kind: 'exponential', mean: ms },
      { kind: 'lognormal', mu: log(ms), sigma: 1.2 },
    ]);
  const loss = (): number => luck.pick([0, 0, 0.01, 0.1, 0.5]);
  const rates = ['fibre', 'cable', 'dsl', 'lte'].flatMap((kind) => [
    [`line.${kind}.up`, luck.scale(0.02, 100)] as const,
    [`line.${kind}.down`, luck.scale(0.05, 200)] as const,
    [`line.${kind}.delay`, delay(20)] as const,
  ]);
  const failing = luck.chance(0.3);
  return {
    ...Object.fromEntries(rates),
    'wifi.rate': luck.scale(0.1, 500),
    'wifi.buffer': Math.round(luck.scale(1500, 1e6)),
    'wifi.hop-latency': delay(10),
    'wifi.residual-loss': loss(),
    'wifi.try-loss': loss(),
    'wifi.tries': luck.whole(1, 7),
    'wifi.frame-rate': luck.scale(1, 500),
    'wifi.broadcast-rate': luck.scale(1, 54),
    'line.buffer': Math.round(luck.scale(1500, 1e6)),
    'line.time-between-failures': failing ? { kind: 'exponential', mean: 0.01 } : 1e6,
    'line.time-to-repair': failing ? { kind: 'exponential', mean: 0.2 } : 20,
    'power.time-between-failures': luck.chance(0.2) ? { kind: 'exponential', mean: 0.02 } : 1e6,
    'power.time-to-repair': { kind: 'exponential', mean: 0.2 },
    'core.delay': delay(10),
    'ethernet.delay': delay(0.2),
    'ble.loss': loss(),
    'ble.interval': luck.pick([7.5, 50, 1000]),
    'ble.tries': luck.whole(1, 6),
    'arp.lifetime': luck.pick([0.1, 5, 300]),
    'arp.timeout': luck.pick([0.01, 0.3, 1]),
    'arp.tries': luck.whole(1, 3),
    'tcp.first-timeout': luck.pick([0.02, 0.2, 1]),
    'tcp.tries': luck.whole(1, 5),
    'nat.tcp-timeout': luck.pick([0.5, 20, 7440]),
    'nat.udp-timeout': luck.pick([0.5, 20, 120]),
    'dhcp.lease': luck.pick([10, 100, 86_400]),
    'dhcp.pool': luck.pick([1, 3, 100]),
    'router.failover-detection': luck.pick([0, 1, 10]),
    'monitor.flow-interval': luck.pick([2, 30]),
    'adversary.start': 0,
  };
}

function table(luck: Luck, things: readonly Thing[], homes: readonly string[]): PolicyTable {
  const zones = [...homes, 'wan', 'self', 'ble'];
  const ids = things.map(({ id }) => id);
  const maybe = <T>(p: number, make: () => T): T | undefined => (luck.chance(p) ? make() : undefined);
  const rules = luck.list(0, 8, (n): PolicyRule => {
    const conditions = {
      from: maybe(0.5, () => luck.pick(zones)),
      to: maybe(0.5, () => luck.pick(zones)),
      family: maybe(0.1, () => luck.pick([4, 6] as const)),
      transport: maybe(0.2, () => luck.pick(['tcp', 'udp', 'arp', 'dhcp'] as const)),
      dport: maybe(0.4, () => luck.pick([80, 443, 9, 53])),
      src: maybe(0.2, () => luck.pick(ids)),
      dst: maybe(0.2, () => luck.pick(ids)),
    };
    const stated = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
    return { name: `rule ${n}`, action: luck.chance(0.6) ? 'allow' : 'deny', ...stated };
  });
  return {
    rules,
    fallback: luck.chance(0.7) ? { name: 'open', action: 'allow' } : { name: 'default-deny', action: 'deny' },
    tracking: luck.chance(0.8),
    natTo: luck.chance(0.7) ? ['wan'] : [],
    portMaps: luck.list(0, 2, () => ({ port: luck.pick([80, 443, 9]), device: luck.pick(ids), inside: luck.pick([80, 443]) })),
    isolated: Object.fromEntries(homes.map((id) => [id, luck.chance(0.2)])),
    arpInspection: luck.chance(0.3),
    flushOnChange: luck.chance(0.5),
  };
}
