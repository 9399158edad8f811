import type { DeviceContext } from '../../sim/model/device.ts';
import type { Message } from '../../sim/model/message.ts';

/** Requests that wait for another server's answer, by the number under which they were passed on. Part of a model's memory. */
export interface Waiting {
  waiting: Record<string, Message>;
}

/** Numbers of requests passed on while the same number is still waiting lie this far apart. */
const APART = 1_048_576;

/**
 * Remembers a request and gives the number to pass it on under: the client's own, so that it means the same in a
 * counterfactual twin, unless another client's request of that number is still waiting.
 */
export function remember(device: DeviceContext<Waiting & object>, channel: string, message: Message, n: number): number {
  let number = n;
  while (`${channel}/${number}` in device.memory.waiting) number += APART;
  device.memory.waiting[`${channel}/${number}`] = message;
  return number;
}

/** The request that an answer belongs to, forgotten by asking; null when there is none. */
export function recall(device: DeviceContext<Waiting & object>, channel: string, n: number): Message | null {
  const key = `${channel}/${n}`;
  const message = device.memory.waiting[key];
  if (message === undefined) return null;
  delete device.memory.waiting[key];
  return message;
}

/** HTTP's words for why a server behind this one gave no page. */
export const statusOf = (reason: unknown, status: unknown): number => (reason === 'refused' && typeof status === 'number' ? status : 504);
