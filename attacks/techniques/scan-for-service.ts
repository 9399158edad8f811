import { SECOND } from '../../sim/kernel/time.ts';
import type { Distribution } from '../../sim/kernel/distributions.ts';
import { defineTechnique, type AttackContext, type AttackEvent } from '../../sim/model/technique.ts';
import { count, counted, numberArgument, numericFact, textArgument, PORT } from '../arguments.ts';
import { statusOf, TLS_PORT } from '../login.ts';
import { askForStation, learnStation, localPositions, ownHost, stationAddress } from '../positions.ts';

/**
 * Looks for a device's administration page, over one of three paths: through the home's WAN address and a port map,
 * straight over IPv6, or from inside the home. Found means that something answered there, be it with a refusal.
 */

const UNAUTHORISED = 401;
/** Application bytes of a request for a page. */
const PROBE_BYTES = 250;
/** Ports whose scan rate has been measured; others share one assumption. */
const MEASURED_PORTS = [80, 443, 8080];

function waitFor(attack: AttackContext): Distribution {
  const path = textArgument(attack, 'path', 'port-map');
  if (path === 'lan') return attack.distribution('attack.scan.lan');
  if (path === 'ipv6') return attack.distribution('attack.scan.ipv6');
  const port = numberArgument(attack, 'port', 8080);
  return attack.distribution(MEASURED_PORTS.includes(port) ? `attack.scan.port-${port}` : 'attack.scan.port-other');
}

function again(attack: AttackContext, reason: string): void {
  const tries = count(attack, 'tries');
  if (tries >= attack.parameter('attack.scan.tries')) attack.fail(reason);
  else attack.afterRandom(waitFor(attack), 'scan', tries, 'scan');
}

function probe(attack: AttackContext, from: string, address: number): void {
  const port = numberArgument(attack, 'port', 8080);
  attack.memory['from'] = from;
  attack.memory['address'] = address;
  const id = attack.request(from, {
    to: address,
    port,
    transport: 'tcp',
    tls: port === TLS_PORT,
    kind: 'admin-read',
    body: { token: '', name: 'model' },
    bytes: PROBE_BYTES,
    n: counted(attack, 'tries'),
  });
  if (id === 0) attack.fail('a probe cannot be sent from there');
}

function probeFromInside(attack: AttackContext): void {
  const device = textArgument(attack, 'on');
  for (const position of localPositions(attack)) {
    const address = stationAddress(attack, position, device);
    if (address !== 0) return probe(attack, position.id, address);
    attack.listen(position.id, false);
    askForStation(attack, position, device);
  }
  if (localPositions(attack).length === 0) attack.fail('no position inside the home');
  else attack.after(Math.round(attack.parameter('attack.lan.answer-wait') * SECOND), 'look');
}

function found(attack: AttackContext, event: AttackEvent): void {
  const device = textArgument(attack, 'on');
  attack.learn(`address:${device}`, event.frame?.src ?? Number(attack.memory['address']));
  attack.learn(`port:${device}`, numberArgument(attack, 'port', 8080));
  attack.learn(`from:${device}`, String(attack.memory['from']));
  attack.succeed();
}

export const scanForService = defineTechnique({
  id: 'scan-for-service',
  title: 'Looks for an administration page that answers',
  args: { on: { type: 'device', needed: true }, path: { type: 'word', choices: ['port-map', 'ipv6', 'lan'] }, port: PORT },
  attack: ['T1046'],
  start: (attack) => {
    if (attack.position(textArgument(attack, 'on')) !== null) attack.succeed();
    else attack.afterRandom(waitFor(attack), 'scan', 0, 'scan');
  },
  on: {
    scan: (attack) => {
      const path = textArgument(attack, 'path', 'port-map');
      if (path === 'lan') return probeFromInside(attack);
      const host = ownHost(attack);
      const address = numericFact(attack, path === 'ipv6' ? `address6:${textArgument(attack, 'on')}` : 'address:home');
      if (host === null || address === 0) attack.fail(`no address is known for the path ${path}`);
      else probe(attack, host.id, address);
    },
    look: (attack) => {
      const device = textArgument(attack, 'on');
      for (const position of localPositions(attack)) {
        const address = stationAddress(attack, position, device);
        if (address !== 0) return probe(attack, position.id, address);
      }
      again(attack, `no station answers to the name ${device}`);
    },
    frame: (attack, event) => learnStation(attack, event),
    reply: (attack, event) => found(attack, event),
    refused: (attack, event) => {
      if (statusOf(event) === UNAUTHORISED) found(attack, event);
      else again(attack, 'the page is closed to this side');
    },
    failed: (attack) => again(attack, 'nothing answers there'),
  },
});
