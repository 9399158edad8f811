import type { Chance, DeviceContext, Effect } from '../../sim/model/device.ts';

/**
 * Background chatter: each sort of it is a chain of timers, one event type per chain, whose gaps come from a registry
 * distribution (seconds). A state that does not handle a chain's event ends that chain, so powered states handle all of them.
 */
export interface Chain {
  readonly event: string;
  /** Registry id of the gap's distribution, seconds. */
  readonly gap: string;
}

/** Starts every chain somewhere within its first gap: when the device was switched on is not when its habits began. */
export function startChains<M extends object>(device: DeviceContext<M>, chains: readonly Chain[]): void {
  for (const chain of chains) {
    const high = device.sample(device.distribution(chain.gap), `${chain.event}/first-gap`, 0);
    device.afterRandom({ kind: 'uniform', low: 0, high }, `${chain.event}/phase`, 0, chain.event);
  }
}

/** Effect for a chain's event: schedules the next happening, then does this one. */
export const link = <M extends object>(chain: Chain, happen: Effect<M>): Effect<M> => {
  const gap = (device: DeviceContext<any>): Chance => device.chance(chain.gap, chain.event);
  return (device, event) => {
    device.afterChance(device.bound(gap), event.n + 1, chain.event);
    happen(device, event);
  };
};

/**
 * Divides bulk into what goes as one message and what goes as a fluid stream after it, so that a heavy tail neither is
 * cut off nor blocks a link as one indivisible unit.
 */
export function divide(bytes: number, largestMessage: number): { readonly message: number; readonly rest: number } {
  const message = Math.min(Math.round(bytes), largestMessage);
  return { message, rest: Math.max(0, Math.round(bytes) - message) };
}
