import type { StudyResult } from '../study/index.ts';
import { studyDocument, warningsOf } from './documents.ts';
import { EXIT } from './failures.ts';
import type { Terminal } from './output.ts';
import { printStudy } from './study-table.ts';

/** Prints a study, as one document or for people, then what is doubtful about it. Failed runs make the exit code 1. */
export function reportStudy(result: StudyResult, terminal: Terminal, json: boolean): void {
  if (json) terminal.json(studyDocument(result));
  else printStudy(result, terminal, () => Object.keys(result.arms[0]?.outcomes ?? {}));
  reportDoubts(result, terminal);
}

export function reportDoubts(result: StudyResult, terminal: Terminal): void {
  for (const warning of warningsOf(result)) terminal.note(warning);
  for (const { arm, replication, seed, error } of result.failures)
    terminal.note(`failed: arm ${arm}, replication ${replication}, seed ${seed}: ${error}`);
  if (result.failures.length > 0) terminal.status = EXIT.failed;
}
