import { bettingInterval } from './bounded.ts';
import { Moments } from './moments.ts';
import { clopperPearson } from './proportion.ts';
import { studentQuantile } from './student.ts';

/** A mean or proportion with its interval. `low`/`high` are null where the data say nothing about that side. */
export interface Estimate {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number;
  /** Values that went in. */
  readonly n: number;
  readonly method: 'betting' | 'student-t' | 'clopper-pearson' | 'none';
  /** Why this interval should not be trusted yet. */
  readonly warn?: string;
}

export interface Confidence {
  /** In (0, 1): that the interval covers the true value. */
  readonly level: number;
  /**
   * How often the data may be looked at before somebody decides to stop; 1 when absent. The intervals of all looks
   * together then cover with `level` (C. E. Bonferroni 1936): each misses with its part of 1 − level.
   */
  readonly looks?: number;
}

export interface EstimateOptions extends Confidence {
  /** Limits that no value can leave, null where there is none. With both, the interval needs no further assumption. */
  readonly bounds?: readonly [number | null, number | null];
}

/** Below so many non-zero values the t interval of a skewed, zero-rich outcome covers too rarely (test/stats/coverage). */
export const LEAST_NONZERO = 30;

/** Confidence of a single look. @throws RangeError */
export function levelOf({ level, looks = 1 }: Confidence): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`confidence level must lie between 0 and 1, got ${level}`);
  return 1 - (1 - level) / looks;
}

/**
 * Mean of independent values with an interval. Method by domain: both bounds known → betting (any distribution, any n);
 * else Student's t, which leans on the mean being nearly normal and therefore warns when values that are not zero are few,
 * or skewed for their number. The order of the values matters to the last bit and to betting: give them in replication order.
 */
export function estimate(values: ArrayLike<number>, options: EstimateOptions): Estimate {
  const { level } = options;
  const once = levelOf(options);
  const floor = options.bounds?.[0] ?? null;
  const ceiling = options.bounds?.[1] ?? null;
  const n = values.length;
  if (n === 0) return { mean: null, low: floor, high: ceiling, level, n, method: 'none', warn: 'no values' };
  const moments = Moments.of(values);
  const mean = moments.mean;
  if (floor !== null && ceiling !== null && ceiling > floor) {
    const { low, high } = bettingInterval(values, [floor, ceiling], once);
    return { mean, low: Math.min(low, mean), high: Math.max(high, mean), level, n, method: 'betting' };
  }
  if (n === 1) return { mean, low: floor, high: ceiling, level, n, method: 'none', warn: 'one value has no spread' };
  const half = studentQuantile(1 - (1 - once) / 2, n - 1) * Math.sqrt(moments.variance / n);
  const result = {
    mean,
    low: floor === null ? mean - half : Math.max(floor, mean - half),
    high: ceiling === null ? mean + half : Math.min(ceiling, mean + half),
    level,
    n,
    method: 'student-t' as const,
  };
  const warn = outsideDomain(values);
  return warn === null ? result : { ...result, warn };
}

function outsideDomain(values: ArrayLike<number>): string | null {
  let nonzero = 0;
  let same = true;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) nonzero++;
    if (values[i] !== values[0]) same = false;
  }
  if (same) return `all ${values.length} values are ${values[0]}: the interval knows nothing of rarer ones`;
  if (nonzero < LEAST_NONZERO) {
    const few = nonzero === values.length ? `there are only ${nonzero} values` : `only ${nonzero} of ${values.length} values are not zero`;
    return `${few}; the t interval wants ${LEAST_NONZERO}`;
  }
  const wanted = Math.ceil(28 + 25 * squaredSkewness(values));
  return values.length < wanted ? `${values.length} values are few for their skewness; the t interval wants ${wanted}` : null;
}

/**
 * Square of the sample's skewness. W. G. Cochran's rule (Sampling Techniques, 1977, section 2.15), in the form of
 * R. A. Sugden, T. M. F. Smith & R. P. Jones (2000): with n of at least 28 + 25 times this, a 95 % interval misses at most 6 %.
 */
function squaredSkewness(values: ArrayLike<number>): number {
  const n = values.length;
  const { mean } = Moments.of(values);
  let second = 0;
  let third = 0;
  for (let i = 0; i < n; i++) {
    const apart = values[i]! - mean;
    second += apart * apart;
    third += apart * apart * apart;
  }
  return (third * third * n) / (second * second * second);
}

/** Share of trials that succeeded, exact interval (Clopper–Pearson). */
export function estimateProportion(successes: number, n: number, confidence: Confidence): Estimate {
  const { level } = confidence;
  const { low, high } = clopperPearson(successes, n, levelOf(confidence));
  if (n === 0) return { mean: null, low, high, level, n, method: 'none', warn: 'no values' };
  return { mean: successes / n, low, high, level, n, method: 'clopper-pearson' };
}
