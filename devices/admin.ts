import type { DeviceContext, DeviceEvent, Effect } from '../sim/model/device.ts';
import type { BodyValue } from '../sim/model/message.ts';
import type { TransitionEntry } from '../sim/model/machine.ts';
import type { SettingValue } from '../sim/model/settings.ts';
import { SECOND } from '../sim/kernel/time.ts';

/**
 * The web administration page that cameras, TVs and routers share: log in, read and change settings, run a program.
 * What guards it are settings: which password is in force, whether repeated guesses are slowed down, whether a program
 * must carry the vendor's signature. The session it hands out is a token; whoever shows it is taken for the administrator.
 */

/** Bookkeeping of the page; part of the model's memory under `admin`. */
export interface AdminMemory {
  admin: {
    /** Tokens that are still good, oldest first. */
    tokens: string[];
    /** Number of tokens ever issued: names the draw of the next. */
    issued: number;
    /** Wrong passwords in a row. */
    failures: number;
    /** No login is looked at before this instant, µs. */
    lockedUntil: number;
  };
}

export const adminMemory = (): AdminMemory['admin'] => ({ tokens: [], issued: 0, failures: 0, lockedUntil: 0 });

/** What differs between the devices that have such a page. All refusals name a fact. */
export interface AdminOptions<M extends AdminMemory> {
  /** User names with the password now in force for each. */
  readonly accounts: (device: DeviceContext<M>) => Readonly<Record<string, string>>;
  /** Slow down repeated guesses? */
  readonly rateLimit: (device: DeviceContext<M>) => boolean;
  /** Why this request may not use the page at all (wrong zone, switched off), or null. Asked for every request. */
  readonly closed?: (device: DeviceContext<M>, event: DeviceEvent) => string | null;
  /** Why a program of an administrator is not run, or null. */
  readonly refusesProgram: (device: DeviceContext<M>, event: DeviceEvent) => string | null;
  /** A party that needs no token, for example a contracted manager with a certificate. */
  readonly trusted?: (device: DeviceContext<M>, event: DeviceEvent) => boolean;
  /** Carries out a change; returns why not, or null. Afterwards the device gets the event `settings-changed` { name }. */
  readonly set: (device: DeviceContext<M>, name: string, value: SettingValue) => string | null;
  /** What the page shows under a name; undefined = nothing. */
  readonly read: (device: DeviceContext<M>, name: string) => BodyValue | undefined;
}

/** Password a device of this kind leaves the factory with: printed in public manuals. */
export const factoryPassword = (kind: string): string => `admin-${kind}`;
/** Password printed on this very device (or chosen by its owner). Stands for a secret: nobody is told it by the model. */
export const uniquePassword = (id: string): string => `label-of-${id}`;
/** `admin` with the factory's or the device's own password. */
export const administrator = (
  device: { readonly id: string; readonly kind: string },
  credentials: string,
): Readonly<Record<string, string>> => ({
  admin: credentials === 'factory' ? factoryPassword(device.kind) : uniquePassword(device.id),
});

/** Application bytes of the page's answers: a status line with headers and a short body. */
const PAGE_BYTES = 600;
/** A page remembers this many sessions (a small web server's table). */
const SESSIONS = 8;

/** What the page serves. */
export const ADMIN_KINDS: readonly string[] = ['admin-login', 'admin-run', 'admin-set', 'admin-read'];

/** To be spread into the `on` of every state in which the page is up. */
export const adminTransitions: Readonly<Record<string, TransitionEntry<any>>> = {
  'admin-login': { actions: ['adminLogin'] },
  'admin-run': { actions: ['adminRun'] },
  'admin-set': { actions: ['adminSet'] },
  'admin-read': { actions: ['adminRead'] },
};

/** The four effects named in `adminTransitions`. */
export function adminEffects<M extends AdminMemory>(
  options: AdminOptions<M>,
): Readonly<Record<'adminLogin' | 'adminRun' | 'adminSet' | 'adminRead', Effect<M>>> {
  /** Refuses and returns false unless the request comes with a good token (or from a trusted party). */
  const admitted = (device: DeviceContext<M>, event: DeviceEvent): boolean => {
    const message = event.message!;
    const closed = options.closed?.(device, event) ?? null;
    if (closed !== null) {
      device.refuse(message, closed, 403);
      return false;
    }
    if (options.trusted?.(device, event) === true) return true;
    const token = event.body?.['token'];
    if (typeof token === 'string' && device.memory.admin.tokens.includes(token)) return true;
    device.refuse(message, 'administration token unknown', 401);
    return false;
  };

  return {
    adminLogin: (device, event) => {
      const message = event.message!;
      const page = device.memory.admin;
      const closed = options.closed?.(device, event) ?? null;
      if (closed !== null) return device.refuse(message, closed, 403);
      const limited = options.rateLimit(device);
      if (limited && device.now < page.lockedUntil) return device.refuse(message, 'login rate limit', 429);
      const user = event.body?.['user'];
      const password = event.body?.['password'];
      const accounts = options.accounts(device);
      const expected = typeof user === 'string' && Object.hasOwn(accounts, user) ? accounts[user] : undefined;
      if (expected === undefined || password !== expected) {
        page.failures++;
        if (limited && page.failures >= device.parameter('admin.login-attempts')) {
          page.failures = 0;
          page.lockedUntil = device.now + Math.round(device.parameter('admin.login-lockout') * SECOND);
        }
        return device.refuse(message, 'credentials are not the factory ones', 401);
      }
      page.failures = 0;
      page.issued++;
      const token = `${device.id}-${page.issued}-${Math.floor(device.draw('admin-token', page.issued) * 2_147_483_648)}`;
      page.tokens.push(token);
      if (page.tokens.length > SESSIONS) page.tokens.shift();
      device.reply(message, { kind: 'admin-ok', body: { token }, bytes: PAGE_BYTES });
    },

    adminRun: (device, event) => {
      if (!admitted(device, event)) return;
      const refusal = options.refusesProgram(device, event);
      if (refusal !== null) return device.refuse(event.message!, refusal, 403);
      device.reply(event.message!, { kind: 'admin-ran', body: null, bytes: PAGE_BYTES });
      device.runForeignCode(event.message!);
    },

    adminSet: (device, event) => {
      if (!admitted(device, event)) return;
      const name = String(event.body?.['name'] ?? '');
      const value = event.body?.['value'];
      if (value === undefined || value === null) return device.refuse(event.message!, 'no value given', 400);
      const refusal = options.set(device, name, value);
      if (refusal !== null) return device.refuse(event.message!, refusal, 403);
      device.reply(event.message!, { kind: 'admin-done', body: { name }, bytes: PAGE_BYTES });
      device.raise('settings-changed', { name });
    },

    adminRead: (device, event) => {
      if (!admitted(device, event)) return;
      const name = String(event.body?.['name'] ?? '');
      const value = options.read(device, name);
      if (value === undefined) return device.refuse(event.message!, `nothing is called ${name}`, 404);
      device.reply(event.message!, { kind: 'admin-value', body: { name, value }, bytes: PAGE_BYTES });
    },
  };
}
