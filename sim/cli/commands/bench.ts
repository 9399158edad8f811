import { cpus } from 'node:os';
import { Command } from 'commander';
import { classCounts } from '../bench/classes.ts';
import { fork, homeDay, workers } from '../bench/home.ts';
import { draw, hold, machine, queue } from '../bench/kernel.ts';
import type { Measurement } from '../bench/measure.ts';
import { stream } from '../bench/stream.ts';
import { suggest } from '../../scenario/nearest.ts';
import { UsageError } from '../failures.ts';
import type { Terminal } from '../output.ts';
import { figure, table } from '../table.ts';

type Bench = () => Measurement | readonly Measurement[] | Promise<Measurement>;

/** Benchmarks by the names that they report. */
const BENCHES: readonly { readonly names: readonly string[]; readonly run: Bench }[] = [
  ...[100, 10_000, 1_000_000].map((n) => ({ names: [`hold-${n}`], run: () => hold(n) })),
  { names: ['mm1'], run: queue },
  { names: ['home-day', 'home-day-events', 'home-day-messages'], run: homeDay },
  { names: ['home-day-classes'], run: classCounts },
  { names: ['fork'], run: fork },
  { names: ['machine'], run: machine },
  { names: ['draw'], run: draw },
  { names: ['workers-2'], run: workers },
  { names: ['stream-10'], run: stream },
];

/** `homeward bench`: how fast this machine simulates, and how busy the reference home's day is. */
export const benchCommand = (terminal: Terminal): Command =>
  new Command('bench')
    .description('Measure the engine on this machine: medians of at least five repetitions.')
    .option('--only <names>', 'some of them, separated by commas')
    .option('--json', 'one JSON document on standard output')
    .action(async (flags: { readonly only?: string; readonly json?: true }) => {
      const known = BENCHES.flatMap(({ names }) => names);
      const wanted = flags.only?.split(',').map((name) => name.trim()) ?? known;
      const unknown = wanted.filter((name) => !known.includes(name));
      if (unknown.length > 0) throw new UsageError(...unknown.map((name) => `there is no benchmark "${name}" (${suggest(name, known)})`));
      const results: Measurement[] = [];
      for (const { names, run } of BENCHES) {
        const chosen = names.filter((name) => wanted.includes(name));
        if (chosen.length === 0) continue;
        terminal.note(`measuring ${chosen.join(', ')} …`);
        const measured = [await run()].flat() as readonly Measurement[];
        results.push(...measured.filter(({ name }) => chosen.includes(name) || name.startsWith('home-day-class:')));
      }
      if (flags.json) return terminal.json(results);
      const rows = results.map(({ name, value, unit, peer, ratio }) => [
        name,
        figure(value, 3),
        unit,
        peer ?? '',
        ratio === undefined ? '' : figure(ratio),
      ]);
      terminal.out(
        table(
          [
            { title: 'name' },
            { title: 'value', align: 'right' },
            { title: 'unit' },
            { title: 'against' },
            { title: 'ratio', align: 'right' },
          ],
          rows,
        ),
      );
      terminal.out(terminal.dim(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`));
    });
