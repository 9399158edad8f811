import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, senseless, SPEEDS, START, type View } from '../../viewer/address.ts';

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

  it('takes no seed that could not be told from its neighbours, and says what it does not take', () => {
    expect(parseAddress('#home?seed=9007199254740991').choices.seed).toBe(2 ** 53 - 1);
    for (const seed of ['9007199254740993', '99999999999999999999', '1.5', 'one', '']) {
      expect(parseAddress(`#home?seed=${seed}`).choices.seed, seed).toBe(START.choices.seed);
      expect(senseless(`#home?seed=${seed}`), seed).toEqual([`The address says seed=${seed}, which cannot be; 1 is taken instead.`]);
    }
    expect(senseless('#home?course=banana&speed=7')).toHaveLength(2);
  });

  it('has no complaint about an address of its own', () => {
    fc.assert(
      fc.property(view, (shown) => {
        expect(senseless(formatAddress(shown))).toEqual([]);
      }),
    );
    expect(senseless('')).toEqual([]);
  });
});
