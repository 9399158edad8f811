import { defineDevice } from '../../sim/model/device.ts';

/** DNS over UDP (port 53). */
const DNS_PORT = 53;
/** A one-record answer: header, question, record. */
const ANSWER_BYTES = 64;
const SUFFIX = '.example';

/**
 * The internet provider's name server. Names are `<device id>.example`; the public address of a device is what the
 * network publishes as `address.<device id>`. An unknown name is answered with address 0 (NXDOMAIN).
 */
export const dnsResolver = defineDevice<Record<string, never>>({
  kind: 'dns-resolver',
  title: 'Internet provider’s name server',
  family: 'network',
  roles: ['resolver', 'network'],
  supply: 'own',
  settings: {},
  memory: () => ({}),
  listens: [DNS_PORT],
  serves: ['dns-query'],
  machine: { initial: 'serving', states: { serving: { on: { 'dns-query': { actions: ['answer'] } } } } },
  effects: {
    answer: (resolver, event) => {
      const name = event.body?.['name'];
      const known = typeof name === 'string' && name.endsWith(SUFFIX) && name.length > SUFFIX.length;
      const found = known ? resolver.sense(`address.${name.slice(0, -SUFFIX.length)}`) : 0;
      // Not a number: nobody published an address under that id.
      const address = found > 0 ? found : 0;
      resolver.reply(event.message!, {
        kind: 'dns-answer',
        body: { name: String(name ?? ''), address, ttl: resolver.parameter(address > 0 ? 'dns.ttl' : 'dns.negative-ttl') },
        bytes: ANSWER_BYTES,
      });
    },
  },
});
