import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, textArgument } from '../arguments.ts';
import { doorAnswer, factoryPassword, knock, knownDoor, type Door } from '../login.ts';
import { beacon } from '../positions.ts';

/** Logs in to a page that a scan has found, with the password of the maker's manual, and leaves a program there. */

const doors = (attack: AttackContext): readonly Door[] => attack.memory['doors'] as readonly Door[];

function again(attack: AttackContext, reason: string): void {
  const tries = count(attack, 'tries');
  if (tries >= attack.parameter('attack.login.tries')) attack.fail(reason);
  else attack.afterRandom(attack.distribution('attack.login.wait'), 'login', tries, 'login');
}

export const defaultCredentials = defineTechnique({
  id: 'default-credentials',
  title: 'Logs in with the factory password and runs a program',
  args: { on: { type: 'device', needed: true }, kind: { type: 'kind', of: 'on' } },
  attack: ['T1078.001'],
  start: (attack) => {
    const device = textArgument(attack, 'on');
    if (attack.position(device) !== null) return attack.succeed();
    const kind = textArgument(attack, 'kind', device);
    const door = knownDoor(attack, device, kind);
    if (door === null) return attack.fail(`no page of ${device} has been found`);
    if (factoryPassword(attack, kind) === null) return attack.fail(`no factory password is published for ${kind}`);
    attack.memory['doors'] = [door];
    attack.afterRandom(attack.distribution('attack.login.wait'), 'login', 0, 'login');
  },
  on: {
    login: (attack) => {
      if (knock(attack, doors(attack)[0]!, 0) === 0) attack.fail('the login cannot be sent from there');
    },
    reply: (attack, event) => void doorAnswer(attack, event, doors(attack)),
    refused: (attack, event) => {
      const answer = doorAnswer(attack, event, doors(attack));
      again(
        attack,
        answer.what === 'refused' && answer.phase === 'run' ? 'the device refuses the program' : 'the device refuses the factory password',
      );
    },
    failed: (attack) => again(attack, 'the page no longer answers'),
    gained: (attack) => {
      beacon(attack, textArgument(attack, 'on'), 0);
      attack.succeed();
    },
    beacon: (attack, event) => beacon(attack, textArgument(attack, 'on'), event.n),
  },
});
