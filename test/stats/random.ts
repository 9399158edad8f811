/** A small fixed-seed generator for tests only (32-bit mixing of a counter), uniform in (0, 1). */
export function uniforms(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x6d2b79f5) >>> 0;
    let z = Math.imul(counter ^ (counter >>> 15), counter | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (((z ^ (z >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}
