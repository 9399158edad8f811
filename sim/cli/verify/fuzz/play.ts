import { MILLISECOND } from '../../../kernel/time.ts';
import type { Catalogue } from '../../../model/catalogue.ts';
import type { Body } from '../../../model/message.ts';
import type { Parameter } from '../../../model/parameters.ts';
import type { WorldSpec } from '../../../model/spec.ts';
import { World, type TraceLine } from '../../../world/run.ts';
import { catalogueOf, specOf } from './build.ts';
import type { Ledger } from './ledger.ts';
import type { Witness } from './parts.ts';
import type { Plan } from './plan.ts';
import { close, watch } from './watch.ts';

/** What became of a small world. No complaints: every law held. */
export interface Played {
  readonly complaints: readonly string[];
  readonly fingerprint: string;
  readonly events: number;
  readonly sums: Ledger['sums'];
  /** Why messages were stopped, and how often. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** A small world that is busier than this does not come to an end. */
const MOST_EVENTS = 2_000_000;

/** Runs a plan to its end, keeping account, and a second time, taken apart on the way; complaints where a law does not hold. */
export function play(plan: Plan, models: Catalogue, registry: readonly Parameter[]): Played {
  const spec = specOf(plan, registry);
  const deeds = new Deeds();
  const lines: TraceLine[] = [];
  const world = World.build(spec, catalogueOf(plan, models, deeds), { seed: plan.seed, replication: 0, trace: (line) => lines.push(line) });
  const ledger = watch(world);
  toTheEnd(world, plan);
  const result = world.result();
  close(world, ledger);
  const fingerprints = { whole: result.fingerprint, cut: finger(plan, spec, models, plan.cut) };
  return {
    complaints: [
      ...ledger.complaints,
      ...traceComplaints(lines, ledger),
      ...darkComplaints(lines, plan),
      ...deeds.complaints(world, plan),
      ...differences(plan, spec, models, fingerprints),
    ],
    fingerprint: result.fingerprint,
    events: result.events,
    sums: ledger.sums,
    reasons: reasonsOf(lines),
  };
}

/** The fingerprint of an untraced run, taken apart and put together again at an instant (ms), if one is given. */
function finger(plan: Plan, spec: WorldSpec, models: Catalogue, cut: number | null): string {
  const catalogue = catalogueOf(plan, models, new Deeds());
  const world = World.build(spec, catalogue, { seed: plan.seed, replication: 0 });
  if (cut === null) return toTheEnd(world, plan).result().fingerprint;
  toTheEnd(world, plan, 0, cut);
  return toTheEnd(World.restore(world.snapshot(), catalogue), plan, cut).result().fingerprint;
}

/** Which of the two it was, where they differ, a third run tells: the same in one piece. */
function differences(plan: Plan, spec: WorldSpec, models: Catalogue, found: { readonly whole: string; readonly cut: string }): string[] {
  if (found.whole === found.cut) return [];
  const again = finger(plan, spec, models, null);
  if (again !== found.whole) return [`run again, untraced: fingerprint ${again}, not ${found.whole}`];
  return [`taken apart after ${plan.cut} ms: fingerprint ${found.cut}, not ${found.whole}`];
}

/** To the end of the run, with the plan's power failures on the way: nothing in the engine fails by itself in this way. */
function toTheEnd(world: World, plan: Plan, from = 0, to = Infinity): World {
  const go = (until: number): void => {
    while (world.next <= until && world.next < world.end) {
      world.step();
      if (world.kernel.events > MOST_EVENTS) throw new Error(`more than ${MOST_EVENTS} events`);
    }
    world.runUntil(until);
  };
  for (const { at, id, on } of [...plan.switches].sort((a, b) => a.at - b.at)) {
    if (at < from || at >= to) continue;
    go(at * MILLISECOND);
    world.net.nodeState(world.net.nodeIndex.get(id)!).power = on;
  }
  go(Math.min(world.end, to * MILLISECOND));
  return world;
}

/** The trace against the account: the same hops and stops, times that never run backwards, a reason for every stop. */
function traceComplaints(lines: readonly TraceLine[], ledger: Ledger): string[] {
  const complaints: string[] = [];
  const hops = new Map<number, number>();
  const stopped = new Set<number>();
  let last = 0;
  for (const line of lines) {
    if (!(line.t >= last)) complaints.push(`trace line ${line.n}: ${line.t} µs after ${last} µs`);
    last = line.t;
    if (line.kind === 'message') hops.set(line.id!, (hops.get(line.id!) ?? 0) + 1);
    if (line.kind !== 'verdict') continue;
    if (line.rule === undefined || line.rule === '') complaints.push(`trace line ${line.n}: a verdict without a rule`);
    if (line.verdict === 'stopped') stopped.add(line.id!);
  }
  for (const id of ledger.stopped) if (!stopped.has(id)) complaints.push(`message ${id}: the trace does not tell that it was stopped`);
  for (const [id, count] of hops)
    if (count > (ledger.hops.get(id) ?? 0) && (ledger.hops.get(id) ?? 0) > 0)
      complaints.push(`message ${id}: the trace tells a hop too many`);
  return complaints;
}

/** What is switched off for the whole run says nothing, whoever has broken into it. */
function darkComplaints(lines: readonly TraceLine[], plan: Plan): string[] {
  const dark = new Set(plan.things.filter(({ id, power }) => !power && !plan.switches.some((one) => one.id === id)).map(({ id }) => id));
  const loud = lines.filter(({ kind, from }) => kind === 'message' && dark.has(from!));
  return loud.map(({ id, from, what }) => `message ${id} (${what}): ${from} sends it though it is switched off`);
}

function reasonsOf(lines: readonly TraceLine[]): ReadonlyMap<string, number> {
  const reasons = new Map<string, number>();
  for (const { kind, verdict, rule } of lines)
    if (kind === 'verdict' && verdict === 'stopped') reasons.set(rule!, (reasons.get(rule!) ?? 0) + 1);
  return reasons;
}

/** Deeds of the parts: every request ends once, every stream too, unless it is still going on or its part lost its power. */
class Deeds implements Witness {
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
    const open = new Set(exchanges.flatMap((one) => (one !== null && one.purpose === 'device' && one.kind === 'ask' ? [one.n] : [])));
    const running = new Set([...streams.values()].flatMap(({ purpose, n }) => (purpose === 'device' ? [n] : [])));
    const dark = new Set(plan.switches.map(({ id }) => id));
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

function count(all: Map<number, { asked: number; ended: number }>, deed: number): { asked: number; ended: number } {
  let known = all.get(deed);
  if (known === undefined) {
    known = { asked: 0, ended: 0 };
    all.set(deed, known);
  }
  return known;
}
