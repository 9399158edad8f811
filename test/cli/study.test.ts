import { describe, expect, it } from 'vitest';
import { goOnCommand } from '../../sim/cli/commands/study.ts';
import { defaultWorkers } from '../../sim/cli/plans.ts';

describe('the command that goes on with an interrupted study', () => {
  const usual = { workers: defaultWorkers() };

  it('is short where nothing was chosen', () => {
    expect(goOnCommand('cswp34', 'out', usual)).toBe('homeward study cswp34 --out out --resume');
  });

  it('repeats every choice', () => {
    const flags = { workers: 3 * usual.workers, level: 0.9, replications: 12, seed: 0, shard: { index: 2, of: 3 }, json: true } as const;
    expect(goOnCommand('cswp34', 'out', flags)).toBe(
      `homeward study cswp34 --out out --resume --replications 12 --seed 0 --shard 2/3 --level 0.9 --workers ${flags.workers} --json`,
    );
  });

  it('quotes what the shell would take apart', () => {
    expect(goOnCommand('my studies/one.yaml', "nurse's $HOME", usual, 'linux')).toBe(
      `homeward study 'my studies/one.yaml' --out 'nurse'\\''s $HOME' --resume`,
    );
    expect(goOnCommand('C:\\my studies\\one.yaml', 'out', usual, 'win32')).toBe(
      'homeward study "C:\\my studies\\one.yaml" --out out --resume',
    );
  });
});
