import { z } from 'zod';
import { id } from './words.ts';

export const selector = z
  .union([z.strictObject({ kind: id }), z.strictObject({ role: id }), z.strictObject({ id })])
  .describe('{ kind: … }, { role: … } or { id: … }: the devices that it changes');

export type Selector = z.output<typeof selector>;

/** What a mitigation does to the devices that a selector finds. */
export interface Change {
  readonly on: Selector;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly profile: string | null;
}
