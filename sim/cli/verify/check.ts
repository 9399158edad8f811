/** What one check of `homeward verify` found. */
export interface Finding {
  readonly check: string;
  /** null: it could not be made here, and says why. */
  readonly pass: boolean | null;
  /** What was done and seen, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** What does not hold, the smallest case first, each with what reproduces it. */
  readonly failures: readonly string[];
}

/** How much is to be checked. */
export interface Extent {
  readonly worlds: number;
  readonly pairs: number;
  readonly seed: number;
  /** Told how far a check is. */
  readonly progress: (done: number, total: number, label: string) => void;
}

/** More failures than these are counted, not told. */
const MOST_TOLD = 10;

export const told = (failures: readonly string[]): readonly string[] =>
  failures.length <= MOST_TOLD ? failures : [...failures.slice(0, MOST_TOLD), `… and ${failures.length - MOST_TOLD} more`];

/** The first line of what was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
