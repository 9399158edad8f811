import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { replicationAt, type StudyPlan } from './plan.ts';
import { failed, type Row, type Rows } from './rows.ts';

/** Rows in a row group. Fixed, because it is part of the bytes. */
const ROW_GROUP = 20_000;

/**
 * runs.parquet: a row per arm and replication, arm by arm in the plan's order. Nulls are nulls; a failed run has only its
 * error. `without.<outcome>` is not stored: it is the attack-free run's value (attack-free.parquet, same set and replication).
 */
export function runsParquet(rows: Rows, n: number): Uint8Array {
  const { plan } = rows;
  const entries = plan.arms.flatMap((arm, a) => {
    const group = rows.groupOf(a);
    return Array.from({ length: n }, (_, ordinal) => ({ arm, ordinal, row: rows.arm(a, ordinal), free: rows.attackFree(group, ordinal) }));
  });
  const attributable = plan.outcomeSpecs.map((spec, i) => ({
    name: `attributable.${spec.id}`,
    data: entries.map(({ row, free }) => (failed(row) || failed(free) ? null : number(row.values[i]! - free.values[i]!))),
    type: 'DOUBLE' as const,
  }));
  return write([
    { name: 'arm', data: entries.map(({ arm }) => arm.id), type: 'STRING', nullable: false },
    { name: 'threat', data: entries.map(({ arm }) => arm.threat), type: 'STRING' },
    { name: 'set', data: entries.map(({ arm }) => arm.set), type: 'STRING', nullable: false },
    ...common(plan, entries),
    ...attributable,
  ]);
}

/** attack-free.parquet: the run without the attack that a set's arms share, a row per group and replication. */
export function attackFreeParquet(rows: Rows, n: number): Uint8Array {
  const entries = rows.groups.flatMap((group, g) =>
    Array.from({ length: n }, (_, ordinal) => ({ group, ordinal, row: rows.attackFree(g, ordinal) })),
  );
  return write([
    { name: 'arm', data: entries.map(({ group }) => group.id), type: 'STRING', nullable: false },
    { name: 'set', data: entries.map(({ group }) => group.set), type: 'STRING', nullable: false },
    ...common(rows.plan, entries),
  ]);
}

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

function common(plan: StudyPlan, entries: readonly { readonly ordinal: number; readonly row: Row }[]): Columns {
  const outcomes = plan.outcomeSpecs.map((spec, i) => ({
    name: spec.id,
    data: entries.map(({ row }) => (failed(row) ? null : number(row.values[i]!))),
    type: 'DOUBLE' as const,
  }));
  return [
    { name: 'replication', data: entries.map(({ ordinal }) => replicationAt(plan, ordinal)), type: 'INT32', nullable: false },
    { name: 'seed', data: entries.map(() => BigInt(plan.seed)), type: 'INT64', nullable: false },
    { name: 'fingerprint', data: entries.map(({ row }) => (failed(row) ? null : row.fingerprint)), type: 'STRING' },
    { name: 'succeeded', data: entries.map(({ row }) => (failed(row) ? null : row.succeeded)), type: 'BOOLEAN' },
    { name: 'error', data: entries.map(({ row }) => (failed(row) ? row.error : null)), type: 'STRING' },
    ...outcomes,
  ];
}

const number = (value: number): number | null => (value === value ? value : null);

function write(columnData: Columns): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({ columnData, rowGroupSize: ROW_GROUP, createdBy: 'homeward', kvMetadata: [{ key: 'simulated', value: 'true' }] }),
  );
}

/** Most rows that are read from a folder that somebody else may have made. */
const MOST_ROWS = 20_000_000;

/** Rows of a Parquet file as objects. @throws Error on anything that is not a sound file of exactly `expected` rows. */
export async function readParquet(bytes: Uint8Array, expected: number): Promise<readonly Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const count = Number(metadata.num_rows);
  if (count !== expected || count > MOST_ROWS) throw new Error(`it has ${count} rows where ${expected} are expected`);
  const rows = await parquetReadObjects({ file, metadata });
  if (rows.length !== expected) throw new Error(`${rows.length} of ${expected} rows can be read`);
  return rows as Record<string, unknown>[];
}
