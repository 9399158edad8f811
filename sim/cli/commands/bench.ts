import { cpus } from 'node:os';
import { Command } from 'commander';
import { classCounts } from '../bench/classes.ts';
import { HARD_CASES, hold } from '../bench/hold.ts';
import { fork, homeDay, traceFull, workers } from '../bench/home.ts';
import { KEPT, traceKept } from '../bench/trace.ts';
import { draw, queue } from '../bench/kernel.ts';
import { machine } from '../bench/machine.ts';
import { workerMemory } from '../bench/memory.ts';
import type { Measurement } from '../bench/measure.ts';
import { Peers } from '../bench/peers.ts';
import { profileHomeDay } from '../bench/profile.ts';
import { stream } from '../bench/stream.ts';
import { suggest } from '../../scenario/nearest.ts';
import { UsageError } from '../failures.ts';
import type { Terminal } from '../output.ts';
import { figure, table } from '../table.ts';

type Bench = (peers: () => Peers) => Measurement | readonly Measurement[] | Promise<Measurement | readonly Measurement[]>;

/** Benchmarks by the names that they report. */
const BENCHES: readonly { readonly names: readonly string[]; readonly run: Bench }[] = [
  ...[100, 10_000, 1_000_000].map((n) => ({ names: [`hold-${n}`], run: (peers: () => Peers) => hold(n, peers()) })),
  ...HARD_CASES.map(({ name, run }) => ({ names: [name], run })),
  { names: ['mm1'], run: (peers) => queue(peers()) },
  { names: ['home-day', 'home-day-events', 'home-day-messages'], run: homeDay },
  { names: ['home-day-classes'], run: classCounts },
  { names: ['fork', 'fork-bytes'], run: fork },
  { names: ['trace-full'], run: traceFull },
  { names: KEPT, run: traceKept },
  { names: ['machine'], run: machine },
  { names: ['draw'], run: draw },
  { names: ['workers-2'], run: workers },
  { names: ['worker-memory', 'worker-memory-growth'], run: workerMemory },
  { names: ['stream-10'], run: stream },
];

const NAMES = BENCHES.flatMap(({ names }) => names);

/** `homeward bench`: how fast this machine simulates, and how busy the reference home's day is. */
export const benchCommand = (terminal: Terminal): Command =>
  new Command('bench')
    .description('Measure the engine on this machine: medians of at least five repetitions.')
    .option('--only <names>', `some of them, separated by commas: ${NAMES.join(', ')}`)
    .option('--profile [file]', 'a CPU profile of the home-day instead, for the tools of a browser or editor')
    .option('--json', 'one JSON document on standard output')
    .action(async (flags: { readonly only?: string; readonly json?: true; readonly profile?: string | true }) => {
      if (flags.profile !== undefined) {
        if (flags.only !== undefined || flags.json) throw new UsageError('--profile measures nothing: it goes without --only and --json');
        const file = flags.profile === true ? 'home-day.cpuprofile' : flags.profile;
        await profileHomeDay(file);
        return terminal.note(`the CPU profile of the home-day is in ${file}`);
      }
      const wanted = flags.only?.split(',').map((name) => name.trim()) ?? NAMES;
      const unknown = wanted.filter((name) => !NAMES.includes(name));
      if (unknown.length > 0) throw new UsageError(...unknown.map((name) => `there is no benchmark "${name}" (${suggest(name, NAMES)})`));
      const results: Measurement[] = [];
      let peers: Peers | null = null;
      try {
        for (const { names, run } of BENCHES) {
          const chosen = names.filter((name) => wanted.includes(name));
          if (chosen.length === 0) continue;
          terminal.note(`measuring ${chosen.join(', ')} …`);
          const measured = [await run(() => (peers ??= foundPeers(terminal)))].flat() as readonly Measurement[];
          results.push(...measured.filter(({ name }) => chosen.includes(name) || name.includes(':')));
        }
      } finally {
        (peers as Peers | null)?.close();
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
      terminal.out(terminal.dim(RATIO_NOTE));
      terminal.out(terminal.dim(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`));
    });

/** What stands in the last column. */
const RATIO_NOTE =
  'ratio: how many times as fast as what it is measured against; of traces and of a worker’s memory, how many times as much as without.';

/** Finds the peers when the first benchmark asks for them, and says which are missing. */
function foundPeers(terminal: Terminal): Peers {
  const peers = new Peers();
  for (const reason of peers.absent) terminal.note(`no comparison with ${reason}`);
  return peers;
}
