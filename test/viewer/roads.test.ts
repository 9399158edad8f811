import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../sim/model/result.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import { TraceReader, TraceRecorder, World, type TraceLine } from '../../sim/world/run.ts';
import { roadsOf, type RoadStep } from '../../viewer/story/roads.ts';
import { Story } from '../../viewer/story/story.ts';
import { catalogue, threats, worldOf } from '../support/worlds.ts';

const played = new Map<WorldSpec, { lines: readonly TraceLine[]; result: RunResult }>();

/** Seed 1 of a world: its trace's lines about steps, and its result. */
function play(spec: WorldSpec): { lines: readonly TraceLine[]; result: RunResult } {
  const known = played.get(spec);
  if (known !== undefined) return known;
  const trace = new TraceRecorder({ level: 'steps' });
  const world = World.build(spec, catalogue, { seed: 1, replication: 0, trace });
  world.runUntil(world.end);
  const result = world.result();
  const lines: TraceLine[] = [];
  for (const reader = new TraceReader(trace.columns()); reader.next();) if (reader.kind === 'step') lines.push(reader.line());
  const run = { lines, result };
  played.set(spec, run);
  return run;
}

function tell(spec: WorldSpec, lines: readonly TraceLine[], atEnd: boolean): Story {
  const story = new Story(spec);
  story.take({ now: 0, lines, counts: {}, playing: false, atEnd, stepped: false, seeks: 0 });
  return story;
}

const said = ({ status, reason }: RoadStep): string => `${status} ${reason}`.trim();

/** What the command line says of a step, in the viewer's words. */
function wanted(result: RunResult): (string | RegExp)[] {
  return result.threat!.steps.map(({ status, blockedBy }) => {
    if (status === 'skipped') return /^(not tried|done before)$/;
    return blockedBy === null ? status : `${status} ${blockedBy.device}: ${blockedBy.rule ?? blockedBy.fact}`;
  });
}

const PAIRS = threats.flatMap((threat) =>
  ['typical', 'recommended'].map((set) => [threat, set, worldOf(threat, set, { hours: 24 })] as const),
);
const specOf = (threat: string, set: string): WorldSpec => PAIRS.find((pair) => pair[0] === threat && pair[1] === set)![2];

describe('the adversary’s roads', () => {
  it.each(PAIRS)('%s under %s stand in the end as the result has them, and begin when it says', (_threat, _set, spec) => {
    const { lines, result } = play(spec);
    const steps = roadsOf(spec.threat!, tell(spec, lines, true), result.threat).flat();
    wanted(result).forEach((words, i) => {
      if (typeof words === 'string') expect(said(steps[i]!), `step ${i}`).toBe(words);
      else expect(said(steps[i]!), `step ${i}`).toMatch(words);
    });
    expect(steps.map(({ technique }) => technique)).toEqual(result.threat!.steps.map(({ technique }) => technique));
    expect(steps.map(({ from }) => from)).toEqual(result.threat!.steps.map(({ at }) => (at === null ? null : Math.round(at * 1e6))));
    for (const { from, to } of steps) if (from !== null && to !== null) expect(to).toBeGreaterThanOrEqual(from);
    // And so they stood already when they ended.
    const before = roadsOf(spec.threat!, tell(spec, lines, false), null).flat();
    before.forEach((step, i) => {
      if (step.to !== null) expect(step, `step ${i}`).toEqual(steps[i]);
    });
  });

  it('wait while the story is on its way, whatever is known of the end; what is not done again says so', () => {
    const spec = specOf('te2-reading-tamper', 'typical');
    const { lines, result } = play(spec);
    const [first, second] = roadsOf(spec.threat!, tell(spec, lines.slice(0, 3), false), result.threat);
    expect(first!.map(({ status }) => status)).toEqual(['succeeded', 'running', 'waiting', 'waiting']);
    expect(second!.every(({ status }) => status === 'waiting')).toBe(true);
    expect(roadsOf(spec.threat!, tell(spec, lines, false), null)[1]!.map(({ status }) => status)).toEqual([
      'succeeded',
      'done before',
      'done before',
      'blocked',
    ]);
  });

  it('tell of a last step that what it led to was stopped, unless the goal is reached after all', () => {
    const spec = specOf('te4-voice-command', 'typical');
    const { lines } = play(spec);
    const last = (told: readonly TraceLine[]): string => said(roadsOf(spec.threat!, tell(spec, told, false), null)[0]![1]!);
    const fruitless = lines.findIndex((line) => line['status'] === 'fruitless');
    expect(last(lines.slice(0, fruitless))).toBe('succeeded');
    expect(last(lines)).toMatch(/^blocked ehr: pharmacist-review/);
    expect(last([...lines, { n: 1e9, t: 1, kind: 'step', what: 'goal reached' }])).toBe('succeeded');
  });
});
