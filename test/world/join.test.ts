import { describe, expect, it } from 'vitest';
import { SECOND } from '../../sim/kernel/time.ts';
import type { RunResult } from '../../sim/model/result.ts';
import type { AttackContext } from '../../sim/model/technique.ts';
import { run } from '../../sim/world/run.ts';
import { access, bench, CORE, LINE, table, WIFI, type Layout } from '../network/bench.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const PASSPHRASE = 'strong-private';
/** A failure that begins and ends at these seconds. */
const failure = (of: 'power' | 'link', on: string, from: number, to: number) =>
  ({ of, on, fromHours: from / 3600, minutes: (to - from) / 60 }) as const;

/** A radio that tries to join at these seconds: what it hears, and where it stands then. */
function joining(at: readonly number[], failures: Layout['failures'] = [], passphrase = PASSPHRASE) {
  const heard: string[] = [];
  const note = (attack: AttackContext, what: string): void => {
    const { segment } = attack.position('neighbour')!;
    heard.push(`${what} at ${Math.floor(attack.now / SECOND)} s, on ${segment ?? 'none'}`);
  };
  const world = bench({
    segments: [WIFI, LINE, CORE],
    parts: access(table()),
    radio: true,
    failures,
    technique: {
      start: (attack) => at.forEach((seconds) => attack.after(seconds * SECOND, 'join')),
      on: {
        join: (attack) => void attack.join('neighbour', 'private', passphrase),
        joined: (attack) => note(attack, 'joined'),
        refused: (attack) => note(attack, 'refused'),
        failed: (attack) => note(attack, 'failed'),
      },
    },
  }).run(1000);
  return { heard, sent: world.sent('wifi-join').length };
}

describe('a radio that joins', () => {
  it('is on the network once it has an address there', () => {
    expect(joining([20])).toEqual({ heard: ['joined at 20 s, on private'], sent: 1 });
  });

  it.each([
    ['an access point that is switched off', failure('power', 'router', 10, 100)],
    ['a network whose radio is down', failure('link', 'private', 10, 100)],
  ])('hears nothing of %s, and joins it when it is back', (_, fails) => {
    expect(joining([20, 120], [fails])).toEqual({ heard: ['failed at 30 s, on none', 'joined at 120 s, on private'], sent: 1 });
  });

  it('learns from neither whether the passphrase is right', () => {
    for (const fails of [failure('power', 'router', 10, 100), failure('link', 'private', 10, 100)])
      expect(joining([20, 120], [fails], 'guessed').heard).toEqual(['failed at 30 s, on none', 'refused at 122 s, on none']);
  });

  it('gives up when it has asked for an address in vain, and may try again', () => {
    // Switched off after the passphrase was accepted; asks for 4, 8, 16, 32 and 64 s.
    const fails = failure('power', 'router', 20.001, 400);
    expect(joining([20, 500], [fails]).heard).toEqual(['failed at 144 s, on none', 'joined at 500 s, on private']);
  });
});

describe('the neighbour of the reference home', { timeout: 60_000 }, () => {
  const played = (mitigations: string | string[], failures: Layout['failures']): RunResult =>
    run({ ...worldOf('te1-voice-eavesdrop', mitigations, { hours: 6 }), failures: failures! }, catalogue, { seed: 5, replication: 0 });

  it('does not wait for ever for an access point that was switched off for an hour', () => {
    for (const of of ['power', 'link'] as const) {
      const { steps } = played('none', [{ of, on: of === 'power' ? 'router' : 'private', fromHours: 1.1, minutes: 60 }]).threat!;
      expect(steps[0]).toMatchObject({ technique: 'join-wifi', status: 'failed', blockedBy: { device: 'router' } });
      expect(steps.filter(({ status }) => status !== 'skipped').length).toBeGreaterThan(1);
    }
  });

  it('is not refused by one that is switched off', () => {
    const [join] = played(['wifi-strong'], [{ of: 'power', on: 'router', fromHours: 0.1, minutes: 1400 }]).threat!.steps;
    expect(join).toMatchObject({ technique: 'join-wifi', status: 'failed', blockedBy: { device: 'router', fact: 'switched off' } });
  });
});
