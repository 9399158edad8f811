import { MINUTE } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext, type DeviceEvent } from '../../sim/model/device.ts';
import type { Body, BodyValue } from '../../sim/model/message.ts';
import { choice, flag, deviceIds, listed } from '../../sim/model/settings.ts';
import { hostOf } from '../peers.ts';
import { edgePolicy } from './edge-policy.ts';
import { certificateOf, CLIENT_FIELD, HTTP, HTTPS, PORTAL_ANSWERS, vpnSecret } from './portal-protocol.ts';
import { recall, remember, statusOf, type Waiting } from './relay.ts';

/**
 * The hospital's edge: firewall between the internet and the hospital's zones, and broker in front of the portal.
 * Clients of the portal always address the edge; how much it asks of them before it relays is the setting `access`.
 */
export interface EdgeMemory extends Waiting {
  /** Where each portal token was first seen from, newest last; and which (token, address) pairs were reported. */
  seen: { token: string; peer: number }[];
  reported: string[];
  alerts: number;
}

type Edge = DeviceContext<EdgeMemory>;

/** Syslog over TLS (RFC 5425). */
const SYSLOG_PORT = 6514;
/** Application bytes of a relayed request and of a syslog line. */
const RELAY_BYTES = 300;
const SYSLOG_BYTES = 300;
/** Bytes of a page without its own content. */
const PAGE_BYTES = 500;
const FORBIDDEN = 403;
const UPGRADE_REQUIRED = 426;

const answers = Object.values(PORTAL_ANSWERS);
const failures = Object.keys(PORTAL_ANSWERS).map((kind) => `${kind}-failed`);

/** Why a client may not come in, or null. */
function barred(edge: Edge, event: DeviceEvent): { fact: string; status: number } | null {
  const session = edge.session(event.message!);
  if (edge.setting<boolean>('require-tls') && !session.encrypted) return { fact: 'plain HTTP is not served', status: UPGRADE_REQUIRED };
  const access = edge.setting<string>('access');
  const enrolled = listed(edge.setting<string>('enrolled'));
  if (access === 'vpn' && !enrolled.some((device) => event.body?.['vpn'] === vpnSecret(device)))
    return { fact: 'VPN secret missing or wrong', status: FORBIDDEN };
  const client = certificateOf(session);
  if (access === 'ztna' && (client === null || !enrolled.includes(client)))
    return { fact: 'no certificate of an enrolled device', status: FORBIDDEN };
  return null;
}

/** A token that turns up from another address than before is reported once for each address. */
function watch(edge: Edge, event: DeviceEvent): void {
  const token = event.body?.['token'];
  if (!edge.setting<boolean>('monitor.sessions') || typeof token !== 'string') return;
  const peer = event.message!.src;
  const first = edge.memory.seen.find((entry) => entry.token === token);
  if (first === undefined || first.peer === peer) return;
  const pair = `${token} ${peer}`;
  if (edge.memory.reported.includes(pair)) return;
  edge.memory.reported.push(pair);
  edge.memory.alerts++;
  edge.alert('hospital-edge.sessions', [event.message!.id]);
  edge.request('alerts', {
    kind: 'alert-report',
    body: { sensor: 'hospital-edge.sessions', station: '', reason: 'token used from a new address', token },
    bytes: SYSLOG_BYTES,
    n: edge.memory.alerts,
  });
}

/** What the portal gets to read: all but the tunnel's secret, and whose certificate the client showed. */
function passedOn(given: Body, client: string | null): Body {
  const body: Record<string, BodyValue> = {};
  for (const name of Object.keys(given)) if (name !== 'vpn') body[name] = given[name]!;
  body[CLIENT_FIELD] = client;
  return body;
}

