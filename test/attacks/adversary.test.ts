import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next, stepKey, type Attempt } from '../../attacks/index.ts';
import type { StepSpec } from '../../sim/model/spec.ts';

const step = (technique: string, args: StepSpec['args'] = {}): StepSpec => ({ technique, args });
const steps = fc.array(
  fc.record({
    technique: fc.constantFrom('a', 'b', 'c', 'd'),
    args: fc.dictionary(fc.constantFrom('on', 'to'), fc.constantFrom('x', 'y')),
  }),
  { minLength: 1, maxLength: 4 },
);
const graphs = fc.array(steps, { minLength: 1, maxLength: 4 });

/** Plays an adversary to its end; `works` decides each try. */
function play(alternatives: readonly (readonly StepSpec[])[], works: (tries: number) => boolean): { attempts: Attempt[]; end: string } {
  const attempts: Attempt[] = [];
  for (let i = 0; i < 1000; i++) {
    const choice = next(alternatives, { attempts });
    if (typeof choice === 'string') return { attempts, end: choice };
    const { technique, args } = alternatives[choice.alternative]![choice.step]!;
    attempts.push({ technique, args, status: works(i) ? 'succeeded' : 'failed', alternative: choice.alternative });
  }
  throw new Error('never ends');
}

describe('the adversary', () => {
  it('takes the first road and walks it in order', () => {
    const roads = [[step('a'), step('b')], [step('c')]];
    expect(next(roads, { attempts: [] })).toEqual({ alternative: 0, step: 0 });
    expect(next(roads, { attempts: [{ ...step('a'), status: 'succeeded', alternative: 0 }] })).toEqual({ alternative: 0, step: 1 });
  });

  it('turns to the next road after a failure, and keeps what already worked', () => {
    const roads = [
      [step('a'), step('b')],
      [step('a'), step('c')],
    ];
    const attempts: Attempt[] = [
      { ...step('a'), status: 'succeeded', alternative: 0 },
      { ...step('b'), status: 'failed', alternative: 0 },
    ];
    expect(next(roads, { attempts })).toEqual({ alternative: 1, step: 1 });
  });

  it('does the same technique again with other arguments', () => {
    const attempts: Attempt[] = [{ ...step('a', { on: 'x' }), status: 'succeeded', alternative: 0 }];
    expect(next([[step('a', { on: 'x' }), step('a', { on: 'y' })]], { attempts })).toEqual({ alternative: 0, step: 1 });
  });

  it('tells equal steps whatever the order of their arguments', () => {
    expect(stepKey(step('a', { on: 'x', to: 'y' }))).toBe(stepKey(step('a', { to: 'y', on: 'x' })));
    expect(stepKey(step('a', { on: 'x' }))).not.toBe(stepKey(step('a', { to: 'x' })));
  });

  it('ends: every try closes a step or a road', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (roads, luck) => {
        const { attempts, end } = play(roads, (i) => luck[i % luck.length]!);
        expect(attempts.length).toBeLessThanOrEqual(roads.flat().length + roads.length);
        const worked = new Set(attempts.filter((one) => one.status === 'succeeded').map(stepKey));
        const complete = roads.some(
          (road, i) =>
            road.every((one) => worked.has(stepKey(one))) && !attempts.some((one) => one.status === 'failed' && one.alternative === i),
        );
        expect(end).toBe(complete ? 'done' : 'exhausted');
      }),
    );
  });

  it('never repeats what worked, and never goes back to a road that was closed', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (roads, luck) => {
        const { attempts } = play(roads, (i) => luck[i % luck.length]!);
        attempts.forEach((one, i) => {
          const before = attempts.slice(0, i);
          expect(before.some((earlier) => earlier.status === 'succeeded' && stepKey(earlier) === stepKey(one))).toBe(false);
          expect(before.some((earlier) => earlier.status === 'failed' && earlier.alternative === one.alternative)).toBe(false);
        });
      }),
    );
  });

  it('is exhausted when nothing works, done when everything does', () => {
    fc.assert(
      fc.property(graphs, (roads) => {
        expect(play(roads, () => false)).toMatchObject({ end: 'exhausted', attempts: { length: roads.length } });
        expect(play(roads, () => true).end).toBe('done');
      }),
    );
  });

  it('keeps its state as plain JSON', () => {
    const attempts = play([[step('a', { on: ['x', 'y'] }), step('b')]], () => true).attempts;
    expect(JSON.parse(JSON.stringify(attempts))).toEqual(attempts);
  });
});
