/** Longest run, simulated hours (90 days: a hospital-at-home stay is days to weeks; beyond it neither clock nor memory was thought through). */
export const LONGEST_RUN_HOURS = 2160;
/** Shortest run, simulated hours (36 s): in less hardly a device has started. */
export const SHORTEST_RUN_HOURS = 0.01;
