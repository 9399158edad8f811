import type { DeviceEvent } from '../../model/device.ts';
import { Machine, referenceMachine } from '../../model/machine.ts';
import { byTurns, keep } from './measure.ts';
import type { Measurement } from './measure.ts';

const CALLS = 1_000_000;

interface Counter {
  n: number;
}

/** One transition of a compiled five-state machine with a guard, by turns with the pure function that it must equal. */
export function machine(): Measurement {
  const states = ['a', 'b', 'c', 'd', 'e'];
  const config = {
    initial: 'a',
    states: Object.fromEntries(
      states.map((name, i) => [
        name,
        {
          on: {
            go: [
              { target: states[(i + 1) % 5]!, cond: (context: Counter) => context.n % 16 !== 0, actions: ['count'] },
              { target: states[(i + 2) % 5]!, actions: ['count'] },
            ],
            stay: { actions: ['count'] },
          },
        },
      ]),
    ),
  };
  const compiled = new Machine<Counter>(config, { count: null }, 'bench');
  const events = ['go', 'stay', 'go'].map((type): DeviceEvent => ({ type, message: null, body: null, n: 0, from: '', settings: {} }));
  const reference = referenceMachine<Counter>(config, { n: 0 });
  const ours = (calls: number): number => {
    const context = { n: 0 };
    let state = compiled.initial;
    const started = performance.now();
    for (let i = 0; i < calls; i++) {
      const found = compiled.find(state, events[i % 3]!, context);
      if (found !== null) state = found.target;
      context.n++;
    }
    keep(state.length);
    return ((performance.now() - started) * 1e6) / calls;
  };
  const theirs = (calls: number): number => {
    const context = { n: 0 };
    let state = reference.initialState;
    const started = performance.now();
    for (let i = 0; i < calls; i++) {
      state = reference.transition({ ...state, context }, events[i % 3]!);
      context.n++;
    }
    keep(state.value.length);
    return ((performance.now() - started) * 1e6) / calls;
  };
  const pairs = byTurns(
    () => ours(CALLS),
    () => theirs(CALLS / 10),
  );
  const { own, other, ratio } = pairs;
  return { name: 'machine', value: own, unit: 'ns', peer: `machine.transition: ${other.toPrecision(3)}`, ratio };
}
