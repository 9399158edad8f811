import type { Catalogue } from '../model/catalogue.ts';
import type { AdversarySpec, CareSpec, FailureSpec, SegmentSpec, WorldSpec } from '../model/spec.ts';
import { Complaints, startOf, type Place } from './errors.ts';
import { ADVERSARY_HOSTS, checkHome, possibleSegments, ROUTER } from './home-check.ts';
import type { HomeData } from './home-schema.ts';
import type { Home } from './home.ts';
import type { Library } from './library.ts';
import type { Mitigation } from './mitigation.ts';
import { LONGEST_RUN_HOURS, SHORTEST_RUN_HOURS } from './hours.ts';
import { suggest } from './nearest.ts';
import { overridden } from './parameters.ts';
import { attach } from './placement.ts';
import { applySet, type Edited } from './set-path.ts';
import { relativesOf, type Relative } from './relations.ts';
import { configure } from './settings.ts';
import { factIn } from './step-devices.ts';
import { checkArguments, specOf, type Threat } from './threat.ts';
import { placeOf } from './tree.ts';

/** What is chosen for a run besides the home. */
export interface Choices {
  /** Threat event id; null: nobody attacks. */
  readonly threat: string | null;
  /** A set's name, or mitigation ids in the order in which they are applied; null: the home's own. */
  readonly mitigations: string | readonly string[] | null;
  /** Simulated hours, more than 0; 24 unless given. */
  readonly hours?: number;
  /** The home's own unless given. */
  readonly course?: 'natural' | 'deteriorating';
  /** Edits of the home, PATH=VALUE. */
  readonly set?: readonly string[];
}

const DAY_HOURS = 24;
/** Target saturation by NEWS2 scale where the plan states none, percent: British Thoracic Society guideline 2017. */
const TARGETS = { 1: [94, 98], 2: [88, 92] } as const;

/**
 * The world's specification: home, edits, mitigations and threat event put together, as plain JSON in canonical order
 * (equal inputs give equal bytes). Settings: model default < profile < home < mitigations in order < `--set`.
 * @throws InputError with every complaint
 */
export function resolve(home: Home, choices: Choices, library: Library, catalogue: Catalogue): WorldSpec {
  const complaints = new Complaints();
  const edited = edit(home, choices.set ?? [], complaints);
  const data = checkHome(edited.home, catalogue, complaints);
  complaints.settle();
  const whole = data!;

  const hours = choices.hours ?? DAY_HOURS;
  if (!(hours >= SHORTEST_RUN_HOURS && hours <= LONGEST_RUN_HOURS))
    complaints.add(
      startOf('--hours'),
      `expected from ${SHORTEST_RUN_HOURS} to ${LONGEST_RUN_HOURS} hours; got ${hours}`,
      'Write a number of hours in this range',
    );
  const mitigations = chosenMitigations(choices.mitigations, whole, edited, library, complaints);
  const threat = chosenThreat(choices.threat, library, complaints);
  const configured = configure(whole, edited, mitigations, catalogue, complaints);
  const { devices, segments } = attach(whole, edited.home, configured, complaints);
  const known = [
    ROUTER,
    ...whole.devices.map(({ id }) => id),
    ...possibleSegments(whole, catalogue),
    ...segments.map(({ id }) => id),
    ...ADVERSARY_HOSTS,
  ];
  const relatives = relativesOf(whole, catalogue);
  if (threat !== null) checkArguments(threat, known, relatives, complaints);
  const parameters = overridden(library.parameters, whole, edited.home, complaints);
  complaints.settle();

  return {
    id: whole.id,
    title: whole.title ?? whole.id,
    hours,
    course: choices.course ?? whole.care.course ?? 'natural',
    segments,
    line: { kind: whole.line.kind },
    devices,
    household: { residents: whole.household?.residents ?? 1, visitorsPerWeek: whole.household?.['visitors-per-week'] ?? 0 },
    care: careOf(whole),
    threat: threat === null ? null : specOf(threat, relatives, catalogue),
    adversary: adversaryOf(whole, threat, relatives),
    failures: failuresOf(whole, segments),
    parameters,
  };
}

/** Applies the edits in order. An edit that is already wrong by itself is complained about and left out. */
function edit(home: Home, set: readonly string[], complaints: Complaints): Edited {
  let edited: Edited = { home: home.node, settings: [], profiles: new Set() };
  for (const argument of set) edited = complaints.attempt(() => applySet(edited, argument)) ?? edited;
  return edited;
}

function careOf({ care }: HomeData): CareSpec {
  const scale = care['news2-scale'];
  const [low, high] = care['spo2-target'] ?? TARGETS[scale];
  return { plan: care.plan, news2Scale: scale, oxygen: care.oxygen, spo2Target: [low, high] };
}

/** A segment that only some mitigations make cannot fail where it is not. */
function failuresOf({ failures = [] }: HomeData, segments: readonly SegmentSpec[]): FailureSpec[] {
  const given = failures.map(({ of, on, 'from-hours': fromHours, minutes }): FailureSpec => ({ of, on: on ?? null, fromHours, minutes }));
  return given.filter(({ of, on }) => of === 'power' || segments.some(({ id }) => id === on));
}

/** What the home grants the adversary, and what the threat event says it starts with. */
function adversaryOf({ adversary }: HomeData, threat: Threat | null, relatives: readonly Relative[]): AdversarySpec {
  return {
    inRange: adversary?.['in-range'] ?? true,
    inside: [...new Set([...(adversary?.inside ?? []), ...(threat?.inside ?? [])])].sort(),
    knows: [...new Set([...(adversary?.knows ?? []), ...(threat?.knows ?? []).map((fact) => factIn(relatives, fact))])],
  };
}

function chosenThreat(id: string | null, library: Library, complaints: Complaints): Threat | null {
  if (id === null) return null;
  const threat = library.threats.get(id) ?? null;
  if (threat === null) complaints.add(startOf('--threat'), `there is no threat event "${id}"`, suggest(id, library.threats.keys()));
  return threat;
}

function chosenMitigations(
  choice: Choices['mitigations'],
  data: HomeData,
  edited: Edited,
  library: Library,
  complaints: Complaints,
): Mitigation[] {
  const own = choice === null;
  const wanted = choice ?? data.mitigations ?? [];
  const place = (index: number | null): Place =>
    own ? placeOf(edited.home, index === null ? ['mitigations'] : ['mitigations', index]) : startOf('--mitigations');
  return mitigationIds(wanted, library, place, complaints).map((id) => library.mitigations.get(id)!);
}

/** The mitigations that a set's name, one id, or a list of ids stands for; each once, unknown ones complained about. */
export function mitigationIds(
  wanted: string | readonly string[],
  library: Pick<Library, 'sets' | 'mitigations'>,
  place: (index: number | null) => Place,
  complaints: Complaints,
): string[] {
  if (typeof wanted === 'string') {
    const set = library.sets.get(wanted);
    if (set !== undefined) return [...set];
    if (library.mitigations.has(wanted)) return [wanted];
    complaints.add(
      place(null),
      `there is no mitigation or set "${wanted}"`,
      suggest(wanted, [...library.sets.keys(), ...library.mitigations.keys()]),
    );
    return [];
  }
  for (const [index, id] of wanted.entries()) {
    if (library.mitigations.has(id)) continue;
    const remedy = library.sets.has(id) ? 'It is a set; give it alone, not in a list' : suggest(id, library.mitigations.keys());
    complaints.add(place(index), `there is no mitigation "${id}"`, remedy);
  }
  return [...new Set(wanted)].filter((id) => library.mitigations.has(id));
}
