import type { Micros } from '../../sim/kernel/time.ts';
import type { DeviceContext } from '../../sim/model/device.ts';

/** The router's own log of logins, mappings, changes and restarts (TR-124 LAN.FW.2-5). Part of its memory. */
export interface RouterLog {
  log: { at: Micros; what: string }[];
}

/** Writes a line when the setting `log` is on; the oldest goes when it is full. */
export function note(router: DeviceContext<RouterLog & object>, what: string): void {
  if (!router.setting<boolean>('log')) return;
  const log = router.memory.log;
  log.push({ at: router.now, what });
  if (log.length > router.parameter('router.log-entries')) log.shift();
}
