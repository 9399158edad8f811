/** Placeholder while the kernel is being written; replaced below. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'weibull'; readonly shape: number; readonly scale: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  /** mu and sigma of the logarithm */
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'gamma'; readonly shape: number; readonly mean: number }
  | { readonly kind: 'beta'; readonly a: number; readonly b: number }
  | { readonly kind: 'bernoulli'; readonly p: number }
  | { readonly kind: 'poisson'; readonly mean: number }
  /** mean, and dispersion k (variance = mean + mean²/k) */
  | { readonly kind: 'negative-binomial'; readonly mean: number; readonly k: number }
  /** Equally spaced quantiles from 0 to 1, linear between them */
  | { readonly kind: 'quantiles'; readonly values: readonly number[] };
