/** Estimators and intervals: pure, same bits everywhere, usable in the browser. */
export { bettingInterval, empiricalBernstein } from './bounded.ts';
export { estimate, estimateProportion, type Confidence, type Estimate } from './estimate.ts';
export { Moments } from './moments.ts';
export { pairedDifference, type PairedEstimate } from './paired.ts';
export { clopperPearson, wilson } from './proportion.ts';
export { sampleQuantile } from './quantile.ts';
export { estimateRestricted, restrict } from './restricted.ts';
export { studentCdf, studentQuantile } from './student.ts';
export { DOUBTFUL, warningLines } from './warnings.ts';
