import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Catalogue } from '../../sim/model/catalogue.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { defineTechnique, type AttackContext, type Technique } from '../../sim/model/technique.ts';
import { withoutAttack } from '../../sim/study/plan.ts';
import { runFamily, type Ended } from '../../sim/world/family.ts';
import { run, World } from '../../sim/world/run.ts';
import { catalogue, threats, worldOf } from '../support/worlds.ts';

const OPTIONS = { seed: 5, replication: 3 };

/** The attack-free world and its arms. */
const family = (arms: readonly WorldSpec[]): readonly WorldSpec[] => [withoutAttack(arms[0]!), ...arms];
const apart = (worlds: readonly WorldSpec[], of: Catalogue = catalogue): Ended[] =>
  worlds.map((spec) => {
    try {
      return { result: run(spec, of, OPTIONS) };
    } catch (error) {
      return { error };
    }
  });

/** Worlds that were simulated from their start on. */
const built = () => vi.spyOn(World, 'build');
afterEach(() => vi.restoreAllMocks());

describe('worlds that share what they have in common', () => {
  it.each(['none', 'typical', 'recommended'])('under the set %s, give what each gives by itself', (set) => {
    const worlds = family(threats.map((threat) => worldOf(threat, set)));
    const alone = apart(worlds);
    const starts = built();
    expect(runFamily(worlds, catalogue, OPTIONS)).toEqual(alone);
    expect(starts).toHaveBeenCalledTimes(1);
  });

  it('share failures too, before the adversary acts and after', () => {
    const failures = [
      { of: 'power', on: null, fromHours: 0.2, minutes: 20 },
      { of: 'power', on: 'camera', fromHours: 1.5, minutes: 90 },
      { of: 'link', on: 'line', fromHours: 2, minutes: 30 },
    ] as const;
    const worlds = family(threats.map((threat) => ({ ...worldOf(threat, 'none'), failures })));
    const alone = apart(worlds);
    const starts = built();
    expect(runFamily(worlds, catalogue, OPTIONS)).toEqual(alone);
    expect(starts).toHaveBeenCalledTimes(1);
  });

  it('do not share anything with an adversary that is in the home from the start', () => {
    const [first, ...others] = threats.map((threat) => worldOf(threat, 'none', { hours: 3 }));
    const worlds = family([{ ...first!, adversary: { ...first!.adversary, inside: ['camera'] } }, ...others]);
    const alone = apart(worlds);
    const starts = built();
    expect(runFamily(worlds, catalogue, OPTIONS)).toEqual(alone);
    expect(starts).toHaveBeenCalledTimes(2);
  });

  it('run apart where the adversary does something at the very microsecond at which the world does', () => {
    const spec = worldOf('te2-reading-tamper', 'none', { hours: 2 });
    const stage = World.build(withoutAttack(spec), catalogue, OPTIONS);
    stage.runUntil(40e6);
    const at = (time: number): WorldSpec => ({
      ...spec,
      parameters: spec.parameters.map(({ id, unit, source }, i) =>
        id === 'adversary.start' ? { id, unit, source, grade: 'assumption', value: time / 3.6e9, range: [0, 24] } : spec.parameters[i]!,
      ),
    });
    for (const [shift, worldsBuilt] of [
      [0, 2],
      [1, 1],
    ] as const) {
      const worlds = family([at(stage.kernel.next + shift)]);
      const alone = apart(worlds);
      const starts = built();
      expect(runFamily(worlds, catalogue, OPTIONS)).toEqual(alone);
      expect(starts).toHaveBeenCalledTimes(worldsBuilt);
      vi.restoreAllMocks();
    }
  });

  it('fail one by one', () => {
    const good = worldOf('te4-voice-command', 'none', { hours: 3 });
    const bad = { ...good, threat: { ...good.threat!, alternatives: [[{ technique: 'no-such-technique', args: {} }]] } };
    const worlds = family([good, bad, good]);
    const results = runFamily(worlds, catalogue, OPTIONS);
    expect(results.map((one) => 'result' in one)).toEqual([true, true, false, true]);
    expect(results).toEqual(apart(worlds));
    // Without the attack-free world the others stand for themselves.
    const lost = runFamily([{ ...worlds[0]!, parameters: [] }, good], catalogue, OPTIONS);
    expect(lost.map((one) => 'result' in one)).toEqual([false, true]);
    expect(lost[1]).toEqual(results[1]);
  });
});

