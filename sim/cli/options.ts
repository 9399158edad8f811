import { InvalidArgumentError } from 'commander';
import { LONGEST_RUN_HOURS, SHORTEST_RUN_HOURS } from '../scenario/hours.ts';
import { suggest } from '../scenario/nearest.ts';
import { TRACE_LEVELS, type TraceLevel } from '../world/trace-level.ts';

export const MOST_WORKERS = 64;
export const MOST_REPLICATIONS = 1_000_000;

/** Whole number in decimal digits, within an inclusive range. '1e3', '0x10' and '5.0' are refused: they are typing errors more often than intentions. */
export const whole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^-?\d{1,16}$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
    return value;
  };

/** Decimal number within an inclusive range. */
export const decimal =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^-?\d+(\.\d+)?$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
    return value;
  };

export const seed = whole(0, Number.MAX_SAFE_INTEGER);
export const replication = whole(0, MOST_REPLICATIONS - 1);
export const replications = whole(1, MOST_REPLICATIONS);
export const workers = whole(1, MOST_WORKERS);
export const hours = decimal(SHORTEST_RUN_HOURS, LONGEST_RUN_HOURS);
export const port = whole(0, 65_535);
/** Confidence level of intervals. */
export const level = decimal(0.5, 0.9999);

/** How much of a trace is written. */
export const traceLevel = (text: string): TraceLevel => {
  const level = TRACE_LEVELS.find((known) => known === text);
  if (level === undefined) throw new InvalidArgumentError(`There is no such level. ${suggest(text, TRACE_LEVELS)}.`);
  return level;
};
export const TRACE_LEVEL_HELP = 'how much of it: steps (and records, alerts, settings), messages (and verdicts), full (default)';
export const AGAINST_HELP = 'compare with a trace of any level written earlier; names the first event at which they part';

/** `--set PATH=VALUE`, repeatable. */
export const assignment = (text: string, earlier: readonly string[] = []): readonly string[] => {
  if (!/^[^=\s]+=.+$/s.test(text)) throw new InvalidArgumentError('Expected PATH=VALUE, for example devices.camera.on=guest.');
  return [...earlier, text];
};

/** A set's name, or ids separated by commas. */
export const idList = (text: string): string | readonly string[] => {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.some((id) => id === ''))
    throw new InvalidArgumentError(
      'Expected a set or ids separated by commas, for example recommended or phishing-resistant-mfa,medical-segmentation.',
    );
  return ids.length === 1 ? ids[0]! : ids;
};

/** `i/n`: this machine does the i-th of n parts, counted from 1. */
export const shard = (text: string): { readonly index: number; readonly of: number } => {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const index = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match === null || index < 1 || of < 1 || index > of)
    throw new InvalidArgumentError('Expected i/n with 1 <= i <= n, for example 2/4.');
  return { index, of };
};

export const oneOf =
  <T extends string>(...words: readonly T[]) =>
  (text: string): T => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`Expected one of: ${words.join(', ')}.`);
    return word;
  };
