import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { PolicyTable } from '../../sim/model/policy.ts';
import { access, bench, client, CORE, GUEST, LINE, rule, server, table, WIFI, type Part } from './bench.ts';

const zone = fc.constantFrom(undefined, undefined, undefined, 'private', 'guest', 'wan');
const device = fc.constantFrom(undefined, undefined, undefined, 'laptop', 'visitor', 'server');
const set = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
const anyRule = fc
  .record({
    from: zone,
    to: zone,
    src: device,
    dst: device,
    family: fc.constantFrom(undefined, undefined, 4 as const, 6 as const),
    transport: fc.constantFrom(undefined, undefined, 'tcp' as const, 'udp' as const),
    dport: fc.constantFrom(undefined, undefined, 53, 80, 443),
    action: fc.constantFrom('allow' as const, 'deny' as const),
  })
  .map(({ action, ...when }) => rule(`${action} ${JSON.stringify(when)}`, action, set(when)));
const anyTable = fc.record({ rules: fc.array(anyRule, { maxLength: 5 }), tracking: fc.boolean(), flushOnChange: fc.boolean() });
/** The router's tables in the order in which it installs them, one every 5 s. */
const changes = fc.array(anyTable, { minLength: 1, maxLength: 6 });

/** Two stations on two segments ask on several ports while the router's rules change; what became of every message. */
function played(tables: readonly Partial<PolicyTable>[], remembers: boolean) {
  const router: Partial<Part> = {
    on: ['private', 'guest', 'line'],
    does: { change: (d, event) => d.installPolicy(table({ natTo: ['wan'], ...tables[event.n]! })) },
    start: (d) => {
      d.installPolicy(table({ natTo: ['wan'] }));
      for (let i = 0; i < tables.length; i++) d.after((3 + 5 * i) * SECOND, 'change', i);
    },
  };
  const asks = Array.from({ length: 16 }, (_, i) => 1 + 2 * i);
  const parts = {
    ...access(table(), router),
    server: server([], { listens: [80, 443] }),
    laptop: client(asks, [], { keepOpen: 8 * SECOND }),
    visitor: client(asks, [], { transport: 'udp', port: 443 }, { on: ['guest'] }),
  };
  const world = bench({ segments: [WIFI, GUEST, LINE, CORE], parts });
  world.world.net.filter.remembers = remembers;
  world.run(40);
  return { fingerprint: world.world.result().fingerprint, lines: world.lines };
}

describe('remembered verdicts', () => {
  it('change nothing, whatever rules come and go', () => {
    let stopped = 0;
    fc.assert(
      fc.property(changes, (tables) => {
        const on = played(tables, true);
        expect(on).toEqual(played(tables, false));
        stopped += on.lines.filter((line) => line['verdict'] === 'stopped').length;
      }),
      { numRuns: 1000, seed: 11 },
    );
    expect(stopped).toBeGreaterThan(1000);
  });
});
