import { Command } from 'commander';
import { readResults, summaryOf } from '../../study/index.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { reportStudy } from '../study-report.ts';
import { RESULTS } from './study.ts';

/** `homeward results`: what a results folder holds; of an interrupted one, what is finished. */
export const resultsCommand = (terminal: Terminal): Command =>
  new Command('results')
    .description('Print the study of a results folder.')
    .argument('[dir]', 'results folder', RESULTS)
    .option('--level <l>', "confidence level (default: the folder's)", options.level)
    .option('--json', 'the document of study --json')
    .action(async (dir: string, flags: { readonly level?: number; readonly json?: true }) => {
      const study = await readResults(dir);
      if (!study.complete) terminal.note(`note: ${dir} is not finished; these are its first ${study.replications} replications`);
      reportStudy(summaryOf(study, flags.level), terminal, flags.json === true);
    });
