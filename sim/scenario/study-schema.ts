import { z } from 'zod';
import { LONGEST_RUN_HOURS, SHORTEST_RUN_HOURS } from './hours.ts';
import { COURSES, id, reference, text } from './words.ts';

/** All the designs of the format; those that this version carries out. */
const DESIGNS = ['list', 'one-at-a-time', 'factorial', 'fractional', 'sobol', 'latin-hypercube'] as const;
export const AVAILABLE: readonly string[] = ['list'];
/** Replications where the study states none: enough for the exact intervals to mean something. */
export const USUAL_REPLICATIONS = 200;
/** Largest count that a study may ask for in one arm. */
const MOST_REPLICATIONS = 1_000_000;

const count = z.int().min(1).max(MOST_REPLICATIONS);
const outcome = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/)
  .describe('an outcome id, as `homeward list outcomes` names them');
const arm = z.strictObject({
  id,
  mitigations: z.union([id, z.array(id)]).describe('a set, or a list of mitigation ids'),
  baseline: z.boolean().optional(),
});

/** A study (design section 10). `meta` is for editors: they mark at once what this version does not carry out. */
export const studyFile = z.strictObject({
  id,
  question: text.describe('the question that the study answers'),
  home: z
    .union([reference, z.strictObject({ sample: id }).meta({ not: {} })])
    .describe("the path of a home's file, ../homes/reference.yaml"),
  hours: z
    .number()
    .min(SHORTEST_RUN_HOURS)
    .max(LONGEST_RUN_HOURS)
    .optional()
    .describe(`simulated hours, from ${SHORTEST_RUN_HOURS} to ${LONGEST_RUN_HOURS}`),
  course: z.enum(COURSES).optional(),
  threats: z
    .array(z.union([id, z.null()]))
    .min(1)
    .describe('a list of threat event ids; null for nobody attacking'),
  arms: z
    .union([z.strictObject({ sets: z.array(id).min(1), baseline: id.optional() }), z.array(arm).min(1)])
    .describe('{ sets: […], baseline: … }, or a list of { id, mitigations }'),
  design: z.enum(DESIGNS).meta({ enum: AVAILABLE }).optional(),
  replications: z
    .union([
      count,
      z.strictObject({
        'at-least': count.optional(),
        'at-most': count,
        until: z.strictObject({ outcome, 'half-width': z.number().positive(), level: z.number().gt(0.5).lt(1).optional() }).optional(),
      }),
    ])
    .optional()
    .describe('a number, or { at-least, at-most, until: { outcome, half-width, level } }'),
  outcomes: z.array(outcome).min(1).describe('a list of outcome ids'),
  weights: z
    .union([z.null(), z.record(id, z.number().min(0))])
    .optional()
    .describe('a weight for each threat event, or null'),
  seed: z.int().min(0).optional(),
  set: z.array(z.string().min(3)).optional().describe('a list of edits of the home, PATH=VALUE'),
});

export type StudyData = z.output<typeof studyFile>;
