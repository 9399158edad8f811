import { Command } from 'commander';
import { suggest } from '../../scenario/nearest.ts';
import { EXIT, UsageError } from '../failures.ts';
import * as options from '../options.ts';
import type { Terminal } from '../output.ts';
import type { Extent, Finding } from '../verify/check.ts';
import { fuzz } from '../verify/fuzz/fuzz.ts';
import { otherNodes } from '../verify/other-node.ts';
import { repeat } from '../verify/repeat.ts';
import { restore } from '../verify/restore.ts';

interface Flags {
  readonly only?: string;
  readonly worlds: number;
  readonly pairs: number;
  readonly seed: number;
  readonly json?: true;
}

/** Checks by name, in the order in which they are made. */
const CHECKS: readonly (readonly [name: string, make: (extent: Extent) => Promise<Finding>])[] = [
  ['fuzz', fuzz],
  ['restore', restore],
  ['repeat', repeat],
  ['other-node', otherNodes],
];

const WORLDS = 10_000;
const PAIRS = 200;

/** `homeward verify`: does the engine keep its promises on this machine? */
export const verifyCommand = (terminal: Terminal): Command =>
  new Command('verify')
    .description('Check the engine on this machine: random worlds, snapshots resumed elsewhere, the same bytes from one worker and two.')
    .option('--only <names>', `some of ${CHECKS.map(([name]) => name).join(', ')}, separated by commas`)
    .option('--worlds <n>', 'random small worlds (fuzz)', options.replications, WORLDS)
    .option('--pairs <n>', 'homes taken apart at an instant (restore)', options.replications, PAIRS)
    .option('--seed <n>', 'seed of the first world and pair; the next ones count up', options.seed, 1)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', '\nWhat does not hold is named with the --seed that shows it again, the smallest world first; exit code 1.')
    .action(async ({ only, worlds, pairs, seed, json }: Flags) => {
      const known = CHECKS.map(([name]) => name);
      const wanted = only?.split(',').map((name) => name.trim()) ?? known;
      const unknown = wanted.filter((name) => !known.includes(name));
      if (unknown.length > 0) throw new UsageError(...unknown.map((name) => `there is no check "${name}" (${suggest(name, known)})`));
      const last = seed + Math.max(worlds, pairs);
      if (last > Number.MAX_SAFE_INTEGER)
        throw new UsageError(`--seed ${seed}: the seeds counted up from it are too large (use a smaller one)`);
      const findings: Finding[] = [];
      for (const [name, make] of CHECKS) {
        if (!wanted.includes(name)) continue;
        if (!json) terminal.note(`checking ${name} …`);
        const finding = await make({ worlds, pairs, seed, progress: terminal.progress });
        findings.push(finding);
        if (!json) print(finding, terminal);
        if (finding.pass === false) terminal.status = EXIT.failed;
      }
      if (json) terminal.json(findings.map(({ check, pass, figures, failures }) => ({ check, pass, ...figures, failures })));
    });

/** One line on standard output; what does not hold on standard error. */
function print({ check, pass, figures, failures }: Finding, terminal: Terminal): void {
  const word = pass === null ? 'not made' : pass ? 'holds' : 'FAILS';
  terminal.out(
    `${check.padEnd(10)}  ${word.padEnd(8)}  ${Object.entries(figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );
  for (const failure of failures) terminal.note(`  ${failure}`);
}
