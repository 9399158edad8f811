/**
 * Running mean and variance (B. P. Welford 1962; merge by T. F. Chan, G. H. Golub & R. J. LeVeque 1979).
 *
 * Floating-point sums depend on their order, so a result that must have the same bits everywhere pushes its values one by
 * one in replication order; `merge` is for figures that nobody compares bit for bit.
 */
export class Moments {
  n = 0;
  mean = 0;
  /** Sum of squared deviations from the mean. */
  private squares = 0;

  push(x: number): void {
    this.n++;
    const before = x - this.mean;
    this.mean += before / this.n;
    this.squares += before * (x - this.mean);
  }

  /** Adds what `other` has seen, as if it came after. */
  merge(other: Moments): void {
    if (other.n === 0) return;
    const n = this.n + other.n;
    const apart = other.mean - this.mean;
    this.squares += other.squares + (apart * apart * this.n * other.n) / n;
    this.mean += (apart * other.n) / n;
    this.n = n;
  }

  /** Unbiased sample variance; 0 below two values. */
  get variance(): number {
    return this.n < 2 ? 0 : this.squares / (this.n - 1);
  }

  static of(values: ArrayLike<number>): Moments {
    const moments = new Moments();
    for (let i = 0; i < values.length; i++) moments.push(values[i]!);
    return moments;
  }
}
