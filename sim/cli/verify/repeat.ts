import { loadStudy } from '../../scenario/index.ts';
import { planStudy, runStudy } from '../../study/index.ts';
import { OUTCOMES } from '../../world/outcomes.ts';
import { openProject } from '../project.ts';
import type { Extent, Finding } from './check.ts';

const STUDY = 'scenarios/studies/cswp34.yaml';
/** Small, and yet cut into several batches of every arm; adversaries begin within two hours. */
const HOURS = 3;
const REPLICATIONS = 4;
const WORKERS = [1, 2] as const;

/** The flagship study in small, with one worker and with two: the same bytes. */
export async function repeat({ seed, progress }: Extent, hours = HOURS, replications = REPLICATIONS): Promise<Finding> {
  const { reader, catalogue, library } = openProject();
  const outcomes = OUTCOMES.map(({ id }) => id);
  const study = { ...loadStudy(STUDY, reader, catalogue, library, outcomes), hours };
  const plan = planStudy(study, library, catalogue, OUTCOMES, { replications, seed });
  const documents: string[] = [];
  const prints: string[] = [];
  for (const workers of WORKERS) {
    const result = await runStudy(plan, { workers, onProgress: ({ done, total }) => progress(done, total, `repeat, workers: ${workers}`) });
    prints.push(result.fingerprint);
    documents.push(JSON.stringify(result));
  }
  const [one, two] = [prints[0]!, prints[1]!];
  const failures =
    one !== two
      ? [`homeward verify --only repeat --seed ${seed}: fingerprint ${one} with 1 worker, ${two} with 2`]
      : documents[0] !== documents[1]
        ? [`homeward verify --only repeat --seed ${seed}: the same fingerprint, but another table with 2 workers`]
        : [];
  return {
    check: 'repeat',
    pass: failures.length === 0,
    figures: { arms: plan.arms.length, replications, hours, fingerprint: one },
    failures,
  };
}
