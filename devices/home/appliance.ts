import type { DeviceContext, Effect } from '../../sim/model/device.ts';
import type { TransitionEntry } from '../../sim/model/machine.ts';
import { choice, flag, type SettingSpecs } from '../../sim/model/settings.ts';
import { SECOND } from '../../sim/kernel/time.ts';
import { hostOf } from '../peers.ts';
import { adminEffects, adminMemory, administrator, type AdminMemory, type AdminOptions } from '../admin.ts';
import { link, startChains, type Chain } from './background.ts';
import { updateMemory, updateSettings, type UpdateMemory } from './updates.ts';

/** What cameras and televisions have in common: an administration page on port 8080, a clock, signed updates or not. */
export interface ApplianceMemory extends AdminMemory, UpdateMemory {}

export const applianceMemory = (): ApplianceMemory => ({ admin: adminMemory(), ...updateMemory() });

/** Port of the administration page (alternative HTTP). */
export const ADMIN_PORT = 8080;
const NTP = 123;
/** NTP packet payload (RFC 5905). */
const NTP_BYTES = 48;

export const applianceSettings: SettingSpecs = {
  credentials: choice(
    'factory',
    ['factory', 'unique'],
    'Password of the administration page: the one in the public manual, or one of this very device.',
  ),
  'login-rate-limit': flag(false, 'Stops looking at logins for a while after several wrong passwords.'),
  'local-admin': flag(true, 'The administration page is up.'),
  'firmware-signed': flag(
    false,
    'Runs only programs that the vendor signed, also for its administrator (an old firmware class does not check).',
  ),
  ...updateSettings,
};

/** Whom it deals with is no matter of its page. */
const SETTABLE: readonly string[] = Object.keys(applianceSettings).filter((name) => applianceSettings[name]!.names === undefined);

const options: AdminOptions<ApplianceMemory> = {
  accounts: (device) => administrator(device, device.setting<string>('credentials')),
  rateLimit: (device) => device.setting<boolean>('login-rate-limit'),
  closed: (device) => (device.setting<boolean>('local-admin') ? null : 'local-admin: switched off'),
  refusesProgram: (device) => (device.setting<boolean>('firmware-signed') ? 'firmware-signed: the vendor did not sign this program' : null),
  set: (device, name, value) => {
    if (!SETTABLE.includes(name)) return `nothing is called ${name}`;
    if (typeof value !== typeof device.setting(name)) return `${name} does not take such a value`;
    device.change(name, value);
    return null;
  },
  read: (device, name) => (SETTABLE.includes(name) ? device.setting(name) : undefined),
};

/** Effects of the page and of the clock chain, and the boot: `powerUp` on entry of `off`. */
export function applianceEffects<M extends ApplianceMemory>(
  chains: readonly Chain[],
  clock: Chain,
  bootTime: string,
): Readonly<Record<'powerUp' | 'startChains' | 'setClock' | 'adminLogin' | 'adminRun' | 'adminSet' | 'adminRead', Effect<M>>> {
  return {
    ...(adminEffects(options) as unknown as Readonly<Record<'adminLogin' | 'adminRun' | 'adminSet' | 'adminRead', Effect<M>>>),
    powerUp: (device) => void device.after(Math.round(device.parameter(bootTime) * SECOND), 'booted'),
    startChains: (device: DeviceContext<M>) => startChains(device, [...chains, clock]),
    setClock: link<M>(clock, (device, event) =>
      device.datagram(hostOf(device, 'vendor'), NTP, { kind: 'ntp', body: null, bytes: NTP_BYTES, n: event.n }),
    ),
  };
}

export const clockTransition = (clock: Chain): Readonly<Record<string, TransitionEntry<any>>> => ({
  [clock.event]: { actions: ['setClock'] },
});
