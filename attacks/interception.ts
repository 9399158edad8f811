import type { AttackContext, FrameView } from '../sim/model/technique.ts';
import { count, counted, numericFact } from './arguments.ts';
import { localPositions } from './positions.ts';

/**
 * Reading what passes through a position. Plain sessions are read as they are; a TLS session is opened with an own
 * certificate where its client does not check the server's. A client that does check ends the session, and the
 * attempt is given up after a few tries: interrupting the kit for long would be noticed.
 */

/** Takes what passes through every position inside the home. What others send past it is left alone: it would only make noise. */
export function listenEverywhere(attack: AttackContext): void {
  for (const position of localPositions(attack)) attack.listen(position.id, false);
}

/** Name of the fact that holds a server's address, as seen in somebody's name lookup. */
const serverFact = (host: string): string => `server:${host}`;

/** Notes which address a watched name has, from name lookups and TLS greetings that pass in clear. */
export function watchNames(attack: AttackContext, frame: FrameView, host: string): void {
  // Only these two name a server and show where it is; looking into every frame would cost more than all else.
  if (frame.kind !== 'dns-answer' && frame.role !== 'hello') return;
  if (frame.body === null) return;
  const name = frame.body['name'] ?? frame.body['host'];
  if (typeof name !== 'string' || name.split('.')[0] !== host) return;
  const told = frame.body['address'];
  const address = typeof told === 'number' ? told : frame.role === 'hello' ? frame.dst : 0;
  if (address !== 0 && numericFact(attack, serverFact(host)) !== address) attack.learn(serverFact(host), address);
}

/** Is the frame to or from the watched server? Without a known address, the port alone decides where it is telling. */
export function belongsTo(attack: AttackContext, frame: FrameView, host: string, port: number): boolean {
  const server = numericFact(attack, serverFact(host));
  if (frame.dport === port) return server === 0 ? port !== WEB_PORT : frame.dst === server;
  if (frame.sport === port) return server === 0 ? port !== WEB_PORT : frame.src === server;
  return false;
}

/** HTTPS: too many services share it to tell one by the port. */
const WEB_PORT = 443;

export type Opening = 'untouched' | 'taken' | 'given-up';

/**
 * Deals with a held frame of a session under TLS that is to be opened: answers a handshake with an own certificate, and
 * interrupts a session that was set up before, so that its client has to greet again.
 * @returns 'taken' when the frame has been dealt with, 'given-up' when the client has turned the certificate down too often.
 */
export function openSession(attack: AttackContext, frame: FrameView): Opening {
  const client = frame.role === 'request' || frame.role === 'hello' ? frame.src : frame.dst;
  // On the client itself the session can be read anyway.
  if (attack.positions().some((position) => position.kind === 'foothold' && position.address === client)) return 'untouched';
  const opened = counted(attack, 'opened') > 0;
  const limit = attack.parameter('attack.impersonation.tries');
  if (frame.role === 'finished') {
    if (!opened && counted(attack, 'impersonated') >= limit) return 'given-up';
    count(attack, 'impersonated');
    attack.impersonate(frame);
    return 'taken';
  }
  if (frame.readable || opened || (frame.role !== 'request' && frame.role !== 'reply' && frame.role !== 'push')) return 'untouched';
  if (counted(attack, 'impersonated') > limit) return 'given-up';
  if (count(attack, 'interrupted') > attack.parameter('attack.impersonation.interruptions')) return 'given-up';
  attack.drop(frame);
  return 'taken';
}

/** To be called for each readable frame of the wanted session: from then on interrupting is not needed. */
export function noteReadable(attack: AttackContext): void {
  if (counted(attack, 'opened') === 0) count(attack, 'opened');
}
