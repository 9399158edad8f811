import { beforeAll, describe, expect, it } from 'vitest';
import { devices } from '../../devices/index.ts';
import { catalogue } from '../../sim/catalogue.ts';
import type { DeviceModel, Effect } from '../../sim/model/device.ts';
import { loadHome, loadLibrary, resolve } from '../../sim/scenario/index.ts';
import { World } from '../../sim/world/world.ts';
import { projectReader } from '../scenario/project.ts';

const handled = (model: DeviceModel): Set<string> =>
  new Set(Object.values(model.machine.states).flatMap((state) => Object.keys(state.on ?? {})));
const library = loadLibrary(projectReader, catalogue);
const home = loadHome('scenarios/homes/reference.yaml', projectReader, catalogue);

describe.each(devices.map((model) => [model.kind, model] as const))('%s', (_kind, model) => {
  it('handles in some state all that it says it serves', () => {
    const types = handled(model);
    expect(model.serves.filter((kind) => !types.has(kind))).toEqual([]);
    expect(new Set(model.serves).size).toBe(model.serves.length);
  });
});

/** What each kind of device was told without a message (timers, acts, what it raised itself) and what messages brought. */
interface Heard {
  readonly silent: Map<string, Set<string>>;
  readonly unserved: Set<string>;
}

/** Days of the reference home, with every effect overheard. */
function overhear(sets: readonly string[], hours: number): Heard {
  const silent = new Map<string, Set<string>>();
  const unserved = new Set<string>();
  const spying = (model: DeviceModel): DeviceModel => {
    const types = new Set<string>();
    silent.set(model.kind, types);
    const overheard =
      (effect: Effect<any>): Effect<any> =>
      (device, event) => {
        if (event.message === null) types.add(event.type);
        effect(device, event);
      };
    return { ...model, effects: Object.fromEntries(Object.entries(model.effects).map(([name, effect]) => [name, overheard(effect)])) };
  };
  const spied = { ...catalogue, devices: new Map(devices.map((model) => [model.kind, spying(model)])) };
  for (const mitigations of sets) {
    const spec = resolve(home, { threat: null, mitigations, course: 'deteriorating', hours }, library, catalogue);
    const world = World.build(spec, spied, {
      seed: 1,
      replication: 0,
      trace: (line) => {
        if (line.kind === 'verdict' && line.rule?.startsWith('does not serve') === true) unserved.add(`${line.from}: ${line.what}`);
      },
    });
    world.runUntil(world.end);
  }
  return { silent, unserved };
}

describe('in days of the reference home', { timeout: 120_000 }, () => {
  let silent: Heard['silent'];
  let unserved: Heard['unserved'];
  beforeAll(() => ({ silent, unserved } = overhear(['none', 'recommended'], 24)));

  it('no timer and no act has the name of a served message', () => {
    for (const model of devices) {
      const types = silent.get(model.kind)!;
      expect(
        model.serves.filter((kind) => types.has(kind)),
        model.kind,
      ).toEqual([]);
    }
    // The list of what was overheard is not an empty one.
    expect([...silent.values()].reduce((sum, types) => sum + types.size, 0)).toBeGreaterThan(60);
  });

  it('every message between well-meaning parties is served; only an internet scan finds a door that is none', () => {
    expect([...unserved]).toEqual(['camera: scan']);
  });
});
