import { describe, expect, it } from 'vitest';
import { explain, UsageError, WorkError } from '../../sim/cli/failures.ts';
import { InputError, startOf } from '../../sim/scenario/errors.ts';
import { DiskError } from '../../sim/study/files.ts';

describe('what ended a command', () => {
  it.each([
    [new InputError([{ ...startOf('a.yaml'), message: 'no', remedy: 'Yes' }]), 2],
    [new UsageError('no'), 2],
    [new WorkError('no'), 1],
    [new DiskError('no space is left on the device'), 1],
  ])('has its exit code: %s', (error, code) => {
    expect(explain(error, (file) => file)?.code).toBe(code);
  });

  it('is a defect where nobody expected it', () => {
    expect(explain(new TypeError('no'), (file) => file)).toBeNull();
  });
});
