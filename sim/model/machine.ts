import { createMachine } from '@xstate/fsm';
import { intern } from './text.ts';
import type { DeviceEvent } from './device.ts';

/**
 * One wrapper round @xstate/fsm (sunset upstream, small and pure): the configuration is data, the machine is only ever
 * used through the pure `machine.transition`, and the same configuration is compiled to a table for the hot path.
 * Timers are calendar events, never the machine's.
 */
export type Guard<M> = (context: M, event: DeviceEvent) => boolean;

export interface TransitionConfig<M> {
  readonly target?: string;
  /** Names of effects, run after the exit actions of the old and before the entry actions of the new state. */
  readonly actions?: readonly string[];
  readonly cond?: Guard<M>;
}

export type TransitionEntry<M> = string | TransitionConfig<M> | readonly TransitionConfig<M>[];

export interface StateConfig<M> {
  readonly entry?: readonly string[];
  readonly exit?: readonly string[];
  readonly on?: Readonly<Record<string, TransitionEntry<M>>>;
}

export interface MachineConfig<M> {
  readonly initial: string;
  readonly states: Readonly<Record<string, StateConfig<M>>>;
}

export interface CompiledTransition<M> {
  readonly target: string;
  readonly actions: readonly string[];
  /** The functions that the actions name, looked up once. */
  readonly effects: readonly unknown[];
  readonly cond: Guard<M> | null;
}

/** Event type → candidates in order. */
export type MachineRow<M> = ReadonlyMap<string, readonly CompiledTransition<M>[]>;

const NONE: readonly string[] = [];

/** A configuration turned into Maps: state → event type → candidates in order. */
export class Machine<M extends object> {
  readonly config: MachineConfig<M>;
  readonly initial: string;
  readonly initialActions: readonly string[];
  private readonly table = new Map<string, Map<string, CompiledTransition<M>[]>>();

  /** @throws Error naming an unknown initial state, target or effect. */
  constructor(config: MachineConfig<M>, effects: Readonly<Record<string, unknown>>, owner: string) {
    this.config = config;
    this.initial = config.initial;
    const states = new Map(Object.entries(config.states));
    if (!states.has(config.initial)) throw new Error(`${owner}: initial state "${config.initial}" is not defined`);
    const check = (names: readonly string[], where: string): void => {
      for (const name of names)
        if (!Object.hasOwn(effects, name)) throw new Error(`${owner}: ${where} names effect "${name}", which is not defined`);
    };
    for (const [name, state] of states) {
      check(state.entry ?? NONE, `entry of ${name}`);
      check(state.exit ?? NONE, `exit of ${name}`);
      const row = new Map<string, CompiledTransition<M>[]>();
      for (const [type, entry] of Object.entries(state.on ?? {})) {
        // @xstate/fsm would take it for every event that has no entry of its own.
        if (type === '*') throw new Error(`${owner}: ${name} has an entry for "*"; list the events that it handles`);
        const candidates = normalise(entry).map((candidate): CompiledTransition<M> => {
          if (candidate.target !== undefined && !states.has(candidate.target))
            throw new Error(`${owner}: ${name} on ${type} goes to "${candidate.target}", which is not defined`);
          check(candidate.actions ?? NONE, `${name} on ${type}`);
          const actions = sequence(state, candidate, candidate.target === undefined ? null : states.get(candidate.target)!);
          return {
            target: candidate.target ?? name,
            actions,
            effects: actions.map((action) => effects[action]),
            cond: candidate.cond ?? null,
          };
        });
        row.set(intern(type), candidates);
      }
      this.table.set(name, row);
    }
    this.initialActions = config.states[config.initial]!.entry ?? NONE;
  }

  /** What a state handles: event type → candidates in order; undefined for an unknown state. */
  row(state: string): MachineRow<M> | undefined {
    return this.table.get(state);
  }

  /** The transition that an event takes from `state`, or null when it is not handled. Allocates nothing. */
  find(state: string, event: DeviceEvent, context: M): CompiledTransition<M> | null {
    return choose(this.table.get(state), event, context);
  }
}

const machines = new WeakMap<object, Machine<any>>();

/** Machines are compiled once a model, not once a world. */
export function machineOf(model: { readonly kind: string; readonly machine: any; readonly effects: any }): Machine<any> {
  let machine = machines.get(model);
  if (machine === undefined) {
    machine = new Machine(model.machine, model.effects, model.kind);
    machines.set(model, machine);
  }
  return machine;
}

/** The transition that an event takes, of a state's row; null when it is not handled. Allocates nothing. */
export function choose<M>(row: MachineRow<M> | undefined, event: DeviceEvent, context: M): CompiledTransition<M> | null {
  const candidates = row?.get(event.type);
  if (candidates === undefined) return null;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    if (candidate.cond === null || candidate.cond(context, event)) return candidate;
  }
  return null;
}

/** The same configuration as an @xstate/fsm machine: the reference that `Machine` must equal (property test). */
export function referenceMachine<M extends object>(config: MachineConfig<M>, context: M) {
  return createMachine<M, any, any>({ initial: config.initial, context, states: structuredMachineStates(config) } as never);
}

function structuredMachineStates<M>(config: MachineConfig<M>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config.states).map(([name, state]) => [
      name,
      { entry: [...(state.entry ?? NONE)], exit: [...(state.exit ?? NONE)], on: state.on ?? {} },
    ]),
  );
}

function normalise<M>(entry: TransitionEntry<M>): readonly TransitionConfig<M>[] {
  if (typeof entry === 'string') return [{ target: entry }];
  return Array.isArray(entry) ? (entry as readonly TransitionConfig<M>[]) : [entry as TransitionConfig<M>];
}

/** @xstate/fsm runs exit and entry actions when a transition has a target, also when it is the same state; without a target, neither. */
function sequence<M>(from: StateConfig<M>, transition: TransitionConfig<M>, to: StateConfig<M> | null): readonly string[] {
  const own = transition.actions ?? NONE;
  return to === null ? own : [...(from.exit ?? NONE), ...own, ...(to.entry ?? NONE)];
}
