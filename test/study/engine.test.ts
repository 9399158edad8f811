import { describe, expect, it } from 'vitest';
import { catalogue } from '../../sim/catalogue.ts';
import { loadLibrary, loadStudy } from '../../sim/scenario/index.ts';
import { poolExecutor } from '../../sim/study/executor.ts';
import { planStudy } from '../../sim/study/from-study.ts';
import { batchSetup, runStudyRows } from '../../sim/study/run.ts';
import type { StudyPlan } from '../../sim/study/plan.ts';
import { failed } from '../../sim/study/rows.ts';
import { OUTCOMES } from '../../sim/world/outcomes.ts';
import { run } from '../../sim/world/run.ts';
import { projectReader } from '../scenario/project.ts';

/** The flagship study, cut to an hour, two threats and two sets, on the real engine. */
function flagship(): StudyPlan {
  const library = loadLibrary(projectReader, catalogue);
  const study = loadStudy(
    'scenarios/studies/cswp34.yaml',
    projectReader,
    catalogue,
    library,
    OUTCOMES.map(({ id }) => id),
  );
  const plan = planStudy({ ...study, hours: 1 }, library, catalogue, OUTCOMES, { replications: 2, seed: 1 });
  const threats = plan.arms.map((arm) => arm.threat).slice(0, 4);
  return { ...plan, arms: plan.arms.filter((arm) => threats.includes(arm.threat) && arm.set !== 'none') };
}

describe('the flagship study on the real engine', () => {
  it('does not depend on the number of workers, and every row is what `run` gives', async () => {
    const plan = flagship();
    expect(plan.arms).toHaveLength(4);
    const one = await runStudyRows(plan, { workers: 1, executor: poolExecutor(batchSetup(plan), 1) });
    const two = await runStudyRows(plan, { workers: 2, executor: poolExecutor(batchSetup(plan), 2) });
    expect(two.result).toEqual(one.result);
    expect(one.result.failures).toEqual([]);
    const row = one.rows.arm(3, 1);
    expect(failed(row) ? row.error : row.fingerprint).toBe(run(plan.arms[3]!.spec, catalogue, { seed: 1, replication: 1 }).fingerprint);
    // All threats of a set share one attack-free world, and it is the one that `run` pairs an attack with.
    expect(one.rows.groups).toHaveLength(2);
    const free = one.rows.attackFree(0, 1);
    expect(failed(free) ? free.error : free.fingerprint).toBe(
      run({ ...plan.arms[0]!.spec, threat: null }, catalogue, { seed: 1, replication: 1 }).fingerprint,
    );
  });
});
