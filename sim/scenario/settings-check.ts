import type { DeviceModel } from '../model/device.ts';
import type { SettingSpec } from '../model/settings.ts';
import type { Complaints, Place } from './errors.ts';
import { suggest } from './nearest.ts';

/** Names the Wi-Fi segment that a device joins; understood here for every kind, because it is the home that it changes. */
export const WIFI_SEGMENT = 'wifi.segment';
/** Router settings `segments.<id>` make a Wi-Fi segment exist. */
export const SEGMENTS = 'segments.';

export const settingSpec = (model: DeviceModel, name: string): SettingSpec | null =>
  Object.hasOwn(model.settings, name) ? model.settings[name]! : null;

/** Complains when `model` lacks the setting or the value is impossible for it. */
export function checkSetting(model: DeviceModel, name: string, value: unknown, key: Place, at: Place, complaints: Complaints): void {
  const spec = settingSpec(model, name);
  if (name === WIFI_SEGMENT) {
    if (typeof value !== 'string')
      complaints.add(
        at,
        `${name}: expected the id of a Wi-Fi segment; got ${JSON.stringify(value)}`,
        'Write a segment id, for instance private',
      );
    return;
  }
  if (spec === null) complaints.add(key, `${model.kind} has no setting "${name}"`, suggest(name, Object.keys(model.settings)));
  else checkValue(spec, name, value, at, complaints);
}

/** Complains when the value is of the wrong type, out of range or not among the choices. */
export function checkValue(spec: SettingSpec, name: string, value: unknown, at: Place, complaints: Complaints): void {
  const got = typeof value === 'string' ? `"${value}"` : String(value);
  if (spec.type === 'flag') {
    if (typeof value !== 'boolean') complaints.add(at, `${name}: expected true or false; got ${got}`, 'Write true or false');
  } else if (spec.type === 'choice') {
    const choices = spec.choices ?? [];
    if (typeof value !== 'string' || !choices.includes(value))
      complaints.add(at, `${name}: expected one of ${choices.join(', ')}; got ${got}`, suggest(String(value), choices));
  } else if (spec.type === 'text') {
    if (typeof value !== 'string')
      complaints.add(at, `${name}: expected text; got ${got}`, 'Write a word, in quotes when it looks like a number');
  } else if (typeof value !== 'number' || !Number.isFinite(value)) {
    complaints.add(
      at,
      `${name}: expected a number${spec.unit === undefined ? '' : ` (${spec.unit})`}; got ${got}`,
      `Write a number ${bounds(spec)}`,
    );
  } else if (value < (spec.low ?? -Infinity) || value > (spec.high ?? Infinity)) {
    complaints.add(at, `${name}: expected a number ${bounds(spec)}; got ${got}`, 'Change it to a value in this range');
  }
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
