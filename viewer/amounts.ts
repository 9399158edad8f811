/** Numbers as people read them: no more digits than the figures beside them bear, large ones by their prefix. */

/** Each with the last digit from which on it is worth taking: "281k", yet "281,358" where the last digits are known. */
const PREFIXES = [
  [1e9, 'G', 1e7],
  [1e6, 'M', 1e4],
  [1e3, 'k', 100],
] as const;

/** From here on a number without prefix gets separators, and may get a prefix. */
const LONG = 10_000;

/** The power of ten that is the first digit of a size: 1 of 4.6, 10 of 74. */
const firstDigit = (size: number): number => 10 ** Math.floor(Math.log10(size));

/** The last digit worth saying of a figure that stands alone: three of a long one, two decimals of a small one. */
export function stepOf(value: number): number {
  const size = Math.abs(value);
  if (size >= LONG) return firstDigit(size) / 100;
  if (size >= 100 || Number.isInteger(value)) return 1;
  return size >= 10 ? 0.1 : 0.01;
}

/** The last digit worth saying of figures that lie so far apart, which must not be rounded into each other. */
export const stepBetween = (apart: number): number => firstDigit(apart) / 10;

/**
 * Says numbers that belong together alike: rounded to `step`, with the prefix that suits the largest.
 * @param prefixed take the prefix however many digits it costs: bytes are never said in thousands without it
 */
export function sayer(largest: number, step: number, prefixed = false): (value: number) => string {
  const size = Math.abs(largest);
  const [scale, prefix] = PREFIXES.find(([unit, , from]) => size >= unit && (prefixed || (size >= LONG && step >= from))) ?? [1, ''];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / scale) + 1e-9));
  return (value) => {
    const text = Math.abs(value / scale).toFixed(Math.min(decimals, 12));
    const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    if (Number(short) === 0 && !prefixed) return '0';
    const sign = value < 0 && Number(short) !== 0 ? '−' : '';
    return `${sign}${size >= LONG && scale === 1 ? separated(short) : short}${prefixed ? ` ${prefix}` : prefix}`;
  };
}

/** One number alone. */
export const amount = (value: number): string => sayer(value, stepOf(value))(value);

const separated = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
