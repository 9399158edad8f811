import { Command } from 'commander';
import type { RunResult } from '../../model/result.ts';
import { errorText } from '../../study/batch.ts';
import { readResults, replayOf, type Replay } from '../../study/index.ts';
import { WorkError, explain } from '../failures.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { display } from '../place.ts';
import { openProject } from '../project.ts';
import { runTold, type Telling } from '../told-run.ts';

interface Flags extends Telling {
  readonly arm: string;
  readonly replication: number;
}

/** `homeward replay`: one row of a results folder again, in full. */
export const replayCommand = (terminal: Terminal): Command =>
  new Command('replay')
    .description('Run one row of a results folder again and check that it gives the same fingerprint and outcomes.')
    .argument('<dir>', 'results folder')
    .requiredOption('--arm <id>', 'arm, for example te2-reading-tamper/typical, or attack-free/typical')
    .requiredOption('--replication <n>', 'replication, counted from 0', options.replication)
    .option('--trace <file>', 'write everything that happens, one JSON object a line')
    .option('--trace-level <level>', options.TRACE_LEVEL_HELP, options.traceLevel)
    .option('--against <file>', options.AGAINST_HELP)
    .option('--json', 'the document of run --json')
    .action(async (dir: string, flags: Flags) => {
      const wanted = replayOf(await readResults(dir), flags.arm, flags.replication);
      const result = again(wanted, () => runTold(wanted.spec, openProject().catalogue, wanted, flags, terminal));
      const different = difference(wanted, result);
      if (different !== null) throw new WorkError(different);
      terminal.note(`fingerprint ${result.fingerprint} equals the row's, and so do its outcomes`);
    });

/** Runs the row; where its run failed, that it fails again is no defect of this command. */
function again(wanted: Replay, work: () => RunResult): RunResult {
  try {
    return work();
  } catch (error) {
    const isUsage = explain(error, display) !== null;
    if (wanted.error === null || isUsage) throw error;
    throw new WorkError(`the run fails again: ${errorText(error)} (the row says: ${wanted.error})`, { cause: error });
  }
}

/** The first thing in which a run differs from its row, in words; null when they are equal. */
function difference(wanted: Replay, result: RunResult): string | null {
  if (wanted.fingerprint === null || wanted.outcomes === null)
    return `the row has no fingerprint: its run failed (${wanted.error ?? 'unknown'}), and this one did not`;
  if (wanted.fingerprint !== result.fingerprint) return `fingerprint ${result.fingerprint} is not the row's ${wanted.fingerprint}`;
  if (wanted.succeeded !== (result.threat?.succeeded ?? null))
    return `the threat event ${result.threat?.succeeded ? 'reached its goal, the row says that it did not' : 'did not reach its goal, the row says that it did'}`;
  // The fingerprint covers them too, but a row is a fingerprint and figures side by side: one may have been changed.
  for (const [id, stored] of Object.entries(wanted.outcomes)) {
    const own = result.outcomes[id] ?? null;
    if (own !== stored) return `${id} ${own === null ? 'did not happen' : `is ${own}`}, the row says ${stored ?? 'that it did not happen'}`;
  }
  return null;
}
