import { writeSync } from 'node:fs';
import { plain } from '../study/plain-text.ts';

/**
 * Where the program's words go: results on standard output, everything else on standard error, so that
 * `homeward … --json | jq` always sees one document and nothing more. Control characters in them are shown, not obeyed: names
 * and errors come from other people's files too.
 */
export interface Terminal {
  /** The exit code that the work so far asks for. */
  status: number;
  /** A line of results. */
  out(line?: string): void;
  /** The one document of `--json`. */
  json(document: unknown): void;
  /** A note, a warning, an error. */
  note(line: string): void;
  /** Shows how far the work is; a line that rewrites itself on a terminal, now and then a plain line elsewhere. */
  progress(done: number, total: number, label: string): void;
  /** Ends the self-rewriting line. */
  progressEnd(): void;
  bold(text: string): string;
  dim(text: string): string;
}

const PLAIN_PROGRESS_MS = 10_000;
const LIVE_PROGRESS_MS = 100;
const BAR = 24;

/** `now` in ms, injected for tests. */
export function createTerminal(now: () => number = () => performance.now()): Terminal {
  const colours = allowsColour(process.stdout);
  const live = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  let started = now();
  let last = Number.NEGATIVE_INFINITY;
  let shown = '';
  let open = false;

  const endLine = (): void => {
    if (open) process.stderr.write('\r\u001b[K');
    open = false;
  };

  return {
    status: 0,
    out: (line = '') => {
      endLine();
      process.stdout.write(`${plainButOwn(line)}\n`);
    },
    json: (document) => {
      endLine();
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
    note: (line) => {
      endLine();
      process.stderr.write(`${plain(line)}\n`);
    },
    progress: (done, total, label) => {
      const at = now();
      // Other work: what the earlier one took says nothing about it.
      if (shown !== '' && label !== shown) started = at;
      shown = label;
      if (at - last < (live ? LIVE_PROGRESS_MS : PLAIN_PROGRESS_MS) && done < total) return;
      last = at;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const left = share > 0 && share < 1 ? `, about ${duration(((at - started) * (1 - share)) / share)} left` : '';
      const text = `${label} ${done} of ${total} runs${left}`;
      if (live) {
        const filled = Math.round(share * BAR);
        process.stderr.write(`\r\u001b[K[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${text}`);
        open = true;
      } else process.stderr.write(`${text}\n`);
    },
    progressEnd: endLine,
    bold: (text) => (colours ? `\u001b[1m${text}\u001b[22m` : text),
    dim: (text) => (colours ? `\u001b[2m${text}\u001b[22m` : text),
  };
}

/** Leaves the sequences of `bold` and `dim`. */
const plainButOwn = (line: string): string =>
  line
    .split('\u001b')
    .map((part, i) => `${i === 0 ? '' : /^\[(?:1|2|22)m/.test(part) ? '\u001b' : '\ufffd'}${plain(part)}`)
    .join('');

/** https://no-color.org: any non-empty value forbids. */
function allowsColour(stream: NodeJS.WriteStream): boolean {
  const forbidden = process.env['NO_COLOR'];
  return stream.isTTY === true && (forbidden === undefined || forbidden === '') && process.env['TERM'] !== 'dumb';
}

/** 75 000 → "1 min 15 s". */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A reader that stops early (`| head`) is no error of ours: leave quietly. */
export function toleratesClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
}

/** Last words before an abrupt end: reaches the terminal even when the event loop is about to stop. */
export function lastWords(line: string): void {
  try {
    writeSync(2, `${plain(line)}\n`);
  } catch {
    // standard error is gone: nobody is left to tell
  }
}
