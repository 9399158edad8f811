import { describe, expect, it } from 'vitest';
import type { StepResult } from '../../sim/model/result.ts';
import type { AttackContext, Technique } from '../../sim/model/technique.ts';
import { run } from '../../sim/world/run.ts';
import { access, bench, client, CORE, LINE, server, WIFI, type Layout } from '../network/bench.ts';
import { catalogue, worldOf } from '../support/worlds.ts';

const FACT = 'the session is encrypted (TLS): its content cannot be read or altered';
const REASON = 'nothing could be read';

/** A step on the router that gives up after ten minutes. A TV has a session under TLS with `server`; with a kit, so has that with `wanted`. */
function failing(technique: Partial<Technique>, args: Layout['args'], kit = false): StepResult {
  const secret = { tls: true, port: 443 };
  const { world } = bench({
    segments: [WIFI, LINE, CORE],
    parts: {
      ...access(),
      tv: client([10, 20], [], secret),
      kit: client(kit ? [30] : [], [], { ...secret, host: 'wanted.example' }),
      server: server(),
      wanted: server(),
    },
    inside: ['router'],
    args: args ?? {},
    technique: {
      start: (attack: AttackContext) => {
        attack.listen('router', false);
        attack.after(600_000_000, 'over');
      },
      on: {
        frame: (attack: AttackContext, { frame }) => frame!.held && attack.forward(frame!),
        over: (attack: AttackContext) => attack.fail(REASON),
      },
      ...technique,
    },
  }).run();
  return world.result().threat!.steps[0]!;
}

describe('a session that cannot be read', () => {
  const wants = () => ['wanted'];
  it.each([
    ['by what the technique says that it is after', { wants }, {}],
    ['by an argument', {}, { from: 'wanted' }],
    ['by one of several in an argument', {}, { between: ['wanted', 'router'] }],
  ] as const)('stops a step that wants it, told %s, and no other does', (_, technique, args) => {
    expect(failing(technique, args, true)).toMatchObject({ status: 'blocked', blockedBy: { device: 'kit', fact: FACT } });
    expect(failing(technique, args)).toMatchObject({ status: 'failed', blockedBy: { device: 'network', fact: REASON } });
  });

  it('is a guess where nobody knows what the step wants: it failed, and was not stopped by that', () => {
    expect(failing({}, { what: 'spo2' })).toMatchObject({ status: 'failed', blockedBy: { device: 'tv', fact: FACT } });
  });
});

describe('in the reference home', () => {
  const lastOf = (threat: string, set: readonly string[]): StepResult => {
    const { threat: result } = run(worldOf(threat, 'none', { hours: 24, set }), catalogue, { seed: 1, replication: 0 });
    return result!.steps.find(({ status }) => status === 'failed' || status === 'blocked')!;
  };
  it('a speaker that is switched off is not explained by the camera’s session', () => {
    expect(lastOf('te1-voice-eavesdrop', ['adversary.inside=[router]', 'devices.speaker.power=false'])).toMatchObject({
      technique: 'overhear-conversation',
      status: 'failed',
      blockedBy: { device: 'skill-backend', fact: 'no conversation was heard' },
    });
  });
  it('nor is a kit that is switched off by the TV’s', () => {
    expect(lastOf('te5-router-to-hospital', ['devices.hub.power=false'])).toMatchObject({
      technique: 'portal-session-theft',
      status: 'failed',
      blockedBy: { device: 'hospital-edge', fact: 'no session with the portal could be read' },
    });
  });
});

it.each([
  ['rewrite-observation', { to: 'platform' }, 'platform'],
  ['overhear-conversation', { server: 'skill-backend' }, 'skill-backend'],
  ['overhear-conversation', { server: 'voice-cloud' }, 'voice-cloud'],
  ['portal-session-theft', { server: 'hospital-edge' }, 'hospital-edge'],
  ['portal-session-theft', { server: 'portal' }, 'portal'],
])('%s with %j is after sessions of %s', (id, args, device) => {
  expect(catalogue.techniques.get(id)!.wants!(args)).toEqual([device]);
});
