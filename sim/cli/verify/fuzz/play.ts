import type { Catalogue } from '../../../model/catalogue.ts';
import type { Parameter } from '../../../model/parameters.ts';
import { World, type TraceLine } from '../../../world/run.ts';
import { differences, toTheEnd } from './again.ts';
import { catalogueOf, specOf } from './build.ts';
import { Deeds } from './deeds.ts';
import type { Ledger } from './ledger.ts';
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

/** Runs a plan to its end, keeping account, and a second time, taken apart on the way; complaints where a law does not hold. */
export function play(plan: Plan, models: Catalogue, registry: readonly Parameter[]): Played {
  const spec = specOf(plan, registry);
  const deeds = new Deeds();
  const lines: TraceLine[] = [];
  const world = World.build(spec, catalogueOf(plan, models, deeds), { seed: plan.seed, replication: 0, trace: (line) => lines.push(line) });
  const first = world.net.state.nextMessage;
  const ledger = watch(world);
  toTheEnd(world);
  const result = world.result();
  close(world, ledger);
  return {
    complaints: [
      ...ledger.complaints,
      ...traceComplaints(lines, ledger, first),
      ...darkComplaints(lines, plan),
      ...deeds.complaints(world, plan),
      ...differences(world, plan, spec, models),
    ],
    fingerprint: result.fingerprint,
    events: result.events,
    sums: ledger.sums,
    reasons: reasonsOf(lines),
  };
}

/**
 * The trace against the account: the same hops, bytes and stops, times that never run backwards, a reason for every stop.
 * @param first message made since the account was opened
 */
function traceComplaints(lines: readonly TraceLine[], ledger: Ledger, first: number): string[] {
  const complaints: string[] = [];
  const hops = new Map<number, { count: number; bytes: number }>();
  const stopped = new Set<number>();
  let last = 0;
  for (const line of lines) {
    if (!(line.t >= last)) complaints.push(`trace line ${line.n}: ${line.t} µs after ${last} µs`);
    last = line.t;
    if (line.kind === 'message') {
      const { count, bytes } = hops.get(line.id!) ?? { count: 0, bytes: 0 };
      hops.set(line.id!, { count: count + 1, bytes: bytes + line.bytes! });
    }
    if (line.kind !== 'verdict') continue;
    if (line.rule === undefined || line.rule === '') complaints.push(`trace line ${line.n}: a verdict without a rule`);
    if (line.verdict === 'stopped') stopped.add(line.id!);
  }
  for (const id of ledger.stopped) if (!stopped.has(id)) complaints.push(`message ${id}: the trace does not tell that it was stopped`);
  const none = { count: 0, bytes: 0 };
  for (const id of new Set([...hops.keys(), ...ledger.hops.keys()])) {
    const [told, made] = [hops.get(id) ?? none, ledger.hops.get(id) ?? none];
    if (id >= first && (told.count !== made.count || told.bytes !== made.bytes))
      complaints.push(`message ${id}: the trace tells ${told.count} hops and ${told.bytes} bytes, not ${made.count} and ${made.bytes}`);
  }
  return complaints;
}

/** What is switched off for the whole run says nothing, whoever has broken into it. */
function darkComplaints(lines: readonly TraceLine[], plan: Plan): string[] {
  const dark = new Set(plan.things.filter(({ power }) => !power).map(({ id }) => id));
  const loud = lines.filter(({ kind, from }) => kind === 'message' && dark.has(from!));
  return loud.map(({ id, from, what }) => `message ${id} (${what}): ${from} sends it though it is switched off`);
}

function reasonsOf(lines: readonly TraceLine[]): ReadonlyMap<string, number> {
  const reasons = new Map<string, number>();
  for (const { kind, verdict, rule } of lines)
    if (kind === 'verdict' && verdict === 'stopped') reasons.set(rule!, (reasons.get(rule!) ?? 0) + 1);
  return reasons;
}
