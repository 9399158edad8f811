import { z } from 'zod';

/**
 * What server and viewer say to each other over the web socket. Both sides check what arrives; whatever does not
 * fit is refused. The socket is opened with two subprotocols: PROTOCOL and `token.<token>`, the token being the
 * one that `GET /api/session` hands to a page of the same origin. A token in the URL would end up in logs.
 */

// zod would otherwise probe for `new Function`, which the page's content security policy reports as a violation.
z.config({ jitless: true });

export const PROTOCOL = 'homeward.1';
export const TOKEN_PREFIX = 'token.';

/** Longest message that a viewer may send, bytes. */
export const LARGEST_REQUEST = 16 * 1024;

const nullable = z.number().nullable();

const Interval = z.object({
  mean: nullable,
  low: nullable,
  high: nullable,
  level: z.number(),
  /** Values that went in: fewer than the arm's replications where runs failed or had nothing to measure. */
  n: z.number().int(),
  /** Why this interval should not be trusted yet. */
  warn: z.string().optional(),
});

/** An estimate with its interval; null where nothing can be said yet. */
export const Estimate = Interval.extend({
  /** Where not every run has a value: the share of runs that do. */
  happened: Interval.optional(),
  /** What a time that never came counts as, in the outcome's unit. */
  restrictedTo: z.number().optional(),
});
export type Estimate = z.infer<typeof Estimate>;

export const ArmEstimates = z.object({
  id: z.string(),
  threat: z.string().nullable(),
  set: z.string(),
  mitigations: z.array(z.string()),
  /** Replications finished in order; estimates rest on these alone. */
  n: z.number().int(),
  succeeded: Estimate,
  outcomes: z.record(z.string(), Estimate),
  attributable: z.record(z.string(), Estimate),
});
export type ArmEstimates = z.infer<typeof ArmEstimates>;

/** State of a study, whole: a viewer that missed some needs only the newest. */
export const StudySnapshot = z.object({
  study: z.string(),
  question: z.string(),
  state: z.enum(['running', 'done', 'stopped', 'failed']),
  seed: z.number(),
  /** Replications asked for, per arm: at most so many … */
  replications: z.number().int(),
  /** … and at least so many; fewer than `replications` only where a rule decides when to stop. */
  atLeast: z.number().int().optional(),
  /** Runs finished and to do, over all arms. */
  done: z.number().int(),
  total: z.number().int(),
  elapsedMs: z.number(),
  hours: z.number(),
  course: z.enum(['natural', 'deteriorating']),
  baseline: z.string().nullable(),
  outcomes: z.array(z.string()),
  arms: z.array(ArmEstimates),
  failures: z.array(z.object({ arm: z.string(), replication: z.number(), seed: z.number(), error: z.string() })),
  /** 128 bits over all runs; null until the study is done. */
  fingerprint: z.string().nullable(),
});
export type StudySnapshot = z.infer<typeof StudySnapshot>;

/** Server → viewer. */
export const ServerMessage = z.discriminatedUnion('type', [
  /** First message on every socket. `studies` are those that `study-start` accepts. */
  z.object({
    type: z.literal('hello'),
    protocol: z.literal(PROTOCOL),
    version: z.string(),
    studies: z.array(z.string()),
    study: StudySnapshot.nullable(),
  }),
  /** `seq` grows by at least one; a gap means that a slow viewer was spared some. */
  z.object({ type: z.literal('study-progress'), seq: z.number().int(), study: StudySnapshot }),
  z.object({ type: z.literal('study-done'), seq: z.number().int(), study: StudySnapshot }),
  z.object({ type: z.literal('study-failed'), seq: z.number().int(), message: z.string() }),
  z.object({ type: z.literal('refused'), message: z.string() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

/** Viewer → server. Strict: an unknown key is refused. */
export const ViewerMessage = z.discriminatedUnion('type', [
  /** Asks for the whole state again (`hello` is sent anew). */
  z.strictObject({ type: z.literal('refresh') }),
  z.strictObject({
    type: z.literal('study-start'),
    study: z.string().min(1).max(100),
    replications: z.number().int().min(1).max(100_000),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  z.strictObject({ type: z.literal('study-stop') }),
]);
export type ViewerMessage = z.infer<typeof ViewerMessage>;

/** `GET /api/session`. */
export interface SessionAnswer {
  readonly token: string;
  readonly protocol: string;
  readonly version: string;
}

/** `GET /api/library`: the text of every scenario file, by path relative to the project root; the browser resolves them itself. */
export interface LibraryAnswer {
  readonly version: string;
  /** Paths of the homes that can be opened, e.g. `scenarios/homes/reference.yaml`. */
  readonly homes: readonly string[];
  readonly studies: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** `GET /api/study`. */
export interface StudyAnswer {
  readonly study: StudySnapshot | null;
}

/** @returns the message, or a sentence saying what is wrong with it. */
export function parseViewerMessage(text: string): ViewerMessage | string {
  return parse(ViewerMessage, text);
}

/** @returns the message, or a sentence saying what is wrong with it. */
export function parseServerMessage(text: string): ServerMessage | string {
  return parse(ServerMessage, text);
}

function parse<T>(schema: z.ZodType<T>, text: string): T | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return issue === undefined ? 'not a message' : `${issue.path.join('.') || 'message'}: ${issue.message}`;
}