/** Each way in which a technique can be noticed, or can come to notice others. */
const ACTS: Record<string, (attack: AttackContext) => void> = {
  request: (attack) =>
    void attack.request('attacker', {
      to: attack.recall('address:home') as number,
      port: 80,
      kind: 'admin-read',
      body: { token: '', name: 'model' },
      bytes: 100,
    }),
  datagram: (attack) => void attack.datagram('attacker', { to: 'router.example', port: 80, kind: 'word', bytes: 100 }),
  claimAddress: (attack) => void attack.claimAddress('attacker', attack.recall('address:home') as number, 7),
  join: (attack) => void attack.join('neighbour', 'private', 'factory-derived-private'),
  listen: (attack) => attack.listen('attacker', true),
  stream: (attack) => void attack.stream('attacker', 'content.example', { mode: 'unresponsive', bitsPerSecond: 1e6, seconds: 60 }),
};

describe('an act', () => {
  const withTechnique = (technique: Technique): Catalogue => ({
    ...catalogue,
    techniques: new Map([...catalogue.techniques, [technique.id, technique]]),
  });

  it.each(Object.entries(ACTS))('is a %s, and from then on the worlds are two', (_name, act) => {
    const caught = (attack: AttackContext): void => {
      try {
        act(attack);
      } catch {
        // A technique that goes on regardless has acted all the same.
      }
    };
    const technique = defineTechnique({
      id: 'probe',
      title: 'Does one thing',
      attack: [],
      start: (attack) => attack.after(600e6, 'now', 0),
      on: { now: caught, failed: (attack) => attack.fail('failed'), refused: (attack) => attack.fail('refused') },
    });
    const spec = worldOf('te1-voice-eavesdrop', 'none', { hours: 3 });
    const steps = ['probe', 'arp-in-the-middle', 'overhear-conversation'].map((id) => ({ technique: id, args: {} }));
    const worlds = family([{ ...spec, threat: { ...spec.threat!, alternatives: [steps] } }]);
    const mine = withTechnique(technique);
    const entered = vi.spyOn(World.prototype, 'enter');
    expect(runFamily(worlds, mine, OPTIONS)).toEqual(apart(worlds, mine));
    expect(entered).toHaveBeenCalledTimes(1);
    expect(entered.mock.calls[0]![0].kernel.now).toBeLessThan(3 * 3.6e9 - 1);
  });

  it('is not what only it knows of: plans, waits, failures', () => {
    const technique = defineTechnique({
      id: 'ponder',
      title: 'Thinks',
      attack: [],
      start: (attack) => attack.afterRandom(attack.distribution('attack.scan.ipv6'), 'think', 0, 'thought'),
      on: { thought: (attack) => attack.fail('no idea') },
    });
    const spec = worldOf('te2-reading-tamper', 'none', { hours: 3 });
    const steps = ['ponder', 'flood-uplink'].map((id) => ({ technique: id, args: {} }));
    const worlds = family([{ ...spec, threat: { ...spec.threat!, alternatives: [steps] } }]);
    const mine = withTechnique(technique);
    const entered = vi.spyOn(World.prototype, 'enter');
    expect(runFamily(worlds, mine, OPTIONS)).toEqual(apart(worlds, mine));
    expect(entered.mock.calls[0]![0].kernel.now).toBe(3 * 3.6e9);
  });

  it.each([
    ['power', 'router'],
    ['link', 'private'],
  ] as const)('is not a try to join a network of which nothing is heard: the %s of %s has failed', (of, on) => {
    const spec = worldOf('te1-voice-eavesdrop', 'none', { hours: 3 });
    const worlds = family([
      {
        ...spec,
        threat: { ...spec.threat!, alternatives: [spec.threat!.alternatives[0]!] },
        failures: [{ of, on, fromHours: 0.01, minutes: 1400 }],
      },
    ]);
    const entered = vi.spyOn(World.prototype, 'enter');
    expect(runFamily(worlds, catalogue, OPTIONS)).toEqual(apart(worlds));
    expect(entered.mock.calls[0]![0].kernel.now).toBe(3 * 3.6e9);
  });
});
