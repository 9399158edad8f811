import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext } from '../../sim/model/technique.ts';
import { count, listArgument, numericFact, textArgument } from '../arguments.ts';
import { listenEverywhere, watchNames } from '../interception.ts';

/**
 * Reads a conversation that passes through a position and lets it go on unchanged. It has worked when the wanted kinds
 * of message have been read. A conversation that is seen to be encrypted is left alone: answering the speaker with a
 * certificate of one's own would silence it, and the household would ask why.
 */
const CONVERSATION = ['skill-turn', 'skill-prompt'];

const serverOf = (attack: Pick<AttackContext, 'args'>): string => textArgument(attack, 'server');

export const overhearConversation = defineTechnique({
  id: 'overhear-conversation',
  title: 'Reads the health questions and answers between speaker and skill',
  args: { what: { type: 'word', many: true }, server: { type: 'device', kind: 'skill-backend' } },
  wants: (args) => [serverOf({ args })],
  attack: ['T1040', 'T1557'],
  start: (attack) => {
    listenEverywhere(attack);
    attack.after(Math.round(attack.parameter('attack.overhear.patience') * SECOND), 'patience');
  },
  on: {
    patience: (attack) => {
      if (attack.memory['heard'] === undefined) attack.fail('no conversation was heard');
    },
    frame: (attack, event) => {
      const frame = event.frame;
      if (frame === null) return;
      const server = serverOf(attack);
      watchNames(attack, frame, server);
      if (frame.held) attack.forward(frame);
      if (frame.readable && frame.kind !== null && listArgument(attack, 'what', CONVERSATION).includes(frame.kind)) {
        if (count(attack, 'heard') === 1) attack.succeed();
        return;
      }
      const address = numericFact(attack, `server:${server}`);
      const ofConversation = address !== 0 && (frame.dst === address || frame.src === address);
      if (!ofConversation || frame.readable || (frame.role !== 'request' && frame.role !== 'reply') || attack.memory['heard'] !== undefined)
        return;
      if (count(attack, 'sealed') >= attack.parameter('attack.overhear.sealed-frames'))
        attack.fail(`the session with ${server} is encrypted`);
    },
  },
});
