import { deviceIds, type SettingSpecs } from '../../sim/model/settings.ts';

/** The things at home that the patient uses, as settings. */
export const belongings: SettingSpecs = {
  hub: deviceIds(
    { kind: 'hah-tablet' },
    'Tablet that the patient turns to: the first. A call, a code or an order is answered where it is shown.',
  ),
  speaker: deviceIds({ kind: 'smart-speaker' }, 'Smart speaker that the patient talks to: the first.'),
  oximeter: deviceIds({ kind: 'pulse-oximeter' }, 'Pulse oximeter that the patient wears: the first; others lie in a drawer.'),
  cuff: deviceIds({ kind: 'bp-cuff' }, 'Blood pressure cuff that the patient measures with: the first.'),
  thermometer: deviceIds({ kind: 'thermometer' }, 'Thermometer that the patient measures with: the first.'),
};

/** What the hub asks to be measured with, and the setting that says which one the patient has. */
export const INSTRUMENTS: ReadonlyMap<string, string> = new Map([
  ['bp-cuff', 'cuff'],
  ['thermometer', 'thermometer'],
]);
