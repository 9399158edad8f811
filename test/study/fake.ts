import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { OutcomeSpec } from '../../sim/model/result.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import type { RunReplication } from '../../sim/study/batch.ts';
import { inlineExecutor, type Executor } from '../../sim/study/executor.ts';
import type { Identity } from '../../sim/study/identity.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { batchSetup } from '../../sim/study/run.ts';
import { runReplication as fakeEngine } from './fake-engine.mjs';

/** The engine's stand-in: cheap, deterministic, with nulls, correlated arms and failures where a test asks for them. */
export const fakeRun = fakeEngine as RunReplication;

export const OUTCOMES: readonly OutcomeSpec[] = [
  { id: 'gapMinutes', unit: 'minutes', kind: 'harm', better: 'low', bounds: [0, null], withinRun: true },
  { id: 'records', unit: 'records', kind: 'harm', better: 'low', bounds: [0, null] },
  { id: 'detectHours', unit: 'hours', kind: 'defence', better: 'low', bounds: [0, null] },
];

export const identity: Identity = {
  code: '0.0.0+test',
  catalogue: 'a'.repeat(64),
  registry: 'b'.repeat(64),
  scenario: 'c'.repeat(64),
  seed: 1,
};

export function world(set: string, threat: string | null, more: Partial<WorldSpec> = {}): WorldSpec {
  return {
    id: 'tiny',
    title: 'Tiny home',
    hours: 24,
    course: 'natural',
    segments: [],
    line: { kind: 'cable' },
    devices: [
      {
        id: 'hub',
        kind: 'hub',
        title: 'Hub',
        on: [],
        via: null,
        zone: 'home',
        room: null,
        roles: [],
        settings: { set },
        power: true,
        supply: null,
      },
    ],
    household: { residents: 1, visitorsPerWeek: 0 },
    care: { plan: 'copd', news2Scale: 2, oxygen: true, spo2Target: [88, 92] },
    threat:
      threat === null
        ? null
        : {
            id: threat,
            title: threat,
            start: { position: 'internet', capability: 'moderate' },
            alternatives: [],
            goal: { record: 'x', where: {}, count: 1 },
          },
    failures: [],
    adversary: { inRange: true, inside: [], knows: [] },
    parameters: [{ id: 'p.q', value: 1, unit: 's', source: 'made up for a test', grade: 'assumption', range: [0, 2] }],
    ...more,
  };
}

/** Two threats under three sets; `replications` each. */
export function planOf(replications: number, more: Partial<StudyPlan> = {}): StudyPlan {
  const arms = ['te1', 'te2'].flatMap((threat) =>
    ['none', 'typical', 'recommended'].map((set) => ({
      id: `${threat}/${set}`,
      threat,
      set,
      mitigations: [set],
      spec: world(set, threat),
    })),
  );
  return {
    id: 'tiny-study',
    question: 'Does the machinery work?',
    hours: 24,
    course: 'natural',
    seed: 1,
    arms,
    baseline: 'typical',
    outcomes: [],
    outcomeSpecs: OUTCOMES,
    replications: { atLeast: replications, atMost: replications, until: null },
    shard: null,
    ...more,
  };
}

export const inline = (plan: StudyPlan, run: RunReplication = fakeRun): Executor => inlineExecutor(batchSetup(plan), run);

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A path for a results folder that does not exist yet; removed after the test. */
export function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'homeward-study-'));
  made.push(parent);
  return join(parent, 'results');
}

/** All files of a folder as hexadecimal text; of the manifest, all but `execution`. */
export function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => {
        const bytes = readFileSync(join(folder, name));
        if (name !== 'manifest.json') return [name, bytes.toString('hex')];
        const { execution, ...rest } = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
        if (execution === undefined) throw new Error('the manifest says nothing of its execution');
        return [name, JSON.stringify(rest)];
      }),
  );
}
