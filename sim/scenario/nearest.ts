/** Longer words are compared by their beginning only: the cost is quadratic. */
const LONGEST = 64;
const MOST_LISTED = 8;
/** From this length on two slips still leave a word that can be told. */
const LONG = 5;

/** Edit distance that counts a swap of neighbours as one edit (optimal string alignment). O(n·m). */
export function distance(a: string, b: string): number {
  const s = a.slice(0, LONGEST);
  const t = b.slice(0, LONGEST);
  let before: number[] = [];
  let last = Array.from({ length: t.length + 1 }, (_, j) => j);
  for (let i = 1; i <= s.length; i++) {
    const row = [i];
    for (let j = 1; j <= t.length; j++) {
      const change = s[i - 1] === t[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && s[i - 1] === t[j - 2] && s[i - 2] === t[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[t.length]!;
}

/** Known words, nearest first; equal distances in alphabetical order so that a complaint never changes between runs. */
export function byNearness(word: string, known: Iterable<string>): string[] {
  return [...new Set(known)]
    .map((candidate) => ({ candidate, far: distance(word, candidate) }))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .map(({ candidate }) => candidate);
}

/** Two slips in a word of five letters, one in a shorter one, but never as many as it has letters: any other word is as near. */
export function isNear(word: string, candidate: string): boolean {
  const length = Math.min(word.length, LONGEST);
  const far = distance(word, candidate);
  return far < length && far <= (length < LONG ? 1 : Math.max(2, Math.floor(length / 3)));
}

/** A remedy for an unknown word: the one that was probably meant, or what there is. */
export function suggest(word: string, known: Iterable<string>): string {
  const [first, ...others] = byNearness(word, known);
  if (first === undefined) return 'Nothing is known by this name here; remove it';
  if (isNear(word, first)) return `Write "${first}", the nearest known`;
  const listed = [first, ...others.slice(0, MOST_LISTED - 1)];
  const more = others.length + 1 - listed.length;
  return `Known, nearest first: ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
