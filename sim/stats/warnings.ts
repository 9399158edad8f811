/** Marks an interval that carries a warning, in a terminal's tables as in the viewer's. */
export const DOUBTFUL = '!';

interface Doubtful {
  /** Why it should not be trusted yet. */
  readonly warn?: string | undefined;
}

/** Every warning that estimates carry, each kind once: how often, and with the figures of the first. */
export function warningLines(estimates: Iterable<Doubtful>): readonly string[] {
  const kinds = new Map<string, { first: string; count: number; alike: boolean }>();
  for (const { warn } of estimates) {
    if (warn === undefined) continue;
    const kind = warn.replace(/\d+(\.\d+)?/g, 'N');
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { first: warn, count: 1, alike: true });
    else {
      known.count++;
      known.alike &&= known.first === warn;
    }
  }
  return [...kinds.values()].map(
    ({ first, count, alike }) => `WARN ${count} ${count === 1 ? 'estimate' : 'estimates'}${alike ? '' : ', one of them'}: ${first}`,
  );
}
