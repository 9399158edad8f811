import type { DeviceModel } from '../model/device.ts';
import { SAID_BY_HOME, type SettingSpec } from '../model/settings.ts';
import type { Complaints, Place } from './errors.ts';
import { suggest } from './nearest.ts';

/** Names the Wi-Fi segment that a device joins; understood here for every kind, because it is the home that it changes. */
export const WIFI_SEGMENT = 'wifi.segment';
/** Router settings `segments.<id>` make a Wi-Fi segment exist. */
export const SEGMENTS = 'segments.';

export const settingSpec = (model: DeviceModel, name: string): SettingSpec | null =>
  Object.hasOwn(model.settings, name) ? model.settings[name]! : null;

/** Complains when `model` lacks the setting or the value is impossible for it. True when it is good. */
export function checkSetting(model: DeviceModel, name: string, value: unknown, key: Place, at: Place, complaints: Complaints): boolean {
  const spec = settingSpec(model, name);
  if (spec !== null && Object.hasOwn(SAID_BY_HOME, name)) {
    const where = SAID_BY_HOME[name as keyof typeof SAID_BY_HOME];
    complaints.add(key, `"${name}" of a ${model.kind} is what the home says as ${where}`, `Write it as ${where}`);
    return false;
  }
  if (spec === null && name !== WIFI_SEGMENT) {
    complaints.add(key, `${model.kind} has no setting "${name}"`, suggest(name, Object.keys(model.settings)));
    return false;
  }
  const wrong = name === WIFI_SEGMENT ? wrongSegment(value) : wrongValue(spec!, value);
  if (wrong !== null) complaints.add(at, `${name}: expected ${wrong.want}; got ${shown(value)}`, wrong.remedy);
  return wrong === null;
}

interface Wrong {
  readonly want: string;
  readonly remedy: string;
}

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

const wrongSegment = (value: unknown): Wrong | null =>
  typeof value === 'string' ? null : { want: 'the id of a Wi-Fi segment', remedy: 'Write a segment id, for instance private' };

/** What is expected where the value is of the wrong type, out of range or not among the choices. */
function wrongValue(spec: SettingSpec, value: unknown): Wrong | null {
  if (spec.type === 'flag') return typeof value === 'boolean' ? null : { want: 'true or false', remedy: 'Write true or false' };
  if (spec.type === 'choice') {
    const choices = spec.choices ?? [];
    if (typeof value === 'string' && choices.includes(value)) return null;
    return { want: `one of ${choices.join(', ')}`, remedy: suggest(String(value), choices) };
  }
  if (spec.type === 'text')
    return typeof value === 'string' ? null : { want: 'text', remedy: 'Write a word, in quotes when it looks like a number' };
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { want: `a number${spec.unit === undefined ? '' : ` (${spec.unit})`}`, remedy: `Write a number ${bounds(spec)}` };
  if (value >= (spec.low ?? -Infinity) && value <= (spec.high ?? Infinity)) return null;
  return { want: `a number ${bounds(spec)}`, remedy: 'Change it to a value in this range' };
}

function bounds(spec: SettingSpec): string {
  const unit = spec.unit === undefined ? '' : ` ${spec.unit}`;
  return `from ${spec.low ?? 'any'} to ${spec.high ?? 'any'}${unit}`;
}

/** Complains about a profile that the model lacks. */
export function checkProfile(model: DeviceModel, profile: string, at: Place, complaints: Complaints): void {
  const known = Object.keys(model.profiles ?? {});
  if (!known.includes(profile)) complaints.add(at, `${model.kind} has no profile "${profile}"`, suggest(profile, known));
}
