import { Command } from 'commander';
import { loadHome, resolve } from '../../scenario/index.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { findInput, openProject } from '../project.ts';
import { runTold, type Telling } from '../told-run.ts';

interface Flags extends Telling {
  readonly threat?: string;
  readonly mitigations?: string | readonly string[];
  readonly seed: number;
  readonly replication: number;
  readonly hours: number;
  readonly course?: 'natural' | 'deteriorating';
  readonly set?: readonly string[];
  readonly level?: number;
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
    .option('--against <file>', options.AGAINST_HELP)
    .option('--level <l>', 'accepted as elsewhere; a single run has no intervals', options.level)
    .option('--json', 'one JSON document on standard output')
    .action((home: string, flags: Flags) => act(home, flags, terminal));

function act(home: string, flags: Flags, terminal: Terminal): void {
  const project = openProject();
  const path = findInput(home, 'home', 'scenarios/homes');
  if (flags.level !== undefined) terminal.note('note: a single run has no intervals, --level is not used');
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
  runTold(spec, project.catalogue, { seed: flags.seed, replication: flags.replication }, flags, terminal);
}
