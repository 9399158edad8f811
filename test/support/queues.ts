import type { Distribution } from '../../sim/kernel/distributions.ts';
import { Kernel } from '../../sim/kernel/kernel.ts';
import { SECOND } from '../../sim/kernel/time.ts';

export const exponential = (mean: number): Distribution => ({ kind: 'exponential', mean });
export const constant = (value: number): Distribution => ({ kind: 'constant', value });

/** A server with a waiting line, first come first served. Times in seconds. */
export interface Station {
  readonly service: Distribution;
  /** Most customers at the station, the one in service included; no limit without it. */
  readonly room?: number;
}

export interface Passage {
  /** By station: what each customer waited before its service began, s; −1 where it found no room or never came. */
  readonly waits: readonly Float64Array[];
  /** By station: wait and service, s. */
  readonly stays: readonly Float64Array[];
  /** Customers that found no room. */
  readonly lost: number;
}

/**
 * Customers that pass stations one after the other, built on nothing but the kernel's random waits. Customer n's times
 * are draws addressed by its number, as a world's are.
 */
export function passage(replication: number, between: Distribution, stations: readonly Station[], customers: number): Passage {
  const kernel = new Kernel(1, replication);
  const nobody = () => new Float64Array(customers).fill(-1);
  const waits = stations.map(nobody);
  const stays = stations.map(nobody);
  const came = stations.map(nobody);
  const lines = stations.map((): number[] => []);
  const heads = stations.map(() => 0);
  const subject = kernel.subject('queue');
  const arrivals = kernel.keys.key('arrivals');
  const services = stations.map((_, i) => kernel.keys.key(`service ${i}`));
  let lost = 0;

  const begin = (i: number): void => {
    const customer = lines[i]![heads[i]!]!;
    waits[i]![customer] = (kernel.now - came[i]![customer]!) / SECOND;
    kernel.wait(stations[i]!.service, SECOND, services[i]!, customer, 0, done, subject, i);
  };
  const enter = (i: number, customer: number): void => {
    const present = lines[i]!.length - heads[i]!;
    if (present >= (stations[i]!.room ?? Infinity)) {
      lost++;
      return;
    }
    came[i]![customer] = kernel.now;
    lines[i]!.push(customer);
    if (present === 0) begin(i);
  };
  const arrival: number = kernel.register('arrival', (_subject, n) => {
    enter(0, n);
    if (n + 1 < customers) kernel.wait(between, SECOND, arrivals, n + 1, 0, arrival, subject, n + 1);
  });
  const done: number = kernel.register('done', (_subject, i) => {
    const customer = lines[i]![heads[i]!++]!;
    stays[i]![customer] = (kernel.now - came[i]![customer]!) / SECOND;
    if (heads[i]! < lines[i]!.length) begin(i);
    if (i + 1 < stations.length) enter(i + 1, customer);
  });
  kernel.at(0, arrival, subject, 0);
  while (kernel.step());
  return { waits, stays, lost };
}

export const replications = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Mean of the values from number `from` on. */
export function meanFrom(values: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i]!;
  return sum / (values.length - from);
}
