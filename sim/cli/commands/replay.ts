import { Command } from 'commander';
import { readResults, replayOf } from '../../study/index.ts';
import { WorkError } from '../failures.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { openProject } from '../project.ts';
import { runTold, type Telling } from '../told-run.ts';

interface Flags extends Telling {
  readonly arm: string;
  readonly replication: number;
}

/** `homeward replay`: one row of a results folder again, in full. */
export const replayCommand = (terminal: Terminal): Command =>
  new Command('replay')
    .description('Run one row of a results folder again and check that it gives the same fingerprint.')
    .argument('<dir>', 'results folder')
    .requiredOption('--arm <id>', 'arm, for example te2-reading-tamper/typical, or attack-free/typical')
    .requiredOption('--replication <n>', 'replication, counted from 0', options.replication)
    .option('--trace <file>', 'write everything that happens, one JSON object a line')
    .option('--trace-level <level>', options.TRACE_LEVEL_HELP, options.traceLevel)
    .option('--against <file>', options.AGAINST_HELP)
    .option('--json', 'the document of run --json')
    .action(async (dir: string, flags: Flags) => {
      const wanted = replayOf(await readResults(dir), flags.arm, flags.replication);
      const result = runTold(wanted.spec, openProject().catalogue, wanted, flags, terminal);
      if (wanted.fingerprint === null)
        throw new WorkError(`the row has no fingerprint: its run failed (${wanted.error ?? 'unknown'}), and this one did not`);
      if (wanted.fingerprint !== result.fingerprint)
        throw new WorkError(`fingerprint ${result.fingerprint} is not the row's ${wanted.fingerprint}`);
      terminal.note(`fingerprint ${result.fingerprint} equals the row's`);
    });
