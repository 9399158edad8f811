import { FORBIDDEN, type SourceMap, type SourceNode } from './document.ts';
import { InputError, type Place } from './errors.ts';
import { keysOf, schemasAt } from './explain.ts';
import { ROUTER } from './home-check.ts';
import { homeWhole } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { child, idOf, type Path } from './tree.ts';

export const refusal = (place: Place, message: string, remedy: string): InputError => new InputError([{ ...place, message, remedy }]);

/** Follows a dotted path through a home; always the longest key that fits. */
export class Walk {
  private readonly words: readonly string[];
  private readonly columns: readonly number[];
  private readonly at: (column: number) => Place;

  constructor(path: string, at: (column: number) => Place) {
    const raw = path.split('.');
    // devices.router is the router's own entry.
    const short = raw[0] === 'devices' && raw[1] === ROUTER;
    let column = 1;
    const columns = raw.map((word) => {
      const here = column;
      column += word.length + 1;
      return here;
    });
    this.words = short ? raw.slice(1) : raw;
    this.columns = short ? columns.slice(1) : columns;
    this.at = at;
  }

  run(home: SourceMap): { path: (string | number)[]; places: Place[] } {
    const path: (string | number)[] = [];
    const places: Place[] = [];
    let here: SourceNode | null = home;
    let from = 0;
    for (const [index, word] of this.words.entries())
      if (FORBIDDEN.has(word)) throw refusal(this.at(this.columns[index]!), `"${word}" is not allowed anywhere`, 'Choose another name');
    while (from < this.words.length) {
      const place = this.at(this.columns[from]!);
      const { step, used } = this.step(here, path, from, place);
      path.push(step);
      places.push(place);
      here = here === null ? null : typeof step === 'number' ? (here.kind === 'list' ? here.items[step]! : null) : child(here, step);
      from += used;
    }
    return { path, places };
  }

  private step(here: SourceNode | null, path: Path, from: number, place: Place): { step: string | number; used: number } {
    const rest = this.words.slice(from);
    const schemas = schemasAt([homeWhole], path);
    const types = new Set(schemas.map((schema) => schema._zod.def.type));
    if (types.has('record')) return { step: rest.join('.'), used: rest.length };
    const ids = here?.kind === 'list' ? here.items.map(idOf) : null;
    const known: string[] = ids === null ? keysOf(schemas) : ids.filter((id) => id !== null);
    for (let used = rest.length; used > 0; used--) {
      const name = rest.slice(0, used).join('.');
      const index = ids?.indexOf(name) ?? -1;
      if (index >= 0) return { step: index, used };
      if (ids === null && known.includes(name)) return { step: name, used };
    }
    const where = from === 0 ? 'a home' : this.words.slice(0, from).join('.');
    if (known.length === 0) throw refusal(place, `${where} has nothing below it; got "${rest.join('.')}"`, `End the path after ${where}`);
    throw refusal(place, `${where} has no "${rest[0]}"`, suggest(rest[0]!, known));
  }
}
