import { quantile, type Distribution } from './distributions.ts';

/** Cells of equal probability: of the whole, and again of the outer parts, where quantiles bend. */
const CELLS = 1024;
/** Where a table's cells are too wide for the bend: within so many of them from the end. */
const OUTER = 32;
/** Share of probability in an outer part. */
const PART = OUTER / CELLS;

/**
 * Quantiles of a law that is asked very often (the delay of every hop): exact at 1023 equally spaced shares, in the outer
 * 1/32 on either side at shares 32 times as dense, and everywhere in the outer 1/1024; linear between the shares. Increasing
 * in u like the exact function; for a lognormal law with sigma up to 1.3 within 0.05 % of it.
 */
export class QuantileTable {
  private readonly law: Distribution;
  private readonly values: Float64Array;
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;

  constructor(law: Distribution) {
    this.law = law;
    const table = (from: number, width: number): Float64Array =>
      Float64Array.from({ length: CELLS + 1 }, (_, i) => {
        const u = from + (i / CELLS) * width;
        return u > 0 && u < 1 ? quantile(law, u) : 0; // never asked for
      });
    this.values = table(0, 1);
    this.lower = table(0, PART);
    this.upper = table(1 - PART, PART);
  }

  /** Value below which the share u lies, 0 < u < 1. */
  at(u: number): number {
    const x = u * CELLS;
    if (x >= OUTER && x < CELLS - OUTER) return between(this.values, x);
    const low = x < OUTER;
    const y = (low ? u : u - (1 - PART)) * (CELLS / PART);
    if (low ? y < OUTER : y >= CELLS - OUTER) return quantile(this.law, u);
    return between(low ? this.lower : this.upper, y);
  }

  /** One table for one law, however many worlds use it. */
  static of(law: Distribution): QuantileTable {
    let table = tables.get(law);
    if (table === undefined) {
      const text = JSON.stringify(law);
      table = byText.get(text) ?? new QuantileTable(law);
      byText.set(text, table);
      tables.set(law, table);
    }
    return table;
  }
}

const tables = new WeakMap<Distribution, QuantileTable>();
/** A study's worlds have copies of one registry. */
const byText = new Map<string, QuantileTable>();

function between(values: Float64Array, x: number): number {
  const i = x | 0;
  const low = values[i]!;
  return low + (x - i) * (values[i + 1]! - low);
}
