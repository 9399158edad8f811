import { expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { StepResult } from '../../sim/model/result.ts';
import type { AttackContext, AttackEvent, Technique } from '../../sim/model/technique.ts';
import { access, bench, client, CORE, LINE, server, WIFI, type Bench, type Does } from '../network/bench.ts';

const attacked = (technique: Pick<Technique, 'start' | 'on'>): Bench =>
  bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(), laptop: client([10, 20, 30, 40]), server: server() },
    inside: ['laptop'],
    technique,
  });

it('a step’s result names all its messages', () => {
  const said = (count: number): number => {
    const start = (attack: AttackContext): void => {
      for (let n = 0; n < count; n++) attack.datagram('laptop', { to: '*', port: 9, kind: 'word', bytes: 10, n });
    };
    return attacked({ start, on: {} }).run(5).world.result().threat!.steps[0]!.messages.length;
  };
  expect(said(3)).toBe(3);
  expect(said(600)).toBe(600);
});

it.each([
  ['fails', (attack: AttackContext) => attack.fail('no more'), false],
  ['succeeds', (attack: AttackContext) => attack.succeed(), true],
])('a step that %s: does it listen on?', (_, end, listensOn) => {
  const heard: number[] = [];
  const { world } = attacked({
    start: (attack) => {
      attack.listen('laptop', false);
      attack.after(25 * SECOND, 'end');
    },
    on: {
      end,
      frame: (attack: AttackContext, { frame }: AttackEvent) => {
        if (frame!.kind === 'ask') heard.push(Math.floor(attack.now / SECOND));
        if (frame!.held) attack.forward(frame!);
      },
    },
  }).run();
  expect(heard).toEqual(listensOn ? [10, 20, 30, 40] : [10, 20]);
  expect(world.listening(world.net.nodeIndex.get('laptop')!)).toBe(listensOn);
});

/** What becomes of a step that alters every order of a laptop that it passes, where the server reports this about each. */
function judged(kind: string, alters: boolean, end: (attack: AttackContext) => void): StepResult {
  const time: Does = (d, { n }) => d.request('web', { kind: 'ask', body: { ref: `order/${n}`, dose: 1 }, bytes: 200, n });
  const ask: Does = (d, event) => d.record(kind, { ref: String(event.body?.['ref']), action: 'unusual' }, event.message);
  const { world } = bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(), laptop: client([10], [], {}, { does: { time } }), server: server([], { does: { ask } }) },
    inside: ['laptop'],
    technique: {
      start: (attack) => {
        attack.listen('laptop', false);
        attack.after(60 * SECOND, 'end');
      },
      on: {
        end,
        frame: (attack: AttackContext, { frame }: AttackEvent) => {
          if (!frame!.held) return;
          if (alters && frame!.kind === 'ask') attack.forward(frame!, { ...frame!.body, dose: 2 });
          else attack.forward(frame!);
        },
      },
    },
  }).run(120);
  return world.result().threat!.steps[0]!;
}

it.each([
  ['order-declined', 'order declined: it is not what was said'],
  ['action-blocked', 'unusual'],
])('%s, said of what a step altered, is what stopped it', (kind, fact) => {
  const blocked = { status: 'blocked', blockedBy: { device: 'server', fact } };
  const fail = (attack: AttackContext): void => attack.fail('no luck');
  expect(judged(kind, true, fail)).toMatchObject(blocked);
  expect(judged(kind, false, fail).blockedBy, 'of what it let pass').not.toEqual(blocked.blockedBy);
  expect(judged('order-spoken', true, fail).blockedBy, 'said otherwise').not.toEqual(blocked.blockedBy);
});
