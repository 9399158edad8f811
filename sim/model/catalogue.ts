import type { DeviceModel } from './device.ts';
import type { StepSpec } from './spec.ts';
import type { Technique } from './technique.ts';

/** What a world is built from besides its specification. */
export interface Catalogue {
  readonly devices: ReadonlyMap<string, DeviceModel>;
  readonly techniques: ReadonlyMap<string, Technique>;
  /** What the adversary does next, given its threat event's graph and what has been tried. */
  readonly planner: Planner;
  /** Facts that anybody can look up (factory passwords in manuals …), by name. */
  readonly publicKnowledge: ReadonlyMap<string, string>;
}

/** See attacks/adversary.ts. */
export type Planner = (
  alternatives: readonly (readonly StepSpec[])[],
  progress: {
    readonly attempts: readonly {
      readonly technique: string;
      readonly args: StepSpec['args'];
      readonly status: 'succeeded' | 'failed';
      readonly alternative: number;
    }[];
  },
) => { readonly alternative: number; readonly step: number } | 'done' | 'exhausted';
