import { expect } from 'vitest';
import { complaintText, InputError } from '../../sim/scenario/index.ts';

/** What `work` complains about, a line each; fails when it does not complain or throws anything else. */
export function complaintsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const place of error.places) {
      expect(place.line).toBeGreaterThanOrEqual(1);
      expect(place.column).toBeGreaterThanOrEqual(1);
      expect(place.message).not.toBe('');
      expect(place.remedy).not.toBe('');
    }
    return error.places.map(complaintText);
  }
  throw new Error('nothing was complained about');
}
