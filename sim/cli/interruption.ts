import { StudyInterrupted } from '../study/index.ts';
import { EXIT } from './failures.ts';
import type { Terminal } from './output.ts';

/**
 * Runs work that Ctrl-C may stop. The first signal lets it end in order, the second ends the program at once.
 * @returns what the work gave, or null after an interruption, with exit code 130 and a line on how to go on
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  terminal: Terminal,
  howToGoOn: (folder: string | null) => string,
): Promise<T | null> {
  const control = new AbortController();
  const stop = (): void => {
    if (control.signal.aborted) process.exit(EXIT.interrupted);
    control.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(control.signal);
  } catch (error) {
    // Stopped otherwise, by a viewer: that is the caller's affair.
    if (!(error instanceof StudyInterrupted) || !control.signal.aborted) throw error;
    terminal.note(`interrupted: ${error.message}; ${howToGoOn(error.folder)}`);
    terminal.status = EXIT.interrupted;
    return null;
  } finally {
    terminal.progressEnd();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
