import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devices } from '../../devices/index.ts';
import type { DeviceEvent, DeviceModel } from '../../sim/model/device.ts';
import type { Body, Message } from '../../sim/model/message.ts';
import { Machine, referenceMachine, type MachineConfig } from '../../sim/model/machine.ts';

/** All event types that any state of a machine knows, and some that none knows (not '*': @xstate/fsm throws at an event of that name). */
function alphabet(config: MachineConfig<never>): string[] {
  const known = Object.values(config.states).flatMap((state) => Object.keys(state.on ?? {}));
  return [...new Set(known), 'nobody-knows', ''];
}

/** A value for whatever a guard asks for by name: the same for both machines, any type over the runs. */
const answers = fc.array(fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('connected', 'lost', '', null)), {
  minLength: 1,
  maxLength: 5,
});
type Answers = readonly (string | number | boolean | null)[];
const answering = (values: Answers): never =>
  new Proxy({}, { get: (_, name) => (typeof name === 'string' ? values[name.length % values.length] : undefined) }) as never;

interface Occasion {
  readonly type: string;
  readonly n: number;
  readonly body: Answers | null;
  readonly settings: Answers;
  readonly memory: Answers;
}

/** A device's memory as it may be later: the model's own shape with other plain values in it. */
function memoryOf(model: DeviceModel, values: Answers): Record<string, unknown> {
  const memory = model.memory({ id: 'device' }) as Record<string, unknown>;
  Object.entries(memory).forEach(([name, value], i) => {
    const other = values[i % values.length];
    if (Array.isArray(value)) memory[name] = values.slice(0, i % 3);
    else if (value === null) memory[name] = typeof other === 'number' ? { call: other } : null;
    else if (typeof value === typeof other) memory[name] = other;
  });
  return memory;
}

const eventOf = ({ type, n, body, settings }: Occasion): DeviceEvent => ({
  type,
  message: { kind: type, n } as Message,
  body: body === null ? null : (answering(body) as Body),
  n,
  from: '',
  settings: answering(settings),
});

/** What a step of either machine amounts to: where it goes and what it does; a guard that fails fails in both. */
const outcome = (step: () => { value: string; actions: readonly string[] }): unknown => {
  try {
    return step();
  } catch (error) {
    return String(error);
  }
};

const occasions = (config: MachineConfig<never>): fc.Arbitrary<Occasion[]> =>
  fc.array(
    fc.record({ type: fc.constantFrom(...alphabet(config)), n: fc.nat(3), body: fc.option(answers), settings: answers, memory: answers }),
    { minLength: 1, maxLength: 40 },
  );

describe.each(devices.map((model) => [model.kind, model] as const))('the machine of %s', (kind, model) => {
  const machine = new Machine(model.machine, model.effects, kind);

  it('takes the transitions and actions that @xstate/fsm takes', () => {
    let handled = 0;
    fc.assert(
      fc.property(occasions(model.machine as never), (events) => {
        let state = machine.initial;
        for (const occasion of events) {
          const memory = memoryOf(model, occasion.memory);
          const event = eventOf(occasion);
          const reference = referenceMachine(model.machine, memory);
          const ours = outcome(() => {
            const found = machine.find(state, event, memory);
            return found === null ? { value: state, actions: [] } : { value: found.target, actions: found.actions };
          });
          const theirs = outcome(() => {
            const next = reference.transition(
              { value: state, context: memory, actions: [], changed: false, matches: () => false } as never,
              event as never,
            );
            return { value: next.value as string, actions: next.actions.map(({ type }) => type) };
          });
          expect(ours).toEqual(theirs);
          if (typeof ours !== 'object') continue;
          const { value, actions } = ours as { value: string; actions: readonly string[] };
          if (actions.length > 0 || value !== state) handled++;
          state = value;
        }
      }),
      { numRuns: 40, seed: 1 },
    );
    // Not vacuous: events were understood, wherever there is anything to understand.
    expect(handled > 0).toBe(alphabet(model.machine as never).length > 2);
  });

  it('starts as @xstate/fsm starts', () => {
    const { initialState } = referenceMachine(model.machine, model.memory({ id: 'device' }) as object);
    expect(machine.initial).toBe(initialState.value);
    expect(machine.initialActions).toEqual(initialState.actions.map(({ type }) => type));
  });
});

describe('a machine', () => {
  const effects = { enter: () => {}, leave: () => {}, act: () => {} };
  const build = (states: MachineConfig<object>['states'], initial = 'on') => new Machine({ initial, states }, effects, 'kettle');
  const event = { type: 'go' } as DeviceEvent;

  it('leaves and enters a state anew when a transition names it, and does neither when it names none', () => {
    const machine = build({
      on: { entry: ['enter'], exit: ['leave'], on: { go: { target: 'on', actions: ['act'] }, stay: { actions: ['act'] } } },
    });
    expect(machine.find('on', event, {})?.actions).toEqual(['leave', 'act', 'enter']);
    expect(machine.find('on', { ...event, type: 'stay' }, {})?.actions).toEqual(['act']);
  });

  it('takes the first candidate whose guard agrees', () => {
    const machine = build({ on: { on: { go: [{ target: 'off', cond: (m) => 'tired' in m }, { actions: ['act'] }] } }, off: {} });
    expect(machine.find('on', event, { tired: 1 })?.target).toBe('off');
    expect(machine.find('on', event, {})).toMatchObject({ target: 'on', actions: ['act'] });
    expect(machine.find('off', event, {})).toBeNull();
  });

  it('names what its configuration gets wrong', () => {
    expect(() => build({ off: {} })).toThrow('kettle: initial state "on" is not defined');
    expect(() => build({ on: { on: { go: 'boiling' } } })).toThrow('kettle: on on go goes to "boiling", which is not defined');
    expect(() => build({ on: { on: { go: { actions: ['whistle'] } } } })).toThrow('kettle: on on go names effect "whistle"');
    expect(() => build({ on: { on: { '*': 'on' } } })).toThrow('kettle: on has an entry for "*"');
    expect(() => build({ on: { entry: ['sing'] } })).toThrow('entry of on names effect "sing"');
    expect(() => build({ on: { exit: ['hiss'] } })).toThrow('exit of on names effect "hiss"');
    expect(() => build({ on: { exit: ['toString'] } })).toThrow('exit of on names effect "toString"');
  });
});
