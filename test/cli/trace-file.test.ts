import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { EarlierTrace } from '../../sim/cli/trace-file.ts';
import { InputError } from '../../sim/scenario/errors.ts';
import { folder } from './homeward.ts';

it('a file that is no trace is not read on after more is wrong than anybody reads', () => {
  const path = join(folder(), 'bad.jsonl');
  writeFileSync(path, 'no trace\n'.repeat(20_000));
  const parse = vi.spyOn(JSON, 'parse');
  try {
    expect(() => new EarlierTrace(path)).toThrow(InputError);
    expect(parse.mock.calls.length).toBeLessThan(5_000);
  } finally {
    parse.mockRestore();
  }
});
