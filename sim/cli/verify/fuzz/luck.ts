import { pow } from '../../../kernel/math.ts';
import { Draws, hashText } from '../../../kernel/draws.ts';

/** A sequence of choices from a seed: what a plan is made of. Not for the engine, whose draws are addressed. */
export class Luck {
  private readonly draws: Draws;
  private readonly key = hashText('plan');
  private n = 0;

  constructor(seed: number) {
    this.draws = new Draws(seed, 0, 0);
  }

  /** Uniform in (0, 1). */
  share(): number {
    return this.draws.uniform(this.key, this.n++, 0);
  }

  chance(p: number): boolean {
    return this.share() < p;
  }

  /** Whole number from `low` to `high`, both inclusive. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  /** Between `low` and `high`, small values as likely as large ones are: uniform in the logarithm. */
  scale(low: number, high: number): number {
    return low * pow(high / low, this.share());
  }

  /** @throws Error when there is nothing to choose from. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to choose from');
    return list[this.whole(0, list.length - 1)]!;
  }

  /** Each with probability p, in their order. */
  some<T>(list: readonly T[], p: number): T[] {
    return list.filter(() => this.chance(p));
  }

  list<T>(low: number, high: number, make: (n: number) => T): T[] {
    return Array.from({ length: this.whole(low, high) }, (_, n) => make(n));
  }
}
