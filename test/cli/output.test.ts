import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTerminal } from '../../sim/cli/output.ts';

describe('a terminal', () => {
  const { isTTY } = process.stdout;
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.stdout.isTTY = isTTY;
  });

  it('shows control characters of what it is told, and obeys its own', () => {
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('TERM', 'xterm');
    process.stdout.isTTY = true;
    const said: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const terminal = createTerminal();
    const hostile = 'a\u001b[2J\u001b]0;title\u0007\tb\r\u009b1Ac\u007f\nd';
    terminal.note(hostile);
    terminal.out(`${terminal.bold('x')} ${hostile} ${terminal.dim('y')}`);
    vi.restoreAllMocks();
    const shown = 'a\ufffd[2J\ufffd]0;title\ufffd\tb\ufffd\ufffd1Ac\ufffd\nd';
    expect(said).toEqual([`${shown}\n`, `\u001b[1mx\u001b[22m ${shown} \u001b[2my\u001b[22m\n`]);
  });
});
