import { describe, expect, it } from 'vitest';
import type { SettingValue } from '../../sim/model/settings.ts';
import { run, type TraceLine } from '../../sim/world/run.ts';
import { BASE, REFERENCE } from '../scenario/project.ts';
import { catalogue, threats, worldOf } from '../support/worlds.ts';

/**
 * What a device is called is the home's business. The luck of a run hangs on names, so a renamed home has other runs; what
 * happens in them is the same.
 */

/** Names that the grammar fixes, and segments that are not devices. */
const FIXED = ['patient', 'household'];
const NEW = new Map(
  [...`${BASE}${REFERENCE}`.matchAll(/\bid: ([a-z-]+), kind:/g)]
    .map(([, id]) => id!)
    .filter((id) => !FIXED.includes(id))
    .map((id, index) => [id, `d${index}-x`]),
);
const SEGMENTS = /\{ id: [a-z-]+, medium: [a-z]+/g;
const renamed = (text: string): string => {
  const segments = text.match(SEGMENTS) ?? [];
  let at = 0;
  const apart = text.replace(SEGMENTS, () => '\0');
  const words = apart.replace(/\b(id|via|gateway): ([a-z-]+)/g, (_all, key: string, id: string) => `${key}: ${NEW.get(id) ?? id}`);
  return words.replace(/\0/g, () => segments[at++]!);
};
const HOME = 'scenarios/homes/renamed.yaml';
const files = {
  [HOME]: renamed(REFERENCE).replace('id: reference', 'id: renamed').replace('extends: base', 'extends: ./renamed-base.yaml'),
  'scenarios/homes/renamed-base.yaml': renamed(BASE).replace('id: base', 'id: renamed-base'),
};
/** A name of the reference home, as this home has it. */
const now = (id: string): string => NEW.get(id) ?? id;

interface Seen {
  readonly lines: readonly TraceLine[];
  readonly fields: (what: string) => readonly Readonly<Record<string, unknown>>[];
  readonly outcomes: Readonly<Record<string, number | null>>;
}
type More = Parameters<typeof worldOf>[2];
function seen(threat: string | null, mitigations: string | readonly string[], more: More = {}, seed = 1): Seen {
  const lines: TraceLine[] = [];
  const spec = worldOf(threat, mitigations, { hours: 24, files, home: HOME, ...more });
  const { outcomes } = run(spec, catalogue, { seed, replication: 0, trace: (line) => void lines.push(line) });
  return { lines, outcomes, fields: (what) => lines.filter((line) => line.what === what).map(({ fields }) => ({ ...(fields as object) })) };
}
const settingsOf = (id: string, mitigations = 'none'): Readonly<Record<string, SettingValue>> =>
  worldOf(null, mitigations, { files, home: HOME }).devices.find((device) => device.id === now(id))!.settings;

describe('a home whose devices all have other names', () => {
  it('has none of the old ones', () => {
    const ids = worldOf(null, 'none', { files, home: HOME }).devices.map(({ id }) => id);
    expect(ids.filter((id) => NEW.has(id))).toEqual([]);
    expect(ids).toHaveLength(NEW.size + FIXED.length + 1);
    expect(settingsOf('hub')['oximeter']).toBe(now('oximeter'));
  });

  const day = seen(null, 'none');
  it.each(['spo2', 'pulse', 'resp', 'sbp', 'temp'])('readings of %s arrive and are recorded', (code) => {
    expect(day.fields('observation-accepted').filter((fields) => fields['code'] === code).length).toBeGreaterThan(0);
  });
  it('raises an alarm, and the patient is called and seen', () => {
    expect(day.fields('alarm-raised').length).toBeGreaterThan(0);
    expect(day.fields('alarm-received').length).toBeGreaterThan(0);
    expect(day.fields('call').some(({ status }) => status === 'done')).toBe(true);
    expect(day.fields('patient-seen').length).toBeGreaterThan(0);
  });
  it('has its check-in and its orders by voice, and the speaker hears', () => {
    expect(day.fields('check-in')).toContainEqual({ status: 'done' });
    expect(day.fields('order-spoken').length).toBeGreaterThan(0);
    expect(day.fields('order-executed').length).toBeGreaterThan(0);
    expect(day.fields('audio').some(({ intended, bystander }) => intended === true && bystander === true)).toBe(true);
  });

  it('what the recommended set protects works: listed devices reach their servers, and the kit is taken for the kit', () => {
    const guarded = seen(null, 'recommended');
    expect(guarded.fields('observation-accepted').length).toBeGreaterThan(1000);
    expect(guarded.fields('alarm-received').length).toBeGreaterThan(0);
    expect(guarded.fields('check-in')).toContainEqual({ status: 'done' });
    expect(guarded.fields('order-executed').length).toBeGreaterThan(0);
    expect(guarded.outcomes['telemetryGapMinutes']).toBe(0);
  });

  it('allow-lists hold its devices, and let them have their own servers only', () => {
    const ruled = seen(null, ['manufacturer-usage']);
    const rules = new Set(ruled.lines.filter(({ kind }) => kind === 'verdict').map(({ rule }) => rule));
    for (const id of ['speaker', 'camera', 'tv']) expect(rules).toContain(`allow-list of ${now(id)}`);
    const kept = ruled.lines.filter(({ rule, what }) => rule?.startsWith('not on the allow-list') === true && what !== 'scan');
    expect(kept).toEqual([]);
  });

  it('the operations centre cuts off what is under control, and spares the kit', () => {
    const cut = seen('te3-uplink-flood', ['home-flow-monitoring', 'incident-playbook'], { hours: 48 });
    const devices = cut.fields('contained').map(({ device }) => device);
    expect(devices.length).toBeGreaterThan(0);
    for (const device of devices) expect([now('camera'), now('tv')]).toContain(device);
    expect(settingsOf('soc')['kit']).toBe(now('hub'));
  });

  it.each(threats)('%s reaches its goal where nothing stops it', (threat) => {
    const reached = (mine: boolean) =>
      [1, 2, 3].some((seed) => {
        const where = mine ? { files, home: HOME } : {};
        return run(worldOf(threat, 'none', { hours: 48, ...where }), catalogue, { seed, replication: 0 }).threat!.succeeded;
      });
    expect(reached(false)).toBe(true);
    expect(reached(true)).toBe(true);
  });
});
