import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext, type FrameView } from '../../sim/model/technique.ts';
import { textArgument } from '../arguments.ts';
import { belongsTo, listenEverywhere, noteReadable, openSession, watchNames } from '../interception.ts';

/**
 * Reads the kit's session with the hospital's portal as it passes through a position: its token, the secret of its VPN
 * profile, the patient's password. Later tokens replace earlier ones, for tokens end.
 */

/** Fields of portal messages that open doors, and the facts they become. */
const LOOT = [
  ['token', 'credential:portal-token'],
  ['vpn', 'credential:portal-vpn'],
  ['password', 'credential:portal-password'],
  ['patient', 'credential:portal-patient'],
] as const;
const PORTAL_KINDS = ['session-open', 'session-opened', 'care-plan', 'care-plan-page', 'records'];
const HTTPS = 443;

/** @returns true when the frame is one of the portal's. */
function loot(attack: AttackContext, frame: FrameView): boolean {
  if (!frame.readable || frame.body === null || frame.kind === null || !PORTAL_KINDS.includes(frame.kind)) return false;
  for (const [field, fact] of LOOT) {
    const value = frame.body[field];
    if (typeof value === 'string' && value !== '' && attack.recall(fact) !== value) attack.learn(fact, value);
  }
  return true;
}

const serverOf = (attack: Pick<AttackContext, 'args'>): string => textArgument(attack, 'server');

export const portalSessionTheft = defineTechnique({
  id: 'portal-session-theft',
  title: "Reads the portal session of the hospital's kit off the wire",
  args: { server: { type: 'device', kind: 'hospital-edge' } },
  wants: (args) => [serverOf({ args })],
  attack: ['T1040', 'T1539', 'T1528'],
  start: (attack) => {
    listenEverywhere(attack);
    attack.after(Math.round(attack.parameter('attack.theft.patience') * SECOND), 'patience');
  },
  on: {
    patience: (attack) => {
      if (attack.memory['opened'] === undefined) attack.fail('no session with the portal could be read');
    },
    frame: (attack, event) => {
      const frame = event.frame;
      if (frame === null) return;
      const server = serverOf(attack);
      watchNames(attack, frame, server);
      if (loot(attack, frame)) {
        noteReadable(attack);
        if (attack.memory['stolen'] !== true && attack.knows('credential:portal-token')) {
          attack.memory['stolen'] = true;
          attack.succeed();
        }
      } else if (frame.held && belongsTo(attack, frame, server, HTTPS)) {
        const opening = openSession(attack, frame);
        if (opening === 'taken') return;
        if (opening === 'given-up') {
          attack.forward(frame);
          return attack.fail("the kit checks the portal's certificate");
        }
      }
      if (frame.held) attack.forward(frame);
    },
  },
});
