import type { Micros } from '../kernel/time.ts';
import type { Body, Message } from '../model/message.ts';
import type { StepSpec, ThreatSpec } from '../model/spec.ts';

/** All that changes about the adversary during a run: plain data and Maps, for snapshots. */
export interface AdversaryState {
  readonly knowledge: Map<string, string | number>;
  /** Every text that a step has learned, also those that newer ones have replaced since: a stolen session may be an older one. */
  readonly learned: Set<string>;
  readonly positions: Map<string, PositionState>;
  readonly steps: StepState[];
  /** What was asked, to find the step an answer belongs to. */
  readonly asked: Map<number, { readonly step: number; readonly position: string; readonly tag: number }>;
  nextAsked: number;
  /** Message id → step that authored or altered it. Kept beside the trace; nothing in the world can read it. */
  readonly labels: Map<number, number>;
  /** Message id → step, for messages that others sent because of a labelled one. Not hostile themselves. */
  readonly consequences: Map<number, number>;
  /** Reference of an order or reading → step that altered a message about it. */
  readonly references: Map<string, number>;
  /** What has already been counted as disclosed to the adversary: a question or its answer by exchange, what belongs to none by message. */
  readonly read: Set<string>;
  startedAt: Micros;
  ended: 'no' | 'done' | 'exhausted';
}

export interface PositionState {
  readonly kind: 'internet' | 'radio' | 'foothold';
  readonly node: number;
}

export interface Obstacle {
  readonly device: string;
  readonly rule?: string;
  readonly fact?: string;
}

export interface StepState {
  readonly alternative: number;
  readonly index: number;
  readonly technique: string;
  readonly args: StepSpec['args'];
  status: 'running' | 'succeeded' | 'failed';
  readonly startedAt: Micros;
  endedAt: Micros;
  readonly memory: Record<string, unknown>;
  readonly messages: number[];
  /** What stood in its way last: a rule or check first, otherwise what the medium did. */
  obstacle: Obstacle | null;
  obstacleWeight: number;
  /** What stopped the consequences of a step that itself went well. */
  aftermath: Obstacle | null;
  reason: string | null;
  /** Position → promiscuous? */
  readonly listens: Map<string, boolean>;
}

/** An adversary that has learned and done nothing yet. */
export const blankState = (): AdversaryState => ({
  knowledge: new Map(),
  learned: new Set(),
  positions: new Map(),
  steps: [],
  asked: new Map(),
  nextAsked: 1,
  labels: new Map(),
  consequences: new Map(),
  references: new Map(),
  read: new Set(),
  startedAt: -1,
  ended: 'no',
});

/** A step that begins now, at a place in the plan. */
export const stepAt = (alternative: number, index: number, spec: StepSpec, now: Micros): StepState => ({
  alternative,
  index,
  technique: spec.technique,
  args: spec.args,
  status: 'running',
  startedAt: now,
  endedAt: -1,
  memory: {},
  messages: [],
  obstacle: null,
  obstacleWeight: 0,
  aftermath: null,
  reason: null,
  listens: new Map(),
});

/** Is a step the last of its alternative, the one that can reach the goal? */
export const isLast = (step: StepState, threat: ThreatSpec): boolean => step.index === threat.alternatives[step.alternative]!.length - 1;

/** What a technique decided about a frame that is held for it. */
export interface Decision {
  readonly message: Message;
  change: Body | null;
  dropped: boolean;
  /** The step that puts its own certificate in, −1 for none. */
  impersonator: number;
}
