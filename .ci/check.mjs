// Types, lint, format and dead code in one go; every check runs, also when an earlier one failed.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const CHECKS = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['lint', 'node_modules/oxlint/bin/oxlint'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.'],
  ['dead code', 'node_modules/knip/bin/knip.js'],
];

const failed = CHECKS.filter(([name, ...command]) => {
  process.stdout.write(`== ${name}\n`);
  return spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) process.stdout.write(`failed: ${failed.map(([name]) => name).join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
