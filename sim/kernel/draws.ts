/**
 * Addressed draws (design principle 3): a random number is a pure function of (seed, replication, branches, entity,
 * purpose, decision). Nothing is consumed, so no draw can shift another.
 *
 * Generator: Threefry-2x32, 20 rounds (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3", SC'11): counter-based, published known-answer vectors, passes BigCrush; only 32-bit add, rotate, xor.
 * The 64-bit key is root(seed, replication, branches) combined with the stream's 64-bit hash; the 64-bit counter is the decision.
 */
const PARITY = 0x1bd11bda;

/** So many draws are made together: enough to get the good of it, few enough to be worth it when not all are used. */
export const TOGETHER = 64;
const MANY = new Int32Array(2 * TOGETHER);
/** Where a single block is left: a pair to return would be an allocation. */
const ONE = new Int32Array(2);

// Three statements a round and four rounds a line's group: the table of rotations can be read off.
/**
 * Encrypts `count` counters, (c0, c1), (c0 + 1, c1) and so on, under key (k0, k1): two 32-bit words each, one after the other.
 * Blocks do not wait for each other: many together take a third of the time, each, that one alone takes.
 */
// prettier-ignore
function threefry(key0: number, key1: number, c0: number, c1: number, count: number, words: Int32Array): void {
  // Said to be whole here, once: otherwise every use below asks again.
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = PARITY ^ k0 ^ k1;
  for (let i = 0; i < count; i++) {
  let x0 = (c0 + i + k0) | 0;
  let x1 = (c1 + k1) | 0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 1) | 0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 2) | 0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k0) | 0; x1 = (x1 + k1 + 3) | 0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 4) | 0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  words[2 * i] = (x0 + k2) | 0;
  words[2 * i + 1] = (x1 + k0 + 5) | 0;
  }
}

/** One block, left in ONE. */
const block = (k0: number, k1: number, c0: number, c1: number): void => threefry(k0, k1, c0, c1, 1, ONE);

/** Both 32-bit words of one block, unsigned; for known-answer tests. */
export function threefryBlock(k0: number, k1: number, c0: number, c1: number): readonly [number, number] {
  block(k0, k1, c0, c1);
  return [ONE[0]! >>> 0, ONE[1]! >>> 0];
}

/** A 64-bit key as two signed 32-bit words. */
export interface StreamKey {
  readonly k0: number;
  readonly k1: number;
}

/** 64-bit hash of a text: two FNV-1a-style lanes, each finished with an avalanche mix, then one Threefry block. */
export function hashText(text: string): StreamKey {
  let a = 0x811c9dc5 | 0;
  let b = 0x6a09e667 | 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ (c + 0x9e37), 0x85ebca6b);
    b = (b << 13) | (b >>> 19);
  }
  block(a, b, text.length, 0);
  return { k0: ONE[0]!, k1: ONE[1]! };
}

/**
 * Child of a key for a decision: gives every message a 64-bit identity of its own. For one key a bijection of the decision,
 * for one decision a bijection of the key, mixed by four Feistel steps. It only has to be unlike the others: what is drawn
 * under it goes through Threefry again.
 */
export function childKey(key: StreamKey, c0: number, c1: number): StreamKey {
  let a = (key.k0 + Math.imul(c0, 0x9e3779b1)) | 0;
  let b = (key.k1 + Math.imul(c1, 0x85ebca6b)) | 0;
  a ^= scramble(b + 0x243f6a88);
  b ^= scramble(a + 0x13198a2e);
  a ^= scramble(b + 0x03707344);
  b ^= scramble(a + 0x299f31d0);
  return { k0: a, k1: b };
}

/** Finisher of 32 bits (A. Appleby, MurmurHash3). */
function scramble(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Names → keys. Refuses two names with one key (probability about n²/2^65). */
export class KeyTable {
  private readonly byName = new Map<string, StreamKey>();
  private readonly names = new Map<string, string>();
  private readonly hash: (text: string) => StreamKey;

  /** Another hash only to try what happens on a collision. */
  constructor(hash: (text: string) => StreamKey = hashText) {
    this.hash = hash;
  }

  /** @throws Error naming both texts on a collision. */
  key(name: string): StreamKey {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const key = this.hash(name);
    const text = `${key.k0},${key.k1}`;
    const other = this.names.get(text);
    if (other !== undefined) throw new Error(`the random streams "${other}" and "${name}" have the same key; rename one`);
    this.names.set(text, name);
    this.byName.set(name, key);
    return key;
  }
}

const TWO_M52 = 1 / 4503599627370496;

/** Two 32-bit words as a number in the open interval (0, 1): the middle of one of 2^52 equal cells. With a bit more the highest cell's middle would be rounded to 1. */
export function openUniform(high: number, low: number): number {
  return ((high >>> 0) * 1048576 + (low >>> 12) + 0.5) * TWO_M52;
}

/** The luck of one replication on one branch. */
export class Draws {
  readonly seed: number;
  readonly replication: number;
  /** Branches taken one after the other, from the main line on: a branch of branch 1 is not one of the main line. */
  readonly branches: readonly number[];
  private readonly root0: number;
  private readonly root1: number;

  /** Seed 0 … 2^53 − 1; replication and branches 0 … 2^32 − 1. A single branch 0 is the main line. */
  constructor(seed: number, replication: number, branches: number | readonly number[]) {
    this.seed = seed;
    this.replication = replication;
    this.branches = typeof branches !== 'number' ? branches : branches === 0 ? [] : [branches];
    block(seed | 0, Math.floor(seed / 4294967296) | 0, replication | 0, 0);
    for (const branch of this.branches) block(ONE[0]!, ONE[1]!, branch | 0, 1);
    this.root0 = ONE[0]!;
    this.root1 = ONE[1]!;
  }

  /** Uniform in the open interval (0, 1), 52 bits, for the stream's decision (n, sub). */
  uniform(key: StreamKey, n: number, sub: number): number {
    return this.uniformAt(key.k0, key.k1, n, sub);
  }

  /** As `uniform`, with the key's words given. */
  uniformAt(k0: number, k1: number, n: number, sub: number): number {
    block(this.root0 ^ k0, (this.root1 + k1) | 0, n | 0, sub | 0);
    return openUniform(ONE[0]!, ONE[1]!);
  }

  /** `uniform` of the decisions (n, sub), (n + 1, sub) …, as many as `into` takes. @throws RangeError above TOGETHER. */
  uniforms(key: StreamKey, n: number, sub: number, into: Float64Array): void {
    if (into.length > TOGETHER) throw new RangeError(`at most ${TOGETHER} draws are made together, not ${into.length}`);
    threefry(this.root0 ^ key.k0, (this.root1 + key.k1) | 0, n | 0, sub | 0, into.length, MANY);
    for (let i = 0; i < into.length; i++) into[i] = openUniform(MANY[2 * i]!, MANY[2 * i + 1]!);
  }

  /** One block as two independent uniforms of 32 bits each: the first is returned, the second is in `second`. */
  twoAt(k0: number, k1: number, n: number, sub: number): number {
    block(this.root0 ^ k0, (this.root1 + k1) | 0, n | 0, sub | 0);
    this.second = ((ONE[1]! >>> 0) + 0.5) * TWO_M32;
    return ((ONE[0]! >>> 0) + 0.5) * TWO_M32;
  }

  /** The other uniform of the last `twoAt`. */
  second = 0.5;
}

const TWO_M32 = 1 / 4294967296;
