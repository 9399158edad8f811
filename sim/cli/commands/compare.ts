import { existsSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { suggest } from '../../scenario/nearest.ts';
import { DOUBTFUL, warningLines } from '../../stats/index.ts';
import { baselineSet, compare, readForComparison, runStudyRows } from '../../study/index.ts';
import type { Comparison, ComparisonInput, StudyPlan } from '../../study/index.ts';
import { compareDocument } from '../documents.ts';
import { UsageError } from '../failures.ts';
import { interruptible } from '../interruption.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import { DEFAULT_LEVEL, defaultWorkers, planOf } from '../plans.ts';
import { reportDoubts } from '../study-report.ts';
import { figure, interval, table } from '../table.ts';

interface Flags {
  readonly outcome?: string;
  readonly baseline?: string;
  readonly replications?: number;
  readonly workers: number;
  readonly level?: number;
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
    .option('--level <l>', `confidence level (default: the first folder's; ${DEFAULT_LEVEL} for a study)`, options.level)
    .option('--json', 'one JSON document on standard output')
    .action(async (inputs: readonly string[], flags: Flags) => {
      const input = await inputOf(inputs, flags, terminal);
      if (input === null) return;
      const { outcome, baseline } = flags;
      check(input.rows.plan, outcome, baseline);
      const comparison = compare(input.rows, input.replications, {
        level: flags.level ?? input.level,
        ...(outcome === undefined ? {} : { outcome }),
        ...(baseline === undefined ? {} : { baseline }),
      });
      for (const { path, complete, replications } of input.partly)
        terminal.note(
          `note: ${path} ${complete ? `holds ${replications} replications` : 'is not finished'}; compared are its first ${input.replications}`,
        );
      if (flags.json) terminal.json(compareDocument(comparison));
      else print(comparison, terminal);
      const warnings = warningLines(comparison.arms.map(({ difference }) => difference));
      reportDoubts(warnings, input.rows.failures(input.replications), terminal);
    });

async function inputOf(inputs: readonly string[], flags: Flags, terminal: Terminal): Promise<ComparisonInput | null> {
  const folders = inputs.filter((input) => existsSync(input) && statSync(input).isDirectory());
  if (folders.length === inputs.length) return readForComparison(folders);
  if (inputs.length > 1)
    throw new UsageError(
      `${inputs.find((input) => !folders.includes(input))} is no results folder (give one study, or results folders only)`,
    );
  const plan = planOf(inputs[0]!, flags);
  // Before the work, not after it.
  check(plan, flags.outcome, flags.baseline);
  const finished = await interruptible(
    (signal) =>
      runStudyRows(plan, { workers: flags.workers, signal, onProgress: ({ done, total }) => terminal.progress(done, total, plan.id) }),
    terminal,
    () => 'nothing is kept; "homeward study --out DIR" keeps its results',
  );
  if (finished === null) return null;
  return { rows: finished.rows, replications: finished.result.replications, level: DEFAULT_LEVEL, partly: [] };
}

function check(plan: StudyPlan, outcome: string | undefined, baseline: string | undefined): void {
  const outcomes = [...plan.outcomeSpecs.map(({ id }) => id), 'succeeded'];
  if (outcome !== undefined && !outcomes.includes(outcome))
    throw new UsageError(`there is no outcome "${outcome}" (${suggest(outcome, outcomes)})`);
  const arms = [...new Set(plan.arms.map(({ set }) => set)), ...plan.arms.map(({ id }) => id)];
  if (baseline !== undefined && !arms.includes(baseline))
    throw new UsageError(`there is no arm or set "${baseline}" (${suggest(baseline, arms)})`);
  if (baseline === undefined && plan.baseline === null) throw new UsageError('the study names no baseline (give --baseline)');
  const base = baselineSet(plan, baseline ?? plan.baseline);
  const setsOf = (threat: string | null) => [...new Set(plan.arms.filter((arm) => arm.threat === threat).map(({ set }) => set))];
  const threats = [...new Set(plan.arms.map(({ threat }) => threat))];
  const without = threats.find((threat) => !setsOf(threat).includes(base));
  if (without === undefined) return;
  const shared = setsOf(without).filter((set) => threats.every((threat) => setsOf(threat).includes(set)));
  throw new UsageError(
    `${without ?? 'nobody attacks'} has no arm with the baseline "${base}", its sets are ${setsOf(without).join(', ')} ` +
      (shared.length > 0 ? `(give --baseline ${shared.join(' or ')})` : '(compare studies whose threat events have a set in common)'),
  );
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
      ],
      rows,
    ),
  );
  if (comparison.arms.some(({ difference }) => difference.warn !== undefined))
    terminal.out(`${DOUBTFUL} marks intervals that should not be trusted yet; the reasons follow as WARN.`);
  terminal.out(
    terminal.dim(
      'Rank 1 is best, for this threat event and outcome alone. Given that this adversary tries. Clinical figures are modelled, not clinically validated.',
    ),
  );
}
