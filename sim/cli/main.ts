#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { compareCommand } from './commands/compare.ts';
import { listCommand } from './commands/list.ts';
import { mergeCommand } from './commands/merge.ts';
import { replayCommand } from './commands/replay.ts';
import { resultsCommand } from './commands/results.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { startCommand } from './commands/start.ts';
import { studyCommand } from './commands/study.ts';
import { validateCommand } from './commands/validate.ts';
import { EXIT, explain } from './failures.ts';
import { createTerminal, lastWords, toleratesClosedPipes } from './output.ts';
import { VERSION, display } from './project.ts';

const terminal = createTerminal();

function createProgram(): Command {
  const program = new Command('homeward')
    .description('Network-simulation testbed and digital model of hospital-at-home: threat events against mitigations that are really switched on and off.')
    .version(VERSION)
    .showSuggestionAfterError(true)
    .showHelpAfterError('(try "homeward help" or add --help)')
    .addHelpText('after', '\nExit codes: 0 done, 1 the work failed, 2 bad input or usage, 130 interrupted.\nIndependent work, not endorsed by NIST. Modelled, not clinically validated.')
    .exitOverride();
  const commands = [runCommand, studyCommand, compareCommand, replayCommand, mergeCommand, resultsCommand, serveCommand, startCommand, validateCommand, listCommand, benchCommand];
  for (const command of commands) program.addCommand(command(terminal).exitOverride());
  return program;
}

/** One line and an exit code for whatever went wrong; the stack only for those who ask with DEBUG. */
function fail(error: unknown): void {
  terminal.progressEnd();
  if (error instanceof CommanderError) {
    // Commander has printed its message; help and version are no failures.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return;
  }
  const explained = explain(error, display);
  if (explained !== null) {
    for (const line of explained.lines) terminal.note(line);
    process.exitCode = explained.code;
    return;
  }
  process.exitCode = EXIT.failed;
  terminal.note(crashLine(error));
}

function crashLine(error: unknown): string {
  const debugging = (process.env['DEBUG'] ?? '') !== '';
  if (debugging && error instanceof Error) return error.stack ?? error.message;
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
  return `homeward: ${message} (this is a defect; set DEBUG=1 to see where)`;
}

toleratesClosedPipes();
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    lastWords(crashLine(error));
    process.exit(EXIT.failed);
  });

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  fail(error);
}
