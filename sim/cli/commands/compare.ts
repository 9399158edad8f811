import { existsSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { suggest } from '../../scenario/nearest.ts';
import { compare, readForComparison, runStudyRows } from '../../study/index.ts';
import type { Comparison, Rows } from '../../study/index.ts';
import { compareDocument } from '../documents.ts';
import { UsageError } from '../failures.ts';
import { interruptible } from '../interruption.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { DEFAULT_LEVEL, defaultWorkers, planOf } from '../plans.ts';
import { figure, interval, table } from '../table.ts';

interface Flags {
  readonly outcome?: string;
  readonly baseline?: string;
  readonly replications?: number;
  readonly workers: number;
  readonly level: number;
  readonly json?: true;
}

/** `homeward compare`: sets of mitigations side by side, threat event by threat event. */
export const compareCommand = (terminal: Terminal): Command =>
  new Command('compare')
    .description('Compare sets of mitigations, paired by the same luck: one ranking for each threat event and outcome.')
    .argument('<study|dir...>', 'a study to run, or results folders (of shards: all of them)')
    .option('--outcome <id>', "one outcome, or 'succeeded' (default: those of the study)")
    .option('--baseline <arm>', "set or arm that differences are taken against (default: the study's)")
    .option('--replications <n>', "when a study is run (default: the study's own rule)", options.replications)
    .option('--workers <n>', 'threads, when a study is run', options.workers, defaultWorkers())
    .option('--level <l>', 'confidence level', options.level, DEFAULT_LEVEL)
    .option('--json', 'one JSON document on standard output')
    .action(async (inputs: readonly string[], flags: Flags) => {
      const table = await tableOf(inputs, flags, terminal);
      if (table === null) return;
      const { outcome, baseline } = flags;
      check(table.rows, outcome, baseline);
      const comparison = compare(table.rows, table.replications, {
        level: flags.level,
        ...(outcome === undefined ? {} : { outcome }),
        ...(baseline === undefined ? {} : { baseline }),
      });
      if (flags.json) terminal.json(compareDocument(comparison));
      else print(comparison, terminal);
    });

interface Table {
  readonly rows: Rows;
  readonly replications: number;
}

async function tableOf(inputs: readonly string[], flags: Flags, terminal: Terminal): Promise<Table | null> {
  const folders = inputs.filter((input) => existsSync(input) && statSync(input).isDirectory());
  if (folders.length === inputs.length) return readForComparison(folders);
  if (inputs.length > 1)
    throw new UsageError(
      `${inputs.find((input) => !folders.includes(input))} is no results folder (give one study, or results folders only)`,
    );
  const plan = planOf(inputs[0]!, flags);
  // Before the work, not after it.
  check({ plan }, flags.outcome, flags.baseline);
  const finished = await interruptible(
    (signal) =>
      runStudyRows(plan, { workers: flags.workers, signal, onProgress: ({ done, total }) => terminal.progress(done, total, plan.id) }),
    terminal,
    () => 'nothing is kept; "homeward study --out DIR" keeps its results',
  );
  return finished === null ? null : { rows: finished.rows, replications: finished.result.replications };
}

function check({ plan }: Pick<Rows, 'plan'>, outcome: string | undefined, baseline: string | undefined): void {
  const outcomes = [...plan.outcomeSpecs.map(({ id }) => id), 'succeeded'];
  if (outcome !== undefined && !outcomes.includes(outcome))
    throw new UsageError(`there is no outcome "${outcome}" (${suggest(outcome, outcomes)})`);
  const arms = [...new Set(plan.arms.map(({ set }) => set)), ...plan.arms.map(({ id }) => id)];
  if (baseline !== undefined && !arms.includes(baseline))
    throw new UsageError(`there is no arm or set "${baseline}" (${suggest(baseline, arms)})`);
  if (baseline === undefined && plan.baseline === null) throw new UsageError('the study names no baseline (give --baseline)');
}

function print(comparison: Comparison, terminal: Terminal): void {
  terminal.out(
    terminal.bold(
      `Difference from ${comparison.baseline}, mean [${figure(comparison.level * 100)} % interval], ${comparison.replications} replications`,
    ),
  );
  const rows = comparison.arms.map(({ threat, outcome, set, difference, varianceRatio, rank }) => [
    threat ?? 'nobody attacks',
    outcome,
    set,
    interval(difference),
    figure(varianceRatio),
    String(rank),
    difference.warn === undefined ? '' : `WARN ${difference.warn}`,
  ]);
  terminal.out(
    table(
      [
        { title: 'threat event' },
        { title: 'outcome' },
        { title: 'set' },
        { title: 'difference', align: 'right' },
        { title: 'variance ratio', align: 'right' },
        { title: 'rank', align: 'right' },
        { title: '' },
      ],
      rows,
    ),
  );
  terminal.out(
    terminal.dim(
      'Rank 1 is best, for this threat event and outcome alone. Given that this adversary tries. Clinical figures are modelled, not clinically validated.',
    ),
  );
}
