import type { Catalogue } from '../model/catalogue.ts';
import type { Parameter } from '../model/parameters.ts';
import { Complaints } from './errors.ts';
import { possibleSegments } from './home-check.ts';
import { HOMES, loadHome, type Home } from './home.ts';
import { loadMitigations, type Mitigation } from './mitigation.ts';
import { loadParameters } from './parameters.ts';
import { inputFiles, type SourceReader } from './reader.ts';
import { loadSets } from './sets.ts';
import { loadThreats, type Threat } from './threat.ts';
import { placeOf } from './tree.ts';

/** Everything that the project's files offer by id. */
export interface Library {
  readonly homes: ReadonlyMap<string, Home>;
  readonly mitigations: ReadonlyMap<string, Mitigation>;
  /** Mitigation ids of each set, in order. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly threats: ReadonlyMap<string, Threat>;
  readonly parameters: readonly Parameter[];
}

/**
 * Reads and checks scenarios/{homes,mitigations,sets,parameters} and attacks/threat-events.
 * @throws InputError with the complaints of all files
 */
export function loadLibrary(reader: SourceReader, catalogue: Catalogue): Library {
  const complaints = new Complaints();
  const parameters = loadParameters(reader, complaints);
  // A registry that cannot be read has its own complaints; that every reference to it is unknown says nothing more.
  const registered = complaints.list.length > 0 ? null : new Set(parameters.map(({ id }) => id));
  const homes = new Map<string, Home>();
  for (const file of inputFiles(HOMES, reader)) {
    const home = complaints.attempt(() => loadHome(file, reader, catalogue));
    if (home === null) continue;
    const first = homes.get(home.id);
    if (first !== undefined)
      complaints.add(placeOf(home.node, ['id']), `home id "${home.id}" is already used by ${first.file}`, 'Give each its own id');
    homes.set(home.id, home);
  }
  const all = [...homes.values()].map(({ data }) => data);
  const roles = all.flatMap((data) => [data.router, ...data.devices].flatMap((device) => device.roles ?? []));
  const segments = all.flatMap((data) => possibleSegments(data, catalogue));
  const mitigations = loadMitigations(reader, catalogue, { roles, segments }, complaints);
  const sets = loadSets(reader, mitigations, complaints);
  const threats = loadThreats(reader, catalogue, registered, complaints);
  complaints.settle();
  return { homes, mitigations, sets, threats, parameters };
}
