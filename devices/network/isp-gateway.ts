import type { Distribution } from '../../sim/kernel/distributions.ts';
import { HOUR, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext } from '../../sim/model/device.ts';
import { flag } from '../../sim/model/settings.ts';

/**
 * The line's far end: forwards everything, and lets the internet's background noise through to the home's public
 * address: unsolicited flows that nobody asked for, most of them to the ports of old worms.
 */
export interface IspMemory {
  scans: number;
}

/** Ports for which a rate was measured; each has a parameter `isp.scan-rate.<port>`. */
export const SCANNED_PORTS = [23, 445, 22, 5555, 80, 5060, 3389, 443, 8080, 53, 7547, 1883, 1900] as const;
/** All other scans spread over the registered and dynamic ports (IANA: 1024 and above). */
const FIRST_OTHER = 1024;
const LAST_OTHER = 65_535;
const SECONDS_PER_HOUR = HOUR / SECOND;
/** A probe carries next to nothing: the headers are most of it. */
const PROBE_BYTES = 20;

/** Time from scan to scan, and the measured ports' shares of all, summed up. */
const scanning = (isp: DeviceContext<any>): { readonly gap: Distribution; readonly shares: readonly number[] } => {
  const all = isp.parameter('isp.scan-rate');
  let sum = 0;
  return {
    gap: { kind: 'exponential', mean: SECONDS_PER_HOUR / all },
    shares: SCANNED_PORTS.map((port) => (sum += isp.parameter(`isp.scan-rate.${port}`) / all)),
  };
};

export const ispGateway = defineDevice<IspMemory>({
  kind: 'isp-gateway',
  title: 'Internet provider’s gateway: the line’s far end, with the internet’s unsolicited traffic',
  family: 'network',
  roles: ['isp', 'network'],
  settings: { 'background-scans': flag(true, 'Unsolicited flows from the internet reach the home’s public address.') },
  supply: 'own',
  memory: () => ({ scans: 0 }),
  forwards: true,
  serves: [],
  machine: {
    initial: 'serving',
    states: { serving: { entry: ['planScan'], on: { 'scan-due': { actions: ['scan', 'planScan'] } } } },
  },
  effects: {
    planScan: (isp) => {
      if (!isp.setting<boolean>('background-scans')) return;
      isp.memory.scans++;
      isp.afterRandom(isp.bound(scanning).gap, 'scan', isp.memory.scans, 'scan-due');
    },
    scan: (isp, event) => {
      const { shares } = isp.bound(scanning);
      const at = isp.draw('scan-port', event.n);
      let hit = 0;
      while (hit < shares.length && at >= shares[hit]!) hit++;
      let port: number = SCANNED_PORTS[hit] ?? 0;
      if (port === 0) port = FIRST_OTHER + Math.floor(isp.draw('scan-port', event.n, 1) * (LAST_OTHER - FIRST_OTHER + 1));
      isp.datagram('router.example', port, { kind: 'scan', bytes: PROBE_BYTES, n: event.n, oneWay: true });
    },
  },
});
