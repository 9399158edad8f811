import { MINUTE, type Micros } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext, type DeviceEvent } from '../../sim/model/device.ts';
import { choice, deviceIds, flag, quantity } from '../../sim/model/settings.ts';
import { hostOf, peer } from '../peers.ts';
import { certificateOf, CLIENT_FIELD, HTTP, HTTPS, PORTAL_ANSWERS } from './portal-protocol.ts';
import { recall, remember, statusOf, type Waiting } from './relay.ts';

/**
 * The hospital's patient portal and its API. A session is a token; the identity provider says who opens one, the
 * record system holds what is shown. How far a stolen token reaches is a matter of this model's settings.
 */
export interface PortalSession {
  readonly patient: string;
  /** Whose certificate opened it, or null. */
  readonly client: string | null;
  readonly until: Micros;
  /** Requests in the present window of the rate limit, and its start, µs. */
  used: number;
  since: Micros;
}
export interface PortalMemory extends Waiting {
  sessions: Record<string, PortalSession>;
  issued: number;
}

type Portal = DeviceContext<PortalMemory>;

const UNAUTHORISED = 401;
const FORBIDDEN = 403;
const TOO_MANY = 429;
/** Application bytes: a query to a server behind, a page without its content. */
const QUERY_BYTES = 300;
const PAGE_BYTES = 500;
/** Half a token: 32 random bits. */
const HALF = 4_294_967_296;

/** Whose certificate stands behind a request: the edge's word for its client, or the client's own session. */
function clientOf(portal: Portal, event: DeviceEvent): string | null {
  const shown = certificateOf(portal.session(event.message!));
  if (shown !== peer(portal, 'edge')) return shown;
  const stated = event.body?.[CLIENT_FIELD];
  return typeof stated === 'string' ? stated : null;
}

/** The session that a request's token stands for, or null after refusing. */
function admitted(portal: Portal, event: DeviceEvent): PortalSession | null {
  const token = event.body?.['token'];
  const session = typeof token === 'string' && Object.hasOwn(portal.memory.sessions, token) ? portal.memory.sessions[token]! : undefined;
  const no = (fact: string, status: number): null => {
    portal.refuse(event.message!, fact, status);
    return null;
  };
  if (session === undefined) return no('token unknown', UNAUTHORISED);
  if (portal.now >= session.until) {
    delete portal.memory.sessions[token as string];
    return no('token expired', UNAUTHORISED);
  }
  if (portal.setting('token-binding') === 'certificate' && (session.client === null || clientOf(portal, event) !== session.client))
    return no('token is bound to another device’s certificate', UNAUTHORISED);
  if (portal.setting<boolean>('rate-limit')) {
    if (portal.now - session.since >= MINUTE) {
      session.since = portal.now;
      session.used = 0;
    }
    session.used++;
    if (session.used > portal.parameter('portal.requests-per-minute')) return no('portal rate limit', TOO_MANY);
  }
  return session;
}

