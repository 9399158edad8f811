import { z } from 'zod';

/**
 * Words shared by all input formats. A description says what is expected, as the end of "expected …":
 * complaints and the editor's schema both use it.
 */

// zod may compile validators with `new Function`; the viewer's content security policy forbids that, and speed is no matter here.
z.config({ jitless: true });

const ID = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9-]{0,63}$/;

export const id = z.string().regex(ID).describe('an id: lower-case letters, digits and hyphens, beginning with a letter');
export const line = z.string().min(1).max(300).describe('a line of text');
export const text = z.string().min(1).max(5000).describe('text');
/** A file's path or a home's id. */
export const reference = z.string().min(1).max(300).describe('the path of a file, relative to this one');

export const scalar = z.union([z.string().max(300), z.number(), z.boolean()]).describe('a word, a number, true or false');
/** Names of settings and parameters have dots and hyphens. */
const NAME = /^[A-Za-z][A-Za-z0-9.-]{0,99}$/;
export const settings = z.record(z.string().regex(NAME), scalar).describe('settings: a name and a value each');

/** YAML 1.2 reads `on` and `off` as words. */
export const power = z.union([z.boolean(), z.enum(['on', 'off'])]).describe('on or off');
export const isOn = (value: boolean | 'on' | 'off' | undefined): boolean => value !== false && value !== 'off';

export const distribution = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), value: z.number() }),
    z
      .strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number().describe('a number that is not below low') })
      .refine(({ low, high }) => low <= high, { path: ['high'] }),
    z.strictObject({ kind: z.literal('exponential'), mean: z.number().positive() }),
    z.strictObject({ kind: z.literal('weibull'), shape: z.number().positive(), scale: z.number().positive() }),
    z.strictObject({ kind: z.literal('normal'), mean: z.number(), sd: z.number().nonnegative() }),
    z.strictObject({ kind: z.literal('lognormal'), mu: z.number(), sigma: z.number().nonnegative() }),
    z.strictObject({ kind: z.literal('gamma'), shape: z.number().positive(), mean: z.number().positive() }),
    z.strictObject({ kind: z.literal('beta'), a: z.number().positive(), b: z.number().positive() }),
    z.strictObject({ kind: z.literal('bernoulli'), p: z.number().min(0).max(1) }),
    z.strictObject({ kind: z.literal('poisson'), mean: z.number().nonnegative() }),
    z.strictObject({ kind: z.literal('negative-binomial'), mean: z.number().nonnegative(), k: z.number().positive() }),
    z.strictObject({
      kind: z.literal('quantiles'),
      values: z
        .array(z.number())
        .min(2)
        .refine((values) => values.every((value, index) => index === 0 || value >= values[index - 1]!))
        .describe('a list of numbers, each at least as large as the one before it'),
    }),
  ])
  .describe('a distribution: { kind: exponential, mean: 5 } or another kind with its figures');

/** The six families of CSWP 34. */
export const FAMILIES = [
  'access-control',
  'authentication',
  'continuous-monitoring',
  'data-security',
  'governance',
  'network-segmentation',
] as const;
/** Who must act for a mitigation to be there. */
export const ACTORS = ['hdo', 'patient', 'platform-provider', 'device-vendor', 'voice-platform', 'isp'] as const;
/** What a reference rests on: printed in the source, derived from it, or our own reading. */
export const BASES = ['published', 'derived', 'ours'] as const;
export const COURSES = ['natural', 'deteriorating'] as const;
export const GRADES = ['measured', 'published', 'derived', 'remembered', 'assumption'] as const;
