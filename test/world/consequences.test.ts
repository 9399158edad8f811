import { expect, it } from 'vitest';
import type { AttackContext } from '../../sim/model/technique.ts';
import { bench, CORE, server, type Does } from '../network/bench.ts';

/** Passes on what it gets, as something that it was made to do. */
const passOn =
  (kind: string, to: string): Does =>
  (d, event) =>
    void d.datagram(`${to}.example`, 90, { kind, bytes: 10, n: 1, cause: event.message, oneWay: true });

const relay = (kind: string, next: string, to: string) =>
  server([], { serves: [kind], listens: [80, 90], does: { [kind]: passOn(next, to) } });

const world = () => {
  const shot = { to: 'first.example', port: 80, kind: 'one', bytes: 10 };
  const start = (attack: AttackContext) => void attack.request('attacker', shot);
  return bench({
    segments: [CORE],
    parts: { first: relay('one', 'two', 'second'), second: relay('two', 'three', 'third'), third: server([], { listens: [] }) },
    technique: { start, on: {} },
  });
};

it('what stops the last of several messages, each sent because of another, explains the step that sent the first', () => {
  const { world: whole, stops } = world().run();
  expect(stops('three')).toEqual(['port 90 is closed']);
  const { steps } = whole.result().threat!;
  expect(steps[0]!.blockedBy).toEqual({ device: 'third', fact: 'port 90 is closed' });
});

it('a world restored on the way knows as well whose doing a message is', () => {
  const wanted = world().run().world.result();
  const { world: going } = world();
  let copies = 0;
  while (going.step()) {
    const copy = going.fork('same');
    copy.runUntil(copy.end);
    expect(copy.result().threat).toEqual(wanted.threat);
    copies++;
  }
  expect(copies).toBeGreaterThan(5);
});
