import type { DeviceModel } from '../../sim/model/device.ts';
import type { RunResult } from '../../sim/model/result.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type { TraceLine } from '../../sim/world/run.ts';
import type { TrafficClass } from '../story/traffic.ts';

/** What the page and the engine's worker say to each other. Plain data only: both sides get copies. */

/** Everything that decides how a run goes; the page's address carries it. */
export interface Choices {
  /** Path of the home's file. */
  readonly home: string;
  readonly threat: string | null;
  /** A set's name, or the ids of single mitigations. */
  readonly mitigations: string | readonly string[];
  readonly course: 'natural' | 'deteriorating';
  readonly seed: number;
}

export interface ThreatChoice {
  readonly id: string;
  readonly title: string;
}

export interface MitigationChoice {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly actor: string;
}

export interface SetChoice {
  readonly id: string;
  readonly mitigations: readonly string[];
}

/** What there is to choose from. */
export interface Menu {
  readonly homes: readonly { readonly path: string; readonly title: string }[];
  readonly threats: readonly ThreatChoice[];
  readonly mitigations: readonly MitigationChoice[];
  readonly sets: readonly SetChoice[];
}

/** What the map needs to know of a kind of device. */
export interface KindView {
  readonly family: DeviceModel['family'];
  readonly title: string;
}

export type ToEngine =
  | { readonly type: 'library'; readonly files: Readonly<Record<string, string>>; readonly homes: readonly string[] }
  | { readonly type: 'open'; readonly run: number; readonly choices: Choices; readonly speed: number; readonly playing: boolean }
  | { readonly type: 'play'; readonly speed: number }
  | { readonly type: 'speed'; readonly speed: number }
  | { readonly type: 'pause' }
  | { readonly type: 'step' }
  | { readonly type: 'incident' }
  /** Goes to a moment of the run, µs; backwards runs it again from the start. */
  | { readonly type: 'seek'; readonly to: number };

/** What happened since the last batch. */
export interface Batch {
  readonly now: number;
  /** Everything but messages, and of the messages as many as can be drawn. */
  readonly lines: readonly TraceLine[];
  /** Hops by class, those that are not in `lines` included. */
  readonly counts: Readonly<Partial<Record<TrafficClass, number>>>;
  readonly playing: boolean;
  readonly atEnd: boolean;
  /** Is this what a single step brought? */
  readonly stepped: boolean;
  /** Commands to go to a moment that were heard and are carried out or overtaken by a later one. */
  readonly seeks: number;
}

export type FromEngine =
  | { readonly type: 'menu'; readonly menu: Menu }
  | {
      readonly type: 'opened';
      readonly run: number;
      readonly spec: WorldSpec;
      readonly kinds: Readonly<Record<string, KindView>>;
      readonly end: number;
    }
  | { readonly type: 'batch'; readonly run: number; readonly batch: Batch }
  /** The run starts again from zero: forget what it told. */
  | { readonly type: 'rewound'; readonly run: number }
  /** How the run ends, computed ahead of what is shown. */
  | { readonly type: 'result'; readonly run: number; readonly result: RunResult }
  /** The same run without its adversary: outcomes of the day itself. Comes after the result, and only where there is an adversary. */
  | { readonly type: 'twin'; readonly run: number; readonly outcomes: RunResult['outcomes'] }
  | { readonly type: 'failed'; readonly run: number; readonly message: string };
