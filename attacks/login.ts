import type { AttackContext, AttackEvent } from '../sim/model/technique.ts';
import { numericFact } from './arguments.ts';

/**
 * Getting code onto a device through its administration page: log in with the factory's password, then run a program.
 * A technique may open several such doors at once; `door` numbers them and comes back in the answers' tag.
 */

/** Where and as whom to knock. Plain data, kept in the step's memory. */
export interface Door {
  readonly device: string;
  readonly from: string;
  readonly address: number;
  readonly port: number;
  readonly kind: string;
}

export type DoorAnswer =
  | { readonly door: number; readonly what: 'admitted' }
  | { readonly door: number; readonly what: 'running' }
  | { readonly door: number; readonly what: 'refused'; readonly phase: 'login' | 'run'; readonly status: number }
  | { readonly door: number; readonly what: 'silent'; readonly phase: 'login' | 'run' };

const PHASES = 2;
/** Application bytes of a login form and of an upload of a small program. */
const FORM_BYTES = 400;
const PROGRAM_BYTES = 120_000;
/** Port on which a web page is served over TLS. */
export const TLS_PORT = 443;
/** Every maker's manual names the same first user. */
const FACTORY_USER = 'admin';

/** Password that devices of this kind leave the factory with, from public manuals; null when none is known. */
export function factoryPassword(attack: AttackContext, kind: string): string | null {
  const value = attack.recall(`credential:factory:${kind}`);
  return value === null ? null : String(value);
}

/** Sends the login form. @returns the message's id, 0 when it cannot be sent or no password is known. */
export function knock(attack: AttackContext, door: Door, n: number): number {
  const password = factoryPassword(attack, door.kind);
  if (password === null) return 0;
  return attack.request(door.from, {
    to: door.address,
    port: door.port,
    transport: 'tcp',
    tls: door.port === TLS_PORT,
    kind: 'admin-login',
    body: { user: FACTORY_USER, password },
    bytes: FORM_BYTES,
    n: n * PHASES,
  });
}

/** Uploads the program with the token that the login gave. */
export function run(attack: AttackContext, door: Door, n: number, token: string): number {
  return attack.request(door.from, {
    to: door.address,
    port: door.port,
    transport: 'tcp',
    tls: door.port === TLS_PORT,
    kind: 'admin-run',
    body: { token, program: 'agent' },
    bytes: PROGRAM_BYTES,
    n: n * PHASES + 1,
  });
}

/** Reads an answer to `knock` or `run`, and goes on to `run` after a good login. Call from 'reply', 'refused' and 'failed'. */
export function doorAnswer(attack: AttackContext, event: AttackEvent, doors: readonly Door[]): DoorAnswer {
  const door = Math.floor(event.n / PHASES);
  const phase = event.n % PHASES === 0 ? 'login' : 'run';
  if (event.type === 'refused') return { door, what: 'refused', phase, status: statusOf(event) };
  if (event.type === 'failed') return { door, what: 'silent', phase };
  if (phase === 'run') return { door, what: 'running' };
  const token = event.body?.['token'];
  if (typeof token !== 'string') return { door, what: 'refused', phase, status: 0 };
  const target = doors[door]!;
  attack.learn(`credential:admin-token:${target.device}`, token);
  run(attack, target, door, token);
  return { door, what: 'admitted' };
}

/** Status number of a refusal, 0 when it carries none. */
export function statusOf(event: AttackEvent): number {
  const status = event.body?.['status'];
  return typeof status === 'number' ? status : 0;
}

/** The door that a scan has found for a device, or null. */
export function knownDoor(attack: AttackContext, device: string, kind: string): Door | null {
  const address = numericFact(attack, `address:${device}`);
  const port = numericFact(attack, `port:${device}`);
  const from = attack.recall(`from:${device}`);
  if (address === 0 || port === 0 || typeof from !== 'string') return null;
  return { device, from, address, port, kind };
}
