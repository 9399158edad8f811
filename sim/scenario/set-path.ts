import type { SettingValue } from '../model/settings.ts';
import { FORBIDDEN, parse, type SourceMap, type SourceNode } from './document.ts';
import { InputError, type Place } from './errors.ts';
import { keysOf, schemasAt } from './explain.ts';
import { ROUTER } from './home-check.ts';
import { homeWhole } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { child, idOf, plain, withKey, type Path } from './tree.ts';

/** A setting given by hand. It is applied last: whoever sets it by hand means it, whatever the mitigations say. */
export interface SettingOverride {
  readonly device: string;
  readonly name: string;
  readonly value: SettingValue;
  readonly key: Place;
  readonly at: Place;
}

export interface Edited {
  readonly home: SourceMap;
  readonly settings: readonly SettingOverride[];
  /** The router's or a device's profile was chosen by hand: mitigations leave it. */
  readonly profiles: ReadonlySet<string>;
}

/**
 * Applies one `PATH=VALUE`. Keys are joined by dots; a key that itself has dots (settings, parameters) takes the rest
 * of the path; things with ids are found by id; `router.…` and `devices.router.…` are the same.
 * @throws InputError placed in the argument's own text
 */
export function applySet(before: Edited, argument: string): Edited {
  const file = `--set ${argument}`;
  const at = (column: number): Place => ({ file, line: 1, column });
  const cut = argument.indexOf('=');
  if (cut < 1) throw refusal(at(1), 'expected PATH=VALUE', 'Write for instance devices.camera.on=guest');
  const text = argument.slice(cut + 1);
  const value = parse(text, { file, column: cut + 2 });
  const walk = new Walk(argument.slice(0, cut), at);
  const { path, places } = walk.run(before.home);
  const device =
    path[0] === ROUTER
      ? ROUTER
      : path[0] === 'devices'
        ? idOf(child(before.home, 'devices')!.kind === 'list' ? itemAt(before.home, path) : before.home)
        : null;
  const inDevice = path[0] === ROUTER ? path.slice(1) : path.slice(2);
  if (device !== null && inDevice[0] === 'settings' && inDevice.length === 2) {
    const plainly = plain(value);
    if (plainly === null || typeof plainly === 'object')
      throw refusal(
        value.place,
        `expected a word, a number, true or false; got ${text === '' ? 'nothing' : text}`,
        'Write one value after =',
      );
    const setting: SettingOverride = {
      device,
      name: String(inDevice[1]),
      value: plainly as SettingValue,
      key: places.at(-1)!,
      at: value.place,
    };
    return { ...before, settings: [...before.settings, setting] };
  }
  const profiles = device !== null && inDevice[0] === 'profile' ? new Set([...before.profiles, device]) : before.profiles;
  return { ...before, profiles, home: put(before.home, path, places, value) as SourceMap };
}

const itemAt = (home: SourceMap, path: Path): SourceNode => {
  const list = child(home, 'devices')!;
  return list.kind === 'list' ? list.items[Number(path[1])]! : list;
};

const refusal = (place: Place, message: string, remedy: string): InputError => new InputError([{ ...place, message, remedy }]);

/** Follows a dotted path through a home; always the longest key that fits. */
class Walk {
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

/** Puts a value at a path, making the maps on the way. */
function put(node: SourceNode | null, path: Path, places: readonly Place[], value: SourceNode): SourceNode {
  const [step, ...further] = path;
  if (step === undefined) return value;
  const place = places[0]!;
  if (typeof step === 'number' && node?.kind === 'list')
    return { ...node, items: node.items.map((item, index) => (index === step ? put(item, further, places.slice(1), value) : item)) };
  const map: SourceMap = node?.kind === 'map' ? node : { kind: 'map', entries: [], place };
  return withKey(map, { key: String(step), at: place, value: put(child(map, String(step)), further, places.slice(1), value) });
}
