/**
 * 128-bit running hash over canonical words (design section 3). Four 32-bit lanes, each word mixed into all of them by
 * multiply–rotate–add; finished by an avalanche. Not cryptographic: it detects difference, not malice.
 */
const view = new DataView(new ArrayBuffer(8));
const { charCodeAt } = String.prototype;

export class Fingerprint {
  private a = 0x243f6a88 | 0;
  private b = 0x85a308d3 | 0;
  private c = 0x13198a2e | 0;
  private d = 0x03707344 | 0;

  /** Adds one 32-bit word. */
  word(w: number): void {
    this.a = Math.imul(rotate(this.a ^ w, 13), 0x9e3779b1);
    this.b = Math.imul(rotate((this.b + w) | 0, 17) ^ this.a, 0x85ebca77);
    this.c = Math.imul(rotate(this.c ^ this.b, 11) + w, 0xc2b2ae3d);
    this.d = rotate((this.d ^ this.c) + Math.imul(w, 0x27d4eb2f), 15) ^ this.a;
  }

  /** Adds two words at little more than the cost of one; the hot path's way. */
  pair(x: number, y: number): void {
    const a = Math.imul(rotate(this.a ^ x, 13), 0x9e3779b1);
    const b = Math.imul(rotate((this.b + y) | 0, 17) ^ a, 0x85ebca77);
    this.a = a;
    this.b = b;
    this.c = (rotate(this.c ^ b, 11) + x) | 0;
    this.d = rotate((this.d + this.c) | 0, 15) ^ y;
  }

  /** Adds four words, one to a lane, at little more than the cost of a pair. Whatever the words, the step can be undone: none is lost. */
  quad(w: number, x: number, y: number, z: number): void {
    const a = Math.imul(rotate(this.a ^ w, 13), 0x9e3779b1);
    const b = Math.imul(rotate(this.b ^ x, 17), 0x85ebca77) ^ a;
    const c = (Math.imul(rotate(this.c ^ y, 11), 0xc2b2ae3d) + b) | 0;
    const d = Math.imul(rotate(this.d ^ z, 15), 0x27d4eb2f) ^ c;
    this.a = (a + d) | 0;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** Adds a double by its bits; NaN and −0 are canonical. */
  number(x: number): void {
    if (x === (x | 0) && x !== 0) {
      // Small integers are by far the most frequent; other doubles go another way, so that none of them is mistaken for one.
      this.pair(x, 0x517cc1b7);
      return;
    }
    view.setFloat64(0, x !== x ? NaN : x === 0 ? 0 : x);
    this.quad(view.getInt32(0), view.getInt32(4), 0x2545f491, 0x22);
  }

  /** Adds a text by its length and two 32-bit hashes of its code units (FNV-1a with two primes): names are short, and a table of them would cost more. */
  text(s: string): void {
    // Texts come in many forms in memory; joined to nothing it is known to be one of them, and its length is read without a search.
    const { length } = '' + s;
    let hash = 0x811c9dc5 | 0;
    let other = 0x6a09e667 | 0;
    for (let i = 0; i < length; i++) {
      const unit = charCodeAt.call(s, i);
      hash = Math.imul(hash ^ unit, 0x01000193);
      other = Math.imul(other ^ unit, 0x85ebca6b);
    }
    this.quad(hash, other, length, 0x33);
  }

  /** Adds any plain value canonically: keys in code-unit order, types tagged. @throws Error on functions, Maps, Sets and other non-data, whose content would go unseen. */
  value(v: unknown): void {
    if (v === null || v === undefined) this.word(0x11);
    else if (typeof v === 'number') {
      this.word(0x22);
      this.number(v);
    } else if (typeof v === 'string') {
      this.word(0x33);
      this.text(v);
    } else if (typeof v === 'boolean') this.word(v ? 0x44 : 0x45);
    else if (Array.isArray(v)) {
      this.word(0x66);
      this.word(v.length);
      for (const item of v) this.value(item);
    } else if (typeof v === 'object' && isPlain(v)) {
      const keys = Object.keys(v).sort();
      this.word(0x55);
      this.word(keys.length);
      for (const key of keys) {
        this.text(key);
        this.value((v as Record<string, unknown>)[key]);
      }
    } else throw new Error(`cannot fingerprint a ${typeof v === 'object' ? v.constructor.name : typeof v}: world data must be plain`);
  }

  /** 32 hexadecimal digits. The running state is unchanged. */
  hex(): string {
    let a = this.a,
      b = this.b,
      c = this.c,
      d = this.d;
    for (let i = 0; i < 3; i++) {
      a = avalanche((a + d) | 0);
      b = avalanche((b + a) | 0);
      c = avalanche((c + b) | 0);
      d = avalanche((d + c) | 0);
    }
    return [a, b, c, d].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** Starts anew. */
  reset(): void {
    this.a = 0x243f6a88 | 0;
    this.b = 0x85a308d3 | 0;
    this.c = 0x13198a2e | 0;
    this.d = 0x03707344 | 0;
  }

  /** One 32-bit word of the running state, for short digests. */
  low(): number {
    return avalanche((this.a ^ this.d) | 0);
  }

  state(): readonly [number, number, number, number] {
    return [this.a, this.b, this.c, this.d];
  }

  static from(state: readonly number[]): Fingerprint {
    const f = new Fingerprint();
    [f.a, f.b, f.c, f.d] = state as [number, number, number, number];
    return f;
  }
}

/** An object of fields and nothing else: what a class keeps to itself would go unseen. */
function isPlain(v: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(v);
  return prototype === Object.prototype || prototype === null;
}

/** 128-bit fingerprint of a plain value. */
export function fingerprintOf(value: unknown): string {
  const f = new Fingerprint();
  f.value(value);
  return f.hex();
}

function rotate(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

function avalanche(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
