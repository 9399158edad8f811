import type { TraceLine } from './trace.ts';

/** How much of a trace is kept, least first; each level holds everything of the one before it. */
export const TRACE_LEVELS = ['steps', 'messages', 'full'] as const;
export type TraceLevel = (typeof TRACE_LEVELS)[number];

/** The lowest level that a kind of line is part of. */
const LOWEST: Readonly<Record<TraceLine['kind'], TraceLevel>> = {
  step: 'steps',
  alert: 'steps',
  setting: 'steps',
  record: 'steps',
  outcome: 'steps',
  message: 'messages',
  verdict: 'messages',
  state: 'full',
  draw: 'full',
};
const RANK: ReadonlyMap<string, number> = new Map(Object.entries(LOWEST).map(([kind, level]) => [kind, TRACE_LEVELS.indexOf(level)]));

export const TRACE_KINDS: readonly string[] = [...RANK.keys()];

/** Is a line of this kind part of a trace of that level? */
export const holds = (level: TraceLevel, kind: string): boolean =>
  TRACE_LEVELS.indexOf(level) >= (RANK.get(kind) ?? TRACE_LEVELS.length - 1);

/** The lowest level that holds all these kinds. */
export const levelOf = (kinds: Iterable<string>): TraceLevel => {
  const present = [...kinds];
  return TRACE_LEVELS.find((level) => present.every((kind) => holds(level, kind)))!;
};
