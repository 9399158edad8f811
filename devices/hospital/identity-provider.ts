import { SECOND, type Micros } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext, type DeviceEvent } from '../../sim/model/device.ts';
import { choice, flag, deviceIds, listed } from '../../sim/model/settings.ts';
import { CLIENT_FIELD, goodPassword, HTTPS, portalPassword } from './portal-protocol.ts';

/**
 * The hospital's identity provider: says whether a patient's session may open. It believes a password, a one-time
 * password on top of it, or the certificate of a device that the hospital enrolled and that the session really showed.
 */
export interface IdpMemory {
  /** One-time passwords that each patient used, until their step is over: none is good twice (RFC 6238, 5.2). */
  usedCodes: Record<string, string[]>;
  failures: Record<string, number>;
  lockedUntil: Record<string, Micros>;
}

const UNAUTHORISED = 401;
const FORBIDDEN = 403;
const TOO_MANY = 429;
/** Application bytes of its verdict. */
const VERDICT_BYTES = 300;

/** A wrong password or code: too many in a row close the account for a while. */
function countFailure(idp: DeviceContext<IdpMemory>, patient: string): void {
  const failures = (idp.memory.failures[patient] ?? 0) + 1;
  idp.memory.failures[patient] = failures;
  if (failures < idp.parameter('idp.login-attempts')) return;
  idp.memory.failures[patient] = 0;
  idp.memory.lockedUntil[patient] = idp.now + Math.round(idp.parameter('idp.login-lockout') * SECOND);
}

/** Why a claim is not believed, with the HTTP status; null when it is. */
function doubt(idp: DeviceContext<IdpMemory>, event: DeviceEvent): { fact: string; status: number } | null {
  const body = event.body ?? {};
  const patient = String(body['patient'] ?? '');
  if (!listed(idp.setting<string>('patients')).includes(patient)) return { fact: 'no such patient', status: FORBIDDEN };
  const client = body[CLIENT_FIELD];
  const enrolled = typeof client === 'string' && listed(idp.setting<string>('enrolled')).includes(client);
  if (typeof body['certificate'] === 'string')
    return enrolled && client === body['certificate'] ? null : { fact: 'certificate was not shown in the session', status: FORBIDDEN };

  if (idp.setting<boolean>('login-rate-limit') && idp.now < (idp.memory.lockedUntil[patient] ?? 0))
    return { fact: 'login rate limit', status: TOO_MANY };
  if (body['password'] !== portalPassword(patient)) {
    countFailure(idp, patient);
    return { fact: 'password wrong', status: FORBIDDEN };
  }
  const mfa = idp.setting<string>('mfa');
  if (mfa === 'phishing-resistant' && !enrolled) return { fact: 'no phishing-resistant factor', status: FORBIDDEN };
  if (mfa === 'otp') {
    const code = body['otp'];
    // 401: the client may ask the person for a code and come again. Only a code that was given can be a guess.
    if (!goodPassword(code, patient, idp.now)) {
      if (typeof code === 'string') countFailure(idp, patient);
      return { fact: 'one-time password missing or wrong', status: UNAUTHORISED };
    }
    const used = (idp.memory.usedCodes[patient] ?? []).filter((one) => goodPassword(one, patient, idp.now));
    if (used.includes(String(code))) return { fact: 'one-time password was used already', status: UNAUTHORISED };
    idp.memory.usedCodes[patient] = [...used, String(code)];
  }
  idp.memory.failures[patient] = 0;
  return null;
}

export const identityProvider = defineDevice<IdpMemory>({
  kind: 'identity-provider',
  title: 'Hospital identity provider: passwords, one-time passwords, device certificates',
  family: 'hospital',
  roles: ['server', 'hospital'],
  settings: {
    mfa: choice(
      'none',
      ['none', 'otp', 'phishing-resistant'],
      'What a password needs beside it: nothing, a one-time password, or the certificate of an enrolled device.',
    ),
    'login-rate-limit': flag(false, 'Wrong passwords and one-time passwords lock the account for a while.'),
    patients: deviceIds({ kind: 'patient' }, 'Patients with an account, separated by commas.'),
    enrolled: deviceIds({ kind: 'hah-tablet' }, 'Devices whose certificates the hospital issued, separated by commas.'),
  },
  memory: () => ({ usedCodes: {}, failures: {}, lockedUntil: {} }),
  listens: [HTTPS],
  serves: ['authenticate'],
  machine: { initial: 'serving', states: { serving: { on: { authenticate: { actions: ['decide'] } } } } },
  effects: {
    decide: (idp, event) => {
      const reason = doubt(idp, event);
      if (reason !== null) return idp.refuse(event.message!, reason.fact, reason.status);
      idp.reply(event.message!, {
        kind: 'authenticated',
        body: { patient: event.body?.['patient'] ?? '', [CLIENT_FIELD]: event.body?.[CLIENT_FIELD] ?? null },
        bytes: VERDICT_BYTES,
      });
    },
  },
});
