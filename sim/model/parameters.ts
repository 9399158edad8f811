import type { Distribution } from '../kernel/distributions.ts';

/** How well a figure is known; printed wherever the figure matters. */
export type Grade = 'measured' | 'published' | 'derived' | 'remembered' | 'assumption';

/** A registry entry: exactly one of `value` and `distribution`. */
export interface Parameter {
  readonly id: string;
  readonly value?: number;
  readonly distribution?: Distribution;
  readonly unit: string;
  readonly source: string;
  readonly grade: Grade;
  /** Low and high for a sweep; required for assumptions. */
  readonly range?: readonly [number, number];
}
