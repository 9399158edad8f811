import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, counted, listArgument } from '../arguments.ts';
import { askForStation, learnStation, localPositions, stationAddress } from '../positions.ts';

/**
 * Puts one of the adversary's positions between two stations of its segment by forged ARP answers: each of the two is
 * told that the other's address is here, again and again, because the stations keep relearning the truth.
 * Positions are tried one after another; it has worked when a frame of the pair comes through.
 */

const pair = (attack: AttackContext): readonly [string, string] => {
  const names = listArgument(attack, 'between');
  return [names[0] ?? '', names[1] ?? 'router'];
};

/** Tells both stations. @returns false when one of them is not known here. */
function claim(attack: AttackContext): boolean {
  const position = attack.position(String(attack.memory['position']));
  if (position === null) return false;
  const [a, b] = pair(attack).map((station) => stationAddress(attack, position, station)) as [number, number];
  if (a === 0 || b === 0) return false;
  attack.claimAddress(position.id, a, b);
  attack.claimAddress(position.id, b, a);
  return true;
}

function tryPosition(attack: AttackContext): void {
  const positions = localPositions(attack);
  const position = positions[counted(attack, 'tried')];
  if (position === undefined) {
    const why = attack.memory['why'];
    return attack.fail(typeof why === 'string' ? why : 'no position inside the home');
  }
  if (pair(attack).includes(position.id)) return attack.succeed(); // one of the two is under control: nothing to forge
  attack.memory['position'] = position.id;
  attack.memory['asked'] = 0;
  attack.memory['claiming'] = false;
  attack.listen(position.id, false);
  look(attack);
}

function look(attack: AttackContext): void {
  const position = attack.position(String(attack.memory['position']));
  if (position === null) return nextPosition(attack, 'the position is lost');
  if (claim(attack)) {
    attack.memory['claiming'] = true;
    attack.after(Math.round(attack.parameter('attack.arp.period') * SECOND), 'claim', counted(attack, 'tried'));
    attack.after(Math.round(attack.parameter('attack.arp.patience') * SECOND), 'patience', counted(attack, 'tried'));
    return;
  }
  const missing = pair(attack).find((station) => stationAddress(attack, position, station) === 0)!;
  if (count(attack, 'asked') > attack.parameter('attack.lan.questions'))
    return nextPosition(attack, `no station ${missing} on the segment ${position.segment}`);
  askForStation(attack, position, missing);
  attack.after(Math.round(attack.parameter('attack.lan.answer-wait') * SECOND), 'look', counted(attack, 'tried'));
}

function nextPosition(attack: AttackContext, why: string): void {
  attack.memory['why'] = why;
  count(attack, 'tried');
  tryPosition(attack);
}

export const arpInTheMiddle = defineTechnique({
  id: 'arp-in-the-middle',
  title: 'Gets between two stations by forged ARP answers',
  args: { between: { type: 'device', many: true, count: 2, needed: true } },
  attack: ['T1557.002'],
  start: tryPosition,
  on: {
    look: (attack, event) => {
      if (event.n === counted(attack, 'tried') && attack.memory['claiming'] !== true) look(attack);
    },
    claim: (attack, event) => {
      if (event.n !== counted(attack, 'tried')) return;
      claim(attack);
      attack.after(Math.round(attack.parameter('attack.arp.period') * SECOND), 'claim', event.n);
    },
    patience: (attack, event) => {
      if (event.n === counted(attack, 'tried') && attack.memory['through'] !== true)
        nextPosition(attack, 'the forged answers change nothing: no frame comes through');
    },
    frame: (attack, event) => {
      if (attack.memory['through'] === true) return; // the next step deals with what passes
      learnStation(attack, event);
      const frame = event.frame;
      if (frame === null || !frame.held) return;
      attack.forward(frame);
      if (attack.memory['claiming'] !== true || event.position !== attack.memory['position']) return;
      // What the position's own device sends passes through it too; that proves nothing.
      const station = stationAddress(attack, attack.position(event.position)!, pair(attack)[0]);
      if (frame.src !== station && frame.dst !== station) return;
      attack.memory['through'] = true;
      attack.succeed();
    },
  },
});
