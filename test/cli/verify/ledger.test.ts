import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../sim/cli/verify/fuzz/ledger.ts';
import type { Message } from '../../../sim/model/message.ts';

/** A message of node 0; only what an account looks at. */
const message = (more: Partial<Message> = {}): Message =>
  ({ id: 1, kind: 'word', role: 'datagram', bytes: 100, origin: 0, l2src: 0, l2dst: 1, segment: 0, ...more }) as Message;

/** Node 0 makes a message and sends it to node 1 at 10 µs; then comes what the case says. */
function account(happens: (ledger: Ledger, sent: Message) => void, to: readonly number[] = [1]): readonly string[] {
  const ledger = new Ledger((node) => `n${node}`);
  const sent = message(to.length > 1 ? { l2dst: -1 } : {});
  ledger.made(sent);
  ledger.hop(sent, 0, to, 10, 10);
  happens(ledger, sent);
  ledger.close([], []);
  return ledger.complaints;
}

const arrive = (ledger: Ledger, sent: Message, node = 1): void => {
  ledger.arrived(sent, node, 20);
  ledger.taken(sent, node);
};

describe('an account of messages is content', () => {
  const cases: readonly (readonly [string, (ledger: Ledger, sent: Message) => void, (readonly number[])?])[] = [
    ['when one arrives and is taken in', arrive],
    ['when the medium loses it and says so', (ledger, sent) => ledger.stop(sent, 0, 'lost in the air')],
    ['when a rule stops it where it arrives', (ledger, sent) => (ledger.arrived(sent, 1, 20), ledger.stop(sent, 1, 'rule 1'))],
    ['when the receiver takes it and then refuses it', (ledger, sent) => (arrive(ledger, sent), ledger.stop(sent, 1, 'not for you'))],
    ['when all who care hear it once', (ledger, sent) => (arrive(ledger, sent, 1), arrive(ledger, sent, 2)), [1, 2]],
  ];
  it.each(cases.map(([name, happens, to = [1]]) => ({ name, happens, to })))('$name', ({ happens, to }) =>
    expect(account(happens, to)).toEqual([]),
  );

  it('when a message is still under way or waits for an address', () => {
    const ledger = new Ledger((node) => `n${node}`);
    ledger.made(message());
    ledger.hop(message(), 0, [1], 10, 10);
    ledger.made(message({ id: 2 }));
    ledger.close([{ id: 2, node: 0 }], [{ id: 1, node: 1 }]);
    expect(ledger.complaints).toEqual([]);
  });

  it('when an access point takes what is said to all and passes it on', () => {
    const ledger = new Ledger((node) => `n${node}`);
    const open = message({ l2dst: -1 });
    ledger.made(open);
    ledger.hop(open, 0, [1], 10, 10);
    arrive(ledger, open);
    ledger.hop(open, 1, [2, 3], 20, 20);
    arrive(ledger, open, 2);
    arrive(ledger, open, 3);
    ledger.close([], []);
    expect(ledger.complaints).toEqual([]);
  });

  it('when two hops are merged into one event', () => {
    const found = account((ledger, sent) => {
      ledger.hop({ ...sent, segment: 1 }, 1, [2], 10, 15);
      ledger.arrived({ ...sent, segment: 1 }, 2, 30);
      ledger.taken(sent, 2);
    });
    expect(found).toEqual([]);
  });
});

describe('an account of messages complains', () => {
  const cases: readonly (readonly [string, RegExp, (ledger: Ledger, sent: Message) => void, (readonly number[])?])[] = [
    ['one never arrives', /lost without account between n0 and n1/, () => {}],
    ['one arrives and nothing becomes of it', /lost without account at n1/, (ledger, sent) => ledger.arrived(sent, 1, 20)],
    ['one arrives twice', /a second time/, (ledger, sent) => (arrive(ledger, sent), arrive(ledger, sent))],
    [
      'one arrives where nobody sent it',
      /reaches n3 though nobody sent it there/,
      (ledger, sent) => (arrive(ledger, sent), arrive(ledger, sent, 3)),
    ],
    ['one of several does not hear it', /between n0 and n2/, arrive, [1, 2]],
    ['it is taken in twice', /takes it 2 times/, (ledger, sent) => (arrive(ledger, sent), ledger.taken(sent, 1))],
    [
      'it is sent twice',
      /sends it 2 times/,
      (ledger, sent) => (arrive(ledger, sent), ledger.hop(sent, 0, [1], 30, 30), arrive(ledger, sent)),
    ],
    [
      'it is taken in and sent on',
      /took it and sent it on/,
      (ledger, sent) => (arrive(ledger, sent), ledger.hop(sent, 1, [2], 20, 20), arrive(ledger, sent, 2)),
    ],
    [
      'it is stopped and sent on',
      /stopped it and sent it on/,
      (ledger, sent) => (
        ledger.arrived(sent, 1, 20),
        ledger.stop(sent, 1, 'no'),
        ledger.hop(sent, 1, [2], 20, 20),
        arrive(ledger, sent, 2)
      ),
    ],
    ['bytes are lost on a hop', /took 100 bytes and delivered 99/, (ledger, sent) => arrive(ledger, { ...sent, bytes: 99 })],
    [
      'bytes are lost at a node',
      /100 bytes became 99/,
      (ledger, sent) => (
        ledger.arrived(sent, 1, 20),
        ledger.hop({ ...sent, bytes: 99 }, 1, [2], 20, 20),
        arrive(ledger, { ...sent, bytes: 99 }, 2)
      ),
    ],
    ['it arrives before it left', /a hop took -5 µs/, (ledger, sent) => (ledger.arrived(sent, 1, 5), ledger.taken(sent, 1))],
    ['it arrives on another segment', /segment that it was not sent on/, (ledger, sent) => arrive(ledger, { ...sent, segment: 4 })],
    ['it is stopped for no reason', /for no reason/, (ledger, sent) => ledger.stop(sent, 0, '')],
    ['it is stopped where it never was', /where it never was/, (ledger, sent) => (arrive(ledger, sent), ledger.stop(sent, 7, 'rule'))],
  ];
  it.each(cases.map(([name, expected, happens, to = [1]]) => ({ name, expected, happens, to })))(
    'when $name',
    ({ expected, happens, to }) => {
      const complaints = account(happens, to);
      expect(complaints).not.toEqual([]);
      expect(complaints.join('\n')).toMatch(expected);
    },
  );

  it('and gives up on one that goes in circles', () => {
    const ledger = new Ledger(String);
    ledger.made(message());
    const round = (): void => {
      for (let n = 0; n < 100; n++) {
        ledger.hop(message(), n % 2, [1 - (n % 2)], n, n);
        ledger.arrived(message(), 1 - (n % 2), n);
      }
    };
    expect(round).toThrow(/goes in circles/);
  });
});
