import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byNearness, distance, suggest } from '../../sim/scenario/nearest.ts';

const word = fc.string({ maxLength: 12 });

describe('the nearest known word', () => {
  it('counts insertions, deletions, changes and swaps', () => {
    expect([
      distance('camera', 'camra'),
      distance('camera', 'cameras'),
      distance('camera', 'canera'),
      distance('camera', 'cmaera'),
    ]).toEqual([1, 1, 1, 1]);
    expect(distance('', 'hub')).toBe(3);
  });

  it('is symmetric, zero only for equals, and never more than the longer word', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b) === 0).toBe(a === b);
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
      { seed: 1 },
    );
  });

  it('names one word when it is close, several when nothing is, and says so when nothing is known', () => {
    expect(suggest('camra', ['router', 'camera', 'hub'])).toBe('Write "camera", the nearest known');
    expect(suggest('thermostat', ['hub', 'camera', 'tv'])).toBe('Known, nearest first: camera, hub, tv');
    expect(suggest('x', [])).toBe('Nothing is known by this name here; remove it');
  });

  it('takes no short word for another one', () => {
    expect(suggest('3', ['tv', 'hub'])).toBe('Known, nearest first: tv, hub');
    expect(suggest('21', ['tv', 'hub'])).toBe('Known, nearest first: tv, hub');
    expect(suggest('tb', ['tv', 'hub'])).toBe('Write "tv", the nearest known');
    expect(suggest('hbu', ['tv', 'hub'])).toBe('Write "hub", the nearest known');
    expect(suggest('onn', ['on', 'off'])).toBe('Write "on", the nearest known');
    expect(suggest('camre', ['camera', 'tv'])).toBe('Write "camera", the nearest known');
    expect(suggest('', ['tv'])).toBe('Known, nearest first: tv');
  });

  it('does not depend on the order of what is known', () => {
    fc.assert(
      fc.property(word, fc.uniqueArray(word), (a, known) => {
        expect(byNearness(a, known)).toEqual(byNearness(a, known.toReversed()));
      }),
      { seed: 1 },
    );
  });
});
