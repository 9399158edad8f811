import type { Distribution } from '../../sim/kernel/distributions.ts';
import { HOUR, SECOND } from '../../sim/kernel/time.ts';
import { defineDevice } from '../../sim/model/device.ts';
import { flag } from '../../sim/model/settings.ts';

/**
 * The line's far end: forwards everything, and lets the internet's background noise through to the home's public
 * address: unsolicited flows that nobody asked for, most of them to the ports of old worms.
 */
export interface IspMemory {
  scans: number;
  /** Cumulative shares of the measured ports; empty until the first scan. */
  shares: number[];
}

/** Ports for which a rate was measured; each has a parameter `isp.scan-rate.<port>`. */
export const SCANNED_PORTS = [23, 445, 22, 5555, 80, 5060, 3389, 443, 8080, 53, 7547, 1883, 1900] as const;
/** Port and registry id of its rate. */
const SCAN_RATES = SCANNED_PORTS.map((port) => [port, `isp.scan-rate.${port}`] as const);
/** All other scans spread over the registered and dynamic ports (IANA: 1024 and above). */
const FIRST_OTHER = 1024;
const LAST_OTHER = 65_535;
const SECONDS_PER_HOUR = HOUR / SECOND;
/** A probe carries next to nothing: the headers are most of it. */
const PROBE_BYTES = 20;

export const ispGateway = defineDevice<IspMemory>({
  kind: 'isp-gateway',
  title: 'Internet provider’s gateway: the line’s far end, with the internet’s unsolicited traffic',
  family: 'network',
  roles: ['isp', 'network'],
  settings: { 'background-scans': flag(true, 'Unsolicited flows from the internet reach the home’s public address.') },
  memory: () => ({ scans: 0, shares: [] }),
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
      const gap: Distribution = { kind: 'exponential', mean: SECONDS_PER_HOUR / isp.parameter('isp.scan-rate') };
      isp.afterRandom(gap, 'scan', isp.memory.scans, 'scan-due');
    },
    scan: (isp, event) => {
      // The share of each port, summed once: scans are the most frequent thing that this device does.
      if (isp.memory.shares.length === 0) {
        let sum = 0;
        for (const [, rate] of SCAN_RATES) isp.memory.shares.push((sum += isp.parameter(rate) / isp.parameter('isp.scan-rate')));
      }
      const at = isp.draw('scan-port', event.n);
      const hit = isp.memory.shares.findIndex((upTo) => at < upTo);
      let port: number = hit < 0 ? 0 : SCAN_RATES[hit]![0];
      if (port === 0) port = FIRST_OTHER + Math.floor(isp.draw('scan-port', event.n, 1) * (LAST_OTHER - FIRST_OTHER + 1));
      isp.datagram('router.example', port, { kind: 'scan', bytes: PROBE_BYTES, n: event.n, oneWay: true });
    },
  },
});
