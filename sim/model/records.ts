/**
 * What devices and people report to the observers: domain happenings from which outcomes and goals are computed.
 * Records are write-only for devices: nobody in the world can read them, so observing changes nothing.
 */
export type RecordValue = string | number | boolean | null;

/** Fields of a kind of record, for goals over them. */
export type RecordFields = Readonly<Record<string, 'word' | 'number' | 'flag'>>;

export interface WorldRecord {
  readonly kind: string;
  readonly at: number; // µs
  /** Device or person that reports. */
  readonly by: string;
  /** Message that brought it about, 0 for none. */
  readonly message: number;
  readonly fields: Readonly<Record<string, RecordValue>>;
}
