import type { Catalogue } from '../../../model/catalogue.ts';
import type { SettingSpec, SettingValue } from '../../../model/settings.ts';
import type { SegmentSpec } from '../../../model/spec.ts';
import { defaultOf } from '../../../scenario/relations.ts';
import { doings } from './doings.ts';
import { Luck } from './luck.ts';
import type { Plan, Thing } from './plan.ts';
import { surroundings } from './surroundings.ts';

/** Catalogue models that a small world may hold, by the id under which others look for them. */
const AT_HOME: readonly (readonly [id: string, kind: string])[] = [
  ['camera', 'camera'],
  ['tv', 'smart-tv'],
  ['phone', 'phone'],
  ['laptop', 'laptop'],
  ['speaker', 'smart-speaker'],
];
const SENSORS: readonly (readonly [id: string, kind: string])[] = [
  ['oximeter', 'pulse-oximeter'],
  ['bp-cuff', 'bp-cuff'],
  ['thermometer', 'thermometer'],
];
const CLOUDS: readonly (readonly [id: string, kind: string])[] = [
  ['voice-cloud', 'voice-cloud'],
  ['skill-backend', 'skill-backend'],
  ['platform', 'telehealth-platform'],
  ['vendor-cloud', 'device-vendor'],
  ['content', 'web-content'],
];

const segment = (
  id: string,
  medium: SegmentSpec['medium'],
  gateway: string | null,
  zone = id,
  radio: string | null = null,
): SegmentSpec => ({
  id,
  medium,
  zone,
  radio,
  gateway,
});

/** A small world from a seed: the same seed gives the same world. @param seed whole number from 0 */
export function generate(seed: number, catalogue: Catalogue): Plan {
  const luck = new Luck(seed);
  const lte = luck.chance(0.4);
  const ble = luck.chance(0.5);
  const homes = ['private', ...luck.some(['guest', 'lan', 'medical'], 0.4)];
  const radio = luck.chance(0.7) ? 'home' : null;
  const segments: SegmentSpec[] = [
    ...homes.map((id) => segment(id, id === 'lan' ? 'ethernet' : 'wifi', 'router', id, id === 'lan' ? null : radio)),
    ...(ble ? [segment('ble', 'ble', 'hub')] : []),
    segment('line', 'line', 'isp', 'wan'),
    ...(lte ? [segment('lte', 'lte', 'mobile', 'wan')] : []),
    segment('internet', 'core', null),
    ...(luck.chance(0.3) ? [segment('hospital-dmz', 'hospital', 'edge')] : []),
  ];
  const has = (id: string): boolean => segments.some((one) => one.id === id);

  const things: Thing[] = [];
  const add = (id: string, kind: string, on: readonly string[], more: Partial<Thing> = {}): void =>
    void things.push({
      id,
      kind,
      on,
      via: null,
      roles: [],
      power: true,
      supply: luck.pick([null, 'mains', 'battery']),
      settings: {},
      ...more,
    });
  const real = (id: string, kind: string, on: readonly string[], more: Partial<Thing> = {}): void =>
    add(id, kind, on, { settings: settingsOf(luck, catalogue, kind), ...more });

  const routerOn = [...homes, 'line', ...(lte ? ['lte'] : [])];
  if (luck.chance(0.3)) real('router', 'consumer-router', routerOn);
  else add('router', 'router', routerOn, { settings: gatewaySettings(luck) });
  if (luck.chance(0.3)) real('isp', 'isp-gateway', ['internet', 'line']);
  else add('isp', 'forwarder', luck.chance(0.5) ? ['line', 'internet'] : ['internet', 'line']);
  if (lte) add('mobile', 'forwarder', ['internet', 'lte']);
  if (has('hospital-dmz')) add('edge', 'forwarder', ['internet', 'hospital-dmz']);
  if (luck.chance(0.3)) real('resolver', 'dns-resolver', ['internet']);
  else add('resolver', 'resolver', ['internet'], { power: luck.chance(0.95), settings: { ttl: luck.pick([0, 1, 20, 3600]) } });

  const power = (): boolean => luck.chance(0.95);
  const kit = (): readonly string[] => (luck.chance(0.3) ? ['hah-kit'] : []);
  if (ble) add('hub', 'part', [luck.pick(homes), 'ble'], { roles: kit() });
  const count = luck.whole(2, 8) - (ble ? 1 : 0);
  for (let n = 0; n < count; n++) {
    const free = (all: readonly (readonly [string, string])[]) => all.filter(([id]) => !things.some((thing) => thing.id === id));
    const [devices, sensors] = [free(AT_HOME), free(SENSORS)];
    if (luck.chance(0.3) && devices.length > 0) {
      const [id, kind] = luck.pick(devices);
      real(id, kind, [luck.pick(homes)], { power: power() });
    } else if (ble && luck.chance(0.3)) {
      if (luck.chance(0.5) && sensors.length > 0) {
        const [id, kind] = luck.pick(sensors);
        real(id, kind, ['ble'], { via: 'hub', power: power() });
      } else add(`sensor-${n}`, 'part', ['ble'], { via: 'hub', power: power() });
    } else {
      const on = luck.chance(0.05) ? [] : luck.chance(0.15) ? luck.some(homes, 0.7) : [luck.pick(homes)];
      add(`part-${n}`, 'part', on, { roles: kit(), power: power() });
    }
  }
  for (let n = 0; n < luck.whole(1, 3); n++) add(`server-${n}`, 'part', ['internet'], { power: power() });
  if (has('hospital-dmz')) add('ward', 'part', ['hospital-dmz']);
  for (const [id, kind] of luck.some(CLOUDS, 0.25)) real(id, kind, ['internet']);
  acquaint(things, catalogue);

  const seconds = luck.pick([20, 60, 120, 300]);
  return {
    seed,
    seconds,
    line: luck.pick(['fibre', 'cable', 'dsl', 'lte']),
    segments,
    things,
    ...surroundings(luck, things, homes, segments, seconds),
    ...doings(luck, things, homes, seconds),
    cut: luck.whole(0, seconds * 1000),
  };
}

