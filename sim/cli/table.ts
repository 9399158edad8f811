import { DOUBTFUL } from '../stats/index.ts';

/** Column of a text table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const LONGEST_RULE = 60;

/** Plain text table: two spaces between columns, a rule under the head, no trailing blanks. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(width(column.title), ...rows.map((row) => width(row[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const blank = ' '.repeat(Math.max(0, widths[i]! - width(cell)));
        return columns[i]?.align === 'right' ? blank + cell : cell + blank;
      })
      .join('  ')
      .trimEnd();
  // A last column of prose may be very long; its rule need not be.
  const rule = widths
    .map((w, i) => '-'.repeat(i === widths.length - 1 && columns[i]?.align !== 'right' ? Math.min(w, LONGEST_RULE) : w))
    .join('  ')
    .trimEnd();
  return [line(columns.map((column) => column.title)), rule, ...rows.map(line)].join('\n');
}

/** Cells on a terminal: East Asian wide characters take two. */
function width(text: string): number {
  let cells = 0;
  for (const character of text)
    cells += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1;
  return cells;
}

/** At most `digits` decimals, no trailing zeros; '-' for null ("it did not happen"). */
export function figure(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return '-';
  const size = Math.abs(value);
  const decimals = size >= 1000 ? 0 : size >= 100 ? Math.min(1, digits) : digits;
  const text = value.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '').replace(/^-0$/, '0') : text.replace(/^-0$/, '0');
}

interface Interval {
  /** Why it should not be trusted yet; shown as '!'. */
  readonly warn?: string | undefined;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** "12.3 [10, 15]"; with `percent`, proportions as "45 % [38, 52]". */
export function interval(estimate: Interval | undefined, percent = false): string {
  if (estimate === undefined || estimate.mean === null) return '-';
  const scale = percent ? 100 : 1;
  const digits = percent ? 0 : 1;
  const show = (value: number | null): string => (value === null ? '?' : figure(value * scale, digits));
  return `${show(estimate.mean)}${percent ? ' %' : ''} [${show(estimate.low)}, ${show(estimate.high)}]${estimate.warn === undefined ? '' : ` ${DOUBTFUL}`}`;
}
