import { Command } from 'commander';
import { StudyFeed } from '../../server/feed.ts';
import { warningsOf } from '../documents.ts';
import { interruptible } from '../interruption.ts';
import { openServer, untilInterrupted, withServeOptions } from '../live.ts';
import type { ServeFlags } from '../live.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { defaultWorkers, planOf } from '../plans.ts';
import { StudyInterrupted } from '../../study/index.ts';
import type { StudyPlan } from '../../study/index.ts';
import { reportDoubts } from '../study-report.ts';
import { StudyService } from '../study-service.ts';
import { printStudy } from '../study-table.ts';
import { studyNames } from './serve.ts';

const FLAGSHIP = 'cswp34';
const REPLICATIONS = 200;

interface Flags extends ServeFlags {
  readonly replications: number;
  readonly workers: number;
  readonly seed?: number;
  readonly exit?: true;
}

/** What a threat event is after, by the record that its goal is stated over. */
const OWN_OUTCOME: Readonly<Record<string, string>> = {
  disclosure: 'recordsExposed',
  'observation-accepted': 'alteredObservationsAccepted',
  'order-executed': 'alteredOrdersExecuted',
  'telemetry-gap': 'telemetryGapMinutes',
  call: 'telemetryGapMinutes',
};
const PATIENT_OUTCOME = 'undetectedDeteriorationMinutes';

/** `homeward start`: viewer, flagship study and its table; what `npm start` does. */
export const startCommand = (terminal: Terminal): Command =>
  withServeOptions(new Command('start').description('Serve the viewer, run the flagship study live in it, print its table, keep serving.'))
    .argument('[study]', 'study file, or the name of one in scenarios/studies', FLAGSHIP)
    .option('--replications <n>', 'replications of every arm', options.replications, REPLICATIONS)
    .option('--workers <n>', 'threads', options.workers, defaultWorkers())
    .option('--seed <n>', "seed (default: the study's own)", options.seed)
    .option('--exit', 'end after the table')
    .action(async (study: string, flags: Flags) => {
      const plan = withOwnOutcomes(planOf(study, flags));
      const feed = new StudyFeed();
      const service = new StudyService(feed, studyNames(), flags.workers);
      const server = await openServer(flags, feed, studyNames(), (message, reply) => service.handle(message, reply), terminal);
      try {
        terminal.note(`Homeward serves ${server.url}; the study runs there live.`);
        const ending = await interruptible(
          (signal) => flagship(service, plan, signal, terminal),
          terminal,
          () => 'nothing is kept; "homeward study --out DIR" keeps its results',
        );
        if (ending === null || flags.exit) return;
        terminal.out(`Homeward serves ${server.url} (Ctrl-C ends)`);
        await untilInterrupted(server);
      } finally {
        service.stop();
        await server.close();
      }
    });

/** Runs the study and prints its table; a viewer may stop it, and the server goes on. */
async function flagship(service: StudyService, plan: StudyPlan, signal: AbortSignal, terminal: Terminal): Promise<'printed' | 'stopped'> {
  try {
    const { result } = await service.run(plan, ({ done, total }) => terminal.progress(done, total, plan.id), { signal });
    printStudy(result, terminal, (threat) => outcomesFor(plan, threat));
    reportDoubts(warningsOf(result), result.failures, terminal);
    return 'printed';
  } catch (error) {
    if (!(error instanceof StudyInterrupted) || signal.aborted) throw error;
    terminal.note('The study was stopped in the viewer.');
    return 'stopped';
  }
}

/** The study's outcomes and what each of its threat events is after. */
function withOwnOutcomes(plan: StudyPlan): StudyPlan {
  const wanted = [...plan.outcomes, ...plan.arms.flatMap(({ threat }) => outcomesFor(plan, threat))];
  return { ...plan, outcomes: [...new Set(wanted)] };
}

function outcomesFor(plan: StudyPlan, threat: string | null): readonly string[] {
  const goal = plan.arms.find((arm) => arm.threat === threat)?.spec.threat?.goal.record ?? '';
  const known = plan.outcomeSpecs.map(({ id }) => id);
  return [PATIENT_OUTCOME, OWN_OUTCOME[goal] ?? plan.outcomes.find((id) => id !== PATIENT_OUTCOME) ?? ''].filter((id) =>
    known.includes(id),
  );
}
