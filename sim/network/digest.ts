import { Fingerprint } from '../kernel/fingerprint.ts';
import type { Body } from '../model/message.ts';

const digester = new Fingerprint();

/** Hash of a content for the fingerprint; 0 for none. */
export function digestOf(body: Body | null): number {
  if (body === null) return 0;
  digester.reset();
  // In the order in which the author wrote the fields: the same code writes the same order.
  const keys = Object.keys(body);
  for (let i = 0; i < keys.length; i++) {
    digester.text(keys[i]!);
    const value = body[keys[i]!];
    if (typeof value === 'number') digester.number(value);
    else if (typeof value === 'string') digester.text(value);
    else digester.word(value === null ? 0x11 : value === true ? 0x44 : 0x45);
  }
  return digester.low();
}