export const portal = defineDevice<PortalMemory>({
  kind: 'portal',
  title: 'Hospital portal and API: sessions, care plan, records',
  family: 'hospital',
  roles: ['server', 'hospital'],
  settings: {
    identity: deviceIds({ kind: 'identity-provider' }, 'Identity provider that says who opens a session: the first.'),
    records: deviceIds({ kind: 'ehr' }, 'Record system that holds what is shown: the first.'),
    edge: deviceIds({ kind: 'hospital-edge' }, 'Edge whose word for its clients’ certificates is taken: the first.'),
    operations: deviceIds({ kind: 'soc' }, 'Operations centre that may end sessions: the first.'),
    'token-binding': choice(
      'none',
      ['none', 'certificate'],
      'A token is good for whoever shows it, or only with the certificate that opened the session.',
    ),
    'token-lifetime': quantity(480, 'min', 1, 100_000, 'A token ends this long after it was issued.'),
    'session-scope': choice(
      'panel',
      ['own', 'panel'],
      'A session of the kit reaches its own patient’s records, or (over-broad service account) those of the whole panel.',
    ),
    'rate-limit': flag(false, 'More requests in a minute than a person makes are refused.'),
  },
  memory: () => ({ waiting: {}, sessions: {}, issued: 0 }),
  listens: [HTTPS, HTTP],
  channels: {
    identity: (device) => ({
      host: hostOf(device, 'identity'),
      port: HTTPS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: MINUTE,
    }),
    records: (device) => ({
      host: hostOf(device, 'records'),
      port: HTTPS,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'certificate',
      credential: device.id,
      keepOpen: MINUTE,
    }),
  },
  serves: ['session-open', 'care-plan', 'records', 'session-revoke'],
  machine: {
    initial: 'serving',
    states: {
      serving: {
        on: {
          'session-open': { actions: ['askIdentity'] },
          authenticated: { actions: ['issueToken'] },
          'authenticate-failed': { actions: ['passRefusal'] },
          'care-plan': { actions: ['showPlan'] },
          records: { actions: ['askRecords'] },
          'ehr-records-page': { actions: ['showRecords'] },
          'ehr-records-failed': { actions: ['passRefusal'] },
          'session-revoke': { actions: ['revoke'] },
        },
      },
    },
  },
  effects: {
    askIdentity: (device, event) => {
      const { patient = null, password = null, certificate = null, otp = null } = event.body ?? {};
      device.request('identity', {
        kind: 'authenticate',
        body: { patient, password, certificate, otp, [CLIENT_FIELD]: clientOf(device, event) },
        bytes: QUERY_BYTES,
        n: remember(device, 'authenticate', event.message!, event.n),
        cause: event.message,
      });
    },
    issueToken: (device, event) => {
      const message = recall(device, 'authenticate', event.n);
      if (message === null) return;
      const minutes = device.setting<number>('token-lifetime');
      device.memory.issued++;
      const half = (sub: number): string =>
        Math.floor(device.draw('token', device.memory.issued, sub) * HALF)
          .toString(16)
          .padStart(8, '0');
      const token = half(0) + half(1);
      const client = event.body?.[CLIENT_FIELD];
      device.memory.sessions[token] = {
        patient: String(event.body?.['patient'] ?? ''),
        client: typeof client === 'string' ? client : null,
        until: device.now + minutes * MINUTE,
        used: 0,
        since: device.now,
      };
      device.reply(message, { kind: PORTAL_ANSWERS['session-open'], body: { token, minutes }, bytes: PAGE_BYTES, cause: event.message });
    },
    passRefusal: (device, event) => {
      const message = recall(device, event.type.slice(0, -'-failed'.length), event.n);
      if (message === null) return;
      const reason = event.body?.['reason'];
      device.refuse(
        message,
        String(
          event.body?.['fact'] ??
            (reason === 'refused' ? 'refused by the server behind the portal' : 'server behind the portal does not answer'),
        ),
        statusOf(reason, event.body?.['status']),
      );
    },
    showPlan: (device, event) => {
      if (admitted(device, event) === null) return;
      const bytes = device.parameter('portal.care-plan-bytes');
      device.record('disclosure', { to: 'care-team', records: 1, bytes, individuals: 1 }, event.message);
      device.reply(event.message!, {
        kind: PORTAL_ANSWERS['care-plan'],
        body: { phiRecords: 1, phiBytes: bytes, individuals: 1 },
        bytes: PAGE_BYTES + bytes,
      });
    },
    askRecords: (device, event) => {
      const session = admitted(device, event);
      if (session === null) return;
      const scope = event.body?.['scope'] === 'panel' ? 'panel' : 'own';
      if (scope === 'panel' && device.setting('session-scope') === 'own')
        return device.refuse(event.message!, 'session scope is the own patient', FORBIDDEN);
      device.request('records', {
        kind: 'ehr-records',
        body: { patient: session.patient, scope },
        bytes: QUERY_BYTES,
        n: remember(device, 'ehr-records', event.message!, event.n),
        cause: event.message,
      });
    },
    showRecords: (device, event) => {
      const message = recall(device, 'ehr-records', event.n);
      if (message === null) return;
      const [records, bytes, individuals] = ['phiRecords', 'phiBytes', 'individuals'].map((field) => Number(event.body?.[field] ?? 0)) as [
        number,
        number,
        number,
      ];
      device.record('disclosure', { to: 'care-team', records, bytes, individuals }, message);
      device.reply(message, {
        kind: PORTAL_ANSWERS.records,
        body: { records, phiRecords: records, phiBytes: bytes, individuals },
        bytes: PAGE_BYTES + Math.min(bytes, device.parameter('ehr.page-bytes')),
        cause: event.message,
      });
    },
    revoke: (device, event) => {
      if (certificateOf(device.session(event.message!)) !== peer(device, 'operations'))
        return device.refuse(event.message!, 'only the operations centre ends sessions', FORBIDDEN);
      const token = String(event.body?.['token'] ?? '');
      const known = Object.hasOwn(device.memory.sessions, token);
      if (known) delete device.memory.sessions[token];
      device.reply(event.message!, { kind: 'session-revoked', body: { known }, bytes: PAGE_BYTES });
    },
  },
});
