import { intern } from './text.ts';

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
  /**
   * The kind of those devices. Unless somebody says otherwise the text names all of them that the home has, in the order in which
   * the home lists them; `default` is what is left where it has none. Where only one can be meant, it is the first.
   */
  readonly kind?: string;
  /** Of these only the ones that the device itself relays for. */
  readonly relayed?: boolean;
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

/** Which devices a setting names by what they are. See `SettingSpec.kind` and `.relayed`. */
export type Kin = Pick<SettingSpec, 'relayed'> & { readonly kind: string };

/**
 * Text that names other devices by their ids, separated by commas (a resolver, an enrolment list).
 * @param value by default the devices of this kind that the home has, or just these ids
 */
export const deviceIds = (value: Kin | string, doc: string): SettingSpec =>
  typeof value === 'string'
    ? { type: 'text', default: value, doc, names: 'device' }
    : { type: 'text', default: '', doc, names: 'device', ...value };

const lists = new Map<string, readonly string[]>();

/** The ids in the value of such a setting, in its order. */
export function listed(value: string): readonly string[] {
  let ids = lists.get(value);
  if (ids === undefined) {
    ids = value
      .split(',')
      .map((id) => intern(id.trim()))
      .filter((id) => id !== '');
    lists.set(value, ids);
  }
  return ids;
}
