/**
 * Elementary functions that ECMAScript leaves to the engine, computed here from +, −, ×, ÷ and bit operations only,
 * so that every engine gives the same bits (design principle 2). Accuracy is about 1 ulp; the tests compare with
 * the platform's own functions. Methods: argument reduction as in W. J. Cody & W. Waite, "Software Manual for the
 * Elementary Functions" (1980), atanh series for the logarithm, Lanczos for lgamma, Wichura's AS 241 for the normal quantile.
 */
const bits = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 6.93147180369123816490e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const SQRT_HALF = 0.7071067811865476;
const INVERSE_LN2 = 1.4426950408889634;
const TWO_54 = 18014398509481984;

/** 2^n for −1022 ≤ n ≤ 1023, exact. */
function powerOfTwo(n: number): number {
  bits.setUint32(0, ((n + 1023) << 20) >>> 0);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
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
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  exponent += (high >>> 20) - 1022;
  bits.setUint32(0, ((high & 0xfffff) | 0x3fe00000) >>> 0);
  let m = bits.getFloat64(0); // in [0.5, 1)
  if (m < SQRT_HALF) {
    m *= 2;
    exponent -= 1;
  }
  // log m = f − s (f − r) with s = f / (2 + f): the classic rearrangement that keeps full precision near 1.
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const r =
    z *
    (6.666666666666735130e-1 +
      z *
        (3.999999999940941908e-1 +
          z *
            (2.857142874366239149e-1 +
              z *
                (2.222219843214978396e-1 +
                  z * (1.818357216161805012e-1 + z * (1.531383769920937332e-1 + z * 1.479819860511658591e-1))))));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f);
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
      (1.66666666666666019037e-1 +
        t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 + t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  return k >= -1022 ? y * powerOfTwo(k) : y * powerOfTwo(k + 54) * (1 / TWO_54);
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
  return log(u) * (x / (u - 1));
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
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
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

function rational(r: number, numerator: readonly number[], denominator: readonly number[]): number {
  let top = 0;
  let bottom = 0;
  for (let i = numerator.length - 1; i >= 0; i--) top = top * r + numerator[i]!;
  for (let i = denominator.length - 1; i >= 0; i--) bottom = bottom * r + denominator[i]!;
  return top / bottom;
}

const CENTRE_TOP = [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727];
const CENTRE_BOTTOM = [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610];
const MIDDLE_TOP = [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4];
const MIDDLE_BOTTOM = [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9];
const TAIL_TOP = [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230, 0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7];
const TAIL_BOTTOM = [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];

/** Standard normal quantile for 0 < p < 1 (M. J. Wichura, algorithm AS 241, 1988; about 1e-16 relative). */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM);
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? rational(r - 1.6, MIDDLE_TOP, MIDDLE_BOTTOM) : rational(r - 5, TAIL_TOP, TAIL_BOTTOM);
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
