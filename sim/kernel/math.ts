/**
 * Elementary functions that ECMAScript leaves to the engine, computed here from +, −, ×, ÷ and bit operations only,
 * so that every engine gives the same bits (design principle 2). Accuracy is about 1 ulp; the tests compare with
 * the platform's own functions. Methods: argument reduction as in W. J. Cody & W. Waite, "Software Manual for the
 * Elementary Functions" (1980), atanh series for the logarithm, Lanczos for lgamma, Wichura's AS 241 for the normal quantile.
 */
const bits = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** The mantissa of √½, 0.7071067811865476: its upper 20 bits and its lower 32. */
const SQRT_HALF_HIGH = 0x6a09e;
const SQRT_HALF_LOW = 0x667f3bcd;
const INVERSE_LN2 = 1.4426950408889634;
const TWO_54 = 18014398509481984;

const LEAST = 1074;
/** 2^n at n + 1074, exact, for every n that a double can have. A double put together from its bits has to wait for memory. */
const POWERS_OF_TWO = powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(LEAST + 1024);
  let power = Number.MIN_VALUE;
  for (let i = 0; i < powers.length; i++, power *= 2) powers[i] = power;
  return powers;
}

/** Natural logarithm. NaN below 0, −Infinity at 0. */
export function log(x: number): number {
  if (x !== x || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= TWO_54;
    exponent = -54;
  }
  bits.setFloat64(0, x, true);
  const high = bits.getInt32(4, true);
  // In [0.5, 1), and twice that below √½: told from the bits, because half of all draws lie on either side of a comparison.
  let above = (high & 0xfffff) - SQRT_HALF_HIGH;
  if (above === 0 && bits.getUint32(0, true) < SQRT_HALF_LOW) above = -1;
  const own = (high >>> 20) - 1022 - (above >>> 31);
  return logOf(x * POWERS_OF_TWO[LEAST - own]!, exponent + own);
}

/** Logarithm of m · 2^exponent, √½ ≤ m < √2. */
function logOf(m: number, exponent: number): number {
  // log m = f − s (f − r) with s = f / (2 + f): the classic rearrangement that keeps full precision near 1.
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const r =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z * (0.22222198432149784 + z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f);
}

/** Where the upper half of a double lies among its two words in a table. */
const UPPER = new Int32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1;

/** `log` of every number in the table, in place; all must be positive and normal. Costs half of one after the other. */
export function logs(table: Float64Array): void {
  const words = new Int32Array(table.buffer, table.byteOffset, 2 * table.length);
  for (let i = 0; i < table.length; i++) {
    const high = words[2 * i + UPPER]!;
    let above = (high & 0xfffff) - SQRT_HALF_HIGH;
    if (above === 0 && words[2 * i + 1 - UPPER]! >>> 0 < SQRT_HALF_LOW) above = -1;
    const own = (high >>> 20) - 1022 - (above >>> 31);
    table[i] = logOf(table[i]! * POWERS_OF_TWO[LEAST - own]!, own);
  }
}

/** e^x. */
export function exp(x: number): number {
  if (x !== x) return NaN;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x * INVERSE_LN2);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t * (-0.0027777777777015593 + t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k > 1023) return y * 2 * POWERS_OF_TWO[LEAST + k - 1]!;
  return k >= -1022 ? y * POWERS_OF_TWO[LEAST + k]! : y * POWERS_OF_TWO[LEAST + k + 54]! * (1 / TWO_54);
}

/** x^y for x ≥ 0. Relative error grows with |y log x|, about 1e-14 at 100. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 0) return y > 0 ? 0 : Infinity;
  return exp(y * log(x));
}

/** log(1 + x) without loss near 0. */
export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1) return x;
  const kept = u - 1;
  return kept === x ? log(u) : log(u) * (x / kept);
}

/** e^x − 1 without loss near 0. */
export function expm1(x: number): number {
  if (Math.abs(x) < 1e-5) return x + (x * x) / 2 + (x * x * x) / 6;
  const u = exp(x);
  if (u === 1) return x;
  const um1 = u - 1;
  if (um1 === -1) return -1;
  return Math.abs(x) < 0.7 ? (um1 * x) / log(u) : um1;
}

const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function for x > 0 (Lanczos, g = 7, n = 9; relative error below 1e-13). */
export function lgamma(x: number): number {
  if (x < 0.5) return 1.1447298858494002 - log(Math.abs(sinPi(x))) - lgamma(1 - x);
  const y = x - 1;
  let sum = LANCZOS[0]!;
  for (let i = 1; i < 9; i++) sum += LANCZOS[i]! / (y + i);
  const t = y + 7.5;
  return 0.9189385332046727 + (y + 0.5) * log(t) - t + log(sum);
}

/** sin(πx) for 0 ≤ x ≤ 1, by its Taylor series after folding to [0, 1/2]. */
function sinPi(x: number): number {
  const folded = x > 0.5 ? 1 - x : x;
  const t = folded * 3.141592653589793;
  const z = t * t;
  let term = t;
  let sum = t;
  for (let k = 1; k < 14; k++) {
    term *= -z / (2 * k * (2 * k + 1));
    sum += term;
  }
  return sum;
}

// The three rational approximations of AS 241, as Horner schemes written out: normal draws are the engine's most frequent elementary function.
// prettier-ignore
function centre(r: number): number {
  const top = (((((((2509.0809287301227) * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r + 13731.69376550946) * r + 1971.5909503065513) * r + 133.14166789178438) * r + 3.3871328727963665;
  const bottom = (((((((5226.495278852854) * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r + 5394.196021424751) * r + 687.1870074920579) * r + 42.31333070160091) * r + 1;
  return top / bottom;
}

// prettier-ignore
function middle(r: number): number {
  const top = (((((((0.0007745450142783414) * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r + 3.6478483247632045) * r + 5.769497221460691) * r + 4.630337846156546) * r + 1.4234371107496835;
  const bottom = (((((((1.0507500716444169e-9) * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) * r + 0.6897673349851) * r + 1.6763848301838038) * r + 2.053191626637759) * r + 1;
  return top / bottom;
}

// prettier-ignore
function tailEnd(r: number): number {
  const top = (((((((2.0103343992922881e-7) * r + 0.000027115555687434876) * r + 0.0012426609473880784) * r + 0.026532189526576124) * r + 0.29656057182850487) * r + 1.7848265399172913) * r + 5.463784911164114) * r + 6.657904643501103;
  const bottom = (((((((2.0442631033899397e-15) * r + 1.421511758316446e-7) * r + 0.000018463183175100548) * r + 0.0007868691311456133) * r + 0.014875361290850615) * r + 0.1369298809227358) * r + 0.599832206555888) * r + 1;
  return top / bottom;
}

/** Standard normal quantile for 0 < p < 1 (M. J. Wichura, algorithm AS 241, 1988; about 1e-16 relative). */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centre(0.180625 - q * q);
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? middle(r - 1.6) : tailEnd(r - 5);
  return q < 0 ? -x : x;
}

/** Standard normal distribution function (complementary error function by continued fraction and series; absolute error below 1e-14). */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 38) return x > 0 ? 1 : 0;
  let tail: number;
  const density = 0.3989422804014327 * exp(-0.5 * z * z);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; k < 120; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
      if (term < 1e-18 * sum) break;
    }
    tail = 0.5 - density * sum;
  } else {
    let fraction = z;
    for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
    tail = density / fraction;
  }
  return x > 0 ? 1 - tail : tail;
}
