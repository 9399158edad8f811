import { expect, it } from 'vitest';
import type { AttackContext } from '../../sim/model/technique.ts';
import { access, bench, client, CORE, LINE, table, WIFI } from '../network/bench.ts';

it('a device that is switched off is no foothold, even if it was broken into before', () => {
  const positions: string[][] = [];
  const start = (attack: AttackContext): void => {
    positions.push(attack.positions().map(({ id }) => id));
    for (const id of ['laptop', 'tv']) attack.datagram(id, { to: '*', port: 9, kind: 'word', bytes: 10 });
  };
  const world = bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(table()), laptop: client([], [], {}, { power: false }), tv: client([]) },
    inside: ['laptop', 'tv'],
    technique: { start, on: {} },
  }).run(5);
  expect(positions).toEqual([['attacker', 'tv']]);
  expect(world.sent('word').map(({ from }) => from)).toEqual(['tv']);
});
