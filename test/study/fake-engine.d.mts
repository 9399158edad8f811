export function runReplication(spec: unknown, options: { seed: number; replication: number }): unknown;
