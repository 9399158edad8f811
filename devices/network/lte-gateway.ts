import { defineDevice } from '../../sim/model/device.ts';
import { deviceIds } from '../../sim/model/settings.ts';
import type { PolicyTable } from '../../sim/model/policy.ts';

/** A mobile carrier shares public addresses among its customers: nobody outside can open a connection to one of them, in either family. */
const carrierPolicy: PolicyTable = {
  // The customers' zone bears the name that their own routers give it, so it is told by not being the internet.
  rules: [
    { name: 'own traffic', from: 'self', action: 'allow' },
    { name: 'mobile carrier: no inbound', from: 'internet', action: 'deny' },
    { name: 'mobile outbound', to: 'internet', action: 'allow' },
    { name: 'address service', to: 'self', action: 'allow' },
  ],
  fallback: { name: 'mobile carrier: customers apart', action: 'deny' },
  tracking: true,
  natTo: ['internet'],
  portMaps: [],
  isolated: { lte: true },
  arpInspection: true,
  flushOnChange: false,
};

/** The mobile network's gateway: carrier-grade address translation between the modems and the internet. */
export const lteGateway = defineDevice<Record<string, never>>({
  kind: 'lte-gateway',
  title: 'Mobile network gateway with carrier-grade address translation',
  family: 'network',
  roles: ['mobile', 'network'],
  supply: 'own',
  settings: { 'dns-server': deviceIds({ kind: 'dns-resolver' }, 'Name server that leases hand out: the first; read by the network.') },
  memory: () => ({}),
  forwards: true,
  serves: [],
  machine: { initial: 'serving', states: { serving: { entry: ['install'] } } },
  effects: { install: (gateway) => gateway.installPolicy(carrierPolicy) },
});
