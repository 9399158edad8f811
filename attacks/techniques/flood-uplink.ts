import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext, type PositionView } from '../../sim/model/technique.ts';
import { count, counted, textArgument } from '../arguments.ts';

/**
 * A botnet's order: every enrolled device of the home sends as fast as it can at some victim on the internet, in
 * bursts. The home's own line is what gives way first; nobody aims at the hospital's kit.
 */
const bots = (attack: AttackContext): readonly PositionView[] => attack.positions().filter((position) => position.kind === 'foothold');

function flood(attack: AttackContext, n: number): void {
  const seconds = attack.sample(attack.distribution('attack.flood.duration'), 'flood-duration', n);
  let sent = 0;
  bots(attack).forEach((bot, i) => {
    const rate = attack.sample(attack.distribution('attack.flood.bot-rate'), 'flood-rate', i) * MEGABIT;
    const stream = attack.stream(bot.id, textArgument(attack, 'at'), {
      mode: 'unresponsive',
      bitsPerSecond: Math.round(rate),
      seconds,
    });
    if (stream !== 0) sent++;
  });
  if (attack.memory['flooding'] !== true) {
    const awaited = counted(attack, 'awaited') + sent;
    if (awaited === 0) return attack.fail('no enrolled device can send');
    attack.memory['awaited'] = awaited;
  }
  // The pause starts when the burst ends: both are waits of the same botnet.
  attack.after(Math.round(seconds * SECOND), 'pause', n);
}

const MEGABIT = 1_000_000;

export const floodUplink = defineTechnique({
  id: 'flood-uplink',
  title: "Floods the home's line from the devices enrolled in it",
  args: { at: { type: 'host', kind: 'web-content' } },
  attack: ['T1498.001'],
  start: (attack) => {
    if (bots(attack).length === 0) return attack.fail('no device of the home is enrolled');
    attack.afterRandom(attack.distribution('attack.flood.pause'), 'flood-pause', 0, 'order');
  },
  on: {
    // It floods when the first flow runs; one that nothing lets through is none.
    opened: (attack) => {
      if (attack.memory['flooding'] === true) return;
      attack.memory['flooding'] = true;
      attack.succeed();
    },
    failed: (attack) => {
      if (attack.memory['flooding'] === true) return;
      attack.memory['awaited'] = counted(attack, 'awaited') - 1;
      if (counted(attack, 'awaited') === 0) attack.fail('no flow to the victim can be opened');
    },
    order: (attack) => flood(attack, count(attack, 'floods')),
    pause: (attack, event) => attack.afterRandom(attack.distribution('attack.flood.pause'), 'flood-pause', event.n, 'order'),
  },
});
