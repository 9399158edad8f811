import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, SPEEDS, START, type View } from '../../viewer/address.ts';

const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((text) => text !== 'none');
const view: fc.Arbitrary<View> = fc.record({
  page: fc.constantFrom('home', 'study'),
  choices: fc.record({
    home: fc.constantFrom(START.choices.home, 'scenarios/homes/other home.yaml'),
    threat: fc.option(id),
    mitigations: fc.oneof(id, fc.array(id, { maxLength: 5 })),
    course: fc.constantFrom('natural', 'deteriorating'),
    seed: fc.nat(),
  }),
  speed: fc.constantFrom(...SPEEDS),
});

describe('the page’s address', () => {
  it('names the view exactly', () => {
    fc.assert(
      fc.property(view, (shown) => {
        expect(parseAddress(formatAddress(shown))).toEqual(shown);
      }),
    );
  });

  it('falls back to the start for whatever is missing or senseless', () => {
    expect(parseAddress('')).toEqual(START);
    expect(parseAddress('#home?seed=-3&speed=7&course=odd')).toEqual(START);
    expect(parseAddress('#home?seed=')).toMatchObject({ choices: { seed: START.choices.seed } });
  });

  it('tells an empty choice of mitigations from a set', () => {
    expect(parseAddress('#home?mitigations=ids:').choices.mitigations).toEqual([]);
    expect(parseAddress('#home?mitigations=none').choices.mitigations).toBe('none');
  });
});
