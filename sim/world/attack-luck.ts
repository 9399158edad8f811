import type { StreamKey } from '../kernel/draws.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { StepState } from './adversary-state.ts';

/**
 * A step's own luck: the keys of its draws by purpose, each worked out once. Named by the step's place in the plan, so
 * that two steps of one technique do not share it and twins in other arms do.
 */
export class StepLuck {
  private readonly kernel: Kernel;
  private readonly name: string;
  private readonly keys = new Map<string, StreamKey>();

  constructor(kernel: Kernel, step: StepState) {
    this.kernel = kernel;
    this.name = `adversary ${step.alternative}.${step.index} ${step.technique}`;
  }

  key(purpose: string): StreamKey {
    let key = this.keys.get(purpose);
    if (key === undefined) {
      key = this.kernel.keys.key(`${this.name} ${purpose}`);
      this.keys.set(purpose, key);
    }
    return key;
  }
}
