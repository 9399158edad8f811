import type { Distribution } from '../../../kernel/distributions.ts';
import type { PolicyTable } from '../../../model/policy.ts';
import type { SettingValue } from '../../../model/settings.ts';
import type { FailureSpec, SegmentSpec, Supply } from '../../../model/spec.ts';

/** A small random world as plain data: what stands in it and what will be done. Times are ms from the start. */
export interface Plan {
  readonly seed: number;
  readonly seconds: number;
  readonly line: 'fibre' | 'cable' | 'dsl' | 'lte';
  readonly segments: readonly SegmentSpec[];
  readonly parameters: Readonly<Record<string, number | Distribution>>;
  readonly things: readonly Thing[];
  /** What the parts do; a deed's place in the list is its number. */
  readonly deeds: readonly Deed[];
  /** Rule tables that the router installs, the first one at the start. */
  readonly tables: readonly { readonly at: number; readonly table: PolicyTable }[];
  /** Settings that the router changes. */
  readonly changes: readonly { readonly at: number; readonly name: string; readonly value: SettingValue }[];
  /** Power and links that fail and come back. */
  readonly failures: readonly Failure[];
  readonly adversary: AdversaryPlan | null;
  /** When the run is taken apart and put together again. */
  readonly cut: number;
}

/** Something is down from `at`, for so long, ms; `on` null: the mains. */
export interface Failure {
  readonly of: FailureSpec['of'];
  readonly on: string | null;
  readonly at: number;
  readonly lasts: number;
}

/** Something that stands in the world. */
export interface Thing {
  readonly id: string;
  /** `part`, `router`, `forwarder`, `resolver`: the fuzz's own; anything else is a model of the catalogue. */
  readonly kind: string;
  readonly on: readonly string[];
  readonly via: string | null;
  readonly roles: readonly string[];
  readonly power: boolean;
  readonly supply: Supply | null;
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** The fuzz's own kinds; everything else comes from the catalogue. */
export const OWN_KINDS = ['part', 'router', 'forwarder', 'resolver'] as const;

const WAYS = ['request', 'udp', 'datagram', 'one-way', 'broadcast', 'notify', 'stream', 'stream', 'stop', 'act'] as const;
/** How the asked part answers. */
const ANSWERS = ['answer', 'twice', 'late', 'refuse', 'never', 'push', 'push-later'] as const;

/** One thing that a part does. */
export interface Deed {
  readonly who: string;
  readonly to: string;
  readonly at: number;
  readonly how: (typeof WAYS)[number];
  readonly port: number;
  readonly bytes: number;
  readonly answer: (typeof ANSWERS)[number];
  readonly tls: boolean;
  readonly verify: boolean;
  readonly auth: 'none' | 'password' | 'token' | 'certificate';
  readonly keepOpenMs: number;
  readonly elastic: boolean;
  readonly down: boolean;
  readonly bitsPerSecond: number;
  readonly seconds: number;
}

export const DEED_CHOICES = { ways: WAYS, answers: ANSWERS } as const;

/** A technique that does random things at random times and treats what it holds at random. */
export interface AdversaryPlan {
  readonly radio: boolean;
  readonly inside: readonly string[];
  readonly promiscuous: boolean;
  /** Listens wherever it stands, from the start. */
  readonly listens: boolean;
  readonly acts: readonly Act[];
  /** Shares of held frames that are dropped, altered; of certificates that are replaced. */
  readonly drops: number;
  readonly alters: number;
  readonly impersonates: number;
}

const ACTS = ['request', 'datagram', 'broadcast', 'claim', 'join', 'listen', 'stream', 'stop', 'succeed', 'fail'] as const;

export interface Act {
  readonly at: number;
  readonly what: (typeof ACTS)[number];
  /** Chooses among the positions that it has then. */
  readonly position: number;
  readonly to: string;
  readonly port: number;
  readonly tls: boolean;
  readonly bytes: number;
  /** Numbers: addresses of somebody or of nobody, or places among those that it has seen. */
  readonly address: number;
  readonly claimed: number;
  readonly segment: string;
  /** Uses addresses that it has seen rather than any. */
  readonly seen: boolean;
}

export const ACT_CHOICES = ACTS;

/** How much there is to a world; failing ones are shown smallest first. */
export const sizeOf = (plan: Plan): number =>
  plan.things.length +
  plan.deeds.length +
  plan.tables.length +
  plan.changes.length +
  plan.failures.length +
  (plan.adversary?.acts.length ?? 0);
