import { createRequire } from 'node:module';
import type { Round } from './peers.ts';

interface Timer {
  done(work: () => void): unknown;
}
interface Entity {
  setTimer(wait: number): Timer;
}
/** As much of simjs (npm) as HOLD needs. */
export interface SimJs {
  readonly Entity: new (...words: never[]) => Entity;
  readonly Sim: new () => { time(): number; step(): boolean; addEntity(kind: unknown): Entity };
}

/** The package, which hands itself to a browser's window and to nothing else. @throws Error when it is not installed. */
export function loadSimJs(): SimJs {
  const scope = globalThis as { window?: { Sim?: SimJs } };
  const window: { Sim?: SimJs } = {};
  scope.window = window;
  try {
    createRequire(import.meta.url)('simjs');
  } finally {
    delete scope.window;
  }
  if (window.Sim === undefined) throw new Error('simjs is not what it was');
  return window.Sim;
}

/** HOLD by simjs: a timer that sets the next. */
export function simjsHold({ Sim, Entity }: SimJs, n: number, warm: number, events: number, waits: Float64Array): Round {
  const sim = new Sim();
  const mask = waits.length - 1;
  class Holder extends Entity {
    start(): void {}
  }
  const holder = sim.addEntity(Holder);
  let i = 0;
  const hold = (): void => void holder.setTimer(waits[i++ & mask]!).done(hold);
  for (let k = 0; k < n; k++) holder.setTimer(waits[k & mask]!).done(hold);
  for (let k = 0; k < warm; k++) sim.step();
  const started = performance.now();
  for (let k = 0; k < events; k++) sim.step();
  return { result: sim.time(), ns: ((performance.now() - started) * 1e6) / events };
}
