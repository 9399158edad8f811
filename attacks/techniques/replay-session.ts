import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, counted, listArgument, textArgument } from '../arguments.ts';
import { statusOf, TLS_PORT } from '../login.ts';
import { ownHost } from '../positions.ts';

/**
 * Shows a stolen session token at the hospital's edge from the adversary's own host and asks for records: first those of
 * the whole panel, then the patient's own. It has worked when records come back.
 */
const FORBIDDEN = 403;
/** Application bytes of a request to the portal. */
const REQUEST_BYTES = 500;

const SCOPES = ['panel', 'own'];
const scopes = (attack: AttackContext): readonly string[] => listArgument(attack, 'scope', SCOPES);

function ask(attack: AttackContext): void {
  const host = ownHost(attack);
  const token = attack.recall('credential:portal-token');
  const scope = scopes(attack)[counted(attack, 'scope')];
  if (host === null || token === null || scope === undefined) return attack.fail('no token to show');
  const vpn = attack.recall('credential:portal-vpn');
  const id = attack.request(host.id, {
    to: `${textArgument(attack, 'server')}.example`,
    port: TLS_PORT,
    transport: 'tcp',
    tls: true,
    clientAuth: 'token',
    credential: String(token),
    kind: 'records',
    body: { token, scope, ...(vpn === null ? {} : { vpn }) },
    bytes: REQUEST_BYTES,
    n: counted(attack, 'tries'),
  });
  if (id === 0) attack.fail('the request cannot be sent');
}

function later(attack: AttackContext, reason: string): void {
  const tries = count(attack, 'tries');
  if (tries >= attack.parameter('attack.replay.tries')) attack.fail(reason);
  else attack.afterRandom(attack.distribution('attack.replay.wait'), 'replay', tries, 'replay');
}

export const replaySession = defineTechnique({
  id: 'replay-session',
  title: 'Shows a stolen session token at the hospital and asks for records',
  args: { server: { type: 'device', kind: 'hospital-edge' }, scope: { type: 'word', many: true, choices: SCOPES } },
  attack: ['T1550.001', 'T1133', 'T1213'],
  start: (attack) => {
    if (!attack.knows('credential:portal-token')) return attack.fail('no token to show');
    attack.afterRandom(attack.distribution('attack.replay.wait'), 'replay', 0, 'replay');
  },
  on: {
    replay: ask,
    reply: (attack) => attack.succeed(),
    refused: (attack, event) => {
      // Not allowed this much: ask for less at once. Not allowed at all, or no longer: wait for a newer token.
      if (statusOf(event) === FORBIDDEN && counted(attack, 'scope') + 1 < scopes(attack).length) {
        count(attack, 'scope');
        return ask(attack);
      }
      later(attack, `the hospital refuses the token (${statusOf(event)})`);
    },
    failed: (attack) => later(attack, 'the hospital does not answer'),
  },
});
