import { Draws, hashText } from '../../kernel/draws.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { Sequence } from '../../kernel/sequence.ts';
import { SECOND } from '../../kernel/time.ts';
import { REPETITIONS, keep, median, medianMs } from './measure.ts';
import type { Measurement } from './measure.ts';
import type { Peers } from './peers.ts';

const CUSTOMERS = 1_000_000;
/** Rounds before the compiler has settled: a customer's cost falls until about the fifth. */
const WARM_ROUNDS = 5;
const CALLS = 1_000_000;

export interface QueueRun {
  readonly meanWait: number;
  readonly served: number;
}

/** M/M/1 with load 0.8: arrivals and departures as events, addressed draws, made ahead as a law's own sequence. Mean wait in queue by theory: 4 service times. */
export function singleServer(seed: number, customers: number): QueueRun {
  const kernel = new Kernel(seed, 0);
  const between = new Sequence(kernel, { kind: 'exponential', mean: SECOND / 0.8 }, kernel.keys.key('arrival'));
  const service = new Sequence(kernel, { kind: 'exponential', mean: SECOND }, kernel.keys.key('service'));
  const arrived = new Float64Array(customers);
  // One object of numbers: a captured variable that changes is a new number on the heap every time.
  const line = { came: 0, started: 0, served: 0, busy: false, waited: 0.5 };
  line.waited = 0;
  const begin = (): void => {
    const { now } = kernel;
    line.busy = true;
    line.waited += now - arrived[line.started]!;
    kernel.post(now + Math.round(service.at(line.started++)), departure, subject);
  };
  const arrival: number = kernel.register(
    'arrival',
    () => {
      const { now } = kernel;
      arrived[line.came++] = now;
      if (line.came < customers) kernel.post(now + Math.round(between.at(line.came)), arrival, subject);
      if (!line.busy) begin();
    },
    { counted: false },
  );
  const departure: number = kernel.register(
    'departure',
    () => {
      line.served++;
      line.busy = false;
      if (line.started < line.came) begin();
    },
    { counted: false },
  );
  const subject = kernel.subject('server');
  kernel.at(0, arrival, subject);
  while (kernel.step());
  return { meanWait: line.waited / line.served / SECOND, served: line.served };
}

/**
 * A mean over all rounds further from theory is a defect: with 6 M customers its standard deviation is about 0.5 % (the
 * waits' asymptotic variance ρ(2 + 5ρ − 4ρ² + ρ³)/(1 − ρ)⁴ is 1976), so that chance alone would take six of them.
 */
const TOLERANCE = 0.03;
const THEORY = 4;

/** M/M/1 by turns with C++, which follows the same laws with its own luck. @throws Error when either mean wait is not theory's. */
export function queue({ singleServer: peer }: Peers): Measurement {
  const own: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  let waited = 0;
  let waitedThere = 0;
  for (let round = 0; round < WARM_ROUNDS; round++) singleServer(round, CUSTOMERS);
  for (let round = 0; round <= REPETITIONS; round++) {
    const started = performance.now();
    waited += singleServer(round + 1, CUSTOMERS).meanWait / (REPETITIONS + 1);
    const ns = ((performance.now() - started) * 1e6) / CUSTOMERS;
    const there = peer?.(round + 1, CUSTOMERS);
    if (there !== undefined) waitedThere += there.result / (REPETITIONS + 1);
    if (round === 0) continue;
    own.push(ns);
    if (there === undefined) continue;
    theirs.push(there.ns);
    ratios.push(there.ns / ns);
  }
  for (const mean of peer === null ? [waited] : [waited, waitedThere])
    if (Math.abs(mean / THEORY - 1) > TOLERANCE) throw new Error(`mm1: mean wait ${mean} service times, theory says ${THEORY}`);
  const measured = { name: 'mm1', value: 1000 / median(own), unit: 'Mcustomers/s' };
  if (peer === null) return measured;
  return { ...measured, peer: `C++ std::priority_queue: ${(1000 / median(theirs)).toPrecision(3)}`, ratio: median(ratios) };
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
