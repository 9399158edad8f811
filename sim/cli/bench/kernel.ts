import { quantile } from '../../kernel/distributions.ts';
import { Draws, hashText } from '../../kernel/draws.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { SECOND } from '../../kernel/time.ts';
import { Machine } from '../../model/machine.ts';
import type { DeviceEvent } from '../../model/device.ts';
import { keep, medianMs } from './measure.ts';
import type { Measurement } from './measure.ts';

const TABLE = 1 << 16;
const HOLD_EVENTS = 1_000_000;
const CUSTOMERS = 200_000;
const CALLS = 1_000_000;

/** Exponential increments of mean 1 s in µs, the same for all queue lengths. */
function increments(): Float64Array {
  const draws = new Draws(1, 0, 0);
  const key = hashText('hold');
  const exponential = { kind: 'exponential', mean: SECOND } as const;
  return Float64Array.from({ length: TABLE }, (_, i) => Math.max(1, Math.round(quantile(exponential, draws.uniform(key, i, 0)))));
}

/**
 * The HOLD model: n events pending; take the earliest, put it back later. The whole kernel takes part (order of ties,
 * handles for cancelling, dispatch by name); not counted into the fingerprint, since no peer keeps one.
 */
export function hold(n: number): Measurement {
  const waits = increments();
  const kernel = new Kernel(1, 0);
  let i = 0;
  const handler = kernel.register(
    'hold',
    (subject) => {
      kernel.at(kernel.now + waits[i++ & (TABLE - 1)]!, handler, subject);
    },
    { counted: false },
  );
  const subject = kernel.subject('bench');
  for (let k = 0; k < n; k++) kernel.at(waits[k & (TABLE - 1)]! + k, handler, subject);
  const ms = medianMs(() => {
    for (let k = 0; k < HOLD_EVENTS; k++) kernel.step();
  });
  keep(kernel.now);
  return { name: `hold-${n}`, value: HOLD_EVENTS / ms / 1000, unit: 'Mevents/s' };
}

export interface QueueRun {
  readonly meanWait: number;
  readonly served: number;
}

/** M/M/1 with load 0.8: arrivals and departures as events, addressed draws. Mean wait in queue by theory: 4 service times. */
export function singleServer(seed: number, customers: number): QueueRun {
  const kernel = new Kernel(seed, 0);
  const between = { kind: 'exponential', mean: SECOND / 0.8 } as const;
  const service = { kind: 'exponential', mean: SECOND } as const;
  const arrivals = kernel.keys.key('arrival');
  const services = kernel.keys.key('service');
  const arrived = new Float64Array(customers);
  let came = 0;
  let started = 0;
  let served = 0;
  let busy = false;
  let waited = 0;
  const begin = (): void => {
    busy = true;
    waited += kernel.now - arrived[started]!;
    kernel.at(kernel.now + Math.round(quantile(service, kernel.draws.uniform(services, started++, 0))), departure, subject);
  };
  const arrival: number = kernel.register(
    'arrival',
    () => {
      arrived[came++] = kernel.now;
      if (came < customers)
        kernel.at(kernel.now + Math.round(quantile(between, kernel.draws.uniform(arrivals, came, 0))), arrival, subject);
      if (!busy) begin();
    },
    { counted: false },
  );
  const departure: number = kernel.register(
    'departure',
    () => {
      served++;
      busy = false;
      if (started < came) begin();
    },
    { counted: false },
  );
  const subject = kernel.subject('server');
  kernel.at(0, arrival, subject);
  while (kernel.step());
  return { meanWait: waited / served / SECOND, served };
}

export function queue(): Measurement {
  let seed = 1;
  const ms = medianMs(() => keep(singleServer(seed++, CUSTOMERS).meanWait));
  return { name: 'mm1', value: CUSTOMERS / ms / 1000, unit: 'Mcustomers/s' };
}

/** One uniform draw at a new address. */
export function draw(): Measurement {
  const draws = new Draws(1, 0, 0);
  const key = hashText('draw');
  let sum = 0;
  const ms = medianMs(() => {
    for (let n = 0; n < CALLS; n++) sum += draws.uniform(key, n, 0);
  });
  keep(sum);
  return { name: 'draw', value: (ms * 1e6) / CALLS, unit: 'ns' };
}

interface Counter {
  n: number;
}

/** One transition of a compiled five-state machine with a guard. */
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
  const context = { n: 0 };
  let state = compiled.initial;
  const ms = medianMs(() => {
    for (let i = 0; i < CALLS; i++) {
      const found = compiled.find(state, events[i % 3]!, context);
      if (found !== null) state = found.target;
      context.n++;
    }
  });
  keep(state.length);
  return { name: 'machine', value: (ms * 1e6) / CALLS, unit: 'ns' };
}
