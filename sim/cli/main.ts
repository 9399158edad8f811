#!/usr/bin/env node
import { EXIT } from './failures.ts';
import { createTerminal, lastWords, toleratesClosedPipes } from './output.ts';
import { crashLine, execute } from './program.ts';

toleratesClosedPipes();
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    lastWords(crashLine(error));
    process.exit(EXIT.failed);
  });
process.exitCode = await execute(process.argv.slice(2), createTerminal());
