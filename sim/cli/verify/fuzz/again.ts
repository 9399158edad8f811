import { MILLISECOND } from '../../../kernel/time.ts';
import type { Catalogue } from '../../../model/catalogue.ts';
import type { WorldSpec } from '../../../model/spec.ts';
import { World } from '../../../world/run.ts';
import { catalogueOf } from './build.ts';
import { Deeds } from './deeds.ts';
import { firstDifference } from './difference.ts';
import type { Plan } from './plan.ts';

/** A small world that is busier than this does not come to an end. */
const MOST_EVENTS = 2_000_000;
/** Handles of the calendar: a restored one counts on elsewhere. */
const HANDLES: ReadonlySet<string> = new Set(['timer']);

/** A second, untraced run of a plan's world; taken apart and put together again at an instant (ms), if one is given. */
function again(plan: Plan, spec: WorldSpec, models: Catalogue, cut: number | null): World {
  const catalogue = catalogueOf(plan, models, new Deeds());
  const world = World.build(spec, catalogue, { seed: plan.seed, replication: 0 });
  if (cut === null) return toTheEnd(world);
  toTheEnd(world, cut);
  return toTheEnd(World.restore(world.snapshot(), catalogue));
}

/** How a second run, taken apart on its way, ends otherwise than the first; a third one tells what made the difference. */
export function differences(first: World, plan: Plan, spec: WorldSpec, models: Catalogue): string[] {
  const print = first.result().fingerprint;
  const cut = again(plan, spec, models, plan.cut);
  if (cut.result().fingerprint === print) {
    // What a fingerprint does not carry: who knows what, and where a restored world would lead later.
    const left =
      firstDifference(cut.net.state, first.net.state, HANDLES, 'network') ??
      firstDifference(cut.physical, first.physical, HANDLES, 'physical');
    return left === null ? [] : [`taken apart after ${plan.cut} ms: at the end ${left}`];
  }
  const whole = again(plan, spec, models, null).result().fingerprint;
  if (whole !== print) return [`run again, untraced: fingerprint ${whole}, not ${print}`];
  return [`taken apart after ${plan.cut} ms: fingerprint ${cut.result().fingerprint}, not ${print}`];
}

/** To the end of the run. @param to an instant to stop at, ms */
export function toTheEnd(world: World, to = Infinity): World {
  const until = Math.min(world.end, to * MILLISECOND);
  while (world.next <= until && world.next < world.end) {
    world.step();
    if (world.kernel.events > MOST_EVENTS) throw new Error(`more than ${MOST_EVENTS} events`);
  }
  world.runUntil(until);
  return world;
}
