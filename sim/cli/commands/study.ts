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
  readonly level?: number;
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
    .option('--level <l>', `confidence level of the intervals (default: ${DEFAULT_LEVEL}; with --resume that of the folder)`, options.level)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', '\nCtrl-C keeps what is finished in --out and says how to go on; exit code 130.')
    .action(async (argument: string, flags: Flags) => {
      const plan = planOf(argument, flags);
      const out = flags.out ?? (flags.resume ? RESULTS : undefined);
      const result = await interruptible(
        (signal) =>
          runStudy(plan, {
            workers: flags.workers,
            ...(flags.level === undefined ? {} : { level: flags.level }),
            signal,
            ...(out === undefined ? {} : { out }),
            resume: flags.resume === true,
            onProgress: ({ done, total }) => terminal.progress(done, total, plan.id),
          }),
        terminal,
        (folder) =>
          folder === null
            ? 'nothing is kept without --out DIR'
            : `what is finished is in ${folder}, go on with: ${goOnCommand(argument, folder, flags)}`,
      );
      if (result !== null) reportStudy(result, terminal, flags.json === true);
    });

/** The command that completes an interrupted folder, with every choice that was made: another level would change its intervals. */
export function goOnCommand(argument: string, folder: string, flags: Flags, platform: NodeJS.Platform = process.platform): string {
  const { replications, seed, shard, level, workers, json } = flags;
  return [
    'homeward study',
    shellWord(argument, platform),
    `--out ${shellWord(folder, platform)} --resume`,
    ...(replications === undefined ? [] : [`--replications ${replications}`]),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(shard === undefined ? [] : [`--shard ${shard.index}/${shard.of}`]),
    ...(level === undefined ? [] : [`--level ${level}`]),
    ...(workers === defaultWorkers() ? [] : [`--workers ${workers}`]),
    ...(json ? ['--json'] : []),
  ].join(' ');
}

/** A path as one word of a command line: quoted where a shell would take it apart or read more into it. */
function shellWord(text: string, platform: NodeJS.Platform): string {
  if (/^[\w.,:/@%+=-]+$/.test(text)) return text;
  return platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
