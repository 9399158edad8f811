import { quantile, type Distribution } from './distributions.ts';

/** Cells of equal probability. */
const CELLS = 1024;
/** Outermost cells on each side, where quantiles bend: worked out exactly. */
const EXACT = 32;

/**
 * Quantiles of a law that is asked very often (the delay of every hop): exact at 1023 equally spaced shares and in the outer 1/32 on
 * either side, linear between the shares. Increasing in u like the exact function; for a lognormal law with sigma up to 1.3
 * within 0.05 % of it.
 */
export class QuantileTable {
  private readonly law: Distribution;
  private readonly values = new Float64Array(CELLS + 1);

  constructor(law: Distribution) {
    this.law = law;
    for (let i = 1; i < CELLS; i++) this.values[i] = quantile(law, i / CELLS);
  }

  /** Value below which the share u lies, 0 < u < 1. */
  at(u: number): number {
    const x = u * CELLS;
    if (x < EXACT || x >= CELLS - EXACT) return quantile(this.law, u);
    const i = x | 0;
    const low = this.values[i]!;
    return low + (x - i) * (this.values[i + 1]! - low);
  }

  /** One table for one law object, however many worlds use it. */
  static of(law: Distribution): QuantileTable {
    let table = tables.get(law);
    if (table === undefined) {
      table = new QuantileTable(law);
      tables.set(law, table);
    }
    return table;
  }
}

const tables = new WeakMap<Distribution, QuantileTable>();
