import { describe, expect, it } from 'vitest';
import { planOf } from '../../sim/cli/plans.ts';
import { snapshotOf } from '../../sim/cli/snapshot.ts';
import { parseServerMessage, type StudySnapshot } from '../../sim/protocol/messages.ts';
import type { StudyResult } from '../../sim/study/index.ts';

/** What is left of a snapshot when it has been sent as a frame. */
function sent(study: StudySnapshot): StudySnapshot {
  const message = parseServerMessage(JSON.stringify({ type: 'study-done', seq: 1, study }));
  if (typeof message === 'string' || message.type !== 'study-done') throw new Error(`no frame: ${JSON.stringify(message)}`);
  return message.study;
}

const PROGRESS = { state: 'running', done: 1, total: 90, elapsedMs: 10 } as const;

describe('the frame of a study', () => {
  it('keeps what a mean cannot be read without: whether it happened, what never counts as, why to doubt it', () => {
    const plan = planOf('cswp34', { replications: 6 });
    const { id, threat, set, mitigations } = plan.arms[0]!;
    const happened = { mean: 0, low: 0, high: 0.46, level: 0.95, n: 6, method: 'clopper-pearson' as const };
    const time = { mean: 24, low: 11.3, high: 24, level: 0.95, n: 6, method: 'betting' as const, warn: 'few', happened, restrictedTo: 24 };
    const arm = { id, threat, set, mitigations, succeeded: happened, outcomes: { timeToDetectHours: time }, attributable: {} };
    const result: StudyResult = {
      study: plan.id,
      question: plan.question,
      fingerprint: 'f',
      replications: 6,
      seed: 1,
      shard: null,
      given: { adversary: 'tries', course: 'deteriorating', hours: 24 },
      baseline: null,
      arms: [arm],
      attackFree: [],
      failures: [],
      looks: [],
    };
    const { method: _, ...share } = happened;
    const { method: __, ...told } = time;
    expect(sent(snapshotOf(plan, result, PROGRESS, 0.95)).arms[0]!.outcomes).toEqual({ timeToDetectHours: { ...told, happened: share } });
  });

  it('says whether the study decides itself how long it runs', () => {
    expect(sent(snapshotOf(planOf('cswp34', { replications: 6 }), null, PROGRESS, 0.95))).toMatchObject({ atLeast: 6, replications: 6 });
    expect(sent(snapshotOf(planOf('cswp34', {}), null, PROGRESS, 0.95))).toMatchObject({ atLeast: 200, replications: 5000 });
  });
});
