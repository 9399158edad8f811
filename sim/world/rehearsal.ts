import { copyOf } from '../kernel/copy.ts';
import { Kernel, type KernelSnapshot } from '../kernel/kernel.ts';
import type { Micros } from '../kernel/time.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { WorldSpec } from '../model/spec.ts';
import type { Network } from '../network/network.ts';
import { Adversary } from './adversary.ts';
import type { AdversaryState } from './adversary-state.ts';
import type { Observers } from './observers.ts';
import type { World } from './world.ts';

/**
 * An adversary alone, before it acts. Until it sends, listens, joins or comes to the step that can reach the goal, nobody
 * can notice it: a world in which it waits goes on like the one without it. So it is played in a kernel of its own beside
 * that world (the stage), and the world with the adversary begins where it would act.
 */
export class Rehearsal {
  /** Prepared, not begun: the world that goes on with the adversary. */
  private readonly world: World;
  private readonly stage: World;
  private readonly kernel: Kernel;
  private readonly adversary: Adversary;
  private learned: AdversaryState;
  private plans: KernelSnapshot;
  private acted = false;

  /** @param stage the same world without adversary, at its start */
  constructor(world: World, stage: World, spec: WorldSpec, catalogue: Catalogue) {
    const { seed, replication } = stage.kernel.draws;
    this.world = world;
    this.stage = stage;
    this.kernel = new Kernel(seed, replication);
    const act = (): never => {
      this.acted = true; // whatever a technique makes of the exception
      throw new Error('the adversary acts: the rehearsal is over');
    };
    // Nobody hears of a rehearsal: steps are told to a trace, and there is none.
    const unheard = only<Observers>({ step: () => undefined }, act);
    this.adversary = new Adversary(this.kernel, seen(world.net, stage.net, act), spec, catalogue, unheard, act);
    this.adversary.begin();
    this.learned = this.adversary.state;
    this.plans = this.kernel.snapshot();
  }

  /** When the adversary does something next, if only in its head; Infinity for never. */
  get next(): Micros {
    return this.kernel.next;
  }

  /** Its next event, at a time that the stage has reached. false: it would act, and nothing of the event has happened. */
  step(): boolean {
    this.keep();
    try {
      this.kernel.step();
    } catch (error) {
      if (!this.acted) throw error;
    }
    return !this.acted;
  }

  /** The world with the adversary from this instant on; null where the order of two events to come is not known. Once. */
  enter(): World | null {
    return this.world.enter(this.stage.snapshot(), this.learned, this.plans) ? this.world : null;
  }

  /** Ends at the stage's end without having acted. */
  close(): void {
    this.keep();
  }

  private keep(): void {
    this.learned = copyOf(this.adversary.state);
    this.plans = copyOf(this.kernel.snapshot());
  }
}

/** An object of which only what is named can be had; reaching for anything else is an act. */
const only = <T extends object>(known: Partial<T>, act: () => never): T =>
  new Proxy(known, { get: (target, name) => (name in target ? Reflect.get(target, name) : act()), set: act }) as T;

/** What the adversary sees of a network without being seen: what never changes, its own hosts, addresses and settings. */
function seen(own: Network, stage: Network, act: () => never): Network {
  const there = (node: number): boolean => node < stage.nodes.length;
  const known: Partial<Network> = {
    nodes: own.nodes,
    segments: own.segments,
    nodeIndex: own.nodeIndex,
    segmentIndex: own.segmentIndex,
    parameter: (id) => own.parameter(id),
    distribution: (id) => own.distribution(id),
    nodeState: (node) => Object.freeze({ ...(there(node) ? stage : own).nodeState(node) }),
    addressOf: (node, family) => (there(node) ? stage : own).addressOf(node, family),
    publicAddress: (node) => stage.publicAddress(node),
    works: (segment) => stage.works(segment),
    host: only<Network['host']>({ setting: (node, name) => stage.host.setting(node, name) }, act),
  };
  return only(known, act);
}
