import { describe, expect, it } from 'vitest';
import { identityProvider } from '../../../devices/hospital/identity-provider.ts';
import { goodPassword, oneTimePassword, portalPassword } from '../../../devices/hospital/portal-protocol.ts';
import { SECOND } from '../../../sim/kernel/time.ts';
import type { Body } from '../../../sim/model/message.ts';
import { FakeDevice, tell, type Start } from '../network/fake-device.ts';

const make = (start: Start = {}): FakeDevice => new FakeDevice(identityProvider, { id: 'idp', ...start });
const right: Body = { patient: 'patient', password: portalPassword('patient') };
/** The verdict: 'ok' or the fact that spoke against it. */
function verdict(idp: FakeDevice, body: Body): string {
  const id = idp.tell('authenticate', { from: 'portal', body });
  const answer = idp.sent.at(-1)!;
  expect(answer.n).toBe(id);
  return answer.what === 'reply' ? 'ok' : answer.kind;
}

describe('identity provider', () => {
  tell(identityProvider, {
    'believes the patient’s password and no other': (begin) => {
      const idp = begin();
      expect(verdict(idp, right)).toBe('ok');
      expect(verdict(idp, { ...right, password: 'guess' })).toBe('password wrong');
      expect(verdict(idp, { ...right, patient: 'stranger' })).toBe('no such patient');
    },
  });

  it('believes a certificate only when the session showed it and the hospital issued it', () => {
    const idp = make();
    expect(verdict(idp, { patient: 'patient', certificate: 'hub', client: 'hub' })).toBe('ok');
    expect(verdict(idp, { patient: 'patient', certificate: 'hub', client: null })).toBe('certificate was not shown in the session');
    expect(verdict(idp, { patient: 'patient', certificate: 'camera', client: 'camera' })).toBe('certificate was not shown in the session');
    expect(verdict(idp, { patient: 'patient', certificate: 'hub', client: 'camera' })).toBe('certificate was not shown in the session');
  });

  it('with one-time passwords, wants a fresh one and takes it once', () => {
    const idp = make({ settings: { mfa: 'otp' } });
    idp.now = 95 * SECOND;
    expect(verdict(idp, right)).toBe('one-time password missing or wrong');
    expect(idp.last('refuse').status).toBe(401);
    const otp = oneTimePassword('patient', idp.now);
    expect(verdict(idp, { ...right, otp })).toBe('ok');
    expect(verdict(idp, { ...right, otp })).toBe('one-time password was used already');
    expect(verdict(idp, { ...right, otp: oneTimePassword('patient', 0) })).toBe('one-time password missing or wrong');
    expect(verdict(idp, { patient: 'patient', password: 'guess', otp: oneTimePassword('patient', 65 * SECOND) })).toBe('password wrong');
  });

  it('takes no code twice while its step lasts, whatever came between', () => {
    const idp = make({ settings: { mfa: 'otp' } });
    idp.now = 95 * SECOND;
    const [before, now] = [65 * SECOND, 95 * SECOND].map((at) => oneTimePassword('patient', at));
    expect(verdict(idp, { ...right, otp: before! })).toBe('ok');
    expect(verdict(idp, { ...right, otp: now! })).toBe('ok');
    expect(verdict(idp, { ...right, otp: before! })).toBe('one-time password was used already');
    idp.now = 400 * SECOND;
    expect(verdict(idp, { ...right, otp: oneTimePassword('patient', idp.now) })).toBe('ok');
    expect(idp.memory.usedCodes['patient']).toHaveLength(1);
  });

  it('locks an account after wrong codes too, when told so; asking for one is no guess', () => {
    const strict = make({ settings: { mfa: 'otp', 'login-rate-limit': true } });
    for (let i = 0; i < 10; i++) verdict(strict, right);
    expect(verdict(strict, { ...right, otp: oneTimePassword('patient', strict.now) })).toBe('ok');
    strict.now += 60 * SECOND;
    // The right password in between does not make guesses undone.
    for (let i = 0; i < 5; i++) {
      expect(verdict(strict, { ...right, otp: `otp-guess-${i}` })).toBe('one-time password missing or wrong');
      if (i < 4) verdict(strict, right);
    }
    expect(verdict(strict, { ...right, otp: oneTimePassword('patient', strict.now) })).toBe('login rate limit');
    const lax = make({ settings: { mfa: 'otp' } });
    for (let i = 0; i < 5; i++) verdict(lax, { ...right, otp: `otp-guess-${i}` });
    expect(verdict(lax, { ...right, otp: oneTimePassword('patient', lax.now) })).toBe('ok');
  });

  it('takes a code of the step before, for people who type slowly, and no older one', () => {
    const at = 300 * SECOND;
    expect(goodPassword(oneTimePassword('patient', at), 'patient', at + 29 * SECOND)).toBe(true);
    expect(goodPassword(oneTimePassword('patient', at), 'patient', at + 59 * SECOND)).toBe(true);
    expect(goodPassword(oneTimePassword('patient', at), 'patient', at + 60 * SECOND)).toBe(false);
    expect(oneTimePassword('patient', at)).not.toBe(oneTimePassword('other', at));
  });

  it('with a phishing-resistant factor, a stolen password alone opens nothing', () => {
    const idp = make({ settings: { mfa: 'phishing-resistant' } });
    expect(verdict(idp, right)).toBe('no phishing-resistant factor');
    expect(verdict(idp, { ...right, otp: oneTimePassword('patient', 0) })).toBe('no phishing-resistant factor');
    expect(verdict(idp, { ...right, client: 'hub' })).toBe('ok');
  });

  it('locks an account after wrong passwords, when told so, and opens it again', () => {
    const guess = (idp: FakeDevice): void => {
      for (let i = 0; i < 5; i++) verdict(idp, { ...right, password: 'guess' });
    };
    const strict = make({ settings: { 'login-rate-limit': true } });
    guess(strict);
    expect(verdict(strict, right)).toBe('login rate limit');
    strict.now += 900 * SECOND;
    expect(verdict(strict, right)).toBe('ok');
    const lax = make({ settings: { 'login-rate-limit': false } });
    guess(lax);
    expect(verdict(lax, right)).toBe('ok');
  });
});
