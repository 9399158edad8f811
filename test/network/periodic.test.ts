import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draws } from '../../sim/kernel/draws.ts';
import { periodicWait } from '../../sim/network/periodic.ts';

/** Mean work in a queue over a period in its steady state: streams of random phase, packets of one unit. By the sample path, without error but rounding. */
function sampled(streams: number, utilisation: number, draws: Draws, sample: number): number {
  const period = streams / utilisation;
  const phases = Array.from({ length: streams }, (_, i) => draws.uniformAt(streams, sample, i, 0) * period).sort((a, b) => a - b);
  let work = 0;
  let last = 0;
  let area = 0;
  // Below full load a queue that began empty repeats itself from the second period on.
  for (let round = 0; round < 3; round++)
    for (const phase of phases) {
      const passed = round * period + phase - last;
      const done = Math.min(work, passed);
      if (last >= period + phases[0]! && round * period + phase <= 2 * period + phases[0]!) area += work * done - done ** 2 / 2;
      work = work - done + 1;
      last = round * period + phase;
    }
  return area / period;
}

describe('the wait beside periodic streams', () => {
  it('beside one is half a packet with the probability that it is there', () => {
    for (const utilisation of [0.1, 0.5, 0.99]) expect(periodicWait(1, utilisation)).toBeCloseTo(utilisation / 2, 12);
  });
  it('beside two is the integral of the law’s two terms', () => {
    // D = 2/ρ; below one packet 2 (1 − x)(D − 2 + x)/D² + (2 − x)²/D², above it (2 − x)²/D².
    for (const utilisation of [0.3, 0.9]) {
      const D = 2 / utilisation;
      const first = (2 / D ** 2) * ((D - 2) / 2 + 1 / 6);
      const second = 8 / 3 / D ** 2;
      expect(periodicWait(2, utilisation)).toBeCloseTo(first + second, 12);
    }
  });
  it('beside very many is that of M/D/1', () => {
    expect(periodicWait(1000, 0.8)).toBeCloseTo(2, 12);
    expect(Math.abs(periodicWait(128, 0.3) / (0.3 / 1.4) - 1)).toBeLessThan(0.02);
  });
  it('agrees with streams of random phase', () => {
    // 4 000 samples: the mean's standard error is 0.8 % at most; within 4 of them, false alarm 6e-5 a pair.
    for (const [streams, utilisation] of [
      [2, 0.6],
      [5, 0.9],
      [20, 0.95],
    ] as const) {
      const draws = new Draws(streams, 0, 0);
      const values = Array.from({ length: 4000 }, (_, sample) => sampled(streams, utilisation, draws, sample));
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1) / values.length);
      expect(error / mean).toBeLessThan(0.01);
      expect(Math.abs(periodicWait(streams, utilisation) - mean)).toBeLessThan(4 * error);
    }
  });
  it('grows with load and with the number of streams', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 0.95, noNaN: true }), (streams, utilisation) => {
        const wait = periodicWait(streams, utilisation);
        expect(periodicWait(streams + 1, utilisation)).toBeGreaterThan(wait);
        expect(periodicWait(streams, utilisation + 0.04)).toBeGreaterThan(wait);
        expect(wait).toBeLessThan(utilisation / (2 * (1 - utilisation)));
      }),
    );
  });
});
