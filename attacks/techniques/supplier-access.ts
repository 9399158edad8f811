import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, textArgument } from '../arguments.ts';
import { statusOf, TLS_PORT } from '../login.ts';
import { ownHost } from '../positions.ts';

/** With a developer's secret taken from the skill's maker, puts an own version of the skill in place of the real one. */

/** Ways a developer may have to identify, weakest first; the adversary uses what it has. */
const SECRETS = [
  { clientAuth: 'password', fact: 'credential:developer' },
  { clientAuth: 'token', fact: 'credential:developer-token' },
  { clientAuth: 'certificate', fact: 'credential:developer-certificate' },
] as const;
/** Application bytes of a small skill's package. */
const PACKAGE_BYTES = 300_000;

function upload(attack: AttackContext): void {
  const host = ownHost(attack);
  const secret = SECRETS.find(({ fact }) => attack.knows(fact));
  if (host === null || secret === undefined) return attack.fail('no developer secret');
  const id = attack.request(host.id, {
    to: `${textArgument(attack, 'on')}.example`,
    port: TLS_PORT,
    transport: 'tcp',
    tls: true,
    clientAuth: secret.clientAuth,
    credential: String(attack.recall(secret.fact)),
    kind: 'skill-update',
    body: { program: 'agent' },
    bytes: PACKAGE_BYTES,
  });
  if (id === 0) attack.fail('the upload cannot be sent');
}

function again(attack: AttackContext, reason: string): void {
  const tries = count(attack, 'tries');
  if (tries >= attack.parameter('attack.login.tries')) attack.fail(reason);
  else attack.afterRandom(attack.distribution('attack.supplier.wait'), 'upload', tries, 'upload');
}

export const supplierAccess = defineTechnique({
  id: 'supplier-access',
  title: "Replaces a voice skill with the supplier's own access",
  args: { on: { type: 'device', kind: 'skill-backend' } },
  attack: ['T1195.002', 'T1199'],
  start: (attack) => {
    if (attack.position(textArgument(attack, 'on')) !== null) attack.succeed();
    else attack.afterRandom(attack.distribution('attack.supplier.wait'), 'upload', 0, 'upload');
  },
  on: {
    upload,
    refused: (attack, event) => again(attack, `the developer console refuses the update (${statusOf(event)})`),
    failed: (attack) => again(attack, 'the developer console does not answer'),
    gained: (attack) => attack.succeed(),
  },
});
