import { beforeAll, describe, expect, it } from 'vitest';
import { techniques } from '../../attacks/index.ts';
import { catalogue } from '../../sim/catalogue.ts';
import type { AttackContext, Technique } from '../../sim/model/technique.ts';
import { loadHome, loadLibrary, resolve } from '../../sim/scenario/index.ts';
import { World } from '../../sim/world/world.ts';
import { projectReader } from '../scenario/project.ts';
import { bench, CORE, access, LINE, table, WIFI } from '../network/bench.ts';

/**
 * A technique reaches what its context offers and nothing beyond it (design principle 5): checked on the contexts that
 * the engine really hands out, in whole worlds.
 */
const INTERFACE: Readonly<Record<keyof AttackContext, true>> = {
  now: true,
  args: true,
  memory: true,
  parameter: true,
  distribution: true,
  draw: true,
  sample: true,
  after: true,
  afterRandom: true,
  knows: true,
  recall: true,
  learn: true,
  positions: true,
  position: true,
  request: true,
  datagram: true,
  claimAddress: true,
  join: true,
  listen: true,
  forward: true,
  drop: true,
  impersonate: true,
  stream: true,
  stop: true,
  succeed: true,
  fail: true,
};
const library = loadLibrary(projectReader, catalogue);
const home = loadHome('scenarios/homes/reference.yaml', projectReader, catalogue);

/** Passes on what the interface has; throws on everything else, and on every write. */
function fenced(attack: AttackContext, used: Set<string>): AttackContext {
  const refuse = (verb: string) => (_: object, key: string | symbol) => {
    throw new Error(`a technique ${verb} "${String(key)}" of its context`);
  };
  return new Proxy<AttackContext>(attack, {
    get: (target, key) => {
      if (typeof key !== 'string' || !Object.hasOwn(INTERFACE, key)) throw new Error(`a technique reads "${String(key)}" of its context`);
      used.add(key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: refuse('writes'),
    has: refuse('looks for'),
    deleteProperty: refuse('deletes'),
    defineProperty: refuse('defines'),
    getOwnPropertyDescriptor: refuse('describes'),
    ownKeys: () => {
      throw new Error('a technique lists the keys of its context');
    },
    getPrototypeOf: () => {
      throw new Error('a technique asks for the prototype of its context');
    },
  });
}

describe('techniques in whole worlds', () => {
  const started = new Set<string>();
  const used = new Set<string>();
  const fence = (technique: Technique): Technique => ({
    ...technique,
    start: (attack) => {
      started.add(technique.id);
      technique.start(fenced(attack, used));
    },
    on: Object.fromEntries(
      Object.entries(technique.on).map(([type, handler]) => [type, (attack, event) => handler(fenced(attack, used), event)]),
    ),
  });
  const guarded = { ...catalogue, techniques: new Map(techniques.map((technique) => [technique.id, fence(technique)])) };

  beforeAll(() => {
    for (const threat of library.threats.keys())
      for (const mitigations of ['none', 'recommended']) {
        const spec = resolve(home, { threat, mitigations, course: 'deteriorating', hours: 8 }, library, catalogue);
        const world = World.build(spec, guarded, { seed: 1, replication: 0 });
        world.runUntil(world.end);
      }
  }, 120_000);

  it('never look beyond the interface', () => {
    // The worlds above would have thrown.
    expect([...used].every((key) => Object.hasOwn(INTERFACE, key))).toBe(true);
    expect(used.size).toBeGreaterThan(15);
  });
  it('were all tried', () => {
    expect([...started].toSorted()).toEqual(techniques.map(({ id }) => id).toSorted());
  });
});

describe('a real context', () => {
  let attack!: AttackContext;
  bench({
    segments: [WIFI, LINE, CORE],
    parts: { ...access(table()), camera: { on: ['private'] } },
    inside: ['camera'],
    args: { on: 'camera', between: ['camera', 'router'] },
    technique: { start: (context) => (attack = context), on: {} },
  }).run(60);

  it('has no field of its own, shown or hidden', () => {
    expect(Object.keys(attack)).toEqual([]);
    expect(Reflect.ownKeys(attack)).toEqual([]);
    expect(JSON.stringify(attack)).toBe('{}');
    expect({ ...attack }).toEqual({});
    expect(() => structuredClone(attack)).not.toThrow();
    expect(structuredClone(attack)).toEqual({});
  });
  it('has on its prototype the interface, and its constructor, which needs an adversary to be of use', () => {
    const prototype = Object.getPrototypeOf(attack) as object;
    expect(Reflect.ownKeys(prototype).map(String).toSorted()).toEqual(['constructor', ...Object.keys(INTERFACE)].toSorted());
    expect(Object.getPrototypeOf(prototype)).toBe(Object.prototype);
  });
  it('gives nothing by reference that the world uses', () => {
    expect(() => ((attack.args as Record<string, unknown>)['on'] = 'router')).toThrow(TypeError);
    expect(() => (attack.args['between'] as string[]).push('hub')).toThrow(TypeError);
    expect(attack.args).toEqual({ on: 'camera', between: ['camera', 'router'] });
    const distribution = attack.distribution('line.lte.delay') as { value?: number };
    expect(() => (distribution.value = 1e9)).toThrow(TypeError);
    expect(attack.distribution('line.lte.delay')).not.toMatchObject({ value: 1e9 });
    const [first] = attack.positions();
    (first as { id: string }).id = 'router';
    expect(attack.position('camera')).toMatchObject({ id: 'camera', kind: 'foothold' });
    expect(attack.position('router')).toBeNull();
  });
});
