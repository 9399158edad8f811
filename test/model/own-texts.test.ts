import { expect, it } from 'vitest';
import { withOwnTexts } from '../../sim/model/text.ts';
import { worldOf } from '../support/worlds.ts';

it('a specification with texts of the engine’s own says the same, and is worked out once', () => {
  const spec = structuredClone(worldOf('te2-reading-tamper', 'recommended'));
  const before = JSON.stringify(spec);
  const own = withOwnTexts(spec);
  expect(own).toEqual(spec);
  expect(own).not.toBe(spec);
  expect(JSON.stringify(own)).toBe(before);
  expect(JSON.stringify(spec)).toBe(before);
  expect(withOwnTexts(spec)).toBe(own);
  // Worlds of a study share their registry, and so do their copies.
  expect(withOwnTexts({ ...spec, hours: 1 }).parameters).toBe(own.parameters);
});
