import type { Catalogue } from '../model/catalogue.ts';
import { parse, type SourceNode } from './document.ts';
import { Complaints, InputError } from './errors.ts';
import { check } from './explain.ts';
import { loadHome, type Home } from './home.ts';
import type { Library } from './library.ts';
import { suggest } from './nearest.ts';
import { inside, normal, readText, type SourceReader } from './reader.ts';
import { mitigationIds, resolve } from './resolve.ts';
import { sourceOf } from './set-path.ts';
import { placeOf } from './tree.ts';
import { AVAILABLE, studyFile, USUAL_REPLICATIONS, type StudyData } from './study-schema.ts';

/** One threat event under one choice of mitigations; ids read `threat/set`. */
export interface StudyArm {
  readonly id: string;
  readonly threat: string | null;
  readonly mitigations: readonly string[];
  /** The set's name, or the name that a list of arms gives. */
  readonly set: string;
}

export interface Study {
  readonly id: string;
  readonly question: string;
  readonly file: string;
  readonly home: Home;
  readonly hours: number;
  readonly course: 'natural' | 'deteriorating' | null;
  readonly threats: readonly (string | null)[];
  readonly arms: readonly StudyArm[];
  /** The set that others are compared with, threat by threat. */
  readonly baseline: string;
  readonly design: 'list';
  readonly replications: {
    readonly atLeast: number;
    readonly atMost: number;
    readonly until: { readonly outcome: string; readonly halfWidth: number; readonly level: number } | null;
  };
  readonly outcomes: readonly string[];
  readonly weights: Readonly<Record<string, number>> | null;
  readonly seed: number;
  readonly set: readonly string[];
}

/**
 * Reads a study and its home, and checks every reference, each arm's world included.
 * @param outcomes ids that exist; without them outcome ids are taken as they are
 * @throws InputError
 */
export function loadStudy(
  path: string,
  reader: SourceReader,
  catalogue: Catalogue,
  library: Library,
  outcomes: Iterable<string> | null = null,
): Study {
  const file = normal(path);
  const complaints = new Complaints();
  const node = parse(readText(file, reader), { file });
  const data = check(node, studyFile, complaints);
  complaints.settle();
  const study = new Reading(data!, node, file, library, complaints).run(reader, catalogue, outcomes === null ? null : [...outcomes]);
  complaints.settle();
  return study!;
}

class Reading {
  private readonly data: StudyData;
  private readonly node: SourceNode;
  private readonly file: string;
  private readonly library: Library;
  private readonly complaints: Complaints;

  constructor(data: StudyData, node: SourceNode, file: string, library: Library, complaints: Complaints) {
    this.data = data;
    this.node = node;
    this.file = file;
    this.library = library;
    this.complaints = complaints;
  }

  run(reader: SourceReader, catalogue: Catalogue, outcomes: readonly string[] | null): Study | null {
    const { data } = this;
    const design = data.design ?? 'list';
    if (!AVAILABLE.includes(design))
      this.complain(['design'], `design "${design}" is not in this version`, `Write ${AVAILABLE.join(' or ')}`);
    for (const [index, threat] of data.threats.entries()) {
      if (this.complaints.full) break;
      if (threat !== null && !this.library.threats.has(threat))
        this.complain(['threats', index], `there is no threat event "${threat}"`, suggest(threat, this.library.threats.keys()));
      if (data.threats.indexOf(threat) !== index)
        this.complain(['threats', index], `"${threat ?? 'null'}" stands here twice`, 'Keep one of them');
    }
    const { choices, baseline } = this.choices();
    const replications = this.replications();
    this.outcomes(outcomes);
    for (const weighed of Object.keys(data.weights ?? {}))
      if (!data.threats.includes(weighed))
        this.complain(
          ['weights', weighed],
          `weight for "${weighed}", which the study does not try`,
          suggest(
            weighed,
            data.threats.filter((threat) => threat !== null),
          ),
        );
    const home = this.home(reader, catalogue);
    if (home === null || this.complaints.list.length > 0) return null;

    const arms = data.threats.flatMap((threat) =>
      choices.map(({ set, mitigations }): StudyArm => ({ id: `${threat ?? 'none'}/${set}`, threat, mitigations, set })),
    );
    const common = { hours: data.hours ?? 24, ...(data.course === undefined ? {} : { course: data.course }), set: data.set ?? [] };
    for (const one of arms)
      this.complaints.attempt(() =>
        this.here(() => resolve(home, { ...common, threat: one.threat, mitigations: one.mitigations }, this.library, catalogue)),
      );
    return {
      id: data.id,
      question: data.question,
      file: this.file,
      home,
      hours: common.hours,
      course: data.course ?? null,
      threats: data.threats,
      arms,
      baseline,
      design: 'list',
      replications,
      outcomes: data.outcomes,
      weights: data.weights ?? null,
      seed: data.seed ?? 1,
      set: common.set,
    };
  }

