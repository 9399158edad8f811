/** Estimators and intervals: pure, same bits everywhere, usable in the browser. */
export { bettingInterval, empiricalBernstein } from './bounded.ts';
export { estimate, estimateProportion, LEAST_NONZERO, type Estimate, type EstimateOptions } from './estimate.ts';
export { Moments } from './moments.ts';
export { differenceBounds, pairedDifference, type PairedEstimate } from './paired.ts';
export { clopperPearson, wilson, type Interval } from './proportion.ts';
export { quantileSorted, sampleQuantile } from './quantile.ts';
export { estimateRestricted, restrict, type RestrictedEstimate } from './restricted.ts';
export { studentCdf, studentQuantile } from './student.ts';
