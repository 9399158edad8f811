import type { Catalogue } from '../../sim/model/catalogue.ts';
import type { WorldSpec } from '../../sim/model/spec.ts';
import {
  complaintText,
  InputError,
  loadHome,
  loadLibrary,
  memoryReader,
  resolve,
  type Complaint,
  type Library,
  type SourceReader,
} from '../../sim/scenario/index.ts';
import type { Choices, KindView, Menu } from './messages.ts';

/** Families of devices that make a home one that somebody lives in. */
const LIVED_IN: readonly string[] = ['home', 'medical'];

/** The scenario files that the server handed out, read by the same code as on the command line. */
export class Shelf {
  readonly menu: Menu;
  private readonly catalogue: Catalogue;
  private readonly reader: SourceReader;
  private readonly library: Library;

  /** @throws InputError when a file is wrong */
  constructor(files: Readonly<Record<string, string>>, homes: readonly string[], catalogue: Catalogue) {
    this.catalogue = catalogue;
    this.reader = memoryReader(files);
    this.library = loadLibrary(this.reader, catalogue);
    this.menu = {
      // A home without devices is there for others to extend.
      homes: homes
        .map((path) => loadHome(path, this.reader, catalogue))
        .filter(({ data }) => data.devices.some(({ kind }) => LIVED_IN.includes(catalogue.devices.get(kind)?.family ?? '')))
        .map(({ file, title }) => ({ path: file, title })),
      threats: [...this.library.threats.values()].map(({ id, title }) => ({ id, title })),
      mitigations: [...this.library.mitigations.values()].map(({ id, title, family, actor }) => ({ id, title, family, actor })),
      sets: [...this.library.sets].map(([id, mitigations]) => ({ id, mitigations })),
    };
  }

  /** @throws InputError when the home or a choice is wrong */
  spec(choices: Choices): WorldSpec {
    const home = loadHome(choices.home, this.reader, this.catalogue);
    const { threat, mitigations, course } = choices;
    return resolve(home, { threat, mitigations, course }, this.library, this.catalogue);
  }

  kinds(spec: WorldSpec): Record<string, KindView> {
    const views = spec.devices.map(({ kind, title }) => {
      const model = this.catalogue.devices.get(kind);
      return [kind, { family: model?.family ?? 'network', title: model?.title ?? title }] as const;
    });
    return Object.fromEntries(views);
  }
}

/** What went wrong, for people: a place where it is one in a file; a wrong choice stands in the address, not in a file. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof InputError)) return error instanceof Error ? error.message : String(error);
  return error.places.map((place) => (place.file.startsWith('--') ? sentenceOf(place) : complaintText(place))).join('\n');
}

const sentenceOf = ({ message, remedy }: Complaint): string => `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${remedy}.`;
