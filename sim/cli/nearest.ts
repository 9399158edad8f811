/** The candidate closest in spelling (Levenshtein), or null when none is within a third of the word's length (at least 2). */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const cost = distance(word.toLowerCase(), candidate.toLowerCase());
    if (cost < least) {
      least = cost;
      best = candidate;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** `unknown threat "te2-readng": did you mean "te2-reading"? (known: …)` */
export function unknownId(what: string, id: string, known: Iterable<string>): string {
  const all = [...known].sort();
  const close = nearest(id, all);
  const hint = close === null ? `known: ${all.join(', ') || 'none'}` : `did you mean "${close}"?`;
  return `unknown ${what} "${id}" (${hint})`;
}
