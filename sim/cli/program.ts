import { Command, CommanderError } from 'commander';
import { EXIT, explain } from './failures.ts';
import type { Terminal } from './output.ts';
import { VERSION, display } from './place.ts';

/** A command's module is loaded when it is asked for: help and usage errors need not wait for the engine. */
const COMMANDS: Readonly<Record<string, () => Promise<(terminal: Terminal) => Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  study: async () => (await import('./commands/study.ts')).studyCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  results: async () => (await import('./commands/results.ts')).resultsCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  start: async () => (await import('./commands/start.ts')).startCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
};

const AFTER_HELP = `
Exit codes: 0 done, 1 the work failed, 2 bad input or usage, 130 interrupted.
Independent work, not endorsed by NIST. Modelled, not clinically validated.`;

/**
 * Does what the arguments say. Never throws and never ends the process.
 * @returns the exit code
 */
export async function execute(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const program = await createProgram(args[0], terminal);
    await program.parseAsync(args, { from: 'user' });
    return terminal.status;
  } catch (error) {
    terminal.progressEnd();
    // Commander has printed its message; help and version are no failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const explained = explain(error, display);
    if (explained === null) {
      terminal.note(crashLine(error));
      return EXIT.failed;
    }
    for (const line of explained.lines) terminal.note(line);
    if (debugging() && error instanceof Error && error.cause instanceof Error) terminal.note(error.cause.stack ?? error.cause.message);
    return explained.code;
  }
}

async function createProgram(first: string | undefined, terminal: Terminal): Promise<Command> {
  const own = first !== undefined && Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]!] : Object.values(COMMANDS);
  const program = settled(new Command('homeward'), terminal)
    .description(
      'Network-simulation testbed and digital model of hospital-at-home: threat events against mitigations that are really switched on and off.',
    )
    .version(VERSION)
    .addHelpText('after', AFTER_HELP);
  for (const load of own) program.addCommand(settled((await load())(terminal), terminal));
  return program;
}

const settled = (command: Command, terminal: Terminal): Command =>
  command
    .showSuggestionAfterError(true)
    .showHelpAfterError('(add --help for what can be written here)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.note(text.replace(/\n$/, '')),
    })
    .exitOverride();

const debugging = (): boolean => (process.env['DEBUG'] ?? '') !== '';

/** One line for a defect of the program; the stack only for those who ask with DEBUG. */
export function crashLine(error: unknown): string {
  if (debugging() && error instanceof Error) return error.stack ?? error.message;
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
  return `homeward: ${message} (this is a defect; set DEBUG=1 to see where)`;
}
