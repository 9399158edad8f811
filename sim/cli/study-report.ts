import type { StudyResult } from '../study/index.ts';
import { studyDocument, warningsOf } from './documents.ts';
import { EXIT } from './failures.ts';
import type { Terminal } from './output.ts';
import { printStudy } from './study-table.ts';

/** Prints a study, as one document or for people, then what is doubtful about it. */
export function reportStudy(result: StudyResult, terminal: Terminal, json: boolean): void {
  if (json) terminal.json(studyDocument(result));
  else printStudy(result, terminal, () => Object.keys(result.arms[0]?.outcomes ?? {}));
  reportDoubts(warningsOf(result), result.failures, terminal);
}

/** What should not be trusted, on standard error whatever the form of the results. Failed runs make the exit code 1. */
export function reportDoubts(warnings: readonly string[], failures: StudyResult['failures'], terminal: Terminal): void {
  for (const warning of warnings) terminal.note(warning);
  for (const { arm, replication, seed, error } of failures)
    terminal.note(`failed: arm ${arm}, replication ${replication}, seed ${seed}: ${error}`);
  if (failures.length > 0) terminal.status = EXIT.failed;
}
