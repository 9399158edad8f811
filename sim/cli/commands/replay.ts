import { Command } from 'commander';
import { readResults, replayOf } from '../../study/index.ts';
import { run, runPair } from '../../world/run.ts';
import type { TraceLevel } from '../../world/run.ts';
import { WorkError } from '../failures.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { openProject } from '../project.ts';
import { printRun } from '../summary.ts';
import { recorderFor, traceFileOf } from '../trace.ts';

interface Flags {
  readonly arm: string;
  readonly replication: number;
  readonly trace?: string;
  readonly traceLevel?: TraceLevel;
  readonly json?: true;
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
    .option('--json', 'the document of run --json')
    .action(async (dir: string, flags: Flags) => {
      const wanted = replayOf(await readResults(dir), flags.arm, flags.replication);
      const file = traceFileOf(flags);
      const trace = recorderFor(file === null ? [] : [file]);
      const { catalogue } = openProject();
      const started = performance.now();
      const execute = wanted.spec.threat === null ? run : runPair;
      const result = {
        ...execute(wanted.spec, catalogue, {
          seed: wanted.seed,
          replication: wanted.replication,
          ...(trace === undefined ? {} : { trace }),
        }),
        wallMs: performance.now() - started,
      };
      trace?.finish();
      file?.close();
      if (flags.json) terminal.json(result);
      else printRun(result, terminal);
      if (wanted.fingerprint === null)
        throw new WorkError(`the row has no fingerprint: its run failed (${wanted.error ?? 'unknown'}), and this one did not`);
      if (wanted.fingerprint !== result.fingerprint)
        throw new WorkError(`fingerprint ${result.fingerprint} is not the row's ${wanted.fingerprint}`);
      terminal.note(`fingerprint ${result.fingerprint} equals the row's`);
    });
