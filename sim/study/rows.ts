import { Fingerprint } from '../kernel/fingerprint.ts';
import { groupsOf, replicationAt, type Group, type StudyPlan } from './plan.ts';

/** What one run leaves in a study. `values` follow the order of the plan's outcome specs, NaN for "did not happen". */
export interface DoneRow {
  readonly fingerprint: string;
  /** null for an attack-free run. */
  readonly succeeded: boolean | null;
  readonly values: Float64Array;
}

/** A run that threw. */
export interface FailedRow {
  readonly error: string;
}

export type Row = DoneRow | FailedRow;
export const failed = (row: Row): row is FailedRow => 'error' in row;

/** The rows of runs that were finished, in order. */
export const finished = (rows: readonly Row[]): DoneRow[] => rows.flatMap((row) => (failed(row) ? [] : [row]));

/** A run that could not be finished, by the names that `replay` takes. */
export interface Failure {
  readonly arm: string;
  readonly replication: number;
  readonly seed: number;
  readonly error: string;
}

/**
 * The table of a study: a column of rows for every arm, then for every group's attack-free run. A replication of a group
 * arrives whole. Estimates may use `prefix` replications: all of those, in every group, are finished.
 */
export class Rows {
  readonly plan: StudyPlan;
  readonly groups: readonly Group[];
  private readonly columns: Row[][];
  private readonly prefixes: number[];
  /** Runs finished, over all columns. */
  done = 0;

  constructor(plan: StudyPlan) {
    this.plan = plan;
    this.groups = groupsOf(plan);
    this.columns = Array.from({ length: plan.arms.length + this.groups.length }, () => []);
    this.prefixes = this.groups.map(() => 0);
  }

  /** Runs that one replication of a group takes: the attack-free one and one per attacked arm. */
  runsOf(group: number): number {
    return 1 + this.groups[group]!.arms.length;
  }

  has(group: number, ordinal: number): boolean {
    return this.columns[this.plan.arms.length + group]![ordinal] !== undefined;
  }

  /** Finished replications of a group, in order, gaps left out. */
  finishedOrdinals(group: number): readonly number[] {
    return Object.keys(this.columns[this.plan.arms.length + group]!).map(Number);
  }

  /** Adds a finished replication: `rows[0]` attack-free, then the group's arms in order. @throws Error when it is there already. */
  add(group: number, ordinal: number, rows: readonly Row[]): void {
    const { arms } = this.groups[group]!;
    if (rows.length !== this.runsOf(group))
      throw new Error(`group ${group} has ${this.runsOf(group)} runs a replication, got ${rows.length}`);
    if (this.has(group, ordinal))
      throw new Error(`replication ${replicationAt(this.plan, ordinal)} of ${this.groups[group]!.id} is there twice`);
    this.columns[this.plan.arms.length + group]![ordinal] = rows[0]!;
    arms.forEach((arm, k) => (this.columns[arm]![ordinal] = rows[k + 1]!));
    this.done += rows.length;
    while (this.has(group, this.prefixes[group]!)) this.prefixes[group]!++;
  }

  /** Number of leading replications that are finished in every group. */
  get prefix(): number {
    return this.prefixes.reduce((least, n) => (n < least ? n : least));
  }

  prefixOf(group: number): number {
    return this.prefixes[group]!;
  }

  arm(arm: number, ordinal: number): Row {
    return this.columns[arm]![ordinal]!;
  }

  attackFree(group: number, ordinal: number): Row {
    return this.columns[this.plan.arms.length + group]![ordinal]!;
  }

  groupOf(arm: number): number {
    return this.groups.findIndex((group) => group.arms.includes(arm));
  }

  /** All failures among the first n replications: by arm (attacked, then attack-free), then replication. */
  failures(n: number): readonly Failure[] {
    const names = [...this.plan.arms.map((arm) => arm.id), ...this.groups.map((group) => group.id)];
    return names.flatMap((arm, column) =>
      Array.from({ length: n }, (_, ordinal) => ({
        row: this.columns[column]![ordinal]!,
        replication: replicationAt(this.plan, ordinal),
      })).flatMap(({ row, replication }) => (failed(row) ? [{ arm, replication, seed: this.plan.seed, error: row.error }] : [])),
    );
  }

  /** 128 bits over the fingerprints of the first n replications: arm by arm in the plan's order, then the attack-free runs. */
  fingerprint(n: number): string {
    const print = new Fingerprint();
    const names = [...this.plan.arms.map((arm) => arm.id), ...this.groups.map((group) => group.id)];
    names.forEach((name, column) => {
      print.text(name);
      for (let ordinal = 0; ordinal < n; ordinal++) {
        const row = this.columns[column]![ordinal]!;
        print.number(replicationAt(this.plan, ordinal));
        print.text(failed(row) ? `failed: ${row.error}` : row.fingerprint);
      }
    });
    return print.hex();
  }
}