  private complain(path: readonly (string | number)[], message: string, remedy: string): void {
    this.complaints.add(placeOf(this.node, path), message, remedy);
  }

  /** What is wrong with an edit is wrong in the study's file. */
  private here(work: () => unknown): void {
    const edits = new Map((this.data.set ?? []).map((edit, index) => [sourceOf(edit), placeOf(this.node, ['set', index])]));
    try {
      work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.places.map((one) => ({ ...one, ...edits.get(one.file) })));
    }
  }

  private home(reader: SourceReader, catalogue: Catalogue): Home | null {
    const { home } = this.data;
    if (typeof home !== 'string') {
      this.complain(
        ['home'],
        'samples of homes are not in this version',
        "Write the path of a home's file, for instance ../homes/reference.yaml",
      );
      return null;
    }
    const place = placeOf(this.node, ['home']);
    return this.complaints.attempt(() => {
      const path = inside(this.file, home, place);
      readText(path, reader, place);
      return loadHome(path, reader, catalogue);
    });
  }

  private choices(): { choices: { set: string; mitigations: string[] }[]; baseline: string } {
    const { arms } = this.data;
    if (!Array.isArray(arms)) {
      const choices = arms.sets.map((set, index) => {
        if (!this.library.sets.has(set))
          this.complain(['arms', 'sets', index], `there is no set "${set}"`, suggest(set, this.library.sets.keys()));
        if (arms.sets.indexOf(set) !== index) this.complain(['arms', 'sets', index], `"${set}" stands here twice`, 'Keep one of them');
        return { set, mitigations: [...(this.library.sets.get(set) ?? [])] };
      });
      const baseline = arms.baseline ?? arms.sets[0]!;
      if (!arms.sets.includes(baseline))
        this.complain(['arms', 'baseline'], `baseline "${baseline}" is none of the sets`, suggest(baseline, arms.sets));
      return { choices, baseline };
    }
    const ids = arms.map((one) => one.id);
    for (const [index, one] of ids.entries())
      if (ids.indexOf(one) !== index) this.complain(['arms', index, 'id'], `arm id "${one}" is already used`, 'Give each its own id');
    const bases = arms.filter((one) => one.baseline === true);
    if (bases.length > 1) this.complain(['arms'], `${bases.length} arms are the baseline`, 'Mark one of them');
    const place = (index: number) => (inner: number | null) =>
      placeOf(this.node, ['arms', index, 'mitigations', ...(inner === null ? [] : [inner])]);
    const choices = arms.map((one, index) => ({
      set: one.id,
      mitigations: mitigationIds(one.mitigations, this.library, place(index), this.complaints),
    }));
    return { choices, baseline: bases[0]?.id ?? ids[0]! };
  }

  private replications(): Study['replications'] {
    const wanted = this.data.replications ?? USUAL_REPLICATIONS;
    if (typeof wanted === 'number') return { atLeast: wanted, atMost: wanted, until: null };
    const atMost = wanted['at-most'];
    const { until } = wanted;
    const atLeast = wanted['at-least'] ?? (until === undefined ? atMost : Math.min(atMost, USUAL_REPLICATIONS));
    if (atLeast > atMost)
      this.complain(['replications', 'at-least'], `expected at-least (${atLeast}) to be at most at-most (${atMost})`, 'Swap them');
    return {
      atLeast,
      atMost,
      until: until === undefined ? null : { outcome: until.outcome, halfWidth: until['half-width'], level: until.level ?? 0.95 },
    };
  }

  private outcomes(known: readonly string[] | null): void {
    const { outcomes, replications } = this.data;
    const look = (name: string, path: readonly (string | number)[]): void => {
      if (known !== null && !known.includes(name)) this.complain(path, `there is no outcome "${name}"`, suggest(name, known));
    };
    for (const [index, name] of outcomes.entries()) {
      if (this.complaints.full) break;
      look(name, ['outcomes', index]);
      if (outcomes.indexOf(name) !== index) this.complain(['outcomes', index], `"${name}" stands here twice`, 'Keep one of them');
    }
    if (typeof replications === 'object' && replications.until !== undefined)
      look(replications.until.outcome, ['replications', 'until', 'outcome']);
  }
}
