import { MINUTE, SECOND } from '../../sim/kernel/time.ts';
import type { ChannelSpec, DeviceContext, Effect } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import { HTTP, HTTPS, portalPassword, vpnSecret } from '../hospital/portal-protocol.ts';
import { hostOf } from '../peers.ts';

/** What the hub remembers of its session with the hospital's portal. */
export interface PortalMemory {
  polls: number;
  token: string | null;
  /** When the care plan on the screen was fetched, µs; -1 = never. */
  planAt: number;
}
type Hub = DeviceContext<PortalMemory>;

const PATIENT = 'patient';
const REQUEST_BYTES = 200;
/** HTTP: not authorised. */
export const UNAUTHORISED = 401;
/** A session opened with a code has an odd number, so that a second refusal does not ask the patient again. */
export const CODE_NUMBERS = 2;

export function portalChannel(d: Hub): ChannelSpec {
  const tls = d.setting('portal-transport') === 'tls';
  const certificate = d.setting('portal-auth') === 'certificate';
  return {
    host: hostOf(d, 'edge'),
    port: tls ? HTTPS : HTTP,
    transport: 'tcp',
    tls,
    verifyServer: d.setting<boolean>('verify-certificates'),
    clientAuth: certificate ? 'certificate' : 'none',
    credential: certificate ? d.id : null,
    keepOpen: MINUTE,
  };
}

function openSession(d: Hub, n: number, code: string | null): void {
  const proof: Body = d.setting('portal-auth') === 'certificate' ? { certificate: d.id } : { password: portalPassword(PATIENT) };
  d.request('portal', {
    kind: 'session-open',
    body: { patient: PATIENT, vpn: vpnSecret(d.id), ...proof, ...(code === null ? {} : { otp: code }) },
    bytes: REQUEST_BYTES,
    n,
  });
}

function carePlan(d: Hub): void {
  if (d.memory.token === null) return;
  d.request('portal', {
    kind: 'care-plan',
    body: { token: d.memory.token, vpn: vpnSecret(d.id) },
    bytes: REQUEST_BYTES,
    n: d.memory.polls,
  });
}

/** A token while it lasts, and with it the care plan; a new session when the token is refused. */
export const portalEffects = {
  usePortal: (d, event) => {
    d.memory.polls = event.n;
    if (d.memory.token === null) openSession(d, event.n * CODE_NUMBERS, null);
    else carePlan(d);
    d.after(d.parameter('hub.portal-period') * SECOND, 'portal-time', event.n + 1);
  },
  keepToken: (d, event) => {
    const token = event.body?.['token'];
    d.memory.token = typeof token === 'string' ? token : null;
  },
  readCarePlan: (d) => carePlan(d),
  askForCode: (d) => {
    if (d.setting('portal-auth') === 'password') d.act(PATIENT, 'code-prompt', null, d.memory.polls);
  },
  openWithCode: (d, event) => {
    const code = event.body?.['code'];
    openSession(d, d.memory.polls * CODE_NUMBERS + 1, typeof code === 'string' ? code : null);
  },
  showCarePlan: (d) => {
    d.memory.planAt = d.now;
  },
  forgetToken: (d) => {
    d.memory.token = null;
  },
} satisfies Record<string, Effect<PortalMemory>>;
