import type { Body } from '../../../model/message.ts';
import { present } from '../../../network/numbered.ts';
import type { World } from '../../../world/run.ts';
import type { Witness } from './parts.ts';
import type { Plan } from './plan.ts';

/** Deeds of the parts: every request ends once, every stream too, unless it is still going on or its part lost its power. */
export class Deeds implements Witness {
  private readonly requests = new Map<number, { asked: number; ended: number }>();
  private readonly stops = new Set<number>();
  private readonly flows = new Map<number, { asked: number; ended: number }>();

  private readonly ends: { readonly deed: number; readonly bytes: number; readonly seconds: number; readonly lost: number }[] = [];

  asked(deed: number): void {
    count(this.requests, deed).asked++;
  }

  ended(deed: number): void {
    count(this.requests, deed).ended++;
  }

  streams(deed: number): void {
    count(this.flows, deed).asked++;
  }

  over(deed: number, { bytes, seconds, lost }: Body): void {
    count(this.flows, deed).ended++;
    this.ends.push({ deed, bytes: Number(bytes), seconds: Number(seconds), lost: Number(lost) });
  }

  stopped(deed: number): void {
    this.stops.add(deed);
  }

  complaints(world: World, plan: Plan): string[] {
    const { exchanges, streams } = world.net.state;
    const open = new Set(present(exchanges).flatMap((one) => (one.purpose === 'device' && one.kind === 'ask' ? [one.n] : [])));
    // Models have flows of their own, with numbers of their own.
    const running = new Set([...streams.values()].flatMap(({ type, n }) => (type === 'over' ? [n] : [])));
    // What begins anew when its power is back does its deeds again.
    const dark = new Set(plan.things.filter(({ id }) => failed(world, id)).map(({ id }) => id));
    const judge = (what: string, all: typeof this.requests, still: ReadonlySet<number>): string[] =>
      [...all].flatMap(([n, { asked, ended }]) => {
        const deed = plan.deeds[n]!;
        if (dark.has(deed.who) || (what === 'stream' && this.stops.has(n) && ended <= asked)) return [];
        const left = asked - ended - (still.has(n) ? 1 : 0);
        return left === 0
          ? []
          : [`${what} of deed ${n} (${deed.who} to ${deed.to}): begun ${asked}, ended ${ended}, going on ${still.has(n) ? 1 : 0}`];
      });
    // No more gets through than was offered; a byte for rounding.
    const impossible = this.ends.filter(
      ({ deed, bytes, seconds, lost }) =>
        !(lost >= 0 && lost <= 1 && seconds >= 0 && bytes >= 0 && bytes <= (plan.deeds[deed]!.bitsPerSecond * seconds) / 8 + 1),
    );
    return [
      ...judge('request', this.requests, open),
      ...judge('stream', this.flows, running),
      ...impossible.map(({ deed, bytes, seconds, lost }) => `stream of deed ${deed}: ${bytes} bytes in ${seconds} s, lost ${lost}`),
    ];
  }
}

/** Has it been without power? */
function failed(world: World, id: string): boolean {
  const { cuts, boots } = world.net.nodeState(world.net.nodeIndex.get(id)!);
  return cuts.length > 0 || boots > 0;
}

function count(all: Map<number, { asked: number; ended: number }>, deed: number): { asked: number; ended: number } {
  let known = all.get(deed);
  if (known === undefined) {
    known = { asked: 0, ended: 0 };
    all.set(deed, known);
  }
  return known;
}
