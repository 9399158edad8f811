/** One requirement of a baseline and what stands for it in the model. */
export interface BaselineRow {
  /** Outcome of NIST IR 8425 that it serves; which one is our assignment. */
  readonly outcome: string;
  /** Paraphrase. */
  readonly requirement: string;
  readonly source: string;
  /** published: the source was read; derived: through a summary of it; ours: our reading of an outcome. */
  readonly basis: 'published' | 'derived' | 'ours';
  /** Setting of the model, or 'not modelled'. */
  readonly setting: string;
  /** `path#name` of a test of the mechanism, or null. */
  readonly test: string | null;
}

export const NOT_MODELLED = 'not modelled';
