import type { StepSpec } from '../sim/model/spec.ts';

/**
 * What the adversary does next: a pure function of the threat event's graph and of what has been tried. Scripted with
 * fallback: alternatives are taken in the order in which the event lists them; the first failed step ends an alternative
 * and the next one is begun. What already worked with the same arguments is not done twice. All of it is plain JSON.
 */

/** One step that was tried. */
export interface Attempt {
  readonly technique: string;
  readonly args: StepSpec['args'];
  readonly status: 'succeeded' | 'failed';
  /** Alternative in which it was tried. */
  readonly alternative: number;
}

export interface Progress {
  /** In the order of their ends. */
  readonly attempts: readonly Attempt[];
}

export interface NextStep {
  /** Index of the alternative, and of the step in it. */
  readonly alternative: number;
  readonly step: number;
}

/** Text that is equal for equal technique and arguments, in whatever order the arguments were written. */
export function stepKey(step: Pick<StepSpec, 'technique' | 'args'>): string {
  const names = Object.keys(step.args).sort();
  return JSON.stringify([step.technique, ...names.map((name) => [name, step.args[name]])]);
}

/**
 * @param alternatives the event's graph in disjunctive form: any of these, each a sequence
 * @returns the step to start; 'done' when an alternative is complete; 'exhausted' when every one has failed
 */
export function next(alternatives: readonly (readonly StepSpec[])[], progress: Progress): NextStep | 'done' | 'exhausted' {
  const worked = new Set(progress.attempts.filter((attempt) => attempt.status === 'succeeded').map(stepKey));
  const closed = new Set(progress.attempts.filter((attempt) => attempt.status === 'failed').map((attempt) => attempt.alternative));
  for (let alternative = 0; alternative < alternatives.length; alternative++) {
    if (closed.has(alternative)) continue;
    const step = alternatives[alternative]!.findIndex((each) => !worked.has(stepKey(each)));
    return step === -1 ? 'done' : { alternative, step };
  }
  return 'exhausted';
}
