import { quantiles, type Distribution } from './distributions.ts';
import { TOGETHER, type Draws, type StreamKey } from './draws.ts';

/**
 * The values of one law at the consecutive decisions (n, 0) of one address, the same as `quantile(law, uniform(key, n, 0))`,
 * drawn a few ahead: together they cost a third. Not state: whatever has been drawn ahead is what would be drawn later.
 */
export class Sequence {
  private readonly luck: { readonly draws: Draws };
  private readonly law: Distribution;
  private readonly key: StreamKey;
  private readonly ahead = new Float64Array(TOGETHER);
  private from = 0;
  private of: Draws | null = null;

  /** `luck` is asked for its draws every time: after a fresh fork they are others. */
  constructor(luck: { readonly draws: Draws }, law: Distribution, key: StreamKey) {
    this.luck = luck;
    this.law = law;
    this.key = key;
  }

  /** Value of decision n, 0 … 2^32 − 1, in the law's unit. */
  at(n: number): number {
    const i = n - this.from;
    return i >= 0 && i < TOGETHER && this.of === this.luck.draws ? this.ahead[i]! : this.draw(n);
  }

  private draw(n: number): number {
    this.of = this.luck.draws;
    this.from = n;
    this.of.uniforms(this.key, n, 0, this.ahead);
    quantiles(this.law, this.ahead);
    return this.ahead[0]!;
  }
}