export const hospitalEdge = defineDevice<EdgeMemory>({
  kind: 'hospital-edge',
  title: 'Hospital edge: firewall, VPN or zero-trust broker in front of the portal',
  family: 'hospital',
  roles: ['server', 'hospital', 'edge'],
  settings: {
    access: choice(
      'open',
      ['open', 'vpn', 'ztna'],
      'What the broker asks of the portal’s clients: nothing, the VPN profile’s secret, or the certificate of an enrolled device.',
    ),
    'require-tls': flag(false, 'Requests that did not come over TLS are not relayed.'),
    segmentation: choice('flat', ['flat', 'zones'], 'The hospital’s zones reach each other freely, or only where care needs it.'),
    portal: deviceIds({ kind: 'portal' }, 'Portal that it stands before: the first.'),
    operations: deviceIds({ kind: 'soc' }, 'Operations centre that it reports to: the first.'),
    platform: deviceIds({ kind: 'telehealth-platform' }, 'Telehealth platforms that may reach records and nurses.'),
    records: deviceIds({ kind: 'ehr' }, 'Record systems that these may reach.'),
    panel: deviceIds({ kind: 'nurse-panel' }, 'Nurses’ desks that these may reach.'),
    enrolled: deviceIds({ kind: 'hah-tablet' }, 'Devices with a VPN profile or certificate of the hospital, separated by commas.'),
    'monitor.sessions': flag(false, 'Reports a portal token that is used from a new address.'),
  },
  memory: () => ({ waiting: {}, seen: [], reported: [], alerts: 0 }),
  forwards: true,
  listens: [HTTPS, HTTP],
  channels: {
    portal: (edge) => ({
      host: hostOf(edge, 'portal'),
      port: HTTPS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: edge.id,
      keepOpen: MINUTE,
    }),
    alerts: (edge) => ({
      host: hostOf(edge, 'operations'),
      port: SYSLOG_PORT,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'none',
      credential: null,
      keepOpen: 0,
    }),
  },
  serves: Object.keys(PORTAL_ANSWERS),
  machine: {
    initial: 'serving',
    states: {
      serving: {
        entry: ['install'],
        on: {
          ...Object.fromEntries(Object.keys(PORTAL_ANSWERS).map((kind) => [kind, { actions: ['relay'] }])),
          ...Object.fromEntries(answers.map((kind) => [kind, { actions: ['passBack'] }])),
          ...Object.fromEntries(failures.map((kind) => [kind, { actions: ['passRefusal'] }])),
        },
      },
    },
  },
  effects: {
    install: (edge) => edge.installPolicy(edgePolicy((name) => edge.setting(name))),
    relay: (edge, event) => {
      const message = event.message!;
      const bar = barred(edge, event);
      if (bar !== null) return edge.refuse(message, bar.fact, bar.status);
      watch(edge, event);
      // Overwrites whatever the client may have said about itself.
      const client = certificateOf(edge.session(message));
      edge.request('portal', {
        kind: event.type,
        body: passedOn(event.body ?? {}, client),
        bytes: RELAY_BYTES,
        n: remember(edge, event.type, message, event.n),
        cause: message,
      });
    },
    passBack: (edge, event) => {
      const kind = Object.keys(PORTAL_ANSWERS).find((request) => PORTAL_ANSWERS[request as keyof typeof PORTAL_ANSWERS] === event.type)!;
      const message = recall(edge, kind, event.n);
      if (message === null) return;
      const token = event.body?.['token'];
      if (event.type === PORTAL_ANSWERS['session-open'] && typeof token === 'string') {
        edge.memory.seen.push({ token, peer: message.src });
        if (edge.memory.seen.length > edge.parameter('edge.remembered-tokens')) edge.memory.seen.shift();
      }
      edge.reply(message, {
        kind: event.type,
        body: event.body,
        bytes: PAGE_BYTES + Math.min(Number(event.body?.['phiBytes'] ?? 0), edge.parameter('ehr.page-bytes')),
        cause: event.message,
      });
    },
    passRefusal: (edge, event) => {
      const message = recall(edge, event.type.slice(0, -'-failed'.length), event.n);
      if (message === null) return;
      const reason = event.body?.['reason'];
      edge.refuse(
        message,
        String(event.body?.['fact'] ?? (reason === 'refused' ? 'refused by the portal' : 'portal does not answer')),
        statusOf(reason, event.body?.['status']),
      );
    },
  },
});
