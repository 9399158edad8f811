import { defineTechnique, type AttackContext, type PositionView } from '../../sim/model/technique.ts';
import { count, counted, textArgument } from '../arguments.ts';

/**
 * Joins a home's Wi-Fi from a radio nearby: with a passphrase that is already known, with the one computed from the
 * maker's scheme, or with one from a word list. The word list is tried offline against a recorded handshake, which WPA3
 * does not give away: there only the first two remain.
 */

/** Facts that may hold a passphrase of a segment, best first, and how long trying each takes. */
const WAYS = [
  { fact: 'wifi', wait: 'attack.wifi.known-wait' },
  { fact: 'wifi-factory', wait: 'attack.wifi.factory-wait' },
  { fact: 'wifi-wordlist', wait: 'attack.wifi.wordlist-wait' },
] as const;

const segmentOf = (attack: AttackContext): string => textArgument(attack, 'segment', 'private');

/** A radio that has not joined this segment yet. */
const radio = (attack: AttackContext): PositionView | null =>
  attack.positions().find((position) => position.kind === 'radio' && position.segment !== segmentOf(attack)) ?? null;

function tryNext(attack: AttackContext): void {
  for (;;) {
    const way = WAYS[counted(attack, 'way')];
    if (way === undefined) return attack.fail('no passphrase that the adversary can find is accepted');
    const offline = way.fact === 'wifi-wordlist';
    if (attack.knows(`credential:${way.fact}:${segmentOf(attack)}`) && !(offline && attack.memory['security'] === 'wpa3')) {
      return attack.afterRandom(attack.distribution(way.wait), way.fact, 0, 'join');
    }
    count(attack, 'way');
  }
}

export const joinWifi = defineTechnique({
  id: 'join-wifi',
  title: "Joins the home's Wi-Fi with a guessed passphrase",
  args: { segment: { type: 'segment' } },
  attack: ['T1669', 'T1110'],
  start: (attack) => {
    if (attack.positions().some((position) => position.kind !== 'internet' && position.segment === segmentOf(attack)))
      return attack.succeed();
    if (radio(attack) === null) return attack.fail('no radio near the home');
    tryNext(attack);
  },
  on: {
    join: (attack) => {
      const way = WAYS[counted(attack, 'way')]!;
      const position = radio(attack);
      const passphrase = attack.recall(`credential:${way.fact}:${segmentOf(attack)}`);
      if (position === null || attack.join(position.id, segmentOf(attack), String(passphrase)) === 0) attack.fail('no radio near the home');
    },
    joined: (attack) => attack.succeed(),
    refused: (attack, event) => {
      const security = event.body?.['security'];
      if (typeof security === 'string') attack.memory['security'] = security;
      count(attack, 'way');
      tryNext(attack);
    },
    failed: (attack) => {
      // Nobody answers: out of range, or the access point is off. Weather and people move, so more than one try.
      if (count(attack, 'silent') >= attack.parameter('attack.wifi.tries')) attack.fail('no access point of this network can be heard');
      else tryNext(attack);
    },
  },
});
