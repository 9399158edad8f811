import type { DeviceContext } from '../sim/model/device.ts';
import type { Message } from '../sim/model/message.ts';
import { listed } from '../sim/model/settings.ts';
import { intern } from '../sim/model/text.ts';

/**
 * Whom a device deals with: the ids that one of its settings names. What others are called is the home's business; a model
 * that knew a name by heart would fail without a word in a home that has another.
 */
type Settled = Pick<DeviceContext<any>, 'setting'>;

/** All that a setting names, in its order. */
export const peers = (device: Settled, setting: string): readonly string[] => listed(device.setting<string>(setting));

/** The one that is meant where only one can be: the first. Empty when the home has none: an act towards nobody does not happen. */
export const peer = (device: Settled, setting: string): string => peers(device, setting)[0] ?? '';

/** Names on the network by id: one and the same text each time, since texts that are put together anew are compared letter by letter. */
const hosts = new Map<string, string>();

/** Name on the network of the first server that a setting names; where there is none, one that no device can have. */
export function hostOf(device: Settled, setting: string): string {
  const id = peer(device, setting);
  let host = hosts.get(id);
  if (host === undefined) {
    host = intern(`${id || '(none)'}.example`);
    hosts.set(id, host);
  }
  return host;
}

/** Did one of those that a setting names sign this? */
export const signedBy = (device: Pick<DeviceContext<any>, 'setting' | 'verified'>, setting: string, message: Message): boolean =>
  peers(device, setting).some((signer) => device.verified(message, signer));
