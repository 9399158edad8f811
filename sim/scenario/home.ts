import type { Catalogue } from '../model/catalogue.ts';
import { parse, type SourceMap, type SourceNode } from './document.ts';
import { Complaints, InputError, type Place } from './errors.ts';
import { check } from './explain.ts';
import { checkHome } from './home-check.ts';
import { homeFile, type HomeData } from './home-schema.ts';
import { suggest } from './nearest.ts';
import { inputFiles, inside, nameOf, normal, readText, folderOf, type SourceReader } from './reader.ts';
import { child, entryOf, idOf, items, merge, textOf, withKey, withoutKeys, type Path } from './tree.ts';

/** A validated home. Plain JSON: `node` keeps every value's place for later complaints and for `--set`. */
export interface Home {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly node: SourceMap;
  readonly data: HomeData;
}

/** Where the homes of the project itself stand; `extends: base` finds them from anywhere. */
export const HOMES = 'scenarios/homes';
const MOST_ANCESTORS = 10;

/**
 * Reads a home with all that it extends, merges by id, and checks it against the catalogue.
 * @throws InputError with every complaint.
 */
export function loadHome(path: string, reader: SourceReader, catalogue: Catalogue): Home {
  const node = chain(normal(path), reader, [], null);
  const complaints = new Complaints();
  const data = checkHome(node, catalogue, complaints);
  complaints.settle();
  return { id: data!.id, title: data!.title ?? data!.id, file: normal(path), node, data: data! };
}

function chain(path: string, reader: SourceReader, below: readonly string[], from: Place | null): SourceMap {
  const node = parse(readText(path, reader, from), { file: path });
  const complaints = new Complaints();
  check(node, homeFile, complaints);
  complaints.settle();
  const own = oneList(node as SourceMap, complaints);
  complaints.settle();
  const base = entryOf(node, 'extends');
  if (base === null) return own;

  const place = base.value.place;
  const parent = parentPath(path, textOf(base.value)!, reader, place);
  const round = [...below, path];
  if (round.includes(parent))
    complaints.add(place, `extends goes round in a circle: ${[...round, parent].join(' → ')}`, 'Let one of them extend nothing');
  else if (round.length > MOST_ANCESTORS)
    complaints.add(place, `more than ${MOST_ANCESTORS} homes extend one another`, 'Write the differences into one file');
  complaints.settle();
  return merge(chain(parent, reader, round, place), own, identified) as SourceMap;
}

const identified = (path: Path): boolean => path.length === 1 && (path[0] === 'devices' || path[0] === 'segments');

/** `extends: base` is a file beside this one, else a home of the project; with a '/' or an ending it is a path. */
function parentPath(path: string, reference: string, reader: SourceReader, place: Place): string {
  if (/[/\\.]/.test(reference)) return inside(path, reference, place);
  const files = [folderOf(path), HOMES].flatMap((folder) => inputFiles(folder, reader)).map(normal);
  const named = files.filter((file) => bareName(file) === reference);
  const found = named.find((file) => file !== path) ?? named[0];
  if (found !== undefined) return found;
  const others = files.filter((file) => file !== path).map(bareName);
  throw new InputError([
    { ...place, message: `there is no home "${reference}" beside this one or in ${HOMES}`, remedy: suggest(reference, others) },
  ]);
}

const bareName = (file: string): string => nameOf(file).replace(/\.[^.]*$/, '');

/** Lists that a file may use beside `devices`, and the zone of the map that they stand for. */
const LISTS: readonly (readonly [list: Path, zone: string])[] = [
  [['access'], 'internet'],
  [['clouds'], 'internet'],
  [['people'], 'home'],
  [['hospital', 'devices'], 'hospital'],
];

/** Puts every list of devices into `devices`, so that a home can change a device without knowing which list named it first. */
function oneList(file: SourceMap, complaints: Complaints): SourceMap {
  const all: SourceNode[] = [...items(child(file, 'devices'))];
  let place = child(file, 'devices')?.place ?? file.place;
  for (const [path, zone] of LISTS) {
    const list = path.length === 1 ? child(file, String(path[0])) : child(child(file, String(path[0])), String(path[1]));
    if (list === null) continue;
    place = list.place;
    all.push(...items(list).map((item) => withZone(item, zone)));
  }
  refuseTwice(all, 'device', complaints);
  refuseTwice(items(child(file, 'segments')), 'segment', complaints);
  let map = withoutKeys(file, ['extends', 'access', 'clouds', 'people']);
  const hospital = child(file, 'hospital');
  if (hospital?.kind === 'map') map = withKey(map, { key: 'hospital', at: hospital.place, value: withoutKeys(hospital, ['devices']) });
  return all.length === 0 ? map : withKey(map, { key: 'devices', at: place, value: { kind: 'list', items: all, place } });
}

function withZone(item: SourceNode, zone: string): SourceNode {
  if (item.kind !== 'map' || entryOf(item, 'zone') !== null) return item;
  return withKey(item, { key: 'zone', at: item.place, value: { kind: 'scalar', value: zone, place: item.place } });
}

function refuseTwice(list: readonly SourceNode[], what: string, complaints: Complaints): void {
  const first = new Map<string, Place>();
  for (const item of list) {
    const id = idOf(item);
    if (id === null) continue;
    const known = first.get(id);
    if (known === undefined) first.set(id, item.place);
    else
      complaints.add(
        child(item, 'id')?.place ?? item.place,
        `${what} id "${id}" is already used in line ${known.line}`,
        'Give each its own id',
      );
  }
}
