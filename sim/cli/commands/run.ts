import { resolve as resolvePath } from 'node:path';
import { Command } from 'commander';
import type { RunResult } from '../../model/result.ts';
import { loadHome, resolve } from '../../scenario/index.ts';
import { run, runPair } from '../../world/run.ts';
import type { TraceLevel } from '../../world/run.ts';
import { UsageError } from '../failures.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { findInput, openProject } from '../project.ts';
import { printRun } from '../summary.ts';
import { TraceComparison, comparisonLines } from '../trace-comparison.ts';
import { recorderFor, traceFileOf } from '../trace.ts';

interface Flags {
  readonly threat?: string;
  readonly mitigations?: string | readonly string[];
  readonly seed: number;
  readonly replication: number;
  readonly hours: number;
  readonly course?: 'natural' | 'deteriorating';
  readonly set?: readonly string[];
  readonly trace?: string;
  readonly traceLevel?: TraceLevel;
  readonly against?: string;
  readonly level?: number;
  readonly json?: true;
}

/** `homeward run`: one replication, told in full. */
export const runCommand = (terminal: Terminal): Command =>
  new Command('run')
    .description('Run one replication of a home and say what happened.')
    .argument('<home>', 'home file (YAML or JSON), or the name of one in scenarios/homes')
    .option('--threat <id>', 'threat event that is tried (default: none)')
    .option('--mitigations <list>', "a set, or mitigation ids separated by commas (default: the home's own)", options.idList)
    .option('--seed <n>', 'seed', options.seed, 1)
    .option('--replication <n>', 'replication, counted from 0', options.replication, 0)
    .option('--hours <h>', 'simulated hours', options.hours, 24)
    .option('--course <course>', "natural or deteriorating (default: the home's own)", options.oneOf('natural', 'deteriorating'))
    .option('--set <path=value>', 'edit the home, for example devices.camera.on=guest (repeatable)', options.assignment)
    .option('--trace <file>', 'write everything that happens, one JSON object a line')
    .option('--trace-level <level>', options.TRACE_LEVEL_HELP, options.traceLevel)
    .option('--against <file>', 'compare with a trace of any level written earlier; names the first event at which they part')
    .option('--level <l>', 'accepted as elsewhere; a single run has no intervals', options.level)
    .option('--json', 'one JSON document on standard output')
    .action((home: string, flags: Flags) => act(home, flags, terminal));

function act(home: string, flags: Flags, terminal: Terminal): void {
  const project = openProject();
  const path = findInput(home, 'home', 'scenarios/homes');
  if (flags.level !== undefined) terminal.note('note: a single run has no intervals, --level is not used');
  if (flags.trace !== undefined && flags.against !== undefined && resolvePath(flags.trace) === resolvePath(flags.against))
    throw new UsageError('--trace would overwrite the file that --against reads (name another)');

  const spec = resolve(
    loadHome(path, project.reader, project.catalogue),
    {
      threat: flags.threat ?? null,
      mitigations: flags.mitigations ?? null,
      hours: flags.hours,
      ...(flags.course === undefined ? {} : { course: flags.course }),
      set: flags.set ?? [],
    },
    project.library,
    project.catalogue,
  );
  const comparison = flags.against === undefined ? null : new TraceComparison(flags.against);
  const file = traceFileOf(flags);
  const trace = recorderFor([comparison, file].filter((taker) => taker !== null));
  const execute = spec.threat === null ? run : runPair;
  const started = performance.now();
  const result: RunResult = {
    ...execute(spec, project.catalogue, { seed: flags.seed, replication: flags.replication, ...(trace === undefined ? {} : { trace }) }),
    wallMs: performance.now() - started,
  };
  trace?.finish();
  file?.close();

  if (flags.json) terminal.json(result);
  else printRun(result, terminal);
  if (comparison !== null) {
    const say = flags.json ? terminal.note : terminal.out;
    for (const line of comparisonLines(comparison.finish(), flags.against!, comparison.level)) say(line);
  }
}
