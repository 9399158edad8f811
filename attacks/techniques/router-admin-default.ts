import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, counted, numericFact, textArgument } from '../arguments.ts';
import { doorAnswer, factoryPassword, knock, type Door } from '../login.ts';
import { localPositions, ownHost } from '../positions.ts';

/**
 * The router's administration page with the factory password, from the internet or from inside the home, then a program
 * on the router. Ports are tried in turn; each is found at the rate at which the internet scans it.
 */
const PORTS = [443, 80] as const;

const doors = (attack: AttackContext): readonly Door[] => attack.memory['doors'] as readonly Door[];

/** All doors to try: one a port, from outside, or from each position inside. */
function doorsToTry(attack: AttackContext): Door[] {
  const device = textArgument(attack, 'on', 'router');
  const kind = textArgument(attack, 'kind', 'consumer-router');
  const sides =
    textArgument(attack, 'side', 'wan') === 'wan'
      ? [{ from: ownHost(attack)?.id ?? '', address: numericFact(attack, 'address:home') }]
      : localPositions(attack).map((position) => ({ from: position.id, address: numericFact(attack, `gateway:${position.id}`) }));
  return sides
    .filter(({ from, address }) => from !== '' && address !== 0)
    .flatMap(({ from, address }) => PORTS.map((port) => ({ device, from, address, port, kind })));
}

function next(attack: AttackContext, why: string): void {
  attack.memory['why'] = why;
  attack.memory['door'] = counted(attack, 'door') + 1;
  const door = doors(attack)[counted(attack, 'door')];
  if (door === undefined) return attack.fail(why);
  wait(attack);
}

/** From outside, a scan has to come by; inside, the page is a click away. */
function wait(attack: AttackContext): void {
  const index = counted(attack, 'door');
  const outside = doors(attack)[index]!.from === ownHost(attack)?.id;
  attack.afterRandom(
    attack.distribution(outside && index === 0 ? `attack.scan.port-${doors(attack)[index]!.port}` : 'attack.login.wait'),
    'login',
    index,
    'login',
  );
}

export const routerAdminDefault = defineTechnique({
  id: 'router-admin-default',
  title: "Takes over the router through its administration page's factory password",
  args: { on: { type: 'device' }, kind: { type: 'kind', of: 'on' }, side: { type: 'word', choices: ['wan', 'lan'] } },
  attack: ['T1078.001', 'T1584.008'],
  start: (attack) => {
    if (attack.position(textArgument(attack, 'on', 'router')) !== null) return attack.succeed();
    if (factoryPassword(attack, textArgument(attack, 'kind', 'consumer-router')) === null)
      return attack.fail('no factory password is published for this router');
    attack.memory['doors'] = doorsToTry(attack);
    if (doors(attack).length === 0) return attack.fail('no way to the router is known');
    wait(attack);
  },
  on: {
    login: (attack) => {
      const index = counted(attack, 'door');
      if (knock(attack, doors(attack)[index]!, index) === 0) next(attack, 'the login cannot be sent from there');
    },
    reply: (attack, event) => void doorAnswer(attack, event, doors(attack)),
    refused: (attack, event) => {
      const answer = doorAnswer(attack, event, doors(attack));
      if (answer.door !== counted(attack, 'door')) return;
      if (answer.what === 'refused' && answer.phase === 'run') return next(attack, 'the router refuses the program');
      // A locked login opens again later; a wrong password stays wrong.
      if (answer.what === 'refused' && answer.status === TOO_MANY && count(attack, 'locked') < attack.parameter('attack.login.tries')) {
        return attack.after(Math.round(attack.parameter('attack.login.lockout-wait') * SECOND), 'login');
      }
      next(attack, 'the router refuses the factory password');
    },
    failed: (attack, event) => {
      if (doorAnswer(attack, event, doors(attack)).door === counted(attack, 'door')) next(attack, "the router's page does not answer");
    },
    gained: (attack) => attack.succeed(),
  },
});

const TOO_MANY = 429;
