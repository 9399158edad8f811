import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, counted, listArgument, numberArgument, PORT } from '../arguments.ts';
import { doorAnswer, factoryPassword, knock, type Door } from '../login.ts';
import { askForStation, beacon, learnStation, localPositions, stationAddress } from '../positions.ts';

/**
 * From inside the home, tries the factory password on further devices of the same segment, as the bots of the source
 * captures do, and leaves the bot's program where it is let in. It has worked when every device has been tried and at
 * least one was gained. `on` names the devices, `kind` their makes in the same order.
 */

interface Target {
  readonly device: string;
  readonly kind: string;
  done: boolean;
  gained: boolean;
}

const targets = (attack: AttackContext): Target[] => attack.memory['targets'] as Target[];
const doors = (attack: AttackContext): (Door | null)[] => attack.memory['doors'] as (Door | null)[];

/** Ends the search for one device, and the step when it was the last. */
function finish(attack: AttackContext, index: number, gained: boolean): void {
  const target = targets(attack)[index];
  if (target === undefined || target.done) return;
  target.done = true;
  target.gained = gained;
  if (gained) beacon(attack, target.device, index);
  if (!targets(attack).every((each) => each.done)) return;
  if (targets(attack).some((each) => each.gained)) attack.succeed();
  else attack.fail('no further device can be enrolled');
}

/** A timer's number names both the try and the device. */
function waitForLogin(attack: AttackContext, index: number, tries: number): void {
  attack.afterRandom(attack.distribution('attack.login.wait'), 'login', tries * targets(attack).length + index, 'login');
}

function look(attack: AttackContext, index: number): void {
  const target = targets(attack)[index]!;
  if (target.done) return;
  if (attack.position(target.device) !== null) return finish(attack, index, true);
  for (const position of localPositions(attack)) {
    const address = stationAddress(attack, position, target.device);
    if (address === 0) continue;
    doors(attack)[index] = {
      device: target.device,
      from: position.id,
      address,
      port: numberArgument(attack, 'port', 8080),
      kind: target.kind,
    };
    return waitForLogin(attack, index, 0);
  }
  if (count(attack, `asked-${target.device}`) > attack.parameter('attack.lan.questions')) return finish(attack, index, false);
  for (const position of localPositions(attack)) {
    attack.listen(position.id, false);
    askForStation(attack, position, target.device);
  }
  attack.after(Math.round(attack.parameter('attack.lan.answer-wait') * SECOND), 'look', index);
}

function refused(attack: AttackContext, index: number): void {
  const target = targets(attack)[index];
  if (target === undefined || target.done) return;
  if (count(attack, `tries-${target.device}`) >= attack.parameter('attack.login.tries')) finish(attack, index, false);
  else waitForLogin(attack, index, counted(attack, `tries-${target.device}`));
}

export const botnetEnrol = defineTechnique({
  id: 'botnet-enrol',
  title: 'Enrols further devices of the home in a botnet',
  args: { on: { type: 'device', many: true, needed: true }, kind: { type: 'kind', many: true, of: 'on' }, port: PORT },
  attack: ['T1078.001', 'T1584.005'],
  start: (attack) => {
    const kinds = listArgument(attack, 'kind');
    attack.memory['targets'] = listArgument(attack, 'on').map((device, i): Target => ({
      device,
      kind: kinds[i] ?? device,
      done: false,
      gained: false,
    }));
    attack.memory['doors'] = targets(attack).map(() => null);
    if (localPositions(attack).length === 0) return attack.fail('no position inside the home');
    attack.afterRandom(attack.distribution('attack.scan.lan'), 'spread', 0, 'spread');
  },
  on: {
    spread: (attack) => targets(attack).forEach((_, index) => look(attack, index)),
    look: (attack, event) => look(attack, event.n),
    frame: (attack, event) => learnStation(attack, event),
    login: (attack, event) => {
      const index = event.n % targets(attack).length;
      const door = doors(attack)[index] ?? null;
      if (door === null || targets(attack)[index]!.done) return;
      if (factoryPassword(attack, door.kind) === null || knock(attack, door, index) === 0) finish(attack, index, false);
    },
    reply: (attack, event) => void doorAnswer(attack, event, doors(attack) as Door[]),
    refused: (attack, event) => refused(attack, doorAnswer(attack, event, doors(attack) as Door[]).door),
    failed: (attack, event) => refused(attack, doorAnswer(attack, event, doors(attack) as Door[]).door),
    gained: (attack, event) => {
      const index = targets(attack).findIndex((target) => target.device === event.body?.['device']);
      if (index >= 0) finish(attack, index, true);
    },
    beacon: (attack, event) => {
      const target = targets(attack)[event.n];
      if (target !== undefined) beacon(attack, target.device, event.n);
    },
  },
});
