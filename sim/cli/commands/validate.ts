import { Command } from 'commander';
import { EXIT, explain } from '../failures.ts';
import type { Terminal } from '../output.ts';
import { display } from '../place.ts';
import { catalogueOf, fileReader, findInput, openProject } from '../project.ts';
import { validate } from '../validation.ts';

/** `homeward validate`: every mistake in every file, with place and remedy. */
export const validateCommand = (terminal: Terminal): Command =>
  new Command('validate')
    .description('Check homes, studies, mitigations, sets, threat events and parameter files (YAML or JSON).')
    .argument('<file...>', 'files to check')
    .action((files: readonly string[]) => {
      for (const file of files) {
        try {
          const { kind, id } = validate(findInput(file, 'file', 'scenarios/homes'), fileReader, catalogueOf(), () => openProject().library);
          terminal.out(`${file}: ${kind} ${id}, no complaints`);
        } catch (error) {
          const explained = explain(error, display);
          if (explained === null || explained.code !== EXIT.usage) throw error;
          for (const line of explained.lines) terminal.note(line);
          terminal.status = EXIT.usage;
        }
      }
    });
