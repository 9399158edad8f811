/** What a run leaves: the document of `homeward run --json` (design section 9). */
export interface RunResult {
  readonly fingerprint: string;
  readonly scenario: string;
  readonly seed: number;
  readonly replication: number;
  readonly simulatedHours: number;
  readonly events: number;
  readonly messages: number;
  readonly wallMs: number;
  readonly threat: ThreatResult | null;
  readonly alerts: readonly AlertResult[];
  readonly outcomes: Readonly<Record<string, number | null>>;
  readonly attributable: Readonly<Record<string, number | null>> | null;
}

export interface ThreatResult {
  readonly id: string;
  readonly succeeded: boolean;
  readonly steps: readonly StepResult[];
}

export interface StepResult {
  readonly technique: string;
  readonly status: 'succeeded' | 'blocked' | 'failed' | 'skipped';
  /** Seconds since the start; null when it never started. */
  readonly at: number | null;
  /** Ids of the messages it sent. */
  readonly messages: readonly number[];
  readonly blockedBy: { readonly device: string; readonly rule?: string; readonly fact?: string } | null;
}

export interface AlertResult {
  readonly at: number;
  readonly sensor: string;
  readonly evidence: readonly number[];
  /** true when any evidence message was authored by the adversary. */
  readonly truth: boolean;
}

/** Unit and direction of an outcome; `homeward list outcomes`. */
export interface OutcomeSpec {
  readonly id: string;
  readonly unit: string;
  readonly kind: 'harm' | 'defence' | 'burden';
  readonly better: 'low' | 'high';
  readonly bounds: readonly [number, number | null];
  /** A time that cannot be longer than the run: its upper bound is the simulated time, so intervals need no normal approximation. */
  readonly withinRun?: boolean;
  /** What null says. 'never' (when absent): it had not come by the end of the run. 'untimed': there was nothing to time. */
  readonly absent?: 'never' | 'untimed';
  /** Counts from the attack's start: without an attack there is no such time, and nothing to subtract. */
  readonly sinceAttack?: boolean;
  /** Says something about the patient's care: wherever its figures stand, "modelled, not clinically validated" stands too. */
  readonly clinical?: boolean;
}
