/**
 * A device's settings: flat names, plain values. Mitigations are named sets of these and nothing else
 * (design principle 4), so every protection a device offers must be one of its settings.
 */
export type SettingValue = string | number | boolean;
export type Settings = Readonly<Record<string, SettingValue>>;

export interface SettingSpec {
  readonly type: 'flag' | 'choice' | 'number' | 'text';
  /** Allowed words, for `choice`. */
  readonly choices?: readonly string[];
  /** Inclusive range, for `number`. */
  readonly low?: number;
  readonly high?: number;
  /** What a device has when neither profile, home nor mitigation says otherwise. */
  readonly default: SettingValue;
  /** One sentence: what the device does differently because of it. */
  readonly doc: string;
  /** Unit of a number. */
  readonly unit?: string;
  /** What the words of a text are: ids of devices, which the home must have. */
  readonly names?: 'device';
}

export type SettingSpecs = Readonly<Record<string, SettingSpec>>;

/**
 * Settings that a home decides as a whole, for every model that has one of that name, and where in the home it does. There is one
 * way to say them: reports read them there, and a device's own value would say something else.
 */
export const SAID_BY_HOME = {
  course: 'care.course',
  residents: 'household.residents',
  'visitors-per-week': 'household.visitors-per-week',
} as const;

/** A yes/no setting. */
export const flag = (value: boolean, doc: string): SettingSpec => ({ type: 'flag', default: value, doc });

/** A setting that is one of several words; the first argument is the default. */
export const choice = (value: string, choices: readonly string[], doc: string): SettingSpec => ({
  type: 'choice',
  default: value,
  choices,
  doc,
});

/** A number with unit and inclusive range. */
export const quantity = (value: number, unit: string, low: number, high: number, doc: string): SettingSpec => ({
  type: 'number',
  default: value,
  unit,
  low,
  high,
  doc,
});

/** Text that names other devices by their ids, separated by commas (a resolver, an enrolment list). */
export const deviceIds = (value: string, doc: string): SettingSpec => ({ type: 'text', default: value, doc, names: 'device' });
