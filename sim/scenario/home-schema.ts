import { z } from 'zod';
import { LONGEST_RUN_HOURS } from './hours.ts';
import { COURSES, distribution, id, line, power, reference, settings } from './words.ts';

/** The home format (design section 10), as written in a file and as it stands after `extends`. */

const on = z.union([id, z.array(id).max(16)]).describe('a segment, or a list of segments in order of preference');
const roles = z.array(id).describe('a list of roles that mitigations can select by');

const common = {
  title: line.optional(),
  on: on.optional(),
  room: line.optional(),
  roles: roles.optional(),
  profile: id.optional().describe("one of the model's profiles"),
  power: power.optional(),
  supply: z.enum(['mains', 'battery']).optional().describe('mains or battery'),
  settings: settings.optional(),
};

const device = z
  .strictObject({
    id,
    kind: id.optional().describe('a device kind, as `homeward list devices` names them'),
    via: id.optional().describe('the device that relays for it over a short-range radio'),
    radio: z.enum(['ble']).optional(),
    zone: z.enum(['home', 'internet', 'hospital']).optional(),
    ...common,
  })
  .describe('a device: { id, kind, on, settings … }');

const router = z.strictObject({ model: id.describe('a device kind that forwards, for instance consumer-router'), ...common });

export const MEDIA = ['wifi', 'ethernet', 'ble', 'line', 'lte', 'core', 'hospital'] as const;
const segment = z
  .union([
    id,
    z.strictObject({
      id,
      medium: z.enum(MEDIA),
      zone: id.optional().describe('the zone that policy rules know it by'),
      radio: id.optional().describe('the radio whose airtime it shares'),
      gateway: id.optional().describe('the device that is its gateway'),
    }),
  ])
  .describe('the id of a Wi-Fi segment, or { id, medium, zone, radio, gateway }');

const percent = z.number().min(50).max(100);
const care = z.strictObject({
  plan: id.describe('a care plan, for instance copd'),
  'news2-scale': z.union([z.literal(1), z.literal(2)]).describe('1, or 2 where the plan states hypercapnic failure'),
  oxygen: z.boolean(),
  'spo2-target': z.tuple([percent, percent]).optional().describe('lowest and highest target saturation in percent, [88, 92]'),
  course: z.enum(COURSES).optional(),
  'reviewed-by': line.optional().describe('who reviewed the care plan, or none'),
});

const household = z.strictObject({
  residents: z.int().min(1).max(20).optional(),
  'visitors-per-week': z.number().min(0).max(200).optional(),
  languages: z
    .array(
      z
        .string()
        .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
        .describe('a language tag, en or ja'),
    )
    .min(1)
    .optional()
    .describe('language tags, [en, ja]'),
});

const override = z
  .union([z.number(), z.strictObject({ value: z.number() }), z.strictObject({ distribution })])
  .describe('a number, { value: number } or { distribution: … }');

const failure = z
  .strictObject({
    of: z.enum(['power', 'link', 'addresses']).describe('power, link or addresses'),
    on: id
      .optional()
      .describe(
        'the device without power (everything on the mains unless given), the segment whose link is down, or whose addresses are used up',
      ),
    'from-hours': z.number().min(0).max(LONGEST_RUN_HOURS).describe('hours after the start of the run'),
    minutes: z
      .number()
      .positive()
      .max(LONGEST_RUN_HOURS * 60)
      .describe('how long it lasts, in minutes'),
  })
  .describe('a failure: { of: power, on: router, from-hours: 6, minutes: 45 } or { of: link, on: line, … }');

const parts = {
  id,
  title: line,
  router,
  line: z.strictObject({ kind: z.enum(['fibre', 'cable', 'dsl', 'lte']) }),
  segments: z.array(segment).max(64).describe('a list of segments'),
  devices: z.array(device).max(1000).describe('a list of devices'),
  household,
  care,
  hospital: z.strictObject({ model: z.enum(['reference-hdo']).optional() }),
  homes: z.strictObject({ light: z.int().min(0).max(0).describe('0: this version simulates one home') }),
  mitigations: z.union([id, z.array(id).max(200)]).describe('the name of a set, or a list of mitigation ids'),
  adversary: z.strictObject({
    'in-range': z.boolean().optional().describe('true when the neighbour can hear and be heard on the home’s radios'),
    inside: z.array(id).optional().describe('device ids that the adversary already controls'),
    knows: z
      .array(
        z
          .string()
          .regex(/^[^=\s]+=.+$/)
          .describe('"name=value"'),
      )
      .optional()
      .describe('a list of "name=value", facts known before the start'),
  }),
  failures: z.array(failure).max(1000).describe('a list of failures'),
  parameters: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9.-]{0,99}$/), override)
    .describe('parameter ids with the value each has in this home'),
};

const { id: _id, title: _title, ...rest } = parts;

/** What one file may say. All but the id may come from the home it extends. */
export const homeFile = z.strictObject({
  ...z.strictObject(rest).partial().shape,
  id,
  title: line.optional(),
  extends: reference.optional().describe('the id or path of the home that this one changes'),
  router: router.partial().optional(),
  care: care.partial().optional(),
  hospital: z.strictObject({ model: z.enum(['reference-hdo']).optional(), devices: parts.devices.optional() }).optional(),
  access: parts.devices.optional(),
  clouds: parts.devices.optional(),
  people: parts.devices.optional(),
});

/** A home after `extends`: one list of devices, and everything that a world needs. */
export const homeWhole = z.strictObject({
  ...parts,
  title: line.optional(),
  devices: z.array(device.required({ kind: true })),
  household: household.optional(),
  hospital: parts.hospital.optional(),
  homes: parts.homes.optional(),
  mitigations: parts.mitigations.optional(),
  adversary: parts.adversary.optional(),
  failures: parts.failures.optional(),
  parameters: parts.parameters.optional(),
});

export type HomeData = z.output<typeof homeWhole>;
export type HomeDevice = HomeData['devices'][number];
export type ParameterOverride = NonNullable<HomeData['parameters']>[string];
