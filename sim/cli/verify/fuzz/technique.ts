import { SECOND } from '../../../kernel/time.ts';
import type { Address } from '../../../model/message.ts';
import type { AttackContext, AttackEvent, Technique } from '../../../model/technique.ts';
import type { Act, AdversaryPlan } from './plan.ts';

export const TECHNIQUE = 'random';
const MOST_SEEN = 20;

/** A technique that does what the plan says, wherever it stands, and treats what it holds by the plan's shares. */
export function randomTechnique(plan: AdversaryPlan): Technique {
  return {
    id: TECHNIQUE,
    title: 'Does random things',
    attack: [],
    start: (attack) => {
      attack.memory['seen'] = [];
      plan.acts.forEach(({ at }, n) => attack.after((at * SECOND) / 1000, 'act', n));
      listen(attack, plan);
    },
    on: {
      act: (attack, { n }) => act(attack, plan.acts[n]!, n, plan.promiscuous),
      frame: (attack, event) => treat(attack, event, plan),
      reply: () => {},
      refused: () => {},
      failed: () => {},
      joined: (attack) => listen(attack, plan),
      gained: (attack) => listen(attack, plan),
    },
  };
}

function listen(attack: AttackContext, plan: AdversaryPlan): void {
  if (plan.listens) for (const { id } of attack.positions()) attack.listen(id, plan.promiscuous);
}

/** An address to shoot at or to claim. */
function addressOf(attack: AttackContext, { seen }: Act, number: number): Address {
  const known = attack.memory['seen'] as Address[];
  return seen && known.length > 0 ? known[number % known.length]! : number;
}

/** Remembers whom it has seen, up to a few. */
function remember(attack: AttackContext, addresses: readonly Address[]): void {
  const known = attack.memory['seen'] as Address[];
  for (const address of addresses) if (address > 0 && known.length < MOST_SEEN && !known.includes(address)) known.push(address);
}

function act(attack: AttackContext, what: Act, n: number, promiscuous: boolean): void {
  const positions = attack.positions();
  if (positions.length === 0) return;
  const position = positions[what.position % positions.length]!.id;
  const shot = { to: `${what.to}.example`, port: what.port, kind: 'ask', body: { how: 'answer' }, bytes: what.bytes, n };
  switch (what.what) {
    case 'request':
      return void attack.request(position, { ...shot, tls: what.tls, transport: what.tls ? 'tcp' : what.port === 9 ? 'udp' : 'tcp' });
    case 'datagram':
      return void attack.datagram(position, {
        ...shot,
        kind: 'word',
        to: what.tls ? shot.to : addressOf(attack, what, what.address),
        as: addressOf(attack, what, what.claimed),
      });
    case 'broadcast':
      return void attack.datagram(position, { ...shot, kind: 'mdns-query', to: '*', body: { name: what.to } });
    case 'claim':
      return void attack.claimAddress(position, addressOf(attack, what, what.address), addressOf(attack, what, what.claimed));
    case 'join':
      return void attack.join(position, what.segment, what.tls ? `weak-${what.segment}` : `strong-${what.segment}`);
    case 'listen':
      return attack.listen(position, promiscuous);
    case 'stream': {
      const id = attack.stream(position, what.tls ? addressOf(attack, what, what.address) : shot.to, {
        mode: 'unresponsive',
        bitsPerSecond: 1e4 * (1 + what.claimed * what.claimed),
        seconds: 1 + what.position / 10,
      });
      attack.memory['stream'] = id;
      return;
    }
    case 'stop':
      return attack.stop(Number(attack.memory['stream'] ?? 0));
    case 'succeed':
      return attack.succeed();
    case 'fail':
      return attack.fail('the plan says so');
  }
}

function treat(attack: AttackContext, { frame }: AttackEvent, plan: AdversaryPlan): void {
  if (frame === null) return;
  remember(attack, [frame.src, frame.dst]);
  if (!frame.held) return;
  if (frame.role === 'finished' && attack.draw('impersonate', frame.id) < plan.impersonates) return attack.impersonate(frame);
  if (attack.draw('drop', frame.id) < plan.drops) return attack.drop(frame);
  if (attack.draw('alter', frame.id) < plan.alters) attack.forward(frame, { ...frame.body, forged: true });
}
