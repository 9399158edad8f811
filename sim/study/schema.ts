import { z } from 'zod';
import { PLAIN_LINE, PLAIN_TEXT } from './plain-text.ts';

/**
 * What a results folder may contain. Folders travel between people, so everything is checked before it is used:
 * shape here, hashes in store.ts.
 */
z.config({ jitless: true }); // zod's compiled validators need `new Function`; none of ours may

const CONTROL = 'it has control characters';
const Name = z.string().min(1).max(500).regex(PLAIN_LINE, CONTROL);
const Text = z.string().max(10_000).regex(PLAIN_TEXT, CONTROL);
const Line = z.string().max(10_000).regex(PLAIN_LINE, CONTROL);
const Count = z.number().int().min(0).max(100_000_000);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]);

export const OutcomeSchema = z.strictObject({
  id: Name,
  unit: Text,
  kind: z.enum(['harm', 'defence', 'burden']),
  better: z.enum(['low', 'high']),
  bounds: z.tuple([z.number(), z.number().nullable()]).readonly(),
  withinRun: z.boolean().default(false),
  absent: z.enum(['never', 'untimed']).default('never'),
  sinceAttack: z.boolean().default(false),
});

export const ArmSchema = z.strictObject({ id: Name, threat: Name.nullable(), set: Name, mitigations: z.array(Name).max(10_000) });

export const ManifestSchema = z.strictObject({
  format: z.literal(1),
  /** Nothing here was measured on people. */
  simulated: z.literal(true),
  study: Name,
  question: Text,
  code: Line.max(200),
  catalogue: Sha256,
  registry: Sha256,
  scenario: Sha256,
  seeds: z.strictObject({ seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER), replication: Text }),
  packages: z.record(Name, Name),
  hours: z.number().positive().max(100_000),
  course: z.enum(['natural', 'deteriorating']),
  baseline: Name.nullable(),
  summarised: z.array(Name).max(1000),
  outcomes: z.array(OutcomeSchema).max(1000),
  arms: z.array(ArmSchema).min(1).max(10_000),
  replications: z.strictObject({
    atLeast: Count.min(1),
    atMost: Count.min(1),
    until: z.strictObject({ outcome: Name, halfWidth: z.number().positive(), level: z.number().gt(0).lt(1) }).nullable(),
  }),
  shard: z.strictObject({ index: Count.min(1), of: Count.min(1) }).nullable(),
  level: z.number().gt(0).lt(1),
  /** null until the study is complete. */
  finished: z
    .strictObject({ replications: Count, fingerprint: z.string().regex(/^[0-9a-f]{32}$/), files: z.record(Name, Sha256) })
    .nullable(),
  /** The only part that may differ between two runs of the same study. */
  execution: z.looseObject({}),
});
export type Manifest = z.infer<typeof ManifestSchema>;

const SettingsSchema = z.record(Name, Scalar);

const ParametersSchema = z.array(z.looseObject({ id: Name, unit: Text, source: Text, grade: Name })).max(100_000);

/** Shape of a world, as far as an engine relies on it; further keys pass (the scenario's hash covers them). */
const WorldSchema = z.looseObject({
  id: Name,
  title: Text,
  hours: z.number().positive().max(100_000),
  course: z.enum(['natural', 'deteriorating']),
  segments: z.array(z.looseObject({ id: Name, medium: Name, zone: Name, radio: Name.nullable(), gateway: Name.nullable() })).max(10_000),
  line: z.looseObject({ kind: Name }),
  devices: z
    .array(
      z.looseObject({
        id: Name,
        kind: Name,
        title: Text,
        on: z.array(Name).max(1000),
        via: Name.nullable(),
        zone: Name,
        room: Text.nullable(),
        roles: z.array(Name).max(1000),
        settings: SettingsSchema,
        power: z.boolean(),
        // Folders of earlier versions lack it; their figures can be compared, but only their own version runs them.
        supply: z.enum(['mains', 'battery', 'own']).nullable().optional(),
      }),
    )
    .max(100_000),
  household: z.looseObject({ residents: z.number(), visitorsPerWeek: z.number() }),
  care: z.looseObject({
    plan: Name,
    news2Scale: z.union([z.literal(1), z.literal(2)]),
    oxygen: z.boolean(),
    spo2Target: z.tuple([z.number(), z.number()]),
  }),
  threat: z
    .looseObject({
      id: Name,
      title: Text,
      start: z.looseObject({ position: Name, capability: Text }),
      alternatives: z
        .array(z.array(z.looseObject({ technique: Name, args: z.record(Name, z.union([Scalar, z.array(Scalar)])) })).max(1000))
        .max(1000),
      goal: z.looseObject({
        record: Name,
        where: z.record(Name, z.union([Scalar, z.looseObject({ atLeast: z.number() })])),
        count: z.number(),
      }),
    })
    .nullable(),
  failures: z
    .array(
      z.looseObject({
        of: z.enum(['power', 'link']),
        on: Name.nullable(),
        fromHours: z.number().nonnegative(),
        minutes: z.number().positive(),
      }),
    )
    .max(10_000)
    .optional(),
  parameters: ParametersSchema.optional(),
  adversary: z.looseObject({ inRange: z.boolean(), inside: z.array(Name).max(10_000), knows: z.array(Text).max(10_000) }),
});

/** scenario.json: the worlds, with the parameters that they all share kept once. */
export const ScenarioSchema = z.strictObject({ parameters: ParametersSchema, worlds: z.array(WorldSchema).max(10_000) });

const Fingerprint = z.string().regex(/^[0-9a-f]{1,64}$/);
const Value = z.number().nullable();

/** A run in runs.partial.jsonl: done or failed. */
const PartialRun = z.union([z.tuple([Fingerprint, z.boolean().nullable(), z.array(Value).max(1000)]), z.strictObject({ error: Line })]);

/** A line of runs.partial.jsonl: a finished replication of a group. */
export const PartialLine = z.strictObject({ group: Count, replication: Count, runs: z.array(PartialRun).max(10_000) });

/** What a row of a Parquet file must have besides its outcomes. */
export const StoredRow = z.looseObject({
  arm: Name,
  replication: Count,
  seed: z.bigint(),
  fingerprint: Fingerprint.nullable(),
  succeeded: z.boolean().nullable(),
  error: Line.nullable(),
});

/** The first thing that is wrong, in words. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not what a study writes' : `${issue.path.join('.') || 'document'}: ${issue.message}`;
}
