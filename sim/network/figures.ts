import { laidOut, mean, type Distribution } from '../kernel/distributions.ts';
import { intern } from '../model/text.ts';
import type { Parameter } from '../model/parameters.ts';

/** The registry as a run reads it: every entry both as a figure and as a distribution, worked out once. */
export class Figures {
  private readonly numbers = new Map<string, number>();
  private readonly laws = new Map<string, Distribution>();

  private constructor(parameters: readonly Parameter[]) {
    for (const parameter of parameters) {
      const id = intern(parameter.id);
      const law = parameter.distribution ?? { kind: 'constant', value: parameter.value! };
      this.numbers.set(id, parameter.value ?? mean(law));
      this.laws.set(id, laidOut(law));
    }
  }

  /** The same registry gives the same figures for all worlds that share it. */
  static of(parameters: readonly Parameter[]): Figures {
    let figures = known.get(parameters);
    if (figures === undefined) {
      figures = new Figures(parameters);
      known.set(parameters, figures);
    }
    return figures;
  }

  /** @throws Error naming an unknown id. */
  number(id: string): number {
    const value = this.numbers.get(id);
    if (value === undefined) throw unknown(id);
    return value;
  }

  /** @throws Error naming an unknown id. */
  distribution(id: string): Distribution {
    const law = this.laws.get(id);
    if (law === undefined) throw unknown(id);
    return law;
  }
}

const known = new WeakMap<readonly Parameter[], Figures>();

const unknown = (id: string): Error => new Error(`the parameter registry has no "${id}"`);
