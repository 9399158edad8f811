import { Command } from 'commander';
import { runStudy } from '../../study/index.ts';
import type { Shard } from '../../study/index.ts';
import { interruptible } from '../interruption.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { DEFAULT_LEVEL, defaultWorkers, planOf } from '../plans.ts';
import { reportStudy } from '../study-report.ts';

interface Flags {
  readonly replications?: number;
  readonly workers: number;
  readonly seed?: number;
  readonly shard?: Shard;
  readonly out?: string;
  readonly resume?: true;
  readonly level: number;
  readonly json?: true;
}

/** Where results go, and are looked for, when nobody says. */
export const RESULTS = 'results';

/** `homeward study`: arms × replications. */
export const studyCommand = (terminal: Terminal): Command =>
  new Command('study')
    .description('Run a study: every arm many times with the same luck, on all cores.')
    .argument('<study>', 'study file (YAML or JSON), or the name of one in scenarios/studies')
    .option('--replications <n>', "replications of every arm (default: the study's own rule)", options.replications)
    .option('--workers <n>', 'threads; no influence on any figure', options.workers, defaultWorkers())
    .option('--seed <n>', "seed (default: the study's own)", options.seed)
    .option('--shard <i/n>', 'run the i-th of n parts; merge them later', options.shard)
    .option('--out <dir>', 'results folder (default: none is written)')
    .option('--resume', `complete an interrupted folder (--out, default: ${RESULTS})`)
    .option('--level <l>', 'confidence level of the intervals', options.level, DEFAULT_LEVEL)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', '\nCtrl-C keeps what is finished in --out and says how to go on; exit code 130.')
    .action(async (argument: string, flags: Flags) => {
      const plan = planOf(argument, flags);
      const out = flags.out ?? (flags.resume ? RESULTS : undefined);
      const again = [
        'homeward study',
        argument,
        ...(flags.replications === undefined ? [] : [`--replications ${flags.replications}`]),
        ...(flags.seed === undefined ? [] : [`--seed ${flags.seed}`]),
      ];
      const result = await interruptible(
        (signal) =>
          runStudy(plan, {
            workers: flags.workers,
            level: flags.level,
            signal,
            ...(out === undefined ? {} : { out }),
            resume: flags.resume === true,
            onProgress: ({ done, total }) => terminal.progress(done, total, plan.id),
          }),
        terminal,
        (folder) =>
          folder === null
            ? 'nothing is kept without --out DIR'
            : `what is finished is in ${folder}, go on with: ${again.join(' ')}${flags.shard === undefined ? '' : ` --shard ${flags.shard.index}/${flags.shard.of}`} --out ${folder} --resume`,
      );
      if (result !== null) reportStudy(result, terminal, flags.json === true);
    });
