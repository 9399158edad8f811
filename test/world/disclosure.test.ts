import { expect, it } from 'vitest';
import type { AttackContext } from '../../sim/model/technique.ts';
import { access, bench, client, CORE, LINE, server, WIFI, type Does, type Part } from '../network/bench.ts';

const PHI = { phiRecords: 3, phiBytes: 100, individuals: 1 };
const report: Does = (d, event) => d.request('web', { kind: 'ask', body: PHI, bytes: 200, n: event.n });
const news: Does = (d, event) => void d.datagram('server.example', 90, { kind: 'news', body: PHI, bytes: 200, n: event.n, oneWay: true });

/** What is exposed to code on the kit, which reports at these seconds to a server. */
function exposed(at: readonly number[], time: Does, answers: Part = server()) {
  const { world, sent } = bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(), kit: client(at, [], {}, { does: { time } }), server: answers },
    inside: ['kit'],
    technique: {
      start: (attack: AttackContext) => attack.listen('kit', false),
      on: { frame: (attack: AttackContext, { frame }) => frame!.held && attack.forward(frame!) },
    },
  }).run();
  return { records: world.result().outcomes['recordsExposed'], asked: sent('ask').length, news: sent('news').length };
}
const silent = server([], { does: { ask: () => undefined } });
const telling = server([], {
  does: { ask: (d, event) => d.reply(event.message!, { kind: 'told', body: PHI, bytes: 100 }) },
});

it('what is sent again for want of an answer is disclosed once', () => {
  const { asked, records } = exposed([10, 600], report, silent);
  expect(asked).toBeGreaterThan(2);
  expect(records).toBe(2 * PHI.phiRecords);
});

it('question and answer disclose each its own', () => {
  expect(exposed([10], report, telling)).toMatchObject({ asked: 1, records: 2 * PHI.phiRecords });
});

it('so does each message that nobody answers', () => {
  expect(exposed([10, 20], news)).toMatchObject({ news: 2, records: 2 * PHI.phiRecords });
});
