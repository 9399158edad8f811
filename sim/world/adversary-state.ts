import type { Micros } from '../kernel/time.ts';
import type { Body, Message } from '../model/message.ts';
import type { StepSpec } from '../model/spec.ts';

/** All that changes about the adversary during a run: plain data and Maps, for snapshots. */
export interface AdversaryState {
  readonly knowledge: Map<string, string | number>;
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
  /** Messages whose content has already been counted as disclosed to the adversary. */
  readonly read: Set<number>;
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

/** Names the luck of a step: its place in the plan, so that two steps of one technique do not share it and twins in other arms do. */
export const luckOf = (step: StepState): string => `adversary ${step.alternative}.${step.index} ${step.technique}`;

/** What a technique decided about a frame that is held for it. */
export interface Decision {
  readonly message: Message;
  change: Body | null;
  dropped: boolean;
  impersonated: boolean;
}

/** The passphrase that an access point with this setting has on a segment. A strong one is known only to who is told. */
export const passphraseOf = (setting: string, segment: string): string => `${setting}-${segment}`;
