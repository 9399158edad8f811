import { Command } from 'commander';
import { mergeShards } from '../../study/index.ts';
import type { Terminal } from '../output.ts';
import { reportStudy } from '../study-report.ts';

/** `homeward merge`: the folder that one machine would have written. */
export const mergeCommand = (terminal: Terminal): Command =>
  new Command('merge')
    .description("Join the folders of a study's shards.")
    .argument('<dir...>', 'results folders of all shards')
    .option('--out <dir>', 'folder for the whole study', 'merged')
    .option('--json', 'the document of study --json')
    .action(async (dirs: readonly string[], flags: { readonly out: string; readonly json?: true }) => {
      const result = await mergeShards(dirs, flags.out);
      terminal.note(`merged ${dirs.length} folders into ${flags.out}`);
      reportStudy(result, terminal, flags.json === true);
    });
