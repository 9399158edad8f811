import type { SettingValue } from '../model/settings.ts';
import { parse, type SourceMap, type SourceNode } from './document.ts';
import type { Place } from './errors.ts';
import { describe } from './explain.ts';
import { ROUTER } from './home-check.ts';
import { child, find, idOf, items, plain, textOf, withKey, type Path } from './tree.ts';
import { refusal, Walk } from './walk.ts';

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

/** The `file` of places in an edit's own text. */
export const sourceOf = (argument: string): string => `--set ${argument}`;

/**
 * Applies one `PATH=VALUE`. Keys are joined by dots; a key that itself has dots (settings, parameters) takes the rest
 * of the path; things with ids are found by id; `router.…` and `devices.router.…` are the same.
 * @throws InputError placed in the argument's own text
 */
export function applySet(before: Edited, argument: string): Edited {
  const file = sourceOf(argument);
  const at = (column: number): Place => ({ file, line: 1, column });
  const cut = argument.indexOf('=');
  if (cut < 1) throw refusal(at(1), 'expected PATH=VALUE', 'Write for instance devices.camera.on=guest');
  const text = argument.slice(cut + 1);
  const value = parse(text, { file, column: cut + 2 });
  const { path, places } = new Walk(argument.slice(0, cut), at).run(before.home);
  const [device, inDevice] = deviceOf(before.home, path);
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
  const home = put(before.home, path, places, sameThing(before.home, path, value)) as SourceMap;
  return { home, ...byHand(before, home, path) };
}

/** The device that a path leads into, and the path in there; null when it leads elsewhere. */
function deviceOf(home: SourceMap, path: Path): [string | null, Path] {
  if (path[0] === ROUTER) return [ROUTER, path.slice(1)];
  const item = path[0] === 'devices' && path.length > 1 ? find(home, path.slice(0, 2)) : null;
  return [item === null ? null : idOf(item), path.slice(2)];
}

/** What the lists of things with ids hold, and a key that each of them may have. */
const THINGS: ReadonlyMap<unknown, readonly [string, string]> = new Map([
  ['devices', ['device', 'on']],
  ['segments', ['segment', 'zone']],
]);

/** What is put in the place of a thing is still that thing: it has its id, or gets it. Other values are as they were. */
function sameThing(home: SourceMap, path: Path, value: SourceNode): SourceNode {
  const [what, key] = THINGS.get(path[0]) ?? [];
  if (what === undefined || path.length !== 2) return value;
  const id = idOf(find(home, path)!)!;
  if (value.kind === 'map' && child(value, 'id') === null) return withWord(value, 'id', id, value.place);
  if (idOf(value) === id && (value.kind === 'map' || what === 'segment')) return value;
  const name = `${String(path[0])}.${id}`;
  const got = value.kind === 'map' ? `one with the id ${describe(child(value, 'id')!)}` : describe(value);
  throw refusal(value.place, `${name} is a ${what}; got ${got}`, `Name one of its keys, for instance ${name}.${String(key)}`);
}

const withWord = (map: SourceMap, key: string, word: string, place: Place): SourceMap =>
  withKey(map, { key, at: place, value: { kind: 'scalar', value: word, place } });

/** Puts a value at a path, making the maps on the way. */
function put(node: SourceNode | null, path: Path, places: readonly Place[], value: SourceNode): SourceNode {
  const [step, ...further] = path;
  if (step === undefined) return value;
  const place = places[0]!;
  if (typeof step === 'number' && node?.kind === 'list')
    return {
      ...node,
      items: node.items.map((item, index) => (index === step ? put(spelledOut(item), further, places.slice(1), value) : item)),
    };
  const map: SourceMap = node?.kind === 'map' ? node : { kind: 'map', entries: [], place };
  return withKey(map, { key: String(step), at: place, value: put(child(map, String(step)), further, places.slice(1), value) });
}

/** The one thing that a home may write as a word, a Wi-Fi segment, with what the word says as keys. */
function spelledOut(item: SourceNode): SourceNode {
  const id = textOf(item);
  if (id === null) return item;
  const { place } = item;
  return withWord(withWord({ kind: 'map', entries: [], place }, 'id', id, place), 'medium', 'wifi', place);
}

/**
 * Settings and profiles chosen by hand after the edit at `path`: those that stand in a map put there count as if each had been an
 * edit of its own, and those that were replaced with it no longer count.
 */
function byHand(before: Edited, home: SourceMap, path: Path): Omit<Edited, 'home'> {
  const [, inDevice] = deviceOf(home, path);
  const profiles = new Set(before.profiles);
  let settings = before.settings;
  for (const [device, node] of replaced(home, path)) {
    if (inDevice.length === 0 || inDevice[0] === 'profile') {
      if (child(node, 'profile') === null) profiles.delete(device);
      else profiles.add(device);
    }
    if (inDevice.length === 0 || inDevice[0] === 'settings') {
      const own = child(node, 'settings');
      settings = settings.filter((one) => one.device !== device).concat(own?.kind === 'map' ? overrides(device, own) : []);
    }
  }
  return { settings, profiles };
}

/** The devices that an edit at `path` replaces, or replaces something of. */
function replaced(home: SourceMap, path: Path): [string, SourceNode][] {
  if (path[0] === ROUTER) return [[ROUTER, child(home, ROUTER)!]];
  if (path[0] !== 'devices') return [];
  const all = items(child(home, 'devices'));
  return (path.length > 1 ? [all[Number(path[1])]!] : all).flatMap((node): [string, SourceNode][] => {
    const id = idOf(node);
    return id === null ? [] : [[id, node]];
  });
}

const overrides = (device: string, settings: SourceMap): SettingOverride[] =>
  settings.entries.flatMap(({ key, at, value }) =>
    value.kind === 'scalar' && value.value !== null ? [{ device, name: key, value: value.value, key: at, at: value.place }] : [],
  );