/** Models find their peers by what these are, as in a home that says nothing about it. */
function acquaint(things: Thing[], catalogue: Catalogue): void {
  const relatives = things.flatMap(({ id, kind, via }) => {
    const model = catalogue.devices.get(kind);
    return model === undefined ? [] : [{ id, model, via }];
  });
  for (const [index, thing] of things.entries()) {
    const specs = Object.entries(catalogue.devices.get(thing.kind)?.settings ?? {}).filter(([, { kind }]) => kind !== undefined);
    // The fuzz's own resolver is of no kind that a model knows.
    const peers = specs.map(([name, spec]) => [name, defaultOf(spec, thing.id, relatives) || (name === 'dns-server' ? 'resolver' : '')]);
    things[index] = { ...thing, settings: { ...thing.settings, ...Object.fromEntries(peers) } };
  }
}

/** What the network itself reads from a gateway. */
const gatewaySettings = (luck: Luck): Record<string, SettingValue> => ({
  'wan.queue': luck.pick(['fifo', 'fair', 'priority']),
  'lte-backup': luck.chance(0.5),
  'wifi.security': luck.pick(['none', 'wpa2', 'wpa3']),
  'wifi.passphrase': luck.pick(['weak', 'strong', 'factory-derived']),
  'monitor.flows': luck.chance(0.5),
  'dns-server': luck.chance(0.9) ? 'resolver' : 'server-0',
});

/** A value for every setting of a catalogue model, half of them the default. */
function settingsOf(luck: Luck, catalogue: Catalogue, kind: string): Record<string, SettingValue> {
  const model = catalogue.devices.get(kind);
  if (model === undefined) throw new Error(`the catalogue has no "${kind}"`);
  const profile = luck.pick([{}, ...Object.values(model.profiles ?? {})]);
  const chosen = Object.entries(model.settings).map(
    ([name, spec]) => [name, luck.chance(0.5) ? spec.default : valueOf(luck, spec)] as const,
  );
  return { ...Object.fromEntries(chosen), ...profile };
}

function valueOf(luck: Luck, spec: SettingSpec): SettingValue {
  switch (spec.type) {
    case 'flag':
      return luck.chance(0.5);
    case 'choice':
      return luck.pick(spec.choices!);
    case 'number':
      return numberFrom(luck, spec);
    case 'text':
      return spec.default;
  }
}

/** Whole where the default is. */
function numberFrom(luck: Luck, spec: SettingSpec): number {
  const low = spec.low ?? 0;
  const high = spec.high ?? Math.max(1, Number(spec.default) * 2);
  return Number.isInteger(spec.default) ? luck.whole(Math.ceil(low), Math.floor(high)) : low + (high - low) * luck.share();
}
