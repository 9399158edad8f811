import { mean, quantile } from '../kernel/distributions.ts';
import type { Parameter } from '../model/parameters.ts';

/** A number, or a law that numbers are drawn from. */
export type Figure = Pick<Parameter, 'value' | 'distribution'>;

/** Units of durations: a device may wait this long between two doings, so zero would never let time pass. */
const DURATIONS: ReadonlySet<string> = new Set(['us', 'µs', 'ms', 's', 'min', 'h', 'd', 'day', 'days']);
/** Units of rates: at zero nothing would ever be through. */
const RATES: ReadonlySet<string> = new Set(['bit/s', 'kbit/s', 'Mbit/s']);
/** Unit of tries, and how many there may be: the addresses of a message's draws tell so many apart. */
const TRIES = 'tries';
const MOST_TRIES = 63;
/** Units of what is counted, and happens once at least. */
const COUNTS: ReadonlySet<string> = new Set([TRIES, 'hops']);
/** Units of what is never less than nothing, whatever a registry says. */
const SIZES: ReadonlySet<string> = new Set(['B', 'bytes']);
/** Unit of a time of day, from midnight. */
const TIME_OF_DAY = 'hour of day';
const HOURS_A_DAY = 24;
const SHARE = /^(probability|share|proportion)\b/;

/** How many times beyond the registry's range a figure may lie: further out it stands for something else, and runs do not end. */
const SLACK = 100;
/** Where the tails of a law are looked at: hardly a draw of a whole study comes from beyond. */
const TAIL = 1e-9;

interface Misfit {
  /** What was expected, and what was got. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}

/**
 * The first thing that keeps `given` from standing for the figure `known`, or null: what its unit forbids, or that it lies more
 * than SLACK times beyond the registry's range (its value, where it has no range). Of a law the mean, and of one for waits the
 * median, must lie within these bounds, and the tails must be what the unit allows.
 */
export function misfit(known: Parameter, given: Figure): Misfit | null {
  const bounds = boundsOf(known);
  const wrong = firstWrong(given, bounds);
  if (wrong === null) return null;
  const { value, what, want } = wrong;
  const got = what === '' ? `got ${value}` : `the ${what} of this distribution is ${rounded(value)}`;
  return { message: `expected ${want}; ${got}`, remedy: remedy(bounds, what === '') };
}

interface Bounds {
  readonly unit: string;
  readonly usual: number;
  /** The registry has negative values too. */
  readonly signed: boolean;
  /** Zero would be a wait without end, or a rate that lets nothing through; elsewhere it says "none" or "never". */
  readonly positive: boolean;
  /** Of numbers, means and medians. */
  readonly least: number;
  readonly most: number;
}

function boundsOf({ unit, value, distribution: law, range }: Parameter): Bounds {
  const usual = value ?? mean(law!);
  const low = Math.min(usual, range?.[0] ?? usual);
  const high = Math.max(usual, range?.[1] ?? usual);
  const tails = law === undefined ? [] : [quantile(law, TAIL), quantile(law, 1 - TAIL)];
  const natural = [DURATIONS, RATES, COUNTS, SIZES].some((units) => units.has(unit));
  const signed = !natural && (low < 0 || tails.some((tail) => tail < 0));
  // Around zero the size of a figure is how far it may lie from it, on either side.
  const size = signed ? Math.max(-low, high, ...tails.map(Math.abs)) : high;
  return {
    unit,
    usual,
    signed,
    positive: RATES.has(unit) || (DURATIONS.has(unit) && !(range !== undefined && range[0] <= 0)),
    least: signed ? -rounded(size * SLACK) : rounded(low / SLACK),
    // A wait as long as anybody likes says that it never ends.
    most: size === 0 || DURATIONS.has(unit) ? Infinity : Math.min(unit === TRIES ? MOST_TRIES : Infinity, rounded(size * SLACK)),
  };
}

interface Look {
  readonly value: number;
  /** Which value of a law; empty for a number. */
  readonly what: '' | 'mean' | 'median' | 'least value' | 'largest value';
}

/** The first look that shows something impossible, and what was expected there. */
function firstWrong({ value, distribution: law }: Figure, bounds: Bounds): (Look & { readonly want: string }) | null {
  const look = (seen: number, what: Look['what']): (Look & { readonly want: string }) | null => {
    const want = expected({ value: seen, what }, bounds);
    return want === null ? null : { value: seen, what, want };
  };
  if (law === undefined) return look(value!, '');
  // The mean comes first: a law whose mean is impossible may be long in answering for the others. Whatever its mean, a law
  // may have waits of nothing nearly always.
  return (
    look(mean(law), 'mean') ??
    (bounds.positive ? look(quantile(law, 1 / 2), 'median') : null) ??
    look(quantile(law, TAIL), 'least value') ??
    look(quantile(law, 1 - TAIL), 'largest value')
  );
}

/** What is expected instead of `value`; null when it is possible. */
function expected({ value, what }: Look, { unit, signed, positive, least, most }: Bounds): string | null {
  if (!Number.isFinite(value)) return 'finite values';
  if (unit === TIME_OF_DAY) {
    const end = lastHour(what === '');
    return value >= 0 && value <= end ? null : `an hour of the day, from 0 to ${end}`;
  }
  if (SHARE.test(unit)) return value >= 0 && value <= 1 ? null : `a ${unit} from 0 to 1`;
  const tail = what === 'least value' || what === 'largest value';
  const of = unit === '1' ? '' : ` ${unit}`;
  if (positive && !tail && value <= 0) return `more than 0${of}`;
  if (value < 0 && !signed) return `0 or more${of}`;
  if (tail) return null;
  if (COUNTS.has(unit) && what === '' && !(value >= 1 && Number.isInteger(value))) return `a whole number of ${unit}, at least 1`;
  if (COUNTS.has(unit) && value < 1) return `at least 1${of}`;
  if (value < least && value !== 0) return `at least ${least}${of}`;
  return value > most ? `at most ${most}${of}` : null;
}

/** Who mostly goes to bed around midnight does so after it now and then: in an hour of the next day. */
const lastHour = (number: boolean): number => (number ? HOURS_A_DAY : 2 * HOURS_A_DAY);

function remedy({ unit, usual, least, most }: Bounds, number: boolean): string {
  const [low, high] = unit === TIME_OF_DAY ? [0, lastHour(number)] : SHARE.test(unit) ? [0, 1] : [COUNTS.has(unit) ? 1 : least, most];
  const to = high === Infinity ? 'on' : `to ${high}`;
  const span = number ? `a number from ${low} ${to}` : `values from ${low} ${to}`;
  return `${number ? `Write ${span}` : `Choose a distribution with ${span}`}; the registry has ${rounded(usual)}`;
}

/** A bound that can be read, and copied: what is said is what is compared with. */
const rounded = (value: number): number => Number(value.toPrecision(6));
