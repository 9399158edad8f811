import type { Parameter } from './parameters.ts';
import type { SettingValue } from './settings.ts';

/**
 * A world's specification: a validated scenario with everything resolved (extends, router profile, mitigations,
 * `--set`), as plain JSON. The same document goes to the pool's workers and to the browser.
 */
export interface WorldSpec {
  readonly id: string;
  readonly title: string;
  readonly hours: number;
  readonly course: 'natural' | 'deteriorating';
  readonly segments: readonly SegmentSpec[];
  readonly line: { readonly kind: 'fibre' | 'cable' | 'dsl' | 'lte' };
  readonly devices: readonly DeviceSpec[];
  readonly household: { readonly residents: number; readonly visitorsPerWeek: number };
  readonly care: CareSpec;
  readonly threat: ThreatSpec | null;
  readonly adversary: AdversarySpec;
  /** What fails at a time that the scenario gives, besides what fails by itself. */
  readonly failures: readonly FailureSpec[];
  readonly parameters: readonly Parameter[];
}

/** Something that is down for a while. */
export interface FailureSpec {
  /**
   * Power of a device or of all that hangs on the mains; the link of a segment (a radio's: all that share its airtime); the
   * addresses that the gateway of a segment has left to give.
   */
  readonly of: 'power' | 'link' | 'addresses';
  /** The device or the segment; null: the mains. */
  readonly on: string | null;
  readonly fromHours: number;
  readonly minutes: number;
}

/** Where power comes from: the home's mains, a battery that outlasts them, or a supply elsewhere. */
export type Supply = 'mains' | 'battery' | 'own';

/** A layer-2 broadcast domain. */
export interface SegmentSpec {
  readonly id: string;
  readonly medium: 'wifi' | 'ethernet' | 'ble' | 'line' | 'lte' | 'core' | 'hospital';
  /** Zone name used by policy rules; usually the id. */
  readonly zone: string;
  /** Wi-Fi and BLE segments with the same radio share its airtime. */
  readonly radio: string | null;
  /** Device that is access point and gateway here, if any. */
  readonly gateway: string | null;
}

export interface DeviceSpec {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  /** Segments it is attached to, in order of preference for its own traffic. Empty: no network (a person) or off. */
  readonly on: readonly string[];
  /** BLE central that relays for it, if any. */
  readonly via: string | null;
  /** Zone of the map: home, internet, hospital; and the room. Only for the viewer. */
  readonly zone: string;
  readonly room: string | null;
  /** Roles given by the home in addition to the model's own. */
  readonly roles: readonly string[];
  /** Resolved values for every setting of the model. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** false: switched off from the start, for the whole run unless somebody gets it going. */
  readonly power: boolean;
  /** null: its power never fails. */
  readonly supply: Supply | null;
}

export interface CareSpec {
  readonly plan: string;
  /** NEWS2 SpO2 scale; 2 only for hypercapnic failure. */
  readonly news2Scale: 1 | 2;
  readonly oxygen: boolean;
  /** SpO2 target, percent, both inclusive. */
  readonly spo2Target: readonly [number, number];
}

export interface AdversarySpec {
  /** Is the neighbour close enough to hear and be heard on the home's radios? */
  readonly inRange: boolean;
  /** Devices that the adversary already controls when it starts. */
  readonly inside: readonly string[];
  /** Facts and credentials it already has, as "name=value" learned before the start. */
  readonly knows: readonly string[];
}

/** One technique of a threat event's graph with its arguments. */
export interface StepSpec {
  readonly technique: string;
  readonly args: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** AND/OR graph in disjunctive form: alternatives, each a sequence. */
export interface ThreatSpec {
  readonly id: string;
  readonly title: string;
  readonly start: { readonly position: string; readonly capability: string };
  readonly alternatives: readonly (readonly StepSpec[])[];
  /** Record kind and conditions on its fields; `at-least` etc. on numbers. */
  readonly goal: GoalSpec;
}

export interface GoalSpec {
  readonly record: string;
  readonly where: Readonly<Record<string, string | number | boolean | { readonly atLeast: number }>>;
  /** How many such records are needed. */
  readonly count: number;
  /** Other records that count as well: any of these, any of those. */
  readonly or?: readonly Pick<GoalSpec, 'record' | 'where'>[];
}
