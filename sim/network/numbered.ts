/**
 * Things that are numbered as they come and of which most are soon over: connections, exchanges. Found as fast as in an
 * array, in memory that follows those that are still there and not those that ever were: pages, of which an empty one is let
 * go when a later one has begun. Plain data.
 */
export type Numbered<T> = (Page<T> | null)[];

export interface Page<T> {
  /** How many of its places are taken. */
  taken: number;
  readonly items: (T | null)[];
}

/** log₂ of the places of a page: a connection that stays open for weeks keeps 63 others' places. */
const BITS = 6;
const PLACES = 1 << BITS;

/** What has this number, null for nothing or no more. */
export function numbered<T>(list: Numbered<T>, number: number): T | null {
  const page = list[number >> BITS];
  return page === undefined || page === null ? null : page.items[number & (PLACES - 1)]!;
}

/** Takes something in, or another in its place. */
export function enter<T>(list: Numbered<T>, number: number, item: T): void {
  const at = number >> BITS;
  if (at >= list.length) begin(list, at);
  const page = (list[at] ??= blank());
  const place = number & (PLACES - 1);
  if (page.items[place] === null) page.taken++;
  page.items[place] = item;
}

/** Takes out what has this number, if anything has. */
export function strike<T>(list: Numbered<T>, number: number): void {
  const at = number >> BITS;
  const page = list[at];
  const place = number & (PLACES - 1);
  if (page === undefined || page === null || page.items[place] === null) return;
  page.items[place] = null;
  // The last page stays: it would be made anew for each thing that comes after one that is over.
  if (--page.taken === 0 && at < list.length - 1) list[at] = null;
}

/** All that is there, by number. */
export function present<T>(list: Numbered<T>): T[] {
  return list.flatMap((page) => page?.items.filter((item) => item !== null) ?? []);
}

/** The numbers of all that is there, ascending. */
export function numbers<T>(list: Numbered<T>): number[] {
  return list.flatMap((page, at) => page?.items.flatMap((item, place) => (item === null ? [] : [(at << BITS) + place])) ?? []);
}

/** Room up to a page that was not there yet. */
function begin<T>(list: Numbered<T>, at: number): void {
  const last = list.length - 1;
  if (last >= 0 && list[last]!.taken === 0) list[last] = null;
  while (list.length < at) list.push(null);
  list.push(blank());
}

function blank<T>(): Page<T> {
  const items: (T | null)[] = [];
  for (let i = 0; i < PLACES; i++) items.push(null);
  return { taken: 0, items };
}
