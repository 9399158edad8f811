import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import type { RunResult, StepResult } from '../../sim/model/result.ts';
import { loadHome, loadLibrary, resolve, type Choices, type SourceReader } from '../../sim/scenario/index.ts';
import { run } from '../../sim/world/run.ts';

/**
 * Threat events in whole worlds. All runs have fixed seeds, so that these are facts about this version and not
 * estimates; where a share is asked for, the true share is far from the bound (see the study of the five events).
 */
const reader: SourceReader = {
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  list: (folder) => (existsSync(folder) ? readdirSync(folder).filter((name) => statSync(`${folder}/${name}`).isFile()) : []),
};
const library = loadLibrary(reader, catalogue);
const EXCEPTIONS = 'scenarios/homes/exceptions';
const home = (path: string) => loadHome(path, reader, catalogue);
const reference = home('scenarios/homes/reference.yaml');

const attack = (threat: string, choices: Partial<Choices> = {}, replication = 0, where = reference): RunResult =>
  run(resolve(where, { threat, mitigations: 'none', course: 'deteriorating', ...choices }, library, catalogue), catalogue, {
    seed: 1,
    replication,
  });
const REPLICATIONS = 4;
/** A day of the reference home takes about half a second; slow machines are given their time. */
const PATIENCE = 120_000;
const shares = new Map<string, number>();
/** Share of successes; each arm is run once for all tests. */
function share(threat: string, mitigations: string): number {
  const arm = `${threat}/${mitigations}`;
  if (!shares.has(arm)) {
    let succeeded = 0;
    for (let replication = 0; replication < REPLICATIONS; replication++)
      if (attack(threat, { mitigations }, replication).threat!.succeeded) succeeded++;
    shares.set(arm, succeeded / REPLICATIONS);
  }
  return shares.get(arm)!;
}

/** The step at which the attack came to its end: of those begun that did not succeed, the farthest along its road. */
function stop({ threat }: RunResult): StepResult {
  const roads = library.threats.get(threat!.id)!.alternatives.flatMap((road) => road.map((_, index) => index));
  const stopped = threat!.steps
    .map((step, i) => ({ step, index: roads[i]! }))
    .filter(({ step }) => step.status === 'blocked' || step.status === 'failed');
  return stopped.reduce((farthest, one) => (one.index > farthest.index ? one : farthest)).step;
}

const threats = [...library.threats.keys()];

describe('without any protection', { timeout: PATIENCE }, () => {
  it.each(threats)('%s reaches its goal in at least three of ten homes', (threat) => {
    expect(share(threat, 'none')).toBeGreaterThanOrEqual(0.3);
  });
});

describe('with the recommended mitigations', { timeout: PATIENCE }, () => {
  it.each(threats)('%s succeeds at most half as often, and says what stopped it', (threat) => {
    expect(share(threat, 'recommended')).toBeLessThanOrEqual(share(threat, 'none') / 2);
    const result = attack(threat, { mitigations: 'recommended' });
    if (!result.threat!.succeeded) expect(stop(result).blockedBy).not.toBeNull();
  });
});

describe('with a present-day programme', { timeout: PATIENCE }, () => {
  it.each([
    ['te1-voice-eavesdrop', 'join-wifi', { device: 'router', fact: 'wifi.passphrase: the passphrase of private is not the one tried' }],
    ['te2-reading-tamper', 'rewrite-observation', { device: 'hub', fact: 'certificate is not valid for platform.example' }],
    ['te4-voice-command', 'rewrite-order', { device: 'ehr', fact: expect.stringContaining('not on the medication list') as string }],
    ['te5-router-to-hospital', 'router-admin-default', { device: 'router', fact: 'firmware signature missing or wrong' }],
  ])('%s ends at %s, and says at what', (threat, technique, blockedBy) => {
    const result = attack(threat, { mitigations: 'typical' });
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({ technique, status: 'blocked', blockedBy });
  });

  it('te3-uplink-flood gets in: nothing in it keeps a camera from being found, logged in to and used', () => {
    const result = attack('te3-uplink-flood', { mitigations: 'typical' });
    expect(result.threat!.steps.slice(0, 4).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
  });
});

describe('an edit of the home alone decides', { timeout: PATIENCE }, () => {
  const edited = (threat: string, edit: string) => attack(threat, { set: [edit] });

  it('camera on the guest segment: its forged answers do not reach the kit', () => {
    const result = edited('te2-reading-tamper', 'devices.camera.on=guest');
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({
      technique: 'arp-in-the-middle',
      blockedBy: { device: 'hub', fact: expect.stringContaining('not on segment guest') as string },
    });
  });

  it('hub on LTE: there is nobody to get between', () => {
    const result = edited('te2-reading-tamper', 'devices.hub.on=lte');
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({ technique: 'arp-in-the-middle', blockedBy: { device: 'hub' } });
  });

  it('speaker switched off: no station to get between', () => {
    const result = edited('te1-voice-eavesdrop', 'devices.speaker.power=off');
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({ technique: 'arp-in-the-middle', blockedBy: { device: 'speaker', fact: 'switched off' } });
  });

  it('neighbour out of range: no access point can be heard', () => {
    const result = edited('te1-voice-eavesdrop', 'adversary.in-range=false');
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({ technique: 'join-wifi', blockedBy: { fact: expect.stringContaining('range') as string } });
  });

  it('skill conversation over TLS: on path, and nothing to read', () => {
    const result = edited('te1-voice-eavesdrop', 'devices.speaker.settings.skill-transport=tls');
    expect(result.threat!.succeeded).toBe(false);
    expect(stop(result)).toMatchObject({
      technique: 'overhear-conversation',
      blockedBy: { device: 'speaker', fact: expect.stringContaining('encrypted') as string },
    });
  });
});

describe('a mitigation is on and the attack succeeds all the same', { timeout: PATIENCE }, () => {
  it.each([
    ['camera-on-medical-ssid', 'te2-reading-tamper'],
    ['ipv6-path-open', 'te2-reading-tamper'],
    ['stolen-valid-token', 'te5-router-to-hospital'],
    ['inside-despite-router-password', 'te5-router-to-hospital'],
    ['tls-without-verification', 'te2-reading-tamper'],
    ['vpn-secret-on-the-wire', 'te5-router-to-hospital'],
    ['read-back-through-the-skill', 'te4-voice-command'],
    ['plausible-lies', 'te2-reading-tamper'],
  ])('%s: %s', (name, threat) => {
    const where = home(`${EXCEPTIONS}/${name}.yaml`);
    expect(attack(threat, { mitigations: null }, 0, where).threat!.succeeded).toBe(true);
  });

  it('every exception is listed here', () => {
    expect(readdirSync(EXCEPTIONS)).toHaveLength(8);
  });
});
