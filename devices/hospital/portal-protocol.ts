import type { SessionView } from '../../sim/model/device.ts';

/**
 * What the kit at home and the hospital agree on before the first byte: the names of the portal's answers, and how a
 * one-time password follows from the time.
 */

/** Password that the hospital gave the patient for the portal. A secret on the wire like any other: who reads it has it. */
export const portalPassword = (patient: string): string => `portal-secret-of-${patient}`;
/** Secret of the VPN profile that the hospital installed on a device. */
export const vpnSecret = (device: string): string => `vpn-profile-of-${device}`;

/** Port of every hospital service over TLS, and of the portal's plain one (HTTP). */
export const HTTPS = 443;
export const HTTP = 80;

/**
 * Requests of the portal and the kind that answers each. Clients send them to the hospital's edge; the edge relays.
 * - `session-open` { patient, password | certificate, otp?, vpn? } → `session-opened` { token, minutes }
 * - `care-plan` { token, vpn? } → `care-plan-page` { phiRecords, phiBytes, individuals }
 * - `records` { token, scope: 'own' | 'panel', vpn? } → `records-page` { records, phiRecords, phiBytes, individuals }
 * A refusal is `<kind>-failed` { reason: 'refused', status }; 401 means: open a new session.
 */
export const PORTAL_ANSWERS = {
  'session-open': 'session-opened',
  'care-plan': 'care-plan-page',
  records: 'records-page',
} as const;

/** One-time passwords change every 30 s (RFC 6238, default time step). */
const OTP_STEP_MICROS = 30_000_000;
/** Six digits (RFC 6238, usual length). */
const OTP_VALUES = 1_000_000;

/** Is this a code of now or, for a patient who types slowly, of the step before (RFC 6238, 5.2: one step of delay)? */
export const goodPassword = (code: unknown, patient: string, now: number): boolean =>
  code === oneTimePassword(patient, now) || (now >= OTP_STEP_MICROS && code === oneTimePassword(patient, now - OTP_STEP_MICROS));

/** One-time password of a patient's authenticator at an instant (µs): good during its 30 s step. */
export function oneTimePassword(patient: string, now: number): string {
  let hash = Math.imul(Math.floor(now / OTP_STEP_MICROS) + 1, 0x9e3779b1);
  for (let i = 0; i < patient.length; i++) hash = Math.imul(hash ^ patient.charCodeAt(i), 0x85ebca6b);
  hash ^= hash >>> 15;
  return `otp-${(hash >>> 0) % OTP_VALUES}`;
}

/** The edge speaks to the portal as itself and states whose certificate its own client showed. */
export const CLIENT_FIELD = 'client';

/** Whose certificate a session showed, or null. There is none outside TLS, whatever a plain request says about itself. */
export const certificateOf = (session: SessionView): string | null =>
  session.encrypted && session.clientAuth === 'certificate' ? session.credential : null;
